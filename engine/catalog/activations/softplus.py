"""The softplus, as PyTorch's: beyond a threshold it is the sum itself."""

from __future__ import annotations

import numpy as np

from engine.catalog.activations import parts
from engine.catalog.activations.base import Elementwise
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.options import any_number, positive


def _emit_scaled(emit: Emit, z: Array, beta: float) -> Array:
    if beta == 1:
        return z
    scaled = emit.scratch(z.shape)
    emit(np.multiply, z, emit.const(beta), scaled)
    return scaled


def _emit(emit: Emit, z: Array, a: Array, beta: float, threshold: float) -> None:
    scaled = _emit_scaled(emit, z, beta)
    emit(np.logaddexp, scaled, emit.const(0), a)
    if beta != 1:
        emit(np.divide, a, emit.const(beta), a)
    parts.where_above(emit, scaled, threshold, z, a)


def _emit_slope(emit: Emit, z: Array, _a: Array, out: Array, beta: float, threshold: float) -> None:
    scaled = _emit_scaled(emit, z, beta)
    parts.emit_sigmoid(emit, scaled, out)
    parts.where_above(emit, scaled, threshold, emit.const(1), out)


def _value(z: Expr, beta: float, threshold: float) -> Expr:
    scaled = ex.times(beta, z)
    if scaled.value > threshold:
        return z
    found = parts.softplus_value(scaled)
    return found if beta == 1 else ex.div(found, ex.num(beta))


def _slope_value(z: Expr, _a: Expr, beta: float, threshold: float) -> Expr:
    scaled = ex.times(beta, z)
    return ex.num(1) if scaled.value > threshold else parts.sigmoid_value(scaled)


ROW = Elementwise(
    name="softplus",
    torch="nn.functional.softplus(z, **options)",
    formula="log(1 + e^({beta}·{z}))/{beta}",
    slope_formula="1/(1 + e^(−{beta}·{z}))",
    why="relu with its corner rounded off; z where beta·z is above threshold.",
    note="Far below 0 the slope falls as e^({beta}·z) does; where {beta}·z is above {threshold},"
    " it is 1, as in PyTorch.",
    emit=_emit,
    slope_emit=_emit_slope,
    value=_value,
    slope_value=_slope_value,
    kinks=lambda beta, threshold: (threshold / beta,),
    options={
        "beta": positive(1.0, "How sharp the corner is."),
        "threshold": any_number(20.0, "Where beta·z is above it, the result is z itself."),
    },
    place=9,
)
