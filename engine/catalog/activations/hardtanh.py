"""The tanh made of straight lines."""

from __future__ import annotations

from engine.catalog.activations import parts
from engine.catalog.activations.base import Elementwise
from engine.formula import expr as ex
from engine.spec.options import Options, any_number


def _conflict(o: Options) -> str:
    if o["min_val"] < o["max_val"]:
        return ""
    return "min_val must be less than max_val."


ROW = Elementwise(
    name="hardtanh",
    torch="nn.functional.hardtanh(z, **options)",
    formula="min(max({min_val}, {z}), {max_val})",
    slope_formula="1 where {min_val} < {z} < {max_val}, else 0",
    why="Lets the sum through between two bounds, and stops it there.",
    note="Where z is not between {min_val} and {max_val} the slope is 0: no error passes.",
    emit=lambda emit, z, a, min_val, max_val: parts.emit_between(emit, z, min_val, max_val, a),
    slope_emit=lambda emit, z, _a, out, min_val, max_val: parts.emit_within(
        emit, z, min_val, max_val, out
    ),
    value=lambda z, min_val, max_val: parts.between_value(z, min_val, max_val),
    slope_value=lambda z, _a, min_val, max_val: ex.num(parts.within(z, min_val, max_val)),
    kinks=lambda min_val, max_val: (min_val, max_val),
    options={
        "min_val": any_number(-1.0, "The result is never below it."),
        "max_val": any_number(1.0, "The result is never above it."),
    },
    conflict=_conflict,
)
