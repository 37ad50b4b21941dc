"""The exponential linear unit."""

from __future__ import annotations

import numpy as np

from engine.catalog.activations import parts
from engine.catalog.activations.base import Elementwise
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.options import any_number

SMALL = 0.01
"""Closer to 0, e^z − 1 would lose digits by its subtraction."""


def _emit(emit: Emit, z: Array, a: Array, alpha: float) -> None:
    emit(np.minimum, z, emit.const(0), a)
    emit(np.expm1, a, a)
    emit(np.multiply, a, emit.const(alpha), a)
    parts.where_above(emit, z, 0, z, a)


def _emit_slope(emit: Emit, z: Array, _a: Array, out: Array, alpha: float) -> None:
    emit(np.minimum, z, emit.const(0), out)
    emit(np.exp, out, out)
    emit(np.multiply, out, emit.const(alpha), out)
    parts.where_above(emit, z, 0, emit.const(1), out)


def _value(z: Expr, alpha: float) -> Expr:
    if z.value > 0:
        return z
    near = abs(z.value) < SMALL
    share = ex.fn("expm1", z) if near else ex.sub(ex.fn("exp", z), ex.num(1))
    return ex.times(alpha, share)


def _slope_value(z: Expr, _a: Expr, alpha: float) -> Expr:
    return ex.num(1) if z.value > 0 else ex.times(alpha, ex.fn("exp", z))


ROW = Elementwise(
    name="elu",
    torch="nn.functional.elu(z, **options)",
    formula="{z} where {z} > 0, else {alpha}·(e^{z} − 1)",
    slope_formula="1 where {z} > 0, else {alpha}·e^{z}",
    why="Like relu above 0; below it bends smoothly and levels off.",
    note="Below 0 the slope falls as e^z does: at z = −3 to 0.05 of what it begins with.",
    emit=_emit,
    slope_emit=_emit_slope,
    value=_value,
    slope_value=_slope_value,
    kinks=lambda **_: (0.0,),
    options={"alpha": any_number(1.0, "Far below 0 the function nears −alpha.")},
    place=5,
)
