"""Products and sums rounded once, as processors multiply and add."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
Doubles = npt.NDArray[np.float64]

SPLIT = float(2**27 + 1)


def fma(a: Array, b: float | Array, c: float | Array) -> Array:
    """The numbers a·b + c of the dtype of `a`, rounded once, far from the ends of their range."""
    if a.dtype == np.float32:
        product = a.astype(np.float64) * np.asarray(b, np.float32)
        return _odd_sum(product, np.asarray(c, np.float32).astype(np.float64)).astype(np.float32)
    high, low = _two_product(a.astype(np.float64, copy=False), np.asarray(b, np.float64))
    top, rest = _two_sum(np.asarray(c, np.float64), low)
    most, between = _two_sum(high, top)
    return most + _odd_sum(rest, between)


def _two_sum(a: Doubles, b: Doubles) -> tuple[Doubles, Doubles]:
    """The sum rounded, and what is lost by that (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _two_product(a: Doubles, b: Doubles) -> tuple[Doubles, Doubles]:
    """The product rounded, and what is lost by that (Dekker)."""
    product = a * b
    a_high, b_high = _upper(a), _upper(b)
    a_low, b_low = a - a_high, b - b_high
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return product, error


def _upper(a: Doubles) -> Doubles:
    wide = SPLIT * a
    upper: Doubles = wide - (wide - a)
    return upper


def _odd_sum(a: Doubles, b: Doubles) -> Doubles:
    """The sum rounded to odd: where it is not exact, to that neighbour whose last bit is 1, so
    that rounding it once more is as if it had been the first time (Boldo and Melquiond, 2008).
    """
    total, error = _two_sum(a, b)
    bits = total.view(np.int64)
    away = np.where((error > 0) == (total > 0), 1, -1)  # of the neighbour, from 0
    odd: Doubles = (bits + away * ((error != 0) & ((bits & 1) == 0))).view(np.float64)
    return odd
