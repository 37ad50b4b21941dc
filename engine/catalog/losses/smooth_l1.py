"""The smooth L1 loss: the Huber loss over its beta."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.catalog.losses import l1, parts
from engine.catalog.losses.base import Head, Loss, Sample, put_in_all
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.options import Options, at_least_0
from engine.spec.run import DataSpec


def _emit(emit: Emit, head: Head, beta: float) -> None:
    """With c = d/beta cut at ±1, both of the formula's cases are c·(d − ½·beta·c)."""
    difference, terms = parts.emit_difference(emit, head), emit.scratch(head.y.shape)
    cut = head.parts["cut"] = emit.scratch(head.y.shape)
    emit(np.divide, difference, emit.const(beta), cut)
    emit(np.minimum, cut, emit.const(1), cut)
    emit(np.maximum, cut, emit.const(-1), cut)
    emit(np.multiply, cut, emit.const(beta / 2), terms)
    emit(np.subtract, difference, terms, terms)
    emit(np.multiply, terms, cut, terms)
    parts.emit_sums(emit, head, terms)


def _emit_grad(emit: Emit, head: Head, scale: float, beta: float) -> None:  # noqa: ARG001
    emit(np.multiply, head.parts["cut"], emit.const(scale), head.grad)


def _term(d: Expr, beta: float) -> Expr:
    if abs(d.value) < beta:
        return ex.mul(ex.num(0.5), _over(ex.power(d, 2), beta))
    return ex.sub(ex.fn("abs", d), ex.num(beta / 2))


def _over(e: Expr, beta: float) -> Expr:
    return e if beta == 1 else ex.div(e, ex.num(beta))


def _value(sample: Sample, beta: float) -> Expr:
    return ex.add(*(_term(d, beta) for d in parts.differences(sample)))


def _grad_value(sample: Sample, j: int, beta: float) -> Expr:
    d = parts.difference(sample, j)
    if abs(d.value) < beta:
        return _over(d, beta)
    return ex.num(1 if d.value > 0 else -1)


def _kinks(yhat: Array, y: Array, beta: float) -> Sequence[Array]:
    return yhat - y + beta, yhat - y - beta


def _bind(row: Loss, options: Options, data: DataSpec, last: str) -> Loss:
    """With a beta of 0 there are no near misses: the mean absolute error, as in PyTorch."""
    if options["beta"]:
        return put_in_all(row, options, data, last)
    return replace(l1.ROW, name=row.name, why=f"{l1.ROW.why} A beta of 0 leaves no squares.")


ROW = Loss(
    name="smooth_l1",
    torch="nn.functional.smooth_l1_loss(yhat, y, reduction=reduction, **options)",
    formula="Σ h({yhat} − {y}) with h(d) = ½·d²/{beta} where |d| < {beta}, else |d| − {beta}/2",
    grad_formula="({yhat} − {y})/{beta}, at most 1 to either side",
    why="Squares of near misses, distances of far ones: outliers do not rule. It is the Huber"
    " loss over beta.",
    grad_why="How far off in betas, and to which side; none pulls harder than 1.",
    emit=_emit,
    grad_emit=_emit_grad,
    value=_value,
    grad_value=_grad_value,
    per_element=True,
    kinks=_kinks,
    options={"beta": at_least_0(1.0, "Misses from here on count as distances.")},
    bind=_bind,
    place=8,
)
