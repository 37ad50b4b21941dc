"""No activation."""

from __future__ import annotations

import numpy as np

from engine.catalog.activations.base import Elementwise
from engine.formula import expr as ex

ROW = Elementwise(
    name="identity",
    torch="z",
    formula="{z}",
    slope_formula="1",
    why="Passes the sum on as it is.",
    note="Layers of it alone are one linear layer.",
    emit=lambda emit, z, a: emit(np.copyto, a, z),
    slope_emit=lambda emit, _z, _a, out: emit(np.copyto, out, emit.const(1)),
    value=lambda z: z,
    slope_value=lambda _z, _a: ex.num(1),
    place=10,
)
