"""Stretches: the iterations that are trained under one run spec, as they are looked at.

One thread looks: `look`, `state`, `trace` and `wait` are its own, and so is the trainer that they
share. Any thread may do all the rest; what it replays, it replays with a trainer of its own.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.formula.calls import Array
from engine.history.budget import Budget
from engine.history.look import Look
from engine.history.recall import Recall
from engine.history.replay import Replay
from engine.history.segment import estimated_seconds, segment_length
from engine.history.start import Given, Start
from engine.history.trained import Trained, curve_of, examined_of
from engine.history.work import Progress, Stop, never, nobody
from engine.program.step import Step
from engine.program.trace import Trace, frozen
from engine.program.trainer import Trainer
from engine.spec.data import Batches, Kind, Rows
from engine.spec.run import RunSpec

if TYPE_CHECKING:
    from engine.history.course import Course


class Stretch(Trained):
    """All iterations after `origin` under one spec, at any distance. What is not kept of them is
    replayed, bit for bit.
    """

    def __init__(
        self, spec: RunSpec, budget: Budget, origin: int = 0, start: Start | None = None
    ) -> None:
        self._reader = Trainer(spec)
        every = segment_length(self._reader.program(1))
        super().__init__(spec, budget, origin, start or Given(spec), every)
        self._recall: Recall | None = None

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps of its iterations, of those that update."""
        return self._reader.usual.steps

    def steps_of(self, t: int) -> tuple[Step, ...]:
        """The steps of iteration t: fewer where it updates nothing."""
        kind = self.batches.kind(t)
        return self.steps if kind.updates else self._reader.of_kind(kind).steps

    def count(self, t: int) -> int:
        """How many steps its iterations have up to iteration t."""
        k, each = self.batches.accumulate, len(self.steps)
        if k == 1:
            return (t - self.origin) * each
        fewer = len(self._reader.of_kind(Kind.FIRST).steps)
        updates = t // k - self.origin // k
        return (t - self.origin - updates) * fewer + updates * each

    def locate(self, number: int) -> tuple[int, int]:
        """The iteration and step of its step with that number, counted from 1."""
        k, each = self.batches.accumulate, len(self.steps)
        if k == 1:
            iterations, step = divmod(number - 1, each)
            return self.origin + iterations + 1, step + 1
        fewer = len(self._reader.of_kind(Kind.FIRST).steps)
        whole = (k - 1) * fewer + each
        first = self.origin // k * k
        behind = (self.origin - first) * fewer + number - 1
        turns, rest = divmod(behind, whole)
        place = min(rest // fewer, k - 1)
        return first + turns * k + place + 1, rest - place * fewer + 1

    @property
    def batches(self) -> Batches:
        """The mini-batches that its iterations take."""
        return self._reader.batches

    def rows(self, t: int) -> Rows:
        """The samples of the data that iteration t trains on."""
        return self._reader.batches.rows(t)

    @cached_property
    def seconds(self) -> float:
        """Roughly what training one iteration takes."""
        return estimated_seconds(self._reader.program(self.origin + 1))

    @property
    def nbytes(self) -> int:
        """Bytes of all that it keeps of its past."""
        return self._checkpoints.nbytes + self.look.nbytes + self._curve.nbytes

    # -- replaying -----------------------------------------------------------------------------

    def replay(self, waypoints: int = 0) -> Replay:
        """What goes to any iteration up to `end`, apart from all others."""
        return Replay(Trainer(self.spec), self.nearest, self.stride, self.every, waypoints)

    def approach(self, t: int, stop: Stop = never, progress: Progress = nobody) -> bool:
        """Train, or train again, what is needed to look at iteration t, and at the one before it
        where that is one of these, at once. Says whether all was done.
        """
        if not self.extend(t - 1, stop, progress=progress):
            return False
        own = max(0, t - 2 - self.origin) // self.every * self.every
        start = self.origin + own
        if self.nearest(start)[0] < start:
            replay = self.replay()
            if not replay.go(start, stop, progress):
                return False
            self._checkpoints.visit(own, frozen(replay.trainer.state))
        return True

    def distance(self, t: int) -> int:
        """How many iterations have to be computed for the state after iteration t."""
        own = t - self.origin
        if not self.begun:
            return own + self.start.distance()
        return own - self._checkpoints.nearest(min(own, self._done))[0]

    # -- losses --------------------------------------------------------------------------------

    def _recalled(self) -> Recall:
        with self._lock:
            if self._recall is None:
                examined = examined_of(self.spec)
                self._recall = Recall(self.replay(), self.origin, curve_of(self.spec), examined)
            return self._recall

    def losses(self, last: int) -> tuple[Array, Array]:
        """The losses up to iteration `last`, `Curve.least` of them. It follows from `last` alone
        how coarse they are.
        """
        ends, low = self._least(last)
        return ends, low[0] if low.ndim > 1 else low

    def tests(self, last: int) -> tuple[Array, Array]:
        """The same of what is held out, (2, buckets): the loss and the accuracy, nan where there is
        none.
        """
        ends, low = self._least(last)
        return ends, low[1:] if low.ndim > 1 else np.full((2, len(ends)), np.nan)

    def tested(self, t: int) -> tuple[float, float] | None:
        """The loss and the accuracy on what is held out after iteration t, one that was tested;
        None where they are not kept as they were.
        """
        with self._lock:
            if not self.origin < t <= self.end:
                return None
            _, loss, accuracy = self._curve.only(t - self.origin).tolist()
        return (loss, accuracy) if math.isfinite(loss) else None

    def _least(self, last: int) -> tuple[Array, Array]:
        own = max(0, last - self.origin)
        with self._lock:
            if self._curve.knows(own):
                ends, low = self._curve.least(own)
                return ends + self.origin, low
        self.recall(last)
        ends, low = self._recalled().least(own)
        return ends + self.origin, low

    def to_recall(self, last: int) -> int:
        """How many iterations have to be computed again for `losses`."""
        if self._curve.whole:
            return 0
        last = min(last, self.end)
        with self._lock:
            known = self._curve.knows(max(0, last - self.origin))
        return 0 if known else max(0, last - self._recalled().end)

    def recall(self, last: int, stop: Stop = never, progress: Progress = nobody) -> bool:
        """Compute again what `losses` needs. Says whether it was not stopped."""
        if not self.to_recall(last):
            return True
        return self._recalled().upto(min(last, self.end), stop, progress)

    @cached_property
    def course(self) -> Course:
        """Its parameters from the first iteration on."""
        from engine.history.course import Course  # few runs draw it

        return Course(self.replay(), self.origin)

    # -- looking -------------------------------------------------------------------------------

    @cached_property
    def look(self) -> Look:
        """What has been looked at."""
        return Look(self._reader, self.origin, self.every)

    def wait(self, t: int) -> int:
        """How many iterations have to be computed to look at iteration t, and at the one before it
        where that is one of these.
        """
        own = t - self.origin
        if not self.begun:
            return self.distance(t)
        missing = max(0, own - 1 - self._done)
        if own > 1 and (own - 1) % self.every == 0:  # the one before is of another segment
            return missing + self._from_kept(own - 2) + 1
        return missing + self._from_kept(own - 1)

    def _from_kept(self, own: int) -> int:
        """How many iterations are replayed to look at the state after `own`."""
        own = min(own, self._done)
        at, _ = self._checkpoints.nearest(own // self.every * self.every)
        return own - max(at, self.look.held(own))

    def state(self, t: int) -> Array:
        """The state after iteration t, shape (state,): a view that the next look-up may change."""
        self.begin()
        return self.look.state(t - self.origin, self._checkpoints.nearest)

    def trace(self, t: int) -> Trace:
        """Everything iteration t computes; it is trained where it has not been."""
        if known := self.look.trace(t):
            return known
        self.budget.look(self.look)
        self.within(t)
        self.extend(t - 1)
        trace = self.trace_next(t, self._reader)
        return self.look.keep(trace or self._reader.trace(t, self.state(t - 1)))
