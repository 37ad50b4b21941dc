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


def emit_between(emit: Emit, z: Array, low: float, high: float, a: Array) -> None:
    """Write min(max(low, z), high) to `a`, which may be z itself."""
    emit(np.maximum, z, emit.const(low), a)
    emit(np.minimum, a, emit.const(high), a)


def between_value(z: Expr, low: float, high: float) -> Expr:
    """min(max(low, z), high)"""
    return ex.fn("min", ex.fn("max", ex.num(low), z), ex.num(high))


def emit_within(emit: Emit, z: Array, low: float, high: float, out: Array) -> None:
    """Write 1 to `out` where z is above `low` and below `high`, else 0."""
    below = emit.scratch(z.shape)
    emit(np.less, z, emit.const(high), below)
    emit(np.greater, z, emit.const(low), out)
    emit(np.multiply, out, below, out)


def within(z: Expr, low: float, high: float) -> bool:
    """Whether z is above `low` and below `high`."""
    return low < z.value < high


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


TINY = -5.0
"""Below, 1 + e^z has lost too many digits of e^z."""
HUGE = 700.0
"""Above, e^z overflows."""


def softplus_value(z: Expr) -> Expr:
    """log(1 + e^z)"""
    if z.value > HUGE:
        return ex.add(z, ex.fn("log1p", ex.fn("exp", ex.neg(z))))
    if z.value < TINY:
        return ex.fn("log1p", ex.fn("exp", z))
    return ex.fn("log", ex.add(ex.num(1), ex.fn("exp", z)))
