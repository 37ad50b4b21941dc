"""What is saved of a stretch's iterations, so that looking far out needs no long replay."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.formula.calls import Array
from engine.formula.layout import Shape
from engine.history.curve import BUCKETS

NO_FINER = np.zeros((0, BUCKETS))


@dataclass(frozen=True, eq=False)
class Kept:
    """The `states` (n, state) after `at` (n,) iterations of a stretch's own, from 0 to all of
    them; and its loss curve: the least and greatest loss, `low` and `high` (buckets,), of every
    `width` iterations, and the least of the first `BUCKETS` of each `finer` width (widths, BUCKETS)
    from 1 on, or of none. Where samples are held out, each has rows as `Curve` has them.
    """

    at: npt.NDArray[np.int64]
    states: Array
    width: int
    low: Array
    high: Array
    finer: Array

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return sum(a.nbytes for a in (self.at, self.states, self.low, self.high, self.finer))

    def check(self, size: int, dtype: str, most: int, rows: Shape = ()) -> None:
        """Raises ValueError where these cannot be of a stretch whose states are (size,) of a dtype,
        that has at most `most` iterations, and whose curve has these `rows`.
        """
        at, states = self.at, self.states
        if at.dtype != np.int64 or at.ndim != 1 or len(at) < 2 or at[0] != 0:
            raise ValueError("checkpoints do not begin with the first state")
        if not (at[1:] > at[:-1]).all() or at[-1] > most:
            raise ValueError("checkpoints are out of order")
        if states.dtype != np.dtype(dtype) or states.shape != (len(at), size):
            raise ValueError("checkpoints are of another run")
        buckets = -(-int(at[-1]) // self.width) if _power_of_2(self.width) else BUCKETS + 1
        shape = (*rows, buckets)
        if buckets > BUCKETS or not all(_numbers(a, shape) for a in (self.low, self.high)):
            raise ValueError("the loss curve does not go as far as the checkpoints")
        finer = (self.width.bit_length() - 1, *rows, BUCKETS)
        if len(self.finer) and not _numbers(self.finer, finer):
            raise ValueError("the loss curve lacks some of its finer buckets")


def _power_of_2(value: Any) -> bool:
    return type(value) is int and value > 0 and value & (value - 1) == 0


def _numbers(array: npt.NDArray[Any], shape: Shape) -> bool:
    return array.dtype == np.float64 and array.shape == shape


def spread(at: Sequence[int], most: int, near: int) -> list[int]:
    """Which of the checkpoints, those after `at` iterations, are saved, at most `most` of them: the
    first, the last, the one that `near` is replayed from, and others evenly between. None of them
    where those are more already.
    """
    needed = {0, bisect_right(at, near) - 1, len(at) - 1}
    if len(needed) > most:
        return []
    if most < 3:
        return sorted(needed)
    return sorted({*range(0, len(at), -(-len(at) // (most - 2))), *needed})
