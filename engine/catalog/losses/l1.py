"""The mean absolute error."""

from __future__ import annotations

import numpy as np

from engine.catalog.losses import parts
from engine.catalog.losses.base import Head, Loss
from engine.formula import expr as ex
from engine.formula.calls import Emit


def _emit(emit: Emit, head: Head) -> None:
    difference, sizes = parts.emit_difference(emit, head), emit.scratch(head.y.shape)
    emit(np.absolute, difference, sizes)
    parts.emit_sums(emit, head, sizes)


def _emit_grad(emit: Emit, head: Head, scale: float) -> None:
    emit(np.sign, head.parts["difference"], head.grad)
    parts.emit_scaled(emit, head.grad, scale)


ROW = Loss(
    name="l1",
    torch="nn.functional.l1_loss(yhat, y, reduction=reduction)",
    formula="Σ |{yhat} − {y}|",
    grad_formula="sign({yhat} − {y})",
    why="The sizes of the misses: far misses count no more than their distance.",
    grad_why="Only to which side the prediction is off; 0 where it is exact.",
    emit=_emit,
    grad_emit=_emit_grad,
    value=lambda sample: ex.add(*(ex.fn("abs", d) for d in parts.differences(sample))),
    grad_value=lambda sample, j: ex.fn("sign", parts.difference(sample, j)),
    per_element=True,
    kinks=lambda yhat, y: (yhat - y,),
    place=6,
)
