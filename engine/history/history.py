"""Histories: all iterations of a branch, at any distance, in the stretches that they come in."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from engine.formula.calls import Array
from engine.history.stretch import Stretch
from engine.history.work import Progress, Stop, Train, never, nobody
from engine.program.step import Step
from engine.program.trace import Trace
from engine.program.trainer import Trainer
from engine.spec.data import Batches
from engine.spec.run import RunSpec

if TYPE_CHECKING:
    from engine.history.course import Points


class History:
    """The iterations of a branch: those of each of its `stretches` up to where the next begins.
    Histories that come from one share its stretches and never change what is before their own.

    Iteration t can be looked at once t ≤ `frontier`. One thread looks (`state`, `trace`, `visit`,
    `wait`); any may do the rest meanwhile.
    """

    def __init__(self, stretches: tuple[Stretch, ...]) -> None:
        self.stretches = stretches
        self._origins = [stretch.origin for stretch in stretches]
        self._ends = [*self._origins[1:], sys.maxsize]  # up to where each is of this history

    # -- which stretch -------------------------------------------------------------------------

    @property
    def own(self) -> Stretch:
        """The stretch that it ends with, which no history that it comes from has."""
        return self.stretches[-1]

    def owner(self, t: int) -> Stretch:
        """The stretch that iteration t belongs to. The state before iteration t, or after t - 1,
        is of the same one: where an edited stretch begins, it is the edited state.
        """
        return self.stretches[self._index(t)]

    def _index(self, t: int) -> int:
        return max(0, bisect_left(self._origins, t) - 1)

    def end(self, t: int) -> int:
        """The last iteration of this history in the stretch that iteration t belongs to."""
        return self._ends[self._index(t)]

    def parts(self, last: int = sys.maxsize) -> Iterator[tuple[Stretch, int]]:
        """The stretches that iterations 1 to `last` belong to, each with the last one it gives."""
        for stretch, end in zip(self.stretches, self._ends, strict=True):
            if stretch.origin and stretch.origin >= last:
                return
            yield stretch, min(end, last)

    def upto(self, t: int) -> History:
        """The history that ends with the stretch that iteration t belongs to."""
        return History(self.stretches[: self._index(t) + 1])

    # -- what there is -------------------------------------------------------------------------

    @property
    def frontier(self) -> int:
        """The last iteration that has been trained."""
        end = sys.maxsize
        for stretch in reversed(self.stretches):
            if stretch.end > stretch.origin:
                return min(end, stretch.end)
            end = stretch.origin
        return 0

    def spec_of(self, t: int) -> RunSpec:
        """The run spec under which iteration t is trained."""
        return self.owner(t).spec

    def batches(self, t: int) -> Batches:
        """The mini-batches as they are taken where iteration t is."""
        return self.owner(t).batches

    def steps_of(self, t: int) -> tuple[Step, ...]:
        """The steps of iteration t."""
        return self.owner(t).steps_of(t)

    @cached_property
    def _before(self) -> list[int]:
        """How many steps there are before each of the stretches."""
        past = list(self.parts())[:-1]
        counts = (stretch.count(end) for stretch, end in past)
        return list(accumulate(counts, initial=0))

    def count(self, t: int) -> int:
        """How many steps the iterations 1 to t have together."""
        i = self._index(t)
        stretch = self.stretches[i]
        return self._before[i] + stretch.count(t)

    def locate(self, number: int) -> tuple[int, int]:
        """The iteration and step of the step with that number, counted from 1 over all."""
        i = max(0, bisect_left(self._before, number) - 1)
        return self.stretches[i].locate(number - self._before[i])

    @property
    def seconds(self) -> float:
        """Roughly what training one iteration more takes."""
        return self.own.seconds

    @property
    def nbytes(self) -> int:
        """Bytes of all that is kept of the past."""
        return sum(stretch.nbytes for stretch in self.stretches)

    def losses(self, last: int) -> tuple[Array, Array]:
        """The losses up to iteration `last`, in buckets whose size follows from `last` alone: of
        each the last iteration and the least value, both (buckets,). The end of a stretch that
        fills no bucket is left out.
        """
        found = [stretch.losses(end) for stretch, end in self.parts(last)]
        ends, low = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
        return ends, low

    def tests(self, last: int) -> tuple[Array, Array]:
        """What the samples that are held out score up to iteration `last`, in the same buckets: of
        each the last iteration (buckets,), and the least loss and accuracy (2, buckets), nan where
        it was not tested.
        """
        found = [stretch.tests(end) for stretch, end in self.parts(last)]
        ends, low = zip(*found, strict=True)
        return np.concatenate(ends), np.concatenate(low, axis=1)

    def recalled(self, last: int) -> bool:
        """Whether these losses are at hand."""
        return not any(stretch.to_recall(end) for stretch, end in self.parts(last))

    def buckets(self) -> tuple[Array, Array]:
        """The last iteration of each bucket of all losses so far, and its least value; some of a
        bucket's iterations may be of another branch.
        """
        found = []
        for stretch, end in self.parts(self.frontier):
            ends, low = stretch.buckets()
            before = np.concatenate(([stretch.origin], ends))[:-1]
            count = int(np.searchsorted(before, end))
            found.append((np.minimum(ends[:count], end), low[:count]))
        ends, low = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
        return ends, low

    # -- any thread ----------------------------------------------------------------------------

    def extend(
        self,
        to: int,
        stop: Stop = never,
        train: Train = Trainer.run,
        progress: Progress = nobody,
    ) -> bool:
        """Train on until `frontier` is `to`, the stretches in turn; see `Trained.extend`."""
        return all(
            stretch.extend(min(to, end), stop, train, progress) for stretch, end in self.parts(to)
        )

    def distance(self, t: int) -> int:
        """How many iterations `replayed` computes, those that have not been trained too."""
        return self.owner(t + 1).distance(t)

    def replayed(self, t: int) -> Array:
        """The state after t iterations, t ≤ `frontier`, worked out apart from what is looked at."""
        stretch = self.owner(t + 1)
        at, state = stretch.nearest(t)
        if at == t:
            return state
        replay = stretch.replay()
        replay.go(t)
        return replay.trainer.state

    def approach(self, t: int, stop: Stop = never, progress: Progress = nobody) -> bool:
        """Train, or train again, what is needed to look at iteration t, the one before it and the
        losses up to it at once. `stop()` is asked as by `extend`. Says whether all was done.
        """
        stretch = self.owner(t)
        past = stretch.origin if t == stretch.origin + 1 or not stretch.begun else 0
        if past and not self.approach(past, stop, progress):
            return False
        if not stretch.approach(t, stop, progress):
            return False
        return all(part.recall(end, stop, progress) for part, end in self.parts(t))

    # -- the thread that looks -----------------------------------------------------------------

    def wait(self, t: int) -> int:
        """How many iterations have to be trained, or trained again, to look at iteration t, at the
        one before it, with which it is compared, and at the losses up to it.
        """
        return self._wait_for(t) + sum(part.to_recall(end) for part, end in self.parts(t))

    def _wait_for(self, t: int) -> int:
        stretch = self.owner(t)
        past = stretch.origin if t == stretch.origin + 1 and stretch.begun else 0
        return stretch.wait(t) + (self._wait_for(past) if past else 0)

    def state(self, t: int) -> Array:
        """The state after t iterations, shape (state,): a view that the next look-up may change.
        Raises ValueError where t is not within 0 … frontier.
        """
        if not 0 <= t <= self.frontier:
            raise ValueError(f"iteration {t} is not within 0 … {self.frontier}")
        return self.owner(t + 1).state(t)

    def trace(self, t: int) -> Trace:
        """Everything iteration t computes; it is computed on where the frontier is before it."""
        return self.owner(t).trace(t)

    def course(self, last: int) -> Points:
        """The parameters before iteration 1 and after some of those up to `last`, which has been
        trained; see `Course.upto`. Where a stretch begins, they are its own.
        """
        return tuple(
            pair
            for stretch, end in self.parts(max(1, last))
            for pair in stretch.course.upto(min(end, last))
        )

    def visit(self, t: int) -> None:
        """Look at iteration t and the one before it, in this order, as the states of the one lead
        to those of the other; and have the losses up to it at hand.
        """
        if t > 1:
            self.trace(t - 1)
        self.trace(t)
        for part, end in self.parts(t):
            part.recall(end)
