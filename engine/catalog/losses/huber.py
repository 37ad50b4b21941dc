"""The Huber loss."""

from __future__ import annotations

import numpy as np

from engine.catalog.losses import parts
from engine.catalog.losses.base import Head, Loss, Sample
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.formula.expr import Expr
from engine.spec.options import positive


def _emit(emit: Emit, head: Head, delta: float) -> None:
    """With c = d cut at ±delta, both of the formula's cases are c·(d − ½·c)."""
    difference, terms = parts.emit_difference(emit, head), emit.scratch(head.y.shape)
    cut = head.parts["cut"] = emit.scratch(head.y.shape)
    emit(np.minimum, difference, emit.const(delta), cut)
    emit(np.maximum, cut, emit.const(-delta), cut)
    emit(np.multiply, cut, emit.const(0.5), terms)
    emit(np.subtract, difference, terms, terms)
    emit(np.multiply, terms, cut, terms)
    parts.emit_sums(emit, head, terms)


def _emit_grad(emit: Emit, head: Head, scale: float, delta: float) -> None:  # noqa: ARG001
    emit(np.multiply, head.parts["cut"], emit.const(scale), head.grad)


def _term(d: Expr, delta: float) -> Expr:
    if abs(d.value) < delta:
        return ex.mul(ex.num(0.5), ex.power(d, 2))
    return ex.times(delta, ex.sub(ex.fn("abs", d), ex.num(delta / 2)))


def _grad_value(sample: Sample, j: int, delta: float) -> Expr:
    d = parts.difference(sample, j)
    if abs(d.value) < delta:
        return d
    return ex.num(delta if d.value > 0 else -delta)


ROW = Loss(
    name="huber",
    torch="nn.functional.huber_loss(yhat, y, reduction=reduction, **options)",
    formula="Σ h({yhat} − {y}) with h(d) = ½·d² where |d| < {delta},"
    " else {delta}·(|d| − {delta}/2)",
    grad_formula="{yhat} − {y}, at most {delta} to either side",
    why="Squares of near misses, distances of far ones: outliers do not rule.",
    grad_why="How far off, and to which side; far misses pull no harder than delta.",
    emit=_emit,
    grad_emit=_emit_grad,
    value=lambda sample, delta: ex.add(*(_term(d, delta) for d in parts.differences(sample))),
    grad_value=_grad_value,
    per_element=True,
    kinks=lambda yhat, y, delta: (yhat - y + delta, yhat - y - delta),
    options={"delta": positive(1.0, "Misses from here on count as distances.")},
    place=7,
)
