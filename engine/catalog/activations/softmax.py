"""The softmax: shares of a whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.catalog.activations.base import Rowwise
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr


def emit_parts(emit: Emit, z: Array, a: Array) -> tuple[Array, Array]:
    """Emit a = softmax(z) by rows, the row's maximum subtracted first, which changes nothing but
    keeps e^z finite. Returns z − max, shape (batch, units), and Σ e^(z−max), shape (batch, 1),
    of which the cross-entropy is made without taking the logarithm of a rounded a.
    """
    rows, units = z.shape
    shifted, total = emit.scratch(z.shape), emit.scratch((rows, 1))
    if rows == 1:  # the same on vectors: a 0-d operand is cheaper than a broadcast column
        top, z, a, out = emit.const(0), z[0], a[0], shifted[0]
        if units == 2:  # in half the time
            emit(np.maximum, z[0:1].reshape(()), z[1:2].reshape(()), top)
        else:
            emit(np.maximum.reduce, z, 0, None, top)
        emit(np.subtract, z, top, out)
        emit(np.exp, out, a)
        emit(np.dot, a, emit.ones(units), total.reshape(()))
        emit(np.divide, a, total.reshape(()), a)
        return shifted, total
    top = emit.scratch((rows, 1))
    if units == 2:
        emit(np.maximum, z[:, 0:1], z[:, 1:2], top)
    else:
        emit(np.maximum.reduce, z, 1, None, top, True)
    emit(np.subtract, z, top, shifted)
    emit(np.exp, shifted, a)
    emit(np.dot, a, emit.ones(units, 1), total)
    emit(np.divide, a, total, a)
    return shifted, total


def _emit(emit: Emit, z: Array, a: Array) -> None:
    emit_parts(emit, z, a)


def _emit_jacobian(emit: Emit, _z: Array, a: Array, out: Array) -> None:
    diagonal = np.einsum("nii->ni", out)
    emit(np.multiply, a[:, :, None], a[:, None, :], out)
    emit(np.negative, out, out)
    emit(np.add, diagonal, a, diagonal)


def value(z: Sequence[Expr], j: int) -> Expr:
    """The arithmetic of share j of the sums z."""
    top = max(z, key=lambda e: e.value)
    powers = [ex.fn("exp", ex.sub(e, top)) for e in z]
    return ex.div(powers[j], ex.add(*powers))


def _jacobian_value(_z: Sequence[Expr], a: Sequence[Expr], i: int, j: int) -> Expr:
    return ex.mul(a[i], ex.sub(ex.num(float(i == j)), a[j]))


ROW = Rowwise(
    name="softmax",
    torch="torch.softmax(z, dim=1)",
    formula="e^s / Σ e^s with s = {z} − max({z})",
    slope_formula="diag({a}) − {a}·{a}ᵀ",
    why="Shares of a whole, that add up to 1. Less the maximum, e^s cannot overflow, and no share"
    " changes.",
    note="As one output nears 1, all derivatives near 0.",
    emit=_emit,
    slope_emit=_emit_jacobian,
    value=value,
    slope_value=_jacobian_value,
    place=11,
)
