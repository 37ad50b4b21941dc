"""The sigmoid linear unit, also called swish."""

from __future__ import annotations

import numpy as np

from engine.catalog.activations import parts
from engine.catalog.activations.base import Elementwise
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr


def _emit(emit: Emit, z: Array, a: Array) -> None:
    parts.emit_sigmoid(emit, z, a)
    emit(np.multiply, z, a, a)


def _emit_slope(emit: Emit, z: Array, _a: Array, out: Array) -> None:
    share, one = emit.scratch(z.shape), emit.const(1)
    parts.emit_sigmoid(emit, z, share)
    emit(np.subtract, one, share, out)
    emit(np.multiply, out, z, out)
    emit(np.add, out, one, out)
    emit(np.multiply, out, share, out)


def _slope_value(z: Expr, _a: Expr) -> Expr:
    share = ex.fn("σ", z)
    return ex.mul(share, ex.add(ex.num(1), ex.mul(z, ex.sub(ex.num(1), share))))


ROW = Elementwise(
    name="silu",
    torch="nn.functional.silu(z)",
    formula="{z}/(1 + e^−{z})",
    slope_formula="σ({z}) ⊙ (1 + {z} ⊙ (1 − σ({z})))",
    why="The sum times its own sigmoid σ: like relu, but smooth.",
    note="Negative below z ≈ −1.28, and tiny beyond z ≈ −8.",
    emit=_emit,
    slope_emit=_emit_slope,
    value=lambda z: ex.div(z, ex.add(ex.num(1), ex.fn("exp", ex.neg(z)))),
    slope_value=_slope_value,
    place=8,
)
