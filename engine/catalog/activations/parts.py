"""The calls and the arithmetic that several activations share."""

from __future__ import annotations

import numpy as np

from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr


def where_above(emit: Emit, z: Array, limit: float, written: Array, out: Array) -> None:
    """Write `written` to `out` where z is above the limit; the rest stays."""
    mask = np.zeros(z.shape, np.bool_)
    emit(np.greater, z, emit.const(limit), mask)
    emit(np.copyto, out, written, "same_kind", mask)


def emit_sigmoid(emit: Emit, z: Array, a: Array) -> None:
    """Write 1/(1 + e^−z) to `a`, which may be z itself: 0 where e^−z overflows."""
    one = emit.const(1)
    emit(np.negative, z, a)
    emit(np.exp, a, a)
    emit(np.add, a, one, a)
    emit(np.divide, one, a, a)


def sigmoid_value(z: Expr) -> Expr:
    """1/(1 + e^−z)"""
    return ex.div(ex.num(1), ex.add(ex.num(1), ex.fn("exp", ex.neg(z))))
