"""Calls that compute: each is a NumPy function and its arguments, the last of them the output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
Call = tuple[Callable[..., Any], tuple[Any, ...]]


def _maximum(a: Array, b: Array, out: Array) -> None:
    np.maximum(a, b, out=out)


def _minimum(a: Array, b: Array, out: Array) -> None:
    np.minimum(a, b, out=out)


OUT_BY_NAME: dict[Any, Callable[..., Any]] = {np.maximum: _maximum, np.minimum: _minimum}
"""What stands for NumPy's functions that no longer take their output by its place."""


class Emit:
    """Collects the calls of a program in the order in which they run.

    Outputs are preallocated and constants are 0-d arrays of the run's dtype: a fresh array or a
    Python float as an operand costs as much again as the arithmetic on a small network.
    """

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self.calls: list[Call] = []
        self._temporary: dict[tuple[int, ...], Array] = {}

    def __call__(self, function: Callable[..., Any], *args: Any) -> None:
        """Append a call."""
        self.calls.append((OUT_BY_NAME.get(function, function), args))

    def scratch(self, shape: tuple[int, ...]) -> Array:
        """An unnamed array for a value within one step."""
        return np.zeros(shape, self.dtype)

    def temporary(self, shape: tuple[int, ...]) -> Array:
        """The same unnamed array for everyone who needs one of that shape for the next few calls
        only: what is used again at once is still near the processor.
        """
        if shape not in self._temporary:
            self._temporary[shape] = np.zeros(shape, self.dtype)
        return self._temporary[shape]

    def const(self, value: float) -> Array:
        """A constant as a 0-d array, infinite where the dtype cannot hold it."""
        with np.errstate(over="ignore"):
            return np.array(value, self.dtype)

    def ones(self, *shape: int) -> Array:
        """A constant array of ones, to sum by a dot product."""
        return np.ones(shape, self.dtype)
