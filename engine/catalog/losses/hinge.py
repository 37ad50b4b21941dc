"""The hinge loss of targets 1 and −1, one for each output."""

from __future__ import annotations

import numpy as np

from engine.catalog.losses import parts
from engine.catalog.losses.base import Head, Loss, Sample
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.formula.expr import Expr


def _emit(emit: Emit, head: Head) -> None:
    """Σ max(0, 1 − y·ŷ)"""
    lacks = head.parts["lacks"] = emit.scratch(head.y.shape)
    emit(np.multiply, head.y, head.yhat, lacks)
    emit(np.subtract, emit.const(1), lacks, lacks)
    emit(np.maximum, lacks, emit.const(0), lacks)
    parts.emit_sums(emit, head, lacks)


def _emit_grad(emit: Emit, head: Head, scale: float) -> None:
    """−y where 1 − y·ŷ is above 0, else 0"""
    emit(np.sign, head.parts["lacks"], head.grad)
    emit(np.multiply, head.grad, head.y, head.grad)
    emit(np.subtract, emit.const(0), head.grad, head.grad)
    parts.emit_scaled(emit, head.grad, scale)


def _lacks(sample: Sample, j: int) -> Expr:
    return ex.sub(ex.num(1), ex.mul(sample.y[j], sample.yhat[j]))


def _value(sample: Sample) -> Expr:
    units = range(len(sample.y))
    return ex.add(*(ex.fn("max", ex.num(0), _lacks(sample, j)) for j in units))


def _grad_value(sample: Sample, j: int) -> Expr:
    return ex.mul(ex.neg(sample.y[j]), ex.fn("step", _lacks(sample, j)))


ROW = Loss(
    name="hinge",
    torch="getattr(torch.relu(1 - y * yhat), reduction)()",
    formula="Σ max(0, 1 − {y} ⊙ {yhat})",
    grad_formula="−{y} ⊙ step(1 − {y} ⊙ {yhat})",
    why="What an output lacks to be on its side of 0 by 1. It is the loss of a support vector"
    " machine.",
    grad_why="The slope of what the output lacks: −y, or 0 where it lacks nothing.",
    emit=_emit,
    grad_emit=_emit_grad,
    value=_value,
    grad_value=_grad_value,
    targets=parts.SIDES,
    per_element=True,
    kinks=lambda yhat, y: (1 - y * yhat,),
    place=11,
)
