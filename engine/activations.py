"""Activation functions, a row each: the function, its derivative, their formulas and element arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine import expr as ex
from engine.emit import Array, Emit
from engine.expr import Expr


@dataclass(frozen=True)
class Activation:
    """A row of the table.

    `forward(emit, z, a)` and `slope(emit, z, a, out)` emit the calls for arrays of shape
    (batch, units); `value(z)` and `slope_value(z, a)` give the same for one element. `formula`
    and `slope_formula` name their arguments {z} and {a}. `why` says what it is for and
    `note` where it saturates or dies.
    An activation whose outputs depend on the whole row (softmax) has no slope but a Jacobian,
    and `slope` then writes J of shape (batch, units, units), J[i, j] = ∂a_i/∂z_j.
    """

    name: str
    formula: str
    slope_formula: str
    why: str
    note: str
    forward: Callable[[Emit, Array, Array], None]
    slope: Callable[[Emit, Array, Array, Array], None]
    value: Callable[[Expr], Expr]
    slope_value: Callable[[Expr, Expr], Expr]
    elementwise: bool = True


def _tanh(emit: Emit, z: Array, a: Array) -> None:
    emit(np.tanh, z, a)


def _tanh_slope(emit: Emit, z: Array, a: Array, out: Array) -> None:
    emit(np.multiply, a, a, out)
    emit(np.subtract, emit.ones(*out.shape), out, out)


def _sigmoid(emit: Emit, z: Array, a: Array) -> None:
    # ½·tanh(z/2) + ½ equals 1/(1 + e^−z) and overflows nowhere.
    half = emit.const(0.5)
    emit(np.multiply, z, half, a)
    emit(np.tanh, a, a)
    emit(np.multiply, a, half, a)
    emit(np.add, a, half, a)


def _sigmoid_slope(emit: Emit, z: Array, a: Array, out: Array) -> None:
    emit(np.subtract, emit.ones(*out.shape), a, out)
    emit(np.multiply, a, out, out)


def _relu(emit: Emit, z: Array, a: Array) -> None:
    emit(np.maximum, z, emit.const(0), a)


def _relu_slope(emit: Emit, z: Array, a: Array, out: Array) -> None:
    emit(np.greater, z, emit.const(0), out)


def _identity(emit: Emit, z: Array, a: Array) -> None:
    emit(np.copyto, a, z)


def _identity_slope(emit: Emit, z: Array, a: Array, out: Array) -> None:
    emit(np.copyto, out, emit.const(1))


def softmax_parts(emit: Emit, z: Array, a: Array) -> tuple[Array, Array]:
    """Emit a = softmax(z) by rows, the row's maximum subtracted first, which changes nothing but
    keeps e^z finite. Returns z − max, shape (batch, units), and Σ e^(z−max), shape (batch, 1),
    of which the cross-entropy is made without taking the logarithm of a rounded a.
    """
    rows, units = z.shape
    shifted, total = emit.scratch(z.shape), emit.scratch((rows, 1))
    if rows == 1:  # the same on vectors: a 0-d operand is cheaper than a broadcast column
        top, z, a, out = emit.const(0), z[0], a[0], shifted[0]
        emit(np.maximum.reduce, z, 0, None, top)
        emit(np.subtract, z, top, out)
        emit(np.exp, out, a)
        emit(np.dot, a, emit.ones(units), total.reshape(()))
        emit(np.divide, a, total.reshape(()), a)
        return shifted, total
    top = emit.scratch((rows, 1))
    emit(np.maximum.reduce, z, 1, None, top, True)
    emit(np.subtract, z, top, shifted)
    emit(np.exp, shifted, a)
    emit(np.dot, a, emit.ones(units, 1), total)
    emit(np.divide, a, total, a)
    return shifted, total


def _softmax(emit: Emit, z: Array, a: Array) -> None:
    softmax_parts(emit, z, a)


def _softmax_jacobian(emit: Emit, z: Array, a: Array, out: Array) -> None:
    diagonal = np.einsum("nii->ni", out)
    emit(np.multiply, a[:, :, None], a[:, None, :], out)
    emit(np.negative, out, out)
    emit(np.add, diagonal, a, diagonal)


ACTIVATIONS: dict[str, Activation] = {
    row.name: row
    for row in (
        Activation(
            "tanh",
            "tanh({z})",
            "1 − {a}²",
            "Bends the sum into −1…1; without a bend, layers would collapse into one.",
            "Saturates: beyond |z| ≈ 3 the slope is below 0.01 and little gradient passes.",
            _tanh,
            _tanh_slope,
            lambda z: ex.fn("tanh", z),
            lambda z, a: ex.sub(ex.num(1), ex.power(a, 2)),
        ),
        Activation(
            "sigmoid",
            "1/(1 + e^−{z})",
            "{a} ⊙ (1 − {a})",
            "Bends the sum into 0…1; without a bend, layers would collapse into one.",
            "Saturates on both sides, and its slope is never more than 0.25.",
            _sigmoid,
            _sigmoid_slope,
            lambda z: ex.div(ex.num(1), ex.add(ex.num(1), ex.fn("exp", ex.neg(z)))),
            lambda z, a: ex.mul(a, ex.sub(ex.num(1), a)),
        ),
        Activation(
            "relu",
            "max(0, {z})",
            "1 where {z} > 0, else 0",
            "Lets positive sums through and stops the rest; the bend is what layers need.",
            "Dies: where z ≤ 0 for all data the slope is 0 and the unit no longer learns.",
            _relu,
            _relu_slope,
            lambda z: ex.fn("max", ex.num(0), z),
            lambda z, a: ex.fn("step", z),
        ),
        Activation(
            "identity",
            "{z}",
            "1",
            "Passes the sum on as it is.",
            "Passes everything through; layers of it alone are one linear layer.",
            _identity,
            _identity_slope,
            lambda z: z,
            lambda z, a: ex.num(1),
        ),
        Activation(
            "softmax",
            "e^{z} / Σ e^{z}",
            "diag({a}) − {a}·{a}ᵀ",
            "Makes positive shares that add up to 1: a probability for each class.",
            "Saturates: as one output nears 1, all its derivatives near 0.",
            _softmax,
            _softmax_jacobian,
            lambda z: z,
            lambda z, a: a,
            elementwise=False,
        ),
    )
}
