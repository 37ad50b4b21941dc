"""The rectified linear unit."""

from __future__ import annotations

import numpy as np

from engine.catalog.activations.base import Elementwise
from engine.formula import expr as ex

ROW = Elementwise(
    name="relu",
    torch="torch.relu(z)",
    formula="max(0, {z})",
    slope_formula="1 where {z} > 0, else 0",
    why="Lets positive sums through, stops the rest: layers need the bend.",
    note="A unit with z ≤ 0 for all data passes no gradient, until something moves its z: earlier"
    " layers, momentum, decay or a tie.",
    emit=lambda emit, z, a: emit(np.maximum, z, emit.const(0), a),
    slope_emit=lambda emit, z, _a, out: emit(np.greater, z, emit.const(0), out),
    value=lambda z: ex.fn("max", ex.num(0), z),
    slope_value=lambda z, _a: ex.fn("step", z),
    kinks=lambda: (0.0,),
    place=3,
)
