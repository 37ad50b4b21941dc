"""The rectified linear unit that goes no higher than 6."""

from __future__ import annotations

from engine.catalog.activations import parts
from engine.catalog.activations.base import Elementwise
from engine.formula import expr as ex

ROW = Elementwise(
    name="relu6",
    torch="nn.functional.relu6(z)",
    formula="min(max(0, {z}), 6)",
    slope_formula="1 where 0 < {z} < 6, else 0",
    why="relu that goes no higher than 6.",
    note="Where z is not between 0 and 6 the slope is 0: no error passes.",
    emit=lambda emit, z, a: parts.emit_between(emit, z, 0, 6, a),
    slope_emit=lambda emit, z, _a, out: parts.emit_within(emit, z, 0, 6, out),
    value=lambda z: parts.between_value(z, 0, 6),
    slope_value=lambda z, _a: ex.num(parts.within(z, 0, 6)),
    kinks=lambda: (0.0, 6.0),
)
