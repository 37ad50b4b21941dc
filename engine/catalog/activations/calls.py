"""What activations compute: the calls for arrays (batch, units) of sums z, results a and slopes.

Slopes are computed from z and a alone, so that each step stands for itself. Nothing here gives
NaN for finite z: where e^−z overflows, 1/(1 + ∞) is the right 0.
"""

from __future__ import annotations

import math

import numpy as np

from engine.formula.calls import Array, Emit
from engine.formula.erfc import erfc


def _where_positive(emit: Emit, z: Array, positive: Array, out: Array) -> None:
    """Write `positive` to `out` where z > 0; the rest stays."""
    mask = np.zeros(z.shape, np.bool_)
    emit(np.greater, z, emit.const(0), mask)
    emit(np.copyto, out, positive, "same_kind", mask)


def tanh(emit: Emit, z: Array, a: Array) -> None:
    """Write tanh z to `a`."""
    emit(np.tanh, z, a)


def tanh_slope(emit: Emit, _z: Array, a: Array, out: Array) -> None:
    """1 − a²"""
    emit(np.multiply, a, a, out)
    emit(np.subtract, emit.const(1), out, out)


def sigmoid(emit: Emit, z: Array, a: Array) -> None:
    """Write 1/(1 + e^−z) to `a`, which may be z itself."""
    one = emit.const(1)
    emit(np.negative, z, a)
    emit(np.exp, a, a)
    emit(np.add, a, one, a)
    emit(np.divide, one, a, a)


def sigmoid_slope(emit: Emit, _z: Array, a: Array, out: Array) -> None:
    """a·(1 − a)"""
    emit(np.subtract, emit.const(1), a, out)
    emit(np.multiply, a, out, out)


def relu(emit: Emit, z: Array, a: Array) -> None:
    """Write max(0, z) to `a`."""
    emit(np.maximum, z, emit.const(0), a)


def relu_slope(emit: Emit, z: Array, _a: Array, out: Array) -> None:
    """1 where z > 0, else 0"""
    emit(np.greater, z, emit.const(0), out)


def leaky_relu(emit: Emit, z: Array, a: Array, negative_slope: float) -> None:
    """Write z where z > 0, else negative_slope·z, to `a`."""
    emit(np.multiply, z, emit.const(negative_slope), a)
    _where_positive(emit, z, z, a)


def leaky_relu_slope(emit: Emit, z: Array, _a: Array, out: Array, negative_slope: float) -> None:
    """1 where z > 0, else negative_slope"""
    emit(np.copyto, out, emit.const(negative_slope))
    _where_positive(emit, z, emit.const(1), out)


def elu(emit: Emit, z: Array, a: Array, alpha: float) -> None:
    """Write z where z > 0, else alpha·(e^z − 1) to `a`."""
    emit(np.minimum, z, emit.const(0), a)
    emit(np.expm1, a, a)
    emit(np.multiply, a, emit.const(alpha), a)
    _where_positive(emit, z, z, a)


def elu_slope(emit: Emit, z: Array, _a: Array, out: Array, alpha: float) -> None:
    """1 where z > 0, else alpha·e^z"""
    emit(np.minimum, z, emit.const(0), out)
    emit(np.exp, out, out)
    emit(np.multiply, out, emit.const(alpha), out)
    _where_positive(emit, z, emit.const(1), out)


def _normal_share(emit: Emit, z: Array, out: Array) -> None:
    """Φ(z) = ½·erfc(−z/√2)"""
    emit(np.multiply, z, emit.const(-math.sqrt(0.5)), out)
    emit(erfc, out, out)
    emit(np.multiply, out, emit.const(0.5), out)


def gelu(emit: Emit, z: Array, a: Array) -> None:
    """Write z·Φ(z) to `a`."""
    _normal_share(emit, z, a)
    emit(np.multiply, z, a, a)


def gelu_slope(emit: Emit, z: Array, _a: Array, out: Array) -> None:
    """Φ(z) + z·φ(z), φ(z) = e^(−z²/2)/√(2π)"""
    density = emit.scratch(z.shape)
    emit(np.multiply, z, z, density)
    emit(np.multiply, density, emit.const(-0.5), density)
    emit(np.exp, density, density)
    emit(np.multiply, density, emit.const(1 / math.sqrt(2 * math.pi)), density)
    emit(np.multiply, density, z, density)
    _normal_share(emit, z, out)
    emit(np.add, out, density, out)


GELU_SCALE = math.sqrt(2 / math.pi)
GELU_CUBE = 0.044715


def _gelu_tanh_share(emit: Emit, z: Array, out: Array) -> None:
    """½·(1 + tanh u) = σ(2u), u = √(2/π)·(z + 0.044715·z³)"""
    emit(np.multiply, z, z, out)
    emit(np.multiply, out, emit.const(2 * GELU_SCALE * GELU_CUBE), out)
    emit(np.add, out, emit.const(2 * GELU_SCALE), out)
    emit(np.multiply, out, z, out)
    sigmoid(emit, out, out)


def gelu_tanh(emit: Emit, z: Array, a: Array) -> None:
    """Write z·½·(1 + tanh u) to `a`."""
    _gelu_tanh_share(emit, z, a)
    emit(np.multiply, z, a, a)


def gelu_tanh_slope(emit: Emit, z: Array, _a: Array, out: Array) -> None:
    """With s = ½·(1 + tanh u): s + z·s·(1 − s)·2u′"""
    share, slope = emit.scratch(z.shape), emit.scratch(z.shape)
    _gelu_tanh_share(emit, z, share)
    emit(np.multiply, z, z, slope)
    emit(np.multiply, slope, emit.const(6 * GELU_SCALE * GELU_CUBE), slope)
    emit(np.add, slope, emit.const(2 * GELU_SCALE), slope)
    emit(np.multiply, slope, z, slope)
    emit(np.multiply, slope, share, slope)
    emit(np.subtract, emit.const(1), share, out)
    emit(np.multiply, out, slope, out)
    emit(np.add, out, share, out)


def silu(emit: Emit, z: Array, a: Array) -> None:
    """Write z·σ(z) to `a`."""
    sigmoid(emit, z, a)
    emit(np.multiply, z, a, a)


def silu_slope(emit: Emit, z: Array, _a: Array, out: Array) -> None:
    """σ(z)·(1 + z·(1 − σ(z)))"""
    share, one = emit.scratch(z.shape), emit.const(1)
    sigmoid(emit, z, share)
    emit(np.subtract, one, share, out)
    emit(np.multiply, out, z, out)
    emit(np.add, out, one, out)
    emit(np.multiply, out, share, out)


def _scaled(emit: Emit, z: Array, beta: float) -> Array:
    if beta == 1:
        return z
    scaled = emit.scratch(z.shape)
    emit(np.multiply, z, emit.const(beta), scaled)
    return scaled


def softplus(emit: Emit, z: Array, a: Array, beta: float, threshold: float) -> None:
    """Write log(1 + e^(beta·z))/beta, and z where beta·z > threshold to `a`."""
    scaled, mask = _scaled(emit, z, beta), np.zeros(z.shape, np.bool_)
    emit(np.logaddexp, scaled, emit.const(0), a)
    if beta != 1:
        emit(np.divide, a, emit.const(beta), a)
    emit(np.greater, scaled, emit.const(threshold), mask)
    emit(np.copyto, a, z, "same_kind", mask)


def softplus_slope(
    emit: Emit,
    z: Array,
    _a: Array,
    out: Array,
    beta: float,
    threshold: float,
) -> None:
    """1/(1 + e^(−beta·z)), and 1 where beta·z > threshold"""
    scaled, mask = _scaled(emit, z, beta), np.zeros(z.shape, np.bool_)
    sigmoid(emit, scaled, out)
    emit(np.greater, scaled, emit.const(threshold), mask)
    emit(np.copyto, out, emit.const(1), "same_kind", mask)


def softmax_parts(emit: Emit, z: Array, a: Array) -> tuple[Array, Array]:
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


def softmax(emit: Emit, z: Array, a: Array) -> None:
    """Write e^z / Σ e^z by rows to `a`."""
    softmax_parts(emit, z, a)


def softmax_jacobian(emit: Emit, _z: Array, a: Array, out: Array) -> None:
    """diag(a) − a·aᵀ by rows"""
    diagonal = np.einsum("nii->ni", out)
    emit(np.multiply, a[:, :, None], a[:, None, :], out)
    emit(np.negative, out, out)
    emit(np.add, diagonal, a, diagonal)
