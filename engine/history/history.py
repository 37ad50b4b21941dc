"""Iterations at any distance in bounded memory: checkpoints, and exact replay between them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from typing import Protocol

import numpy as np

from engine.formula.calls import Array
from engine.history.budget import Budget
from engine.history.checkpoints import Checkpoints
from engine.history.curve import Curve
from engine.history.kept import Kept, spread
from engine.history.segment import Segment, estimated_seconds, segment_length
from engine.program.state import starting_state
from engine.program.step import Step
from engine.program.trace import Trace, frozen
from engine.program.trainer import Trainer
from engine.spec.data import Rows
from engine.spec.problem import Problem
from engine.spec.run import MOST_ITERATIONS, RunSpec

STRIDES = 16
LEAST_STRIDE = 32
TRACES = 4


Stop = Callable[[], bool]
"""Asked now and then by what takes long, which may pause in it; True ends that."""
Progress = Callable[[int], None]
"""Told which iteration something that takes long has come to."""


def never() -> bool:
    """Stops nothing."""
    return False


def nobody(_t: int) -> None:
    """Wants no progress."""


class Start(Protocol):
    """Makes the state that a branch begins with out of its parent's state at that point."""

    def distance(self) -> int:
        """How many iterations have to be computed for what else it needs."""

    def ready(self, stop: Stop, progress: Progress) -> bool:
        """Compute what else it needs. Says whether all is there."""

    def begun(self) -> Start:
        """What is left of it once the branch has begun."""

    def __call__(self, state: Array) -> Array:
        """The state that the branch begins with."""


Train = Callable[[Trainer, int, int, Array], None]


class History:
    """All iterations of one branch. Iteration t can be looked at once t ≤ `frontier`.

    A branch shares the iterations up to `origin` with its `parent` and never changes them. The
    state is kept every `every` iterations, fewer of the older ones when the `budget` is full, and
    for each iteration of the segment last looked at. Everything else is replayed, bit for bit.

    Only one thread may look (`state`, `trace`, `visit`, `replay`, `forget`); others may `extend`,
    `approach` and ask `replayed`, `kept`, `distance` and `losses` meanwhile. Of one branch
    `_training` is taken before `_lock`, and either before those of the branches it comes from.
    """

    def __init__(
        self,
        spec: RunSpec,
        budget: Budget | None = None,
        parent: History | None = None,
        origin: int = 0,
        start: Start | None = None,
    ) -> None:
        self.spec = spec
        self.budget = budget or Budget()
        self.parent = parent
        self.origin = origin
        self.start = start
        self._reader = Trainer(spec)
        self.every = segment_length(self._reader.program(1))
        self.curve = Curve()
        self._done = 0  # iterations of this branch's own
        self._loaded: Array | None = None  # the state that the trainer stands at
        self._checkpoints = Checkpoints(self.budget)
        self._lock = threading.RLock()  # held while what is kept changes
        self._training = threading.Lock()  # held while a stretch is trained
        self._traces: dict[int, Trace] = {}

    # -- what there is -------------------------------------------------------------------------

    @property
    def frontier(self) -> int:
        """The last iteration that has been trained."""
        if self.parent and not self._done:
            return min(self.parent.frontier, self.origin)
        return self.origin + self._done

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of this branch's own iterations."""
        return self._reader.program(self.origin + 1).steps

    def owner(self, t: int) -> History:
        """The branch, this or one before it, that iteration t belongs to."""
        return self.parent.owner(t) if self.parent and t <= self.origin else self

    def spec_of(self, t: int) -> RunSpec:
        """The run spec under which iteration t is trained."""
        return self.owner(t).spec

    def steps_of(self, t: int) -> tuple[Step, ...]:
        """The steps of iteration t."""
        return self.owner(t).steps

    def rows(self, t: int) -> Rows:
        """The samples of the data that iteration t trains on."""
        return self._reader.batches.rows(t)

    def count(self, t: int) -> int:
        """How many steps the iterations 1 to t have together."""
        if self.parent and t <= self.origin:
            return self.parent.count(t)
        before = self.parent.count(self.origin) if self.parent else 0
        return before + (t - self.origin) * len(self.steps)

    def locate(self, number: int) -> tuple[int, int]:
        """The iteration and step of the step with that number, counted from 1 over all."""
        before = self.parent.count(self.origin) if self.parent else 0
        if self.parent and number <= before:
            return self.parent.locate(number)
        iterations, step = divmod(number - before - 1, len(self.steps))
        return self.origin + iterations + 1, step + 1

    @property
    def stride(self) -> int:
        """How many iterations are trained at a time; `every` is a multiple of it."""
        return max(self.every // STRIDES, min(self.every, LEAST_STRIDE))

    @cached_property
    def seconds(self) -> float:
        """Roughly what training one iteration takes."""
        return estimated_seconds(self._reader.program(self.origin + 1))

    @property
    def nbytes(self) -> int:
        """Bytes of all that this branch keeps of its past."""
        return self._checkpoints.nbytes + self._segment.nbytes + self.curve.nbytes

    # -- training ------------------------------------------------------------------------------

    @cached_property
    def _segment(self) -> Segment:
        return Segment(self._reader, self.origin, self.every)

    @cached_property
    def _trainer(self) -> Trainer:
        return Trainer(self.spec)

    def _begin(self) -> None:
        """Find the state that the branch begins with."""
        with self._lock:
            if not self._checkpoints:
                self._find_start()

    def _find_start(self) -> None:
        if self.parent is None:
            state = starting_state(self.spec)
        else:
            self.parent.extend(self.origin)
            state = self.parent.replayed(self.origin)
            state = self.start(state) if self.start else state
        self._tip = frozen(state)
        self._checkpoints.begin([0], [self._tip])
        self.start = self.start and self.start.begun()

    def extend(
        self,
        to: int,
        stop: Stop = never,
        train: Train = Trainer.run,
        progress: Progress = nobody,
    ) -> bool:
        """Train on until `frontier` is `to`. `stop()` is asked every `stride` iterations, some
        0.5 ms, and `progress` told the frontier. `train(trainer, first, last, losses)` does each
        stretch, as `Trainer.run` does. Says whether `to` was reached. Raises a Problem past the
        most iterations a run can have.
        """
        if to > MOST_ITERATIONS:
            raise Problem(f"A run has at most {MOST_ITERATIONS:,} iterations.")
        past = min(to, self.origin)
        if self.parent and not self.parent.extend(past, stop, progress=progress):
            return False
        if self.start and not self._checkpoints and not self.start.ready(stop, progress):
            return False
        self._begin()
        while self.origin + self._done < to:
            progress(self.origin + self._done)
            if stop():
                return False
            with self._training:
                self._stretch(to - self.origin, train)
        return True

    def _stretch(self, to: int, train: Train) -> None:
        """Train on by a stride, up to the next checkpoint or the own iteration `to` at most."""
        first = self._done + 1
        last = min(to, first + self.stride - 1 - self._done % self.stride)
        if last < first:
            return
        losses = np.zeros(last - first + 1)
        trainer = self._trainer
        if self._loaded is not self._tip:
            trainer.state[...] = self._tip
        self._loaded = None
        train(trainer, self.origin + first, self.origin + last, losses)
        tip = frozen(trainer.state)
        self._advance(last, tip, losses)
        self._loaded = tip

    def _advance(self, to: int, tip: Array, losses: Array) -> None:
        """Note that the own iterations up to `to` have been trained, which ends at a `tip`."""
        with self._lock:
            self._tip = tip
            self.curve.add(losses)
            if to % self.every == 0:
                self._checkpoints.add(to, tip)
            self._done = to

    # -- saving --------------------------------------------------------------------------------

    def checkpoints(self, most: int, near: int = 0) -> Kept | None:
        """What to save, at most `most` bytes of it, so that iteration `near` can be looked at
        soon; None where nothing of this branch's own is trained or so little is too large.
        """
        with self._lock:
            if not self._done:
                return None
            at, states = self._checkpoints.all()
            if at[-1] < self._done:
                at, states = [*at, self._done], [*states, self._tip]
            _, low, high = self.curve.buckets()
            width = self.curve.width
        room = (most - low.nbytes - high.nbytes) // (states[0].nbytes + 8)
        places = spread(at, room, max(0, near - 1 - self.origin) // self.every * self.every)
        if not places:
            return None
        picked = np.array([states[i] for i in places])
        return Kept(np.array(at, np.int64)[places], picked, width, low, high)

    def adopt(self, kept: Kept) -> None:
        """Go on from what was saved, in a history that has not been looked at. Raises ValueError
        where it cannot be this branch's; that the numbers are is not checked, but for the first.
        """
        kept.check(self._reader.layout.size, self.spec.dtype, MOST_ITERATIONS - self.origin)
        if self._checkpoints or (self.parent and self.parent.frontier < self.origin):
            raise ValueError("checkpoints of a branch whose past is missing, or twice")
        first = kept.states[0]
        if self.parent is None and first.tobytes() != starting_state(self.spec).tobytes():
            raise ValueError("checkpoints do not begin with the run's parameters")
        states = [frozen(state) for state in kept.states]
        self._done, self._tip = int(kept.at[-1]), states[-1]
        self._checkpoints.begin(kept.at.tolist(), states)
        self.curve.restore(self._done, kept.width, kept.low, kept.high)
        self.start = self.start and self.start.begun()

    # -- replaying -----------------------------------------------------------------------------

    def replay(self, t: int) -> int:
        """How many iterations have to be trained, or trained again, to look at iteration t and at
        the one before it, with which it is compared.
        """
        if self.parent and t <= self.origin:
            return self.parent.replay(t)
        own = t - self.origin
        if not self._checkpoints:
            return own + self._to_begin()
        missing = max(0, own - 1 - self._done)
        if self._begins_segment(t):
            return missing + self._from_kept(own - 2) + 1
        if own == 1 and self.parent and self.origin:
            missing += self.parent.replay(self.origin)
        return missing + self._from_kept(own - 1)

    def _begins_segment(self, t: int) -> bool:
        """Whether iteration t is the first of a segment, but not the first of all."""
        return t > self.origin + 1 and (t - 1 - self.origin) % self.every == 0

    def _from_kept(self, own: int) -> int:
        """How many iterations are replayed to look at the state after `own`."""
        own = min(own, self._done)
        at, _ = self._checkpoints.nearest(own // self.every * self.every)
        return own - max(at, self._segment.held(own))

    def distance(self, t: int) -> int:
        """How many iterations `replayed` computes, those that have not been trained too."""
        if self.parent and t < self.origin:
            return self.parent.distance(t)
        own = t - self.origin
        if not self._checkpoints:
            return own + self._to_begin()
        return own - self._checkpoints.nearest(min(own, self._done))[0]

    def _to_begin(self) -> int:
        """How many iterations are computed for the state that the branch begins with."""
        before = self.parent.distance(self.origin) if self.parent else 0
        return before + (self.start.distance() if self.start else 0)

    def approach(self, t: int, stop: Stop = never, progress: Progress = nobody) -> bool:
        """Train, or train again, what is needed to look at iteration t and the one before it at
        once; any thread may. `stop()` is asked as by `extend`. Says whether all was done.
        """
        if self.parent and t <= self.origin:
            return self.parent.approach(t, stop, progress)
        past = self.parent if t == self.origin + 1 or not self._checkpoints else None
        if past and self.origin and not past.approach(self.origin, stop, progress):
            return False
        if not self.extend(t - 1, stop, progress=progress):
            return False
        self._begin()
        start = max(0, t - 2 - self.origin) // self.every * self.every
        at, state = self._checkpoints.nearest(start)
        if at == start:
            return True
        trainer = Trainer(self.spec)
        trainer.state[...] = state
        while at < start:
            progress(self.origin + at)
            if stop():
                return False
            to = min(start, at + self.stride)
            trainer.run(self.origin + at + 1, self.origin + to, np.zeros(to - at))
            at = to
        self._checkpoints.visit(start, frozen(trainer.state))
        return True

    def kept(self, t: int) -> tuple[int, Array]:
        """The last state kept of this branch's own at or before iteration t, and its iteration:
        for one who replays from there with a trainer of their own.
        """
        self._begin()
        at, state = self._checkpoints.nearest(t - self.origin)
        return self.origin + at, state

    def replayed(self, t: int) -> Array:
        """The state after t iterations, t ≤ `frontier`, worked out apart from what is looked at:
        any thread may ask.
        """
        if self.parent and t < self.origin:
            return self.parent.replayed(t)
        at, state = self.kept(t)
        if at == t:
            return state
        trainer = Trainer(self.spec)
        trainer.state[...] = state
        trainer.run(at + 1, t, np.zeros(t - at))
        return trainer.state

    # -- looking -------------------------------------------------------------------------------

    def state(self, t: int) -> Array:
        """The state after t iterations, shape (state,): a view that the next look-up may change.
        Raises ValueError where t is not within 0 … frontier.
        """
        if not 0 <= t <= self.frontier:
            raise ValueError(f"iteration {t} is not within 0 … {self.frontier}")
        if self.parent and t <= self.origin - 1:
            return self.parent.state(t)
        self._begin()
        return self._segment.state(t - self.origin, self._checkpoints.nearest)

    def trace(self, t: int) -> Trace:
        """Everything iteration t computes; it is computed on where the frontier is before it."""
        if self.parent and t <= self.origin:
            return self.parent.trace(t)
        if t in self._traces:
            self._traces[t] = self._traces.pop(t)  # the one looked at last goes last
            return self._traces[t]
        self.budget.look(self)
        self.extend(t - 1)
        trace = self._next(t) or self._reader.trace(t, self.state(t - 1))
        while len(self._traces) >= TRACES:
            del self._traces[next(iter(self._traces))]
        self._traces[t] = trace
        return trace

    def visit(self, t: int) -> None:
        """Look at iteration t and the one before it: in this order the states of the one lead to
        those of the other.
        """
        if t > 1:
            self.trace(t - 1)
        self.trace(t)

    def forget(self) -> None:
        """Keep nothing for who looks, who may look again."""
        self._traces.clear()
        self.__dict__.pop("_segment", None)

    def _next(self, t: int) -> Trace | None:
        """Train iteration t and keep everything of it, where it is the next one to be trained."""
        self._begin()
        if t <= self.origin + self._done or t > MOST_ITERATIONS:
            return None  # without waiting for one who trains
        with self._training:
            if t != self.origin + self._done + 1:
                return None
            trace = self._reader.trace(t, self._tip)
            loss = trace.known("loss", len(trace.steps)).reshape(1).astype(np.float64)
            self._advance(t - self.origin, trace.after, loss)
            return trace

    def losses(self, last: int, cut: bool = False) -> tuple[Array, Array, Array]:
        """The losses up to iteration `last`: of each stretch the last iteration, the least and
        the greatest value, each (stretches,). With `cut` also of the stretch that `last` is
        within, though they are of all of it.
        """
        if self.parent is None:
            with self._lock:
                return self.curve.buckets(last, cut)
        before = self.parent.losses(min(last, self.origin), cut)
        with self._lock:
            ends, low, high = self.curve.buckets(max(0, last - self.origin), cut)
        return (
            np.concatenate((before[0], ends + self.origin)),
            np.concatenate((before[1], low)),
            np.concatenate((before[2], high)),
        )
