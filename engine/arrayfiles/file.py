"""A file under check: its bytes, what may be taken from it, and the sentences that refuse it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from engine.spec.check import printable
from engine.spec.run import Array, SpecError

MOST_BYTES = 128 << 20
"""So large may a file be, and so large what is packed in it."""
MOST_NAMES = 100_000
MOST_NUMBERS = 64_000_000
MOST_AXES = 16
MOST_LENGTH = 1 << 40

FLOAT8 = "is of an 8-bit float type, which is not read; save it as float16 or larger"


@dataclass(frozen=True)
class File:
    """The name that sentences have for a file, and its bytes."""

    name: str
    data: bytes

    def refuse(self, what: str) -> NoReturn:
        """Raise SpecError with one sentence on the file."""
        raise SpecError(f"{printable(self.name)}: {printable(what)}.")

    def few(self, names: int) -> None:
        """Refuse more names than a file may have."""
        if names > MOST_NAMES:
            self.refuse(f"has more than {MOST_NAMES:,} names, the most")

    def size(self, place: str, shape: Sequence[Any]) -> int:
        """How many numbers an array of a shape has. A shape that none can have is refused."""
        if len(shape) > MOST_AXES or not all(
            type(n) is int and 0 <= n <= MOST_LENGTH for n in shape
        ):
            self.refuse(f"{place} has no valid shape; the file is damaged")
        size: int = math.prod(shape)
        if size > MOST_NUMBERS or math.prod(n or 1 for n in shape) >= 1 << 60:
            self.refuse(f"{place} has {size:,} numbers, and may have at most {MOST_NUMBERS:,}")
        return size

    def numbers(self, place: str, dtype: np.dtype[Any], size: int, data: bytes) -> Array:
        """The bytes as numbers (size,), which have to be as many."""
        if len(data) != size * dtype.itemsize:
            self.refuse(
                f"{place} needs {size * dtype.itemsize:,} bytes and has {len(data):,};"
                " the file is damaged or not all of it is there"
            )
        return np.frombuffer(data, dtype)


def native(array: Array) -> Array:
    """The array in this machine's byte order, read-only."""
    held = array.astype(array.dtype.newbyteorder("="), copy=False)
    held.flags.writeable = False
    return held


def from_bfloat16(array: Array) -> Array:
    """The float32 numbers that are these bfloat16 ones, given as 16 bits each: the upper half."""
    return (array.astype(np.uint32) << np.uint32(16)).view(np.float32)
