"""Losses, a row each: every module here that has a ROW is one."""

from __future__ import annotations

from engine.catalog.losses.base import Head, Loss, Sample, Targets
from engine.catalog.row import table
from engine.formula.calls import Array
from engine.spec.run import LossSpec

LOSSES: dict[str, Loss] = table(__name__, __path__, Loss)


def loss(spec: LossSpec, y: Array) -> Loss:
    """The row of a loss for targets y (samples, units), with the values of its options put in."""
    row = LOSSES[spec.name]
    return row.bind(row, row.complete(spec.options), y)


__all__ = ["LOSSES", "Head", "Loss", "Sample", "Targets", "loss"]
