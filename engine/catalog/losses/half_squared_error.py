"""Half the squared error, as textbooks have it."""

from __future__ import annotations

import numpy as np

from engine.catalog.losses import parts
from engine.catalog.losses.base import Head, Loss, Sample
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.formula.expr import Expr


def _emit(emit: Emit, head: Head) -> None:
    parts.emit_squares(emit, head)
    emit(np.multiply, head.per_sample, emit.const(0.5), head.per_sample)


def _emit_grad(emit: Emit, head: Head, scale: float) -> None:
    emit(np.multiply, head.parts["difference"], emit.const(scale), head.grad)


def _value(sample: Sample) -> Expr:
    squares = (ex.power(d, 2) for d in parts.differences(sample))
    return ex.mul(ex.num(0.5), ex.add(*squares))


ROW = Loss(
    name="half_squared_error",
    torch="getattr(((yhat - y) ** 2).sum(dim=1) / 2, reduction)()",
    formula="½·Σ ({yhat} − {y})²",
    grad_formula="{yhat} − {y}",
    why="Half the squares of the misses: the ½ makes the slope plain.",
    grad_why="The slope of ½·(ŷ − y)² is ŷ − y: how far off, and to which side.",
    emit=_emit,
    grad_emit=_emit_grad,
    value=_value,
    grad_value=parts.difference,
    place=5,
)
