"""Gradient accumulation: the gradients of several mini-batches are added up, and then one update is
made of them, as by a training loop that calls `loss.backward()` k times before `optimizer.step()`.

The sum is kept from iteration to iteration, in the state. The first of k mini-batches begins it
anew, which is what `zero_grad` is for. k counts on over passes: what a pass leaves over goes with
the first of the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.calls import Array, Call, Emit
from engine.formula.expr import Expr, Index
from engine.formula.layout import Layout, Shape
from engine.program.parameters import SUM, trained
from engine.program.step import Phase, Read, Step
from engine.spec.data import Kind
from engine.spec.run import RunSpec


def declare_sums(layout: Layout, spec: RunSpec) -> None:
    """Give the sums a place in the state, together SUM, in the order of the parameters there."""
    first = layout.size
    for name in trained(spec):
        layout.add(name.under(SUM), layout.shape(name))
    layout.group(SUM, first)


def sum_steps(
    emit: Emit,
    spec: RunSpec,
    view: Callable[[str], Array],
    shapes: Mapping[Symbol, Shape],
    kind: Kind,
    number: int,
) -> list[Step]:
    """Emit the calls, and return the steps, numbered from `number`, in the order of `shapes`."""
    mark, k = len(emit.calls), spec.data.accumulate
    grad, kept = view("grad"), view(SUM)
    part = kept if kind is Kind.FIRST else emit.scratch(grad.shape)
    if spec.data.accumulate_mean:
        emit(np.divide, grad, emit.const(k), part)
    elif kind is Kind.FIRST:
        emit(np.positive, grad, kept)
    else:
        part = grad
    if kind is not Kind.FIRST:
        emit(np.add, kept, part, kept)
    calls = tuple(emit.calls[mark:])
    return [
        _step(spec, name, shape, kind, number + i, calls)
        for i, (name, shape) in enumerate(shapes.items())
    ]


def _step(
    spec: RunSpec, name: Symbol, shape: Shape, kind: Kind, number: int, calls: tuple[Call, ...]
) -> Step:
    kept, grad = name.under(SUM), name.gradient
    k, mean, first = spec.data.accumulate, spec.data.accumulate_mean, kind is Kind.FIRST

    def expand(read: Read, index: Index) -> Expr:
        part = ex.num(float(read(grad)[index]), grad, index)
        if mean:
            part = ex.div(part, ex.num(float(k)))
        return part if first else ex.add(ex.num(float(read(kept)[index]), kept, index), part)

    part = f"{{{grad}}}/{k}" if mean else f"{{{grad}}}"
    return Step(
        number=number,
        phase=Phase.BACKWARD,
        symbol=kept,
        shape=shape,
        title=f"gradients of {{{name}}} added up",
        reads=(grad,) if first else (kept, grad),
        formula=f"{{{kept}}} ← {part}" if first else f"{{{kept}}} ← {{{kept}}} + {part}",
        why=_why(k, mean, kind),
        calls=calls,
        expand=expand,
    )


def _why(k: int, mean: bool, kind: Kind) -> str:
    what = "the mean of their gradients" if mean else "the sum of their gradients"
    each = f"One update is made of {k} mini-batches, by {what}."
    match kind:
        case Kind.FIRST:
            return f"{each} This is the first of them: what was kept before is dropped."
        case Kind.LAST:
            return f"{each} This is the last of them: the update follows."
        case _:
            return f"{each} This mini-batch updates nothing yet."
