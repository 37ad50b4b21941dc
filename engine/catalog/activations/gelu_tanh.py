"""The Gaussian error linear unit, by a tanh."""

from __future__ import annotations

import math

import numpy as np

from engine.catalog.activations import parts
from engine.catalog.activations.base import Elementwise
from engine.catalog.row import digits
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr

SCALE = math.sqrt(2 / math.pi)
CUBE = 0.044715
"""u = SCALE·(z + CUBE·z³)"""


def _emit_share(emit: Emit, z: Array, out: Array) -> None:
    """½·(1 + tanh u) = σ(2u)"""
    emit(np.multiply, z, z, out)
    emit(np.multiply, out, emit.const(2 * SCALE * CUBE), out)
    emit(np.add, out, emit.const(2 * SCALE), out)
    emit(np.multiply, out, z, out)
    parts.emit_sigmoid(emit, out, out)


def _emit(emit: Emit, z: Array, a: Array) -> None:
    _emit_share(emit, z, a)
    emit(np.multiply, z, a, a)


def _emit_slope(emit: Emit, z: Array, _a: Array, out: Array) -> None:
    """With s = ½·(1 + tanh u): s + z·s·(1 − s)·2u′"""
    share, slope = emit.scratch(z.shape), emit.scratch(z.shape)
    _emit_share(emit, z, share)
    emit(np.multiply, z, z, slope)
    emit(np.multiply, slope, emit.const(6 * SCALE * CUBE), slope)
    emit(np.add, slope, emit.const(2 * SCALE), slope)
    emit(np.multiply, slope, z, slope)
    emit(np.multiply, slope, share, slope)
    emit(np.subtract, emit.const(1), share, out)
    emit(np.multiply, out, slope, out)
    emit(np.add, out, share, out)


def _inner(z: Expr) -> Expr:
    cube = ex.mul(ex.num(CUBE), ex.power(z, 3))
    return ex.mul(ex.num(SCALE), ex.add(z, cube))


def _value(z: Expr) -> Expr:
    """½·z·(1 + tanh u), or z·σ(2u), which is the same and keeps its digits where tanh u nears −1"""
    u = _inner(z)
    if u.value < -1:
        return ex.mul(z, ex.fn("σ", ex.mul(ex.num(2), u)))
    return ex.mul(ex.num(0.5), z, ex.add(ex.num(1), ex.fn("tanh", u)))


def _slope_value(z: Expr, _a: Expr) -> Expr:
    """½·(1 + tanh u) + ½·z·(1 − tanh² u)·u′, or the same by σ(2u)"""
    u = _inner(z)
    square = ex.mul(ex.num(3 * CUBE), ex.power(z, 2))
    slope = ex.mul(ex.num(SCALE), ex.add(ex.num(1), square))
    if u.value < -1:
        share = ex.fn("σ", ex.mul(ex.num(2), u))
        rest = ex.mul(z, share, ex.sub(ex.num(1), share), ex.num(2), slope)
        return ex.add(share, rest)
    bend = ex.fn("tanh", u)
    share = ex.mul(ex.num(0.5), ex.add(ex.num(1), bend))
    rest = ex.mul(ex.num(0.5), z, ex.sub(ex.num(1), ex.power(bend, 2)), slope)
    return ex.add(share, rest)


_INNER = f"{digits(SCALE)}·({{z}} + {digits(CUBE)}·{{z}}^3)"

ROW = Elementwise(
    name="gelu_tanh",
    torch="nn.functional.gelu(z, approximate='tanh')",
    formula=f"½·{{z}} ⊙ (1 + tanh({_INNER}))",
    slope_formula=f"½·(1 + tanh u) + ½·{{z}} ⊙ (1 − (tanh u)²) ⊙ u′ with u = {_INNER},"
    f" u′ = {digits(SCALE)}·(1 + {digits(3 * CUBE)}·{{z}}²)",
    why="gelu by a tanh for the normal Φ: nearly the same, and faster.",
    note="Negative below z ≈ −0.75, and tiny beyond z ≈ −4.",
    emit=_emit,
    slope_emit=_emit_slope,
    value=_value,
    slope_value=_slope_value,
    added_to_1=True,
    place=7,
)
