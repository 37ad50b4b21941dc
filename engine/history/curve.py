"""A value per iteration in bounded memory: exact at first, coarser the further it goes."""

from __future__ import annotations

import numpy as np

from engine.formula.calls import Array
from engine.formula.layout import Shape

BUCKETS = 8192
TESTED = (3,)
"""The rows of a curve where samples are held out: of an iteration its loss, and where it is tested,
the loss and the accuracy on these, nan for none.
"""


def grain(count: int) -> int:
    """How many iterations a bucket holds where `count` are shown: the least power of two that
    leaves at most `BUCKETS` of them.
    """
    return 1 << (max(1, -(-count // BUCKETS)) - 1).bit_length()


class Curve:
    """The losses so far. Bucket i holds the least and greatest of iterations
    i·width + 1 … (i + 1)·width; `width` doubles whenever the buckets are full, and the least ones
    of the finer buckets stay, for who goes back to where they are the grain. With `rows` there are
    several values an iteration, and a value that is nan is none.
    """

    def __init__(self, rows: Shape = ()) -> None:
        self.rows = rows
        self.width = 1
        self.count = 0
        self._low = np.empty((*rows, BUCKETS))
        self._high = np.empty((*rows, BUCKETS))
        self._finer: dict[int, Array] = {}
        self.whole = True
        """Whether the finer buckets of all widths are there."""

    @property
    def nbytes(self) -> int:
        """Bytes kept."""
        return self._low.nbytes + self._high.nbytes + sum(a.nbytes for a in self._finer.values())

    @property
    def finer(self) -> Array:
        """The least values of all finer buckets, (widths, …, BUCKETS) from width 1 on; none where
        some are not known.
        """
        widths = sorted(self._finer) if self.whole else []
        found = np.array([self._finer[width] for width in widths])
        return found.reshape(len(widths), *self._low.shape)

    def restore(self, count: int, width: int, low: Array, high: Array, finer: Array) -> None:
        """Take over `count` values as `buckets` and `finer` gave them."""
        self.count, self.width = count, width
        full = low.shape[-1]
        self._low[..., :full], self._high[..., :full] = low, high
        self._finer = {1 << k: least for k, least in enumerate(finer)}
        self.whole = 1 << len(finer) == width

    def add(self, values: Array) -> None:
        """Append the values (…, iterations) of the next iterations."""
        while values.shape[-1]:
            if self.count == self.width * BUCKETS:
                self._halve()
            values = self._fill(values)

    def _fill(self, values: Array) -> Array:
        """Take as many values as complete the started bucket, or whole buckets; give the rest."""
        bucket, within = divmod(self.count, self.width)
        if within or values.shape[-1] < self.width:
            part = values[..., : self.width - within]
            low, high = np.fmin.reduce(part, axis=-1), np.fmax.reduce(part, axis=-1)
            if within:
                low = np.fmin(low, self._low[..., bucket])
                high = np.fmax(high, self._high[..., bucket])
            self._low[..., bucket], self._high[..., bucket] = low, high
        else:
            buckets = min(values.shape[-1] // self.width, BUCKETS - bucket)
            part = values[..., : buckets * self.width]
            rows = part.reshape(*part.shape[:-1], buckets, self.width)
            self._low[..., bucket : bucket + buckets] = np.fmin.reduce(rows, axis=-1)
            self._high[..., bucket : bucket + buckets] = np.fmax.reduce(rows, axis=-1)
        taken = part.shape[-1]
        self.count += taken
        return values[..., taken:]

    def _halve(self) -> None:
        half = BUCKETS // 2
        self._finer[self.width] = self._low.copy()
        self._low[..., :half] = np.fmin(self._low[..., ::2], self._low[..., 1::2])
        self._high[..., :half] = np.fmax(self._high[..., ::2], self._high[..., 1::2])
        self.width *= 2

    def buckets(self) -> tuple[Array, Array, Array]:
        """The last iteration of each bucket (buckets,), and its least and greatest value, each
        (…, buckets).
        """
        full = -(-self.count // self.width)
        ends = np.minimum(np.arange(1, full + 1) * self.width, self.count)
        return ends, self._low[..., :full].copy(), self._high[..., :full].copy()

    def only(self, iteration: int) -> Array:
        """The values (…,) of an iteration's bucket, nan where it has others too."""
        bucket = (iteration - 1) // self.width
        low, high = self._low[..., bucket], self._high[..., bucket]
        return np.where(low == high, low, np.nan)

    def knows(self, last: int) -> bool:
        """Whether `least` can say how it went up to iteration `last`."""
        width = grain(min(last, self.count))
        return self.whole or width == self.width or width in self._finer

    def least(self, last: int) -> tuple[Array, Array]:
        """Up to iteration `last`, the last iteration and the least value of each bucket of the
        grain that so many have, (…, buckets), without the bucket that is not whole.
        """
        last = min(last, self.count)
        width = grain(last)
        full = last // width
        low = self._low if width == self.width else self._finer[width]
        return np.minimum(np.arange(1, full + 1) * width, last), low[..., :full].copy()
