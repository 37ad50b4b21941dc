"""Mini-batches: which samples iteration t trains on is a pure function of (seed, t)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.spec import DataSpec

Rows = npt.NDArray[np.intp]


class Batches:
    """The mini-batches of a data set. A pass takes every sample once; its last mini-batch is
    smaller where the sizes do not divide.
    """

    def __init__(self, data: DataSpec, seed: int) -> None:
        self.samples = len(data.x)
        self.size = min(data.batch_size, self.samples)
        self.shuffle = data.shuffle
        self.per_pass = -(-self.samples // self.size)
        self._seed = seed
        self._order = lru_cache(maxsize=4)(self._shuffled)

    @property
    def whole(self) -> bool:
        """Whether every mini-batch is all the data in its order."""
        return self.per_pass == 1 and not self.shuffle

    def sizes(self) -> tuple[int, ...]:
        """The sizes that occur, the usual one first."""
        rest = self.samples % self.size
        return (self.size, rest) if rest else (self.size,)

    def rows(self, t: int) -> Rows:
        """The samples of iteration t, counted from 1."""
        pass_number, place = divmod(t - 1, self.per_pass)
        start = place * self.size
        stop = min(start + self.size, self.samples)
        if not self.shuffle:
            return np.arange(start, stop)
        return self._order(pass_number)[start:stop]

    def _shuffled(self, pass_number: int) -> Rows:
        return np.random.default_rng((self._seed, pass_number)).permutation(self.samples)
