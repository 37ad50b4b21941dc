"""A run against a record of it, number by number, in the order in which they are computed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.against.fits import check
from engine.against.pairs import Pair, pairs
from engine.against.sides import Sides, Walk, Way, way_of
from engine.against.tally import Tally
from engine.against.tolerance import Mask, Tolerance, usual
from engine.against.tracefile import TraceFile
from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.formula.expr import Index
from engine.history.history import History
from engine.history.work import Progress, Stop, never, nobody

GIVEN_ULPS = 16
"""What is given may be so many last places apart, by how it was written or scaled."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Deviation:
    """An array of iteration `t` with numbers `beyond` the tolerance, of which `differs` says which
    are beyond `noise` too, what rounding explains; all of its shape. `follows` says that the
    record's array is what its own formula makes of the record's numbers, and so only shows a
    difference that was there before. One that is `slight` is within the tolerance, but beyond what
    rounding explains, and makes others go beyond the tolerance.
    """

    t: int
    pair: Pair
    name: str
    beyond: Mask
    differs: Mask
    noise: Array
    follows: bool = False
    slight: bool = False

    @property
    def elements(self) -> Iterator[Index]:
        """The elements beyond the tolerance."""
        return (tuple(map(int, place)) for place in np.argwhere(self.beyond))

    @property
    def worst(self) -> Index:
        """The element that is furthest apart; before all others one that is no number on one side
        alone.
        """
        mask = self.differs if self.differs.any() else self.beyond
        with np.errstate(all="ignore"):
            away = np.abs(self.pair.ours.astype(np.float64) - self.pair.theirs)
        away = np.where(mask, np.where(np.isfinite(away), away, np.inf), -1.0)
        return tuple(map(int, np.unravel_index(int(away.argmax()), away.shape)))


class Comparison:
    """A run beside a record of it, over those of the record's iterations up to `last`; or two
    records of a run beside each other, of which `ours` stands for what the run computes. Raises
    Problem where a record is of another run.
    """

    def __init__(
        self,
        history: History,
        record: TraceFile,
        tolerance: Tolerance | None = None,
        way: Way | None = None,
        last: int | None = None,
        ours: TraceFile | None = None,
    ) -> None:
        self.history, self.record, self.ours = history, record, ours
        for each in (ours, record) if ours else (record,):
            check(history, each)
        kind = ours.dtype if ours else history.spec_of(1).dtype
        self.tolerance = tolerance or usual(record.dtype, kind)
        self.way = way or (Way.FREE if ours else way_of(history, record))
        both = set(ours.iterations) if ours else set(record.iterations)
        self.iterations = [
            t for t in record.iterations if t in both and (last is None or t <= last)
        ]
        self.tally = Tally()
        self.first: Deviation | None = None
        self.sides: Sides | None = None
        """The sides of the iteration of the first difference."""

    def deviations(self, stop: Stop = never, progress: Progress = nobody) -> Iterator[Deviation]:
        """The arrays with numbers beyond the tolerance, in the order in which they are computed.
        Before the first one that differs comes what it follows from, where that is slight. `stop()`
        is asked and `progress` told before each iteration.
        """
        for sides in self._all_sides():
            progress(sides.t)
            if stop():
                return
            self.tally.iterations += 1
            found = [each for pair in self.pairs(sides) if (each := self._deviation(sides, pair))]
            alarm = next((each for each in found if each.differs.any()), None)
            if self.first is None and alarm:
                self.first, self.sides = self._origin(sides, alarm)
                if self.first is not alarm:
                    self._count(self.first)
                    yield self.first
            for deviation in found:
                self._count(deviation)
                yield deviation

    def pairs(self, sides: Sides) -> Iterator[Pair]:
        """What both sides of an iteration have."""
        return pairs(self.record, sides)

    def _all_sides(self) -> Iterator[Sides]:
        """The iterations on both sides, in order."""
        eps = self.tolerance.eps
        walk = Walk(self.history, self.record, self.way, eps)
        other = Walk(self.history, self.ours, self.way, eps) if self.ours else None
        for t in self.iterations:
            sides = walk.at(t)
            sides.other = other.at(t) if other else None
            yield sides

    def _count(self, deviation: Deviation) -> None:
        tally = self.tally.of(deviation.pair.symbol)
        differs = int(deviation.differs.sum())
        tally.differs += differs
        tally.noise += int(deviation.beyond.sum()) - differs
        if deviation.follows:
            self.tally.follow += 1
        elif differs:
            self.tally.faults.setdefault(deviation.pair.symbol, []).append(deviation.t)

    def _deviation(self, sides: Sides, pair: Pair) -> Deviation | None:
        self.tally.of(pair.symbol).take(sides.t, pair)
        beyond = self.tolerance.beyond(pair.ours, pair.theirs)
        if not beyond.any():
            return None
        noise: Array = np.zeros(pair.ours.shape)
        differs = beyond
        if pair.step:
            noise = sides.noise[pair.symbol]
            differs = beyond & self.tolerance.beyond(pair.ours, pair.theirs, noise)
            if self.first is None and differs.any():
                noise = sides.sure_noise[pair.symbol]
                differs = beyond & self.tolerance.beyond(pair.ours, pair.theirs, noise)
        return self._made(
            sides, pair, beyond, differs, noise, bool(differs.any()) and self._follows(sides, pair)
        )

    def _made(
        self,
        sides: Sides,
        pair: Pair,
        beyond: Mask,
        differs: Mask,
        noise: Array,
        follows: bool = False,
        slight: bool = False,
    ) -> Deviation:
        return Deviation(
            t=sides.t,
            pair=pair,
            name=self.record.theirs(pair.symbol),
            beyond=beyond,
            differs=differs,
            noise=noise,
            follows=follows,
            slight=slight,
        )

    def _follows(self, sides: Sides, pair: Pair) -> bool:
        """Whether the record's array is what the formula makes of the record's own numbers."""
        if pair.step is None:
            return False
        other = sides.other is None or self.made(sides.other, pair.symbol, pair.ours)
        return other and self.made(sides, pair.symbol, pair.theirs)

    def made(self, sides: Sides, symbol: Symbol, array: Array) -> bool:
        """Whether a record's array is what its step makes of the record's own numbers."""
        local = sides.local[symbol]
        if not self.tolerance.beyond(local, array).any():
            return True
        return not self.tolerance.beyond(local, array, sides.local_noise[symbol]).any()

    # -- what is slight ------------------------------------------------------------------------

    def _origin(self, sides: Sides, alarm: Deviation) -> tuple[Deviation, Sides]:
        """The first difference: the alarm, or what it follows from, however slight it is; in the
        first iteration in which that symbol is apart by its own formula.
        """
        symbol = alarm.pair.symbol
        if alarm.follows:
            before = (pair for pair in self.pairs(sides) if self._slight(sides, pair))
            symbol = next((pair.symbol for pair in before), symbol)
            if symbol == alarm.pair.symbol:
                return alarm, sides
        for earlier in self._all_sides():
            here = sides if earlier.t == sides.t else earlier
            if here is sides and symbol == alarm.pair.symbol:
                break
            for pair in self.pairs(here):
                if pair.symbol == symbol and (found := self._slight(here, pair)):
                    apart, noise = found
                    return self._made(here, pair, apart, apart, noise, slight=True), here
            if here is sides:
                break
        return alarm, sides

    @property
    def _exact(self) -> Tolerance:
        return Tolerance(0.0, 0.0, self.tolerance.dtype)

    def _slight(self, sides: Sides, pair: Pair) -> tuple[Mask, Array] | None:
        """Where an array is further apart by its own formula than rounding explains, and what that
        explains; None where it explains all.
        """
        exact, symbol = self._exact, pair.symbol
        if pair.step is None:
            noise: Array = GIVEN_ULPS * exact.eps * np.abs(pair.ours.astype(np.float64))
            apart = exact.beyond(pair.ours, pair.theirs, noise)
            return (apart, noise) if apart.any() else None
        for each, array in ((sides, pair.theirs), (sides.other, pair.ours)):
            if each:
                noise = each.local_noise[symbol]
                apart = exact.beyond(each.local[symbol], array, noise)
                if apart.any():
                    return apart, noise
        return None
