"""Gradient clipping as steps: a phase of its own between the gradients and the update."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from engine.catalog.clipping import CLIPS, Clip
from engine.catalog.sentences import Sight
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.calls import Array, Call, Emit
from engine.formula.expr import Expr, Index
from engine.formula.layout import Layout, Shape
from engine.program.step import Phase, Read, Step
from engine.spec.run import ClipSpec

PREFIX = "clip"
NORM = Symbol("gnorm")
MOST_TERMS = 1000
"""The norm of more numbers than this is expanded by parameter."""


def clip_scalars(spec: ClipSpec | None) -> dict[str, float]:
    """The limit, by the name that formulas have for it."""
    return {CLIPS[spec.kind].limit: spec.limit} if spec else {}


def declare_clip(layout: Layout, spec: ClipSpec, shapes: Mapping[Symbol, Shape]) -> None:
    """Give the norm and the clipped gradients a place; these stand together as "clip"."""
    if CLIPS[spec.kind].normed:
        layout.add(NORM, ())
    first = layout.size
    for name, shape in shapes.items():
        layout.add(name.under(PREFIX), shape)
    layout.group(PREFIX, first)


def clip_steps(
    emit: Emit,
    spec: ClipSpec,
    view: Callable[[str], Array],
    shapes: Mapping[Symbol, Shape],
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
        steps.append(_norm_step(row, tuple(shapes), number, tuple(emit.calls[mark:])))
        mark = len(emit.calls)
    row.emit(emit, grad, view(PREFIX), emit.const(spec.limit), norm)
    calls = tuple(emit.calls[mark:])
    for name, shape in shapes.items():
        steps.append(_clipped_step(row, name, shape, number + len(steps), calls))
    return steps


def _clipped_step(
    row: Clip, name: Symbol, shape: Shape, number: int, calls: tuple[Call, ...]
) -> Step:
    symbol, grad = name.under(PREFIX), name.gradient

    def expand(read: Read, index: Index) -> Expr:
        norm = ex.num(float(read(NORM)), NORM) if row.normed else ex.num(0)
        limit = ex.num(float(read(row.limit)), row.limit)
        return row.value(ex.num(float(read(grad)[index]), grad, index), limit, norm)

    def said(sight: Sight) -> str:
        norm = sight.value(NORM) if row.normed else 0.0
        return row.said(sight.value(grad, sight.index), sight.value(row.limit), norm, sight.number)

    return Step(
        number=number,
        phase=Phase.CLIP,
        symbol=symbol,
        shape=shape,
        title=f"clipped gradient of {{{name}}}",
        reads=(grad, NORM) if row.normed else (grad,),
        formula=f"{{{symbol}}} = {row.formula.replace('{grad}', f'{{{grad}}}')}",
        why=row.why,
        calls=calls,
        expand=expand,
        says=(said,),
    )


def _norm_step(row: Clip, names: Sequence[Symbol], number: int, calls: tuple[Call, ...]) -> Step:
    grads = tuple(name.gradient for name in names)

    def expand(read: Read, _index: Index) -> Expr:
        arrays = {grad: read(grad) for grad in grads}
        if sum(array.size for array in arrays.values()) > MOST_TERMS:
            norms = [
                ex.num(float(np.linalg.norm(array)), grad.under("norm"))
                for grad, array in arrays.items()
            ]
            return ex.fn("sqrt", ex.add(*(ex.power(norm, 2) for norm in norms)))
        squares = [
            ex.power(ex.num(float(array[place]), grad, place), 2)
            for grad, array in arrays.items()
            for place in np.ndindex(array.shape)
        ]
        return ex.fn("sqrt", ex.add(*squares))

    def said(sight: Sight) -> str:
        norm = float(sight.result)
        return row.said(norm, sight.value(row.limit), norm, sight.number)

    parts = [f"Σ {{{grad}}}²" for grad in grads]
    if len(parts) > 4:
        parts = [*parts[:2], "…", parts[-1]]
    return Step(
        number=number,
        phase=Phase.CLIP,
        symbol=NORM,
        shape=(),
        title="norm of all gradients",
        reads=grads,
        formula=f"{{{NORM}}} = √({' + '.join(parts)})",
        why="How long the vector of all gradients is, before any is clipped.",
        calls=calls,
        expand=expand,
        says=(said,),
    )
