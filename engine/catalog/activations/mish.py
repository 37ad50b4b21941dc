"""The sum times the tanh of its softplus."""

from __future__ import annotations

import numpy as np

from engine.catalog.activations import parts
from engine.catalog.activations.base import Elementwise
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr


def _emit_share(emit: Emit, z: Array, out: Array) -> None:
    """tanh(log(1 + e^z))"""
    emit(np.logaddexp, z, emit.const(0), out)
    emit(np.tanh, out, out)


def _emit(emit: Emit, z: Array, a: Array) -> None:
    share = emit.scratch(z.shape)
    _emit_share(emit, z, share)
    emit(np.multiply, z, share, a)


def _emit_slope(emit: Emit, z: Array, _a: Array, out: Array) -> None:
    """With t = tanh(log(1 + e^z)): t + z·σ(z)·(1 − t²)"""
    share = emit.scratch(z.shape)
    _emit_share(emit, z, share)
    parts.emit_sigmoid(emit, z, out)
    emit(np.multiply, out, z, out)
    square = emit.scratch(z.shape)
    emit(np.multiply, share, share, square)
    emit(np.subtract, emit.const(1), square, square)
    emit(np.multiply, out, square, out)
    emit(np.add, out, share, out)


def _share(z: Expr) -> Expr:
    return ex.fn("tanh", parts.softplus_value(z))


def _slope_value(z: Expr, _a: Expr) -> Expr:
    share = _share(z)
    bend = ex.sub(ex.num(1), ex.power(share, 2))
    return ex.add(share, ex.mul(z, ex.fn("σ", z), bend))


ROW = Elementwise(
    name="mish",
    torch="nn.functional.mish(z)",
    formula="{z} ⊙ tanh(log(1 + e^{z}))",
    slope_formula="t + {z} ⊙ σ({z}) ⊙ (1 − t²), t = tanh(log(1 + e^{z}))",
    why="The sum times the tanh of its softplus: like relu, but smooth.",
    note="Negative below about −1.19, and tiny beyond about −7.",
    emit=_emit,
    slope_emit=_emit_slope,
    value=lambda z: ex.mul(z, _share(z)),
    slope_value=_slope_value,
)
