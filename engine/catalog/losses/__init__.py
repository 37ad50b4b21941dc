"""Losses, a row each: every module here that has a ROW is one, of that name."""

from __future__ import annotations

from dataclasses import replace

from engine.catalog.losses.base import Head, Loss, Sample, Targets
from engine.catalog.row import RowTable
from engine.spec.run import DataSpec, LossSpec

LOSSES = RowTable(__name__, Loss)


def loss(spec: LossSpec, data: DataSpec, last: str) -> Loss:
    """The row of a loss for the targets of the data and the last layer's activation, with the
    values of its options put in.
    """
    row = LOSSES[spec.name]
    if spec.reduction == "batchmean":
        row = replace(row, per_element=False)
    return row.bind(row, row.complete(spec.options), data, last)


__all__ = ["LOSSES", "Head", "Loss", "Sample", "Targets", "loss"]
