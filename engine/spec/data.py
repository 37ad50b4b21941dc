"""Samples and their mini-batches: what iteration t trains on is a pure function of (seed, t)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from engine.spec.run import Array, DataSpec

Rows = npt.NDArray[np.intp]
Labels = npt.NDArray[np.signedinteger]

BLOCK = 1 << 16
"""So many rows are worked on together, to save memory."""


@dataclass(frozen=True, eq=False)
class Source:
    """Samples x (samples, inputs) as they were read or made, with targets y (samples, outputs)
    or with class numbers `labels` (samples,) from 0. `classes` and `features` name the classes
    and the columns of x, () where they have no names.
    """

    x: Array
    y: Array | None = None
    labels: Labels | None = None
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


def one_hot(labels: Labels, units: int) -> Array:
    """Targets (samples, units) of class numbers: 1 at the class, else 0. Of one unit, the number
    itself, 0 or 1.
    """
    if units == 1:
        return labels.reshape(-1, 1).astype(np.float64)
    y = np.zeros((len(labels), units))
    for start in range(0, len(y), BLOCK):
        block = y[start : start + BLOCK]
        block[np.arange(len(block)), labels[start : start + BLOCK]] = 1.0
    return y


def standardize(x: Array, held: Sequence[int] = ()) -> None:
    """Gives the samples (samples, inputs) mean 0 and standard deviation 1 in every column: its
    mean is taken away, then it is divided by the root of the mean square. A column of one value
    becomes 0. Mean and deviation are those of the samples that are not `held` out, by which these
    are moved and divided too; in a column of one value they become how far they are from it.
    """
    with np.errstate(all="ignore"):
        own = np.delete(x, held, axis=0) if held else x
        constant = np.ptp(own, axis=0) == 0
        wide = own.astype(np.float64, copy=False)
        first, mean = wide[0].copy(), wide.mean(axis=0)
        wide -= mean
        scale = np.where(constant, 1.0, np.sqrt(_mean_square(wide)))
        wide /= scale
        wide[:, constant] = 0.0
        if not held:
            x[...] = wide
            return
        tested = (x[list(held)] - np.where(constant, first, mean)) / scale
        x[training_rows(len(x), held)] = wide
        x[list(held)] = tested


def training_rows(samples: int, held: Sequence[int]) -> Rows:
    """The samples, counted from 0, that are not held out, in order."""
    return np.delete(np.arange(samples), held)


def _mean_square(x: Array) -> Array:
    """The mean of x·x (rows, columns) over the rows, added in the order that np.mean adds in."""
    if x.shape[1] == 1:
        return np.asarray(np.mean(x * x, axis=0))
    total = np.zeros(x.shape[1])
    for start in range(0, len(x), BLOCK):
        squares = x[start : start + BLOCK] * x[start : start + BLOCK]
        squares[0] += total
        total = np.add.reduce(squares, axis=0)
    return total / len(x)


class Kind(Enum):
    """What an iteration is of the k whose gradients make an update: the only one, where k is 1; the
    first, one between, or the last, which updates.
    """

    ALONE = 0
    FIRST = 1
    BETWEEN = 2
    LAST = 3

    @property
    def updates(self) -> bool:
        """Whether it updates the parameters."""
        return self in (Kind.ALONE, Kind.LAST)


class Batches:
    """The mini-batches of a data set. A pass takes every sample once; its last mini-batch is
    smaller where the sizes do not divide. Passes that are given take what they say, one after
    another, and then begin again. Samples that are held out are in none.
    """

    def __init__(self, data: DataSpec, seed: int) -> None:
        self.samples = data.samples
        self._held = data.held
        self.size = data.largest
        self.shuffle = data.shuffle
        self.accumulate = data.accumulate
        self.per_pass = -(-self.samples // self.size)
        self._given = [np.array(rows, np.intp) for each in data.batches for rows in each]
        self._starts = list(accumulate(map(len, data.batches), initial=0))[:-1]
        self._seed = seed
        self._drawn = data.drawn
        self._order = lru_cache(maxsize=4)(self._shuffled)

    @cached_property
    def own(self) -> Rows:
        """The samples that are trained on, in order."""
        return training_rows(self.samples + len(self._held), self._held)

    @cached_property
    def whole(self) -> bool:
        """Whether every mini-batch is all that is trained on, in the data's order."""
        if self._given:
            return all(np.array_equal(rows, self.own) for rows in self._given)
        return self.per_pass == 1 and not self.shuffle

    @cached_property
    def several(self) -> bool:
        """Whether there are passes of several mini-batches."""
        return len(self._given) > len(self._starts) or self.per_pass > 1

    def sizes(self) -> tuple[int, ...]:
        """The sizes that occur, the largest first."""
        if self._given:
            return tuple(sorted({len(rows) for rows in self._given}, reverse=True))
        rest = self.samples % self.size
        return (self.size, rest) if rest else (self.size,)

    def kind(self, t: int) -> Kind:
        """What iteration t is of those that make an update, which count on over passes."""
        if self.accumulate == 1:
            return Kind.ALONE
        place = t % self.accumulate
        return Kind.LAST if place == 0 else Kind.FIRST if place == 1 else Kind.BETWEEN

    def update_of(self, t: int, since: int = 0) -> int:
        """The number of the update that iteration t makes, or adds up gradients for: of an
        optimizer that began after iteration `since`, or has made −`since` updates before the run.
        """
        before = since if since <= 0 else since // self.accumulate
        return -(-t // self.accumulate) - before

    def updating(self, t: int) -> int:
        """The first iteration from t on that updates."""
        return -(-t // self.accumulate) * self.accumulate

    def pass_of(self, t: int) -> int:
        """The pass that iteration t belongs to, counted from 0."""
        if not self._given:
            return (t - 1) // self.per_pass
        rounds, place = divmod(t - 1, len(self._given))
        return rounds * len(self._starts) + bisect_right(self._starts, place) - 1

    def first_of(self, number: int) -> int:
        """The first iteration of a pass, counted from 0."""
        if not self._given:
            return number * self.per_pass + 1
        rounds, place = divmod(number, len(self._starts))
        return rounds * len(self._given) + self._starts[place] + 1

    def ends_pass(self, t: int) -> bool:
        """Whether iteration t is the last of its pass."""
        return self.pass_of(t) != self.pass_of(t + 1)

    def of_pass(self, t: int) -> range:
        """The iterations of the pass that iteration t belongs to."""
        if not self._given:
            first = self.pass_of(t) * self.per_pass + 1
            return range(first, first + self.per_pass)
        place = (t - 1) % len(self._given)
        number = bisect_right(self._starts, place)
        first = t - place + self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self._given)
        return range(first, t - place + end)

    def rows(self, t: int) -> Rows:
        """The samples of iteration t, counted from 1."""
        if self._given:
            return self._given[(t - 1) % len(self._given)]
        pass_number, place = divmod(t - 1, self.per_pass)
        start = place * self.size
        stop = min(start + self.size, self.samples)
        if not self.shuffle:
            return self.own[start:stop]
        return self._order(pass_number)[start:stop]

    def _shuffled(self, pass_number: int) -> Rows:
        if self._drawn is not None:
            from engine.drawn.passes import passes  # most runs shuffle by NumPy

            order = passes(self._seed, self._drawn, self.samples).order(pass_number)
        else:
            order = np.random.default_rng((self._seed, pass_number)).permutation(self.samples)
        return self.own[order]
