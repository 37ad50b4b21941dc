"""The sigmoid linear unit made without an exponential."""

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
    emit(np.multiply, z, a, a)
    emit(np.divide, a, emit.const(6), a)


def _emit_slope(emit: Emit, z: Array, _a: Array, out: Array) -> None:
    within, one = emit.scratch(z.shape), emit.const(1)
    parts.emit_within(emit, z, -3, 3, within)
    emit(np.divide, z, emit.const(3), out)
    emit(np.add, out, emit.const(0.5), out)
    emit(np.multiply, out, within, out)
    emit(np.greater_equal, z, emit.const(3), within)
    parts.where_above(emit, within, 0, one, out)


def _value(z: Expr) -> Expr:
    share = parts.between_value(ex.add(z, ex.num(3)), 0, 6)
    return ex.div(ex.mul(z, share), ex.num(6))


def _slope_value(z: Expr, _a: Expr) -> Expr:
    if parts.within(z, -3, 3):
        return ex.add(ex.div(z, ex.num(3)), ex.num(0.5))
    return ex.num(z.value >= 3)


ROW = Elementwise(
    name="hardswish",
    torch="nn.functional.hardswish(z)",
    formula="{z} ⊙ min(max(0, {z} + 3), 6)/6",
    slope_formula="0 where {z} ≤ −3, 1 where {z} ≥ 3, else {z}/3 + 0.5",
    why="silu of pieces: 0 up to z = −3, the sum itself from z = 3 on.",
    note="Negative between z = −3 and −1.5, and 0 below: there no error passes.",
    emit=_emit,
    slope_emit=_emit_slope,
    value=_value,
    slope_value=_slope_value,
    kinks=lambda: (-3.0, 3.0),
)
