"""Cross-entropy of yes-or-no targets, of probabilities: PyTorch's BCELoss."""

from __future__ import annotations

import numpy as np

from engine.catalog.losses import parts
from engine.catalog.losses.base import Head, Loss, Sample
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.formula.expr import Expr

LEAST_LOG = -100.0
"""Logarithms below count as this, as in PyTorch."""
LEAST = 1e-12
"""What the gradient divides by is at least this, as in PyTorch."""


def _emit(emit: Emit, head: Head) -> None:
    """Σ (y − 1)·log(1 − ŷ) − y·log ŷ"""
    yhat, y, least = head.yhat, head.y, emit.const(LEAST_LOG)
    yes, no = emit.scratch(y.shape), emit.scratch(y.shape)
    emit(np.log, yhat, yes)
    emit(np.maximum, yes, least, yes)
    emit(np.multiply, yes, y, yes)
    emit(np.negative, yhat, no)
    emit(np.log1p, no, no)
    emit(np.maximum, no, least, no)
    missing = emit.scratch(y.shape)
    emit(np.subtract, y, emit.const(1), missing)
    emit(np.multiply, no, missing, no)
    emit(np.subtract, no, yes, no)
    parts.emit_sums(emit, head, no)


def _emit_grad(emit: Emit, head: Head, scale: float) -> None:
    """(ŷ − y)/(ŷ·(1 − ŷ))"""
    under = emit.scratch(head.y.shape)
    emit(np.subtract, emit.const(1), head.yhat, under)
    emit(np.multiply, under, head.yhat, under)
    emit(np.maximum, under, emit.const(LEAST), under)
    emit(np.subtract, head.yhat, head.y, head.grad)
    emit(np.divide, head.grad, under, head.grad)
    parts.emit_scaled(emit, head.grad, scale)


def _log(e: Expr) -> Expr:
    found = ex.fn("log", e)
    return ex.fn("max", ex.num(LEAST_LOG), found) if found.value < LEAST_LOG else found


def _term(yhat: Expr, y: Expr) -> Expr:
    one, terms = ex.num(1), []
    if y.value:
        terms.append(ex.mul(y, _log(yhat)))
    if y.value != 1:
        terms.append(ex.mul(ex.sub(one, y), _log(ex.sub(one, yhat))))
    return ex.neg(ex.add(*terms))


def _value(sample: Sample) -> Expr:
    return ex.add(*map(_term, sample.yhat, sample.y))


def _grad_value(sample: Sample, j: int) -> Expr:
    yhat = sample.yhat[j]
    under = ex.mul(yhat, ex.sub(ex.num(1), yhat))
    if under.value < LEAST:
        under = ex.fn("max", ex.num(LEAST), under)
    return ex.div(parts.difference(sample, j), under)


ROW = Loss(
    name="bce",
    torch="nn.functional.binary_cross_entropy(yhat, y, reduction=reduction)",
    formula="−Σ ({y} ⊙ log {yhat} + (1 − {y}) ⊙ log(1 − {yhat}))",
    grad_formula="({yhat} − {y}) ⊘ ({yhat} ⊙ (1 − {yhat}))",
    why="The surprise at each yes or no, of probabilities. A logarithm below −100 counts as −100,"
    " as in PyTorch.",
    grad_why="The surer and wronger, the steeper: −log ŷ has the slope −1/ŷ. That of −log(1 − ŷ)"
    " is 1/(1 − ŷ).",
    emit=_emit,
    grad_emit=_emit_grad,
    value=_value,
    grad_value=_grad_value,
    follows=lambda _o: ("sigmoid", "softmax"),
    targets=parts.YES_OR_NO,
    per_element=True,
    place=2.5,
)
