"""The logarithm of the softmax."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.catalog.activations.base import Rowwise
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr


def _emit(emit: Emit, z: Array, a: Array) -> None:
    """Less the maximum and log Σ e^s of what is left: finite for any finite z."""
    rows, units = z.shape
    top, powers, total = emit.scratch((rows, 1)), emit.scratch(z.shape), emit.scratch((rows, 1))
    emit(np.maximum.reduce, z, 1, None, top, True)
    emit(np.subtract, z, top, a)
    emit(np.exp, a, powers)
    emit(np.dot, powers, emit.ones(units, 1), total)
    emit(np.log, total, total)
    emit(np.subtract, a, total, a)


def _emit_jacobian(emit: Emit, _z: Array, a: Array, out: Array) -> None:
    """1 on the diagonal, less e^a of the column."""
    diagonal, shares = np.einsum("nii->ni", out), emit.scratch(a.shape)
    emit(np.exp, a, shares)
    emit(np.negative, shares, shares)
    emit(np.copyto, out, shares[:, None, :])
    emit(np.add, diagonal, emit.const(1), diagonal)


def _value(z: Sequence[Expr], j: int) -> Expr:
    top = max(z, key=lambda e: e.value)
    total = ex.add(*(ex.fn("exp", ex.sub(e, top)) for e in z))
    return ex.sub(ex.sub(z[j], top), ex.fn("log", total))


def _jacobian_value(_z: Sequence[Expr], a: Sequence[Expr], i: int, j: int) -> Expr:
    return ex.sub(ex.num(float(i == j)), ex.fn("exp", a[j]))


ROW = Rowwise(
    name="log_softmax",
    torch="torch.log_softmax(z, dim=1)",
    formula="s − log(Σ e^s) with s = {z} − max({z})",
    slope_formula="1 on the diagonal, less e^{a} in each row",
    why="The logarithms of positive shares that add up to 1: none is above 0. Less the maximum, e^s"
    " cannot overflow, and no share changes.",
    note="A sum raises its own logarithm and lowers all, by the share that it has.",
    emit=_emit,
    slope_emit=_emit_jacobian,
    value=_value,
    slope_value=_jacobian_value,
    place=12,
)
