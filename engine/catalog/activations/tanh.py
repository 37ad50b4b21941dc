"""The hyperbolic tangent."""

from __future__ import annotations

import numpy as np

from engine.catalog.activations.base import Elementwise
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit


def _emit_slope(emit: Emit, _z: Array, a: Array, out: Array) -> None:
    emit(np.multiply, a, a, out)
    emit(np.subtract, emit.const(1), out, out)


ROW = Elementwise(
    name="tanh",
    torch="torch.tanh(z)",
    formula="tanh({z})",
    slope_formula="1 − {a}²",
    why="Bends the sum into −1…1; without a bend, layers would collapse into one.",
    note="Beyond |z| ≈ 3 the slope is below 0.01: there it saturates.",
    emit=lambda emit, z, a: emit(np.tanh, z, a),
    slope_emit=_emit_slope,
    value=lambda z: ex.fn("tanh", z),
    slope_value=lambda _z, a: ex.sub(ex.num(1), ex.power(a, 2)),
    place=1,
)
