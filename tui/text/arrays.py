"""Operations on arrays of exact numbers, as formulas of whole arrays have them."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.text import exact
from tui.text.exact import Exact

Value = npt.NDArray[np.object_]
"""Exact numbers, in an array of any shape; a vector is a column."""


def array(numbers: Any) -> Value:
    """An array of exact numbers."""
    return np.array(numbers, dtype=object)


def each(function: Callable[..., Exact | bool], arguments: int) -> Callable[..., Value]:
    """The function of arrays that works element by element."""
    apply = np.frompyfunc(function, arguments, 1)
    return lambda *values: np.asarray(apply(*values), dtype=object)


def named(name: str, arguments: int = 1) -> Callable[..., Value]:
    """The same, by its name in arithmetic."""
    return each(lambda *x: exact.apply(name, x), arguments)


add = each(exact.add, 2)
multiply = each(exact.mul, 2)
divide = each(exact.div, 2)
power = each(exact.power, 2)
negative = each(exact.neg, 1)
greater = each(exact.greater, 2)
chosen = each(lambda holds, a, b: a if holds else b, 3)
EXTREMES = {"max": named("max", 2), "min": named("min", 2)}


def total(value: Value) -> Value:
    """The sum of all numbers."""
    return column_sums(value.ravel())


def column_sums(value: Value) -> Value:
    """The sums over the first axis, that of the samples."""
    return np.asarray(reduce(add, value), dtype=object)


def row_sums(value: Value) -> Value:
    """The sum of a vector; the sums of a matrix's rows, as a column beside it."""
    return total(value) if value.ndim < 2 else column_sums(value.T)[:, None]


def greatest(value: Value) -> Value:
    """The greatest of all numbers."""
    return row_most(value.reshape(-1))


def row_most(value: Value) -> Value:
    """The greatest of a vector; those of a matrix's rows, as a column beside it."""
    found = np.asarray(reduce(EXTREMES["max"], value if value.ndim < 2 else value.T), dtype=object)
    return found if value.ndim < 2 else found[:, None]


def product(a: Value, b: Value) -> Value:
    """The product of matrices, and of a number with anything; of a vector and a row, each with
    each. Raises ValueError where they do not fit.
    """
    if not a.ndim or not b.ndim:
        return multiply(a, b)
    left = a[:, None] if a.ndim == 1 and b.ndim == 2 and len(b) == 1 else np.atleast_2d(a)
    right = b[:, None] if b.ndim == 1 else b
    if left.shape[1] != right.shape[0]:
        raise ValueError(f"{left.shape} times {right.shape}")
    terms = multiply(left.T[:, :, None], right[:, None, :])
    found = column_sums(terms)
    return found[:, 0] if b.ndim == 1 else found


def diagonal(value: Value) -> Value:
    """The matrix that has these numbers on its diagonal."""
    found = np.full((value.size, value.size), exact.read("0"), dtype=object)
    np.fill_diagonal(found, value)
    return found


def transposed(value: Value) -> Value:
    """A vector becomes a row."""
    return value[None, :] if value.ndim == 1 else value.T
