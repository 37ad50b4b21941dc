"""Activations, a row each: every module here that has a ROW is one, of that name."""

from __future__ import annotations

from engine.catalog.activations.base import Elementwise, Learning, Rowwise
from engine.catalog.row import RowTable
from engine.spec.options import Options

Activation = Elementwise | Rowwise

ACTIVATIONS: RowTable[Activation] = RowTable(__name__, Elementwise, Rowwise)


def activation(name: str, options: Options) -> Activation:
    """The row `name` with the values of its options put in, those not given by default."""
    row = ACTIVATIONS[name]
    return row.bound(row.complete(options))


__all__ = ["ACTIVATIONS", "Activation", "Elementwise", "Learning", "Rowwise", "activation"]
