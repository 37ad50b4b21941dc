"""The mean squared error."""

from __future__ import annotations

import numpy as np

from engine.catalog.losses import parts
from engine.catalog.losses.base import Head, Loss
from engine.formula import expr as ex
from engine.formula.calls import Emit


def _emit_grad(emit: Emit, head: Head, scale: float) -> None:
    emit(np.multiply, head.parts["difference"], emit.const(2 * scale), head.grad)


ROW = Loss(
    name="mse",
    torch="nn.functional.mse_loss(yhat, y, reduction=reduction)",
    formula="Σ ({yhat} − {y})²",
    grad_formula="2·({yhat} − {y})",
    why="The squares of the misses: far misses count most.",
    grad_why="The slope of (ŷ − y)² is 2·(ŷ − y): how far off, and to which side.",
    emit=parts.emit_squares,
    grad_emit=_emit_grad,
    value=lambda sample: ex.add(*(ex.power(d, 2) for d in parts.differences(sample))),
    grad_value=lambda sample, j: ex.mul(ex.num(2), parts.difference(sample, j)),
    per_element=True,
    place=4,
)
