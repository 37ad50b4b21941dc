"""The rectified linear unit that leaks by a slope that is learned."""

from __future__ import annotations

import numpy as np

from engine.catalog.activations import parts
from engine.catalog.activations.base import Elementwise, Learning
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr

START = 0.25
"""What the slope below 0 begins with, as PyTorch's."""
_START = np.array(START)


def _emit(emit: Emit, z: Array, a: Array, alpha: Array = _START) -> None:
    emit(np.multiply, z, alpha.astype(a.dtype) if alpha is _START else alpha, a)
    parts.where_above(emit, z, 0, z, a)


def _emit_slope(emit: Emit, z: Array, _a: Array, out: Array, alpha: Array = _START) -> None:
    emit(np.copyto, out, alpha.astype(out.dtype) if alpha is _START else alpha)
    parts.where_above(emit, z, 0, emit.const(1), out)


def _value(z: Expr, alpha: Expr | None = None) -> Expr:
    return z if z.value > 0 else ex.mul(alpha or ex.num(START), z)


def _slope_value(z: Expr, _a: Expr, alpha: Expr | None = None) -> Expr:
    return ex.num(1) if z.value > 0 else alpha or ex.num(START)


def _emit_part(emit: Emit, z: Array, out: Array) -> None:
    emit(np.minimum, z, emit.const(0), out)


ROW = Elementwise(
    name="prelu",
    torch="nn.functional.prelu(z, alpha)",
    formula="{z} where {z} > 0, else {alpha}·{z}",
    slope_formula="1 where {z} > 0, else {alpha}",
    why="Like leaky_relu, but that its slope below 0 is learned.",
    note="The slope below 0 is the parameter {alpha} as it was in the forward pass.",
    emit=_emit,
    slope_emit=_emit_slope,
    value=_value,
    slope_value=_slope_value,
    kinks=lambda **_: (0.0,),
    learns=Learning(
        kind="alpha",
        start=START,
        emit=_emit_part,
        formula="min(0, {z})",
        value=lambda z: ex.fn("min", ex.num(0), z),
        why="Only sums below 0 meet {alpha}: each counts, times its {upstream}.",
    ),
    place=4.5,
)
