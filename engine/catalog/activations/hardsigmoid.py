"""The sigmoid made of straight lines."""

from __future__ import annotations

import numpy as np

from engine.catalog.activations import parts
from engine.catalog.activations.base import Elementwise
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr


def _emit(emit: Emit, z: Array, a: Array) -> None:
    emit(np.add, z, emit.const(3), a)
    parts.emit_between(emit, a, 0, 6, a)
    emit(np.divide, a, emit.const(6), a)


def _emit_slope(emit: Emit, z: Array, _a: Array, out: Array) -> None:
    parts.emit_within(emit, z, -3, 3, out)
    emit(np.divide, out, emit.const(6), out)


def _slope_value(z: Expr, _a: Expr) -> Expr:
    return ex.div(ex.num(1), ex.num(6)) if parts.within(z, -3, 3) else ex.num(0)


ROW = Elementwise(
    name="hardsigmoid",
    called="hardsigmoid",
    torch="nn.functional.relu6(z + 3)/6",  # hardsigmoid's slope is float32's 1/6 in float64 too
    formula="min(max(0, {z} + 3), 6)/6",
    slope_formula="1/6 where −3 < {z} < 3, else 0",
    why="sigmoid made of straight lines: 0 up to z = −3, 1 from z = 3 on.",
    note="Where z is not between −3 and 3 the slope is 0: no error passes.",
    emit=_emit,
    slope_emit=_emit_slope,
    value=lambda z: ex.div(parts.between_value(ex.add(z, ex.num(3)), 0, 6), ex.num(6)),
    slope_value=_slope_value,
    kinks=lambda: (-3.0, 3.0),
)
