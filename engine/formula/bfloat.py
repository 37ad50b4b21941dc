"""bfloat16: float32's range with 8 significant bits, kept in arrays of a larger dtype.

Sums of products are those of a processor that has instructions for them: exact products added in
float32, the second of each pair first; so PyTorch 2.13 computes on such a processor.
"""

from __future__ import annotations

import math
import struct

import numpy as np

from engine.formula.calls import Array


def nearest(x: float) -> float:
    """The number of bfloat16 nearest to x, of two as near the even one; by way of float32, as
    PyTorch's conversion goes.
    """
    if not math.isfinite(x):
        return x
    try:
        (bits,) = struct.unpack("<I", struct.pack("<f", x))
    except OverflowError:
        return math.copysign(math.inf, x)
    kept = (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000
    (found,) = struct.unpack("<f", struct.pack("<I", kept))
    return float(found)


def rounded(x: Array) -> Array:
    """The same of all numbers of an array, as float32."""
    single = np.array(x, np.float32, order="C")
    bits = single.view(np.uint32)
    kept: Array = ((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).view(np.float32)
    return kept if np.isfinite(single).all() else np.where(np.isfinite(single), kept, single)


def product(a: Array, b: Array) -> Array:
    """The matrix product of numbers that bfloat16 has, in float32."""
    a, b = np.asarray(a, np.float32), np.asarray(b, np.float32)
    total = np.zeros((len(a), b.shape[1]), np.float32)
    count = a.shape[1]
    for first in range(0, count, 2):
        for k in range(min(first + 1, count - 1), first - 1, -1):
            total += a[:, k : k + 1] * b[k : k + 1]
    return total


def added(x: Array, weight: Array, total: Array) -> Array:
    """weight·x + total with no rounding between the two, then rounded to bfloat16; the weight is
    rounded to float32.
    """
    exact = np.float64(np.float32(weight)) * np.asarray(x, np.float64)
    return rounded((exact + total).astype(np.float32))
