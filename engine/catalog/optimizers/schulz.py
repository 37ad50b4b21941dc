"""The calls of Newton-Schulz iterations, in the dtype of their arrays and in bfloat16.

x is (rows, columns) with no more rows than columns, and what is made of its rows is (rows, rows).
Numbers are arrays (); `out` has the shape of what is written.
"""

from __future__ import annotations

import numpy as np

from engine.formula import bfloat
from engine.formula.calls import Array


def turned(array: Array) -> Array:
    """The matrix, or its transpose where it has more rows than columns."""
    return array.T if array.shape[0] > array.shape[1] else array


def take(matrix: Array, out: Array) -> None:
    """Write a matrix as a wide one."""
    out[...] = turned(matrix)


def take_low(matrix: Array, out: Array) -> None:
    """The same in bfloat16."""
    out[...] = bfloat.rounded(turned(matrix))


def norm(matrix: Array, least: Array, out: Array) -> None:
    """Write the Frobenius norm, or `least` where that is more."""
    out[...] = np.maximum(np.sqrt(np.sum(matrix * matrix)), least)


def norm_low(matrix: Array, least: Array, out: Array) -> None:
    """The same in bfloat16, of a sum of squares in float32."""
    single = matrix.astype(np.float32)
    squares = np.float32(np.sum(single * single, dtype=np.float64))
    out[...] = np.maximum(bfloat.rounded(np.sqrt(squares)), bfloat.rounded(least))


def divide_low(matrix: Array, by: Array, out: Array) -> None:
    """Write the quotients, in bfloat16."""
    out[...] = bfloat.rounded(matrix.astype(np.float32) / np.float32(by))


def gram(x: Array, out: Array) -> None:
    """Write X·Xᵀ."""
    np.matmul(x, x.T, out)


def gram_low(x: Array, out: Array) -> None:
    """The same in bfloat16."""
    out[...] = bfloat.rounded(bfloat.product(x, x.T))


def polynomial(a: Array, b: Array, c: Array, out: Array) -> None:
    """Write b·A + c·A·A."""
    out[...] = b * a + c * (a @ a)


def polynomial_low(a: Array, b: Array, c: Array, out: Array) -> None:
    """The same in bfloat16."""
    out[...] = bfloat.added(a, b, np.float32(c) * bfloat.product(a, a))


def iterate(x: Array, b: Array, a: Array, out: Array) -> None:
    """Write a·X + B·X."""
    out[...] = a * x + b @ x


def iterate_low(x: Array, b: Array, a: Array, out: Array) -> None:
    """The same in bfloat16."""
    out[...] = bfloat.added(x, a, bfloat.product(b, x))


def put_back(matrix: Array, out: Array) -> None:
    """Write the matrix, or its transpose where `out` has more rows than columns."""
    turned(out)[...] = matrix
