"""What an activation puts out by itself."""

from __future__ import annotations

import warnings

import numpy as np

from engine.catalog.activations import Activation
from engine.formula.calls import Array, Emit
from engine.spec.options import Options


def computed(row: Activation, options: Options, z: Array) -> tuple[Array, Array]:
    """Outputs for z (batch, units), and slopes or Jacobians; a warning is an error."""
    row = row.bound(row.complete(options))
    emit, a = Emit(z.dtype), np.empty_like(z)
    out = np.empty_like(z) if row.elementwise else np.empty((*z.shape, z.shape[1]), z.dtype)
    row.emit(emit, z, a)
    row.slope_emit(emit, z, a, out)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        for function, args in emit.calls:
            function(*args)
    return a, out
