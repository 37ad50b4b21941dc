"""The scaled exponential linear unit."""

from __future__ import annotations

import numpy as np

from engine.catalog.activations import elu
from engine.catalog.activations.base import Elementwise
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr

ALPHA = 1.6732632423543772848170429916717
SCALE = 1.0507009873554804934193349852946
"""For which a mean 0 and a variance 1 of sums stay so: Klambauer et al., 2017."""


def _emit(emit: Emit, z: Array, a: Array) -> None:
    elu.ROW.emit(emit, z, a, alpha=ALPHA)
    emit(np.multiply, a, emit.const(SCALE), a)


def _emit_slope(emit: Emit, z: Array, a: Array, out: Array) -> None:
    elu.ROW.slope_emit(emit, z, a, out, alpha=ALPHA)
    emit(np.multiply, out, emit.const(SCALE), out)


def _value(z: Expr) -> Expr:
    return ex.mul(ex.num(SCALE), elu.ROW.value(z, alpha=ALPHA))


def _slope_value(z: Expr, a: Expr) -> Expr:
    if z.value > 0:
        return ex.num(SCALE)
    return ex.mul(ex.num(SCALE), elu.ROW.slope_value(z, a, alpha=ALPHA))


ROW = Elementwise(
    name="selu",
    torch="nn.functional.selu(z)",
    formula="λ·{z} where {z} > 0, else λ·α·(e^{z} − 1)",
    slope_formula="λ where {z} > 0, else λ·α·e^{z}",
    why="elu with α 1.6733, times λ 1.0507, to keep mean 0 and variance 1.",
    note="Above 0 the slope is λ, 1.0507; below it falls as e^z does, from λ·α, 1.7581.",
    emit=_emit,
    slope_emit=_emit_slope,
    value=_value,
    slope_value=_slope_value,
    kinks=lambda: (0.0,),
)
