"""A value per iteration in bounded memory: exact at first, then least and greatest of each."""

from __future__ import annotations

import numpy as np

from engine.formula.calls import Array

BUCKETS = 8192


class Curve:
    """The losses so far. Bucket i holds the least and greatest of iterations
    i·width + 1 … (i + 1)·width; `width` doubles whenever the buckets are full.
    """

    def __init__(self) -> None:
        self.width = 1
        self.count = 0
        self._low = np.empty(BUCKETS)
        self._high = np.empty(BUCKETS)

    @property
    def nbytes(self) -> int:
        """Bytes kept."""
        return self._low.nbytes + self._high.nbytes

    def restore(self, count: int, width: int, low: Array, high: Array) -> None:
        """Take over `count` values as `buckets` gave them: their width, least and greatest."""
        self.count, self.width = count, width
        self._low[: len(low)], self._high[: len(high)] = low, high

    def add(self, values: Array) -> None:
        """Append the values (iterations,) of the next iterations."""
        while len(values):
            if self.count == self.width * BUCKETS:
                self._halve()
            values = self._fill(values)

    def _fill(self, values: Array) -> Array:
        """Take as many values as complete the started bucket, or whole buckets; give the rest."""
        bucket, within = divmod(self.count, self.width)
        if within or len(values) < self.width:
            part = values[: self.width - within]
            low, high = np.fmin.reduce(part), np.fmax.reduce(part)
            if within:
                low, high = np.fmin(low, self._low[bucket]), np.fmax(high, self._high[bucket])
            self._low[bucket], self._high[bucket] = low, high
        else:
            buckets = min(len(values) // self.width, BUCKETS - bucket)
            part = values[: buckets * self.width]
            rows = part.reshape(buckets, self.width)
            self._low[bucket : bucket + buckets] = np.fmin.reduce(rows, axis=1)
            self._high[bucket : bucket + buckets] = np.fmax.reduce(rows, axis=1)
        self.count += len(part)
        return values[len(part) :]

    def _halve(self) -> None:
        half = BUCKETS // 2
        self._low[:half] = np.fmin(self._low[::2], self._low[1::2])
        self._high[:half] = np.fmax(self._high[::2], self._high[1::2])
        self.width *= 2

    def buckets(self, last: int | None = None, cut: bool = False) -> tuple[Array, Array, Array]:
        """The last iteration of each bucket, and its least and greatest value, each (buckets,),
        up to iteration `last`; with `cut` also of the bucket that `last` is within, though they
        are of all of it.
        """
        count = self.count if last is None else min(last, self.count)
        whole = count == self.count or not count % self.width
        full = -(-count // self.width) if cut or whole else count // self.width
        ends = np.minimum(np.arange(1, full + 1) * self.width, count)
        return ends, self._low[:full].copy(), self._high[:full].copy()
