"""Where starting values come from: a generator as the rows of the table see it."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.formula.calls import Array
from engine.formula.layout import Shape


class Draws(Protocol):
    """Draws arrays, one after another. `exact` says that they are to be PyTorch's to the last bit:
    then bounds are rounded as in its code.
    """

    @property
    def exact(self) -> bool:
        """Whether the numbers are PyTorch's own."""

    def uniform(self, low: float, high: float, shape: Shape) -> Array:
        """Numbers from low to high."""

    def normal(self, mean: float, std: float, shape: Shape) -> Array:
        """Normal numbers with that mean and that deviation."""

    def permutation(self, count: int) -> npt.NDArray[np.intp]:
        """The numbers from 0 to below `count` in some order."""


class FromNumPy:
    """Draws float64 by a generator of NumPy's."""

    exact = False

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def uniform(self, low: float, high: float, shape: Shape) -> Array:
        """As `Draws` has it."""
        return self._rng.uniform(low, high, shape)

    def normal(self, mean: float, std: float, shape: Shape) -> Array:
        """As `Draws` has it."""
        return self._rng.normal(mean, std, shape)

    def permutation(self, count: int) -> npt.NDArray[np.intp]:
        """As `Draws` has it."""
        return self._rng.permutation(count)
