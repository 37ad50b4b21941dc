"""The logistic function."""

from __future__ import annotations

import numpy as np

from engine.catalog.activations import parts
from engine.catalog.activations.base import Elementwise
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit


def _emit_slope(emit: Emit, _z: Array, a: Array, out: Array) -> None:
    emit(np.subtract, emit.const(1), a, out)
    emit(np.multiply, a, out, out)


ROW = Elementwise(
    name="sigmoid",
    torch="torch.sigmoid(z)",
    formula="1/(1 + e^−{z})",
    slope_formula="{a} ⊙ (1 − {a})",
    why="Bends the sum into 0…1; without a bend, layers would collapse into one.",
    note="The slope is never more than 0.25, and nears 0 on both sides.",
    emit=parts.emit_sigmoid,
    slope_emit=_emit_slope,
    value=parts.sigmoid_value,
    slope_value=lambda _z, a: ex.mul(a, ex.sub(ex.num(1), a)),
    place=2,
)
