"""Gradient clipping, a row each: a phase of its own between the gradients and the update."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.formula import expr as ex
from engine.formula.calls import Array, Call, Emit
from engine.formula.expr import Expr, Index
from engine.formula.layout import Layout, Shape
from engine.program.step import Phase, Read, Step
from engine.spec.options import Option, positive
from engine.spec.run import ClipSpec

PREFIX = "clip"
NORM = "gnorm"
TINY = 1e-6
"""What PyTorch adds to the norm before it divides by it."""
MOST_TERMS = 1000
"""The norm of more numbers than this is expanded by parameter."""


@dataclass(frozen=True)
class Clip:
    """A row of the table. `limit` is the name of its limit in formulas and scalars, as PyTorch
    has it, and `option` what is valid for it. `emit(emit, grad, clipped, limit, norm)` emits the
    calls for all gradients at once, `norm` being the 0-d array of their norm where `normed`.
    `formula` names {grad}, and `value(grad, limit, norm)` is one element.
    """

    kind: str
    limit: str
    option: Option
    normed: bool
    formula: str
    why: str
    emit: Callable[[Emit, Array, Array, Array, Array], None]
    value: Callable[[Expr, Expr, Expr], Expr]


def _by_norm(emit: Emit, grad: Array, clipped: Array, limit: Array, norm: Array) -> None:
    share = emit.const(0)
    emit(np.add, norm, emit.const(TINY), share)
    emit(np.divide, limit, share, share)
    emit(np.minimum, share, emit.const(1), share)
    emit(np.multiply, grad, share, clipped)


def _by_norm_value(grad: Expr, limit: Expr, norm: Expr) -> Expr:
    share = ex.div(limit, ex.add(norm, ex.num(TINY)))
    return ex.mul(grad, ex.fn("min", ex.num(1), share))


def _by_value(emit: Emit, grad: Array, clipped: Array, limit: Array, _norm: Array) -> None:
    emit(np.maximum, grad, emit.const(-float(limit)), clipped)
    emit(np.minimum, clipped, limit, clipped)


def _by_value_value(grad: Expr, limit: Expr, _norm: Expr) -> Expr:
    return ex.fn("min", limit, ex.fn("max", ex.neg(limit), grad))


CLIPS: dict[str, Clip] = {
    row.kind: row
    for row in (
        Clip(
            "norm",
            "max_norm",
            positive(None, "The norm that all gradients together may have."),
            True,
            "{grad}·min(1, {max_norm}/({gnorm} + 1e-6))",
            "Where the norm is above its limit, all gradients shrink alike; the direction stays.",
            _by_norm,
            _by_norm_value,
        ),
        Clip(
            "value",
            "clip_value",
            positive(None, "How far from 0 each number of a gradient may be."),
            False,
            "min({clip_value}, max(−{clip_value}, {grad}))",
            "Each number is kept within its limits by itself, so the direction may turn.",
            _by_value,
            _by_value_value,
        ),
    )
}


def clip_scalars(spec: ClipSpec | None) -> dict[str, float]:
    """The limit, by the name that formulas have for it."""
    return {CLIPS[spec.kind].limit: spec.limit} if spec else {}


def declare_clip(layout: Layout, spec: ClipSpec, shapes: Mapping[str, Shape]) -> None:
    """Give the norm and the clipped gradients a place; these stand together as "clip"."""
    if CLIPS[spec.kind].normed:
        layout.add(NORM, ())
    first = layout.size
    for name, shape in shapes.items():
        layout.add(f"{PREFIX}.{name}", shape)
    layout.group(PREFIX, first)


def clip_steps(
    emit: Emit,
    spec: ClipSpec,
    view: Callable[[str], Array],
    shapes: Mapping[str, Shape],
    number: int,
) -> list[Step]:
    """Emit the calls, and return the steps, numbered from `number`: the norm where there is one,
    then the clipped gradients in the order of `shapes`, which share their calls.
    """
    row = CLIPS[spec.kind]
    grad, steps, mark = view("grad"), [], len(emit.calls)
    norm = view(NORM) if row.normed else emit.const(0)
    if row.normed:
        emit(np.dot, grad, grad, norm)
        emit(np.sqrt, norm, norm)
        steps.append(_norm_step(tuple(shapes), number, tuple(emit.calls[mark:])))
        mark = len(emit.calls)
    row.emit(emit, grad, view(PREFIX), emit.const(spec.limit), norm)
    calls = tuple(emit.calls[mark:])
    for name, shape in shapes.items():
        steps.append(_clipped_step(row, name, shape, number + len(steps), calls))
    return steps


def _clipped_step(row: Clip, name: str, shape: Shape, number: int, calls: tuple[Call, ...]) -> Step:
    symbol, grad = f"{PREFIX}.{name}", f"d{name}"

    def expand(read: Read, index: Index) -> Expr:
        norm = ex.num(float(read(NORM)), NORM) if row.normed else ex.num(0)
        limit = ex.num(float(read(row.limit)), row.limit)
        return row.value(ex.num(float(read(grad)[index]), grad, index), limit, norm)

    return Step(
        number,
        Phase.CLIP,
        symbol,
        shape,
        f"clipped gradient of {{{name}}}",
        (grad, NORM) if row.normed else (grad,),
        f"{{{symbol}}} = {row.formula.replace('{grad}', f'{{{grad}}}')}",
        row.why,
        calls,
        expand,
    )


def _norm_step(names: Sequence[str], number: int, calls: tuple[Call, ...]) -> Step:
    grads = tuple(f"d{name}" for name in names)

    def expand(read: Read, _index: Index) -> Expr:
        arrays = {grad: read(grad) for grad in grads}
        if sum(array.size for array in arrays.values()) > MOST_TERMS:
            norms = [ex.num(float(np.linalg.norm(array))) for array in arrays.values()]
            return ex.fn("sqrt", ex.add(*(ex.power(norm, 2) for norm in norms)))
        squares = [
            ex.power(ex.num(float(array[place]), grad, place), 2)
            for grad, array in arrays.items()
            for place in np.ndindex(array.shape)
        ]
        return ex.fn("sqrt", ex.add(*squares))

    parts = [f"Σ {{{grad}}}²" for grad in grads]
    if len(parts) > 4:
        parts = [*parts[:2], "…", parts[-1]]
    return Step(
        number,
        Phase.CLIP,
        NORM,
        (),
        "norm of all gradients",
        grads,
        f"{{{NORM}}} = √({' + '.join(parts)})",
        "The length of the vector of all gradients together, before any is clipped.",
        calls,
        expand,
    )
