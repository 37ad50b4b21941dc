"""Cross-entropy of classes, of the outputs as they are: PyTorch's CrossEntropyLoss."""

from __future__ import annotations

from engine.catalog.losses import parts
from engine.catalog.losses.base import Loss
from engine.catalog.losses.cross_entropy import ROW as OF_SUMS
from engine.catalog.losses.cross_entropy import of_sums
from engine.catalog.losses.logits import of_outputs
from engine.spec.options import Options
from engine.spec.run import DataSpec


def _bind(row: Loss, options: Options, data: DataSpec, last: str) -> Loss:
    return of_outputs(of_sums(OF_SUMS, options, data), row.name, last, data.y.shape[1])


ROW = Loss(
    name="cross_entropy_of_outputs",
    torch="nn.functional.cross_entropy(yhat, y, reduction=reduction, **options)",
    formula=OF_SUMS.formula,
    grad_formula=OF_SUMS.grad_formula,
    why=OF_SUMS.why,
    grad_why=OF_SUMS.grad_why,
    emit=OF_SUMS.emit,
    grad_emit=OF_SUMS.grad_emit,
    value=OF_SUMS.value,
    grad_value=OF_SUMS.grad_value,
    tried=("softmax", "tanh"),
    targets=parts.SHARES,
    options=OF_SUMS.options,
    bind=_bind,
    place=1.5,
)
