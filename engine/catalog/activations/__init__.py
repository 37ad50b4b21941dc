"""Activations, a row each: every module here that has a ROW is one."""

from __future__ import annotations

from engine.catalog.activations.base import Elementwise, Rowwise
from engine.catalog.row import table
from engine.spec.options import Options

Activation = Elementwise | Rowwise

ACTIVATIONS: dict[str, Activation] = table(__name__, __path__, Elementwise, Rowwise)


def activation(name: str, options: Options) -> Activation:
    """The row `name` with the values of its options put in, those not given by default."""
    row = ACTIVATIONS[name]
    return row.bound(row.complete(options))


__all__ = ["ACTIVATIONS", "Activation", "Elementwise", "Rowwise", "activation"]
