"""The rectified linear unit that leaks."""

from __future__ import annotations

import numpy as np

from engine.catalog.activations import parts
from engine.catalog.activations.base import Elementwise
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.options import any_number


def _emit(emit: Emit, z: Array, a: Array, negative_slope: float) -> None:
    emit(np.multiply, z, emit.const(negative_slope), a)
    parts.where_above(emit, z, 0, z, a)


def _emit_slope(emit: Emit, z: Array, _a: Array, out: Array, negative_slope: float) -> None:
    emit(np.copyto, out, emit.const(negative_slope))
    parts.where_above(emit, z, 0, emit.const(1), out)


def _value(z: Expr, negative_slope: float) -> Expr:
    return z if z.value > 0 else ex.mul(ex.num(negative_slope), z)


def _slope_value(z: Expr, _a: Expr, negative_slope: float) -> Expr:
    return ex.num(1 if z.value > 0 else negative_slope)


ROW = Elementwise(
    name="leaky_relu",
    torch="nn.functional.leaky_relu(z, **options)",
    formula="{z} where {z} > 0, else {negative_slope}·{z}",
    slope_formula="1 where {z} > 0, else {negative_slope}",
    why="Lets positive sums through, and negative ones times a slope.",
    note="The slope below 0 is {negative_slope}: unless that is 0, something always passes.",
    emit=_emit,
    slope_emit=_emit_slope,
    value=_value,
    slope_value=_slope_value,
    kinks=lambda **_: (0.0,),
    options={"negative_slope": any_number(0.01, "The slope below 0.")},
    place=4,
)
