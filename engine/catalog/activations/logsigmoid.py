"""The logarithm of the logistic function."""

from __future__ import annotations

import numpy as np

from engine.catalog.activations import parts
from engine.catalog.activations.base import Elementwise
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr


def _emit(emit: Emit, z: Array, a: Array) -> None:
    emit(np.negative, z, a)
    emit(np.logaddexp, a, emit.const(0), a)
    emit(np.negative, a, a)


def _emit_slope(emit: Emit, z: Array, _a: Array, out: Array) -> None:
    emit(np.negative, z, out)
    parts.emit_sigmoid(emit, out, out)


def _slope_value(z: Expr, _a: Expr) -> Expr:
    return ex.div(ex.num(1), ex.add(ex.num(1), ex.fn("exp", z)))


ROW = Elementwise(
    name="logsigmoid",
    called="log_sigmoid",
    torch="nn.functional.logsigmoid(z)",
    formula="−log(1 + e^−{z})",
    slope_formula="1/(1 + e^{z})",
    why="The logarithm of sigmoid: never above 0.",
    note="Far below 0 the result nears z, and the slope 1; above, the slope falls as e^−z does.",
    emit=_emit,
    slope_emit=_emit_slope,
    value=lambda z: ex.neg(parts.softplus_value(ex.neg(z))),
    slope_value=_slope_value,
)
