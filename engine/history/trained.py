"""What has been trained of a stretch: its latest state, its losses, and the states that are kept.

Which thread may do what, under which lock:

- Any thread may do all that is here. `_lock` is held while the first state, the latest one, the
  losses or the checkpoints change, so that whoever holds it sees all of one iteration.
- `_training` is held while a stride is trained: those who train at once take turns. It is taken
  before `_lock`, and either before those of earlier stretches, never of later ones.
- The checkpoints and the budget have locks of their own, taken last and held for a look-up only;
  the budget passes by whom it would have to wait for.
- A `Trainer` is for one thread: `_training` guards the one that is here.
"""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.formula.calls import Array
from engine.history.budget import Budget
from engine.history.checkpoints import Checkpoints
from engine.history.curve import TESTED, Curve
from engine.history.kept import Kept, spread
from engine.history.start import Start
from engine.history.work import Progress, Stop, Train, never, nobody
from engine.program.state import state_layout
from engine.program.trace import Trace, frozen
from engine.program.trainer import Trainer
from engine.spec.problem import Problem
from engine.spec.run import MOST_ITERATIONS, RunSpec

if TYPE_CHECKING:
    from engine.history.examined import Examined

STRIDES = 4
"""So many times between two states that are kept, training asks whether to go on."""
LEAST_STRIDE = 32
"""But it asks after no fewer iterations, as long as `every` has so many."""


class Trained:
    """The iterations after `origin` under one spec that have been trained, up to `end`. The state
    is kept every `every` iterations, fewer of the older ones when the `budget` is full.
    """

    def __init__(
        self, spec: RunSpec, budget: Budget, origin: int, start: Start, every: int
    ) -> None:
        self.spec = spec
        self.budget = budget
        self.origin = origin
        self.start = start
        self.every = every
        self._done = 0  # iterations of its own
        self._curve = curve_of(spec)
        self._loaded: Array | None = None  # the state that the trainer stands at
        self._checkpoints = Checkpoints(budget)
        self._lock = threading.RLock()
        self._training = threading.Lock()

    @property
    def end(self) -> int:
        """The last iteration that has been trained; `origin` while there is none."""
        return self.origin + self._done

    @property
    def begun(self) -> bool:
        """Whether the state that it begins with is there."""
        return bool(self._checkpoints)

    @property
    def stride(self) -> int:
        """How many iterations are trained at a time; `every` is a multiple of it."""
        return max(self.every // STRIDES, min(self.every, LEAST_STRIDE))

    def buckets(self) -> tuple[Array, Array]:
        """The last iteration of each bucket of the losses so far, and its least value."""
        with self._lock:
            ends, low, _ = self._curve.buckets()
        return ends + self.origin, low[0] if low.ndim > 1 else low

    def nearest(self, t: int) -> tuple[int, Array]:
        """The last state kept at or before iteration t, and after which iteration it is."""
        self.begin()
        at, state = self._checkpoints.nearest(t - self.origin)
        return self.origin + at, state

    # -- training ------------------------------------------------------------------------------

    @cached_property
    def _trainer(self) -> Trainer:
        return Trainer(self.spec)

    @cached_property
    def _examined(self) -> Examined | None:
        """What tests with samples that are held out; None where none are."""
        return examined_of(self.spec)

    def begin(self) -> None:
        """Find the state that it begins with."""
        with self._lock:
            if not self.begun:
                self._tip = frozen(self.start())
                self._checkpoints.begin([0], [self._tip])
                self.start = self.start.begun()

    def within(self, t: int) -> None:
        """Raises a Problem past the most iterations that the run can have."""
        if t > (most := self.spec.furthest):
            raise Problem(
                f"A run has at most {most:,} iterations."
                if most == MOST_ITERATIONS
                else f"There are gradients for {most:,} iterations, and the run ends with them;"
                " with repeat = true they begin again."
            )

    def extend(
        self,
        to: int,
        stop: Stop = never,
        train: Train = Trainer.run,
        progress: Progress = nobody,
    ) -> bool:
        """Train on until `end` is `to`. `stop()` is asked every `stride` iterations, about 2 ms,
        and `progress` told the end. Each stride is done by `train`. Says whether `to` was reached.
        Raises a Problem past the most iterations a run can have.
        """
        self.within(to)
        if not self.begun and not self.start.ready(stop, progress):
            return False
        self.begin()
        while self.end < to:
            progress(self.end)
            if stop():
                return False
            with self._training:
                self._train_stride(to - self.origin, train)
        return True

    def _train_stride(self, to: int, train: Train) -> None:
        """Train on by a stride, up to the next checkpoint or the own iteration `to` at most."""
        first = self._done + 1
        last = min(to, first + self.stride - 1 - self._done % self.stride)
        if last < first:
            return
        if self._examined:
            last = min(last, self._examined.due(self.origin + first) - self.origin)
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
        if self._examined:
            losses = self._examined.rows(losses, self.origin + to, tip)
        with self._lock:
            self._tip = tip
            self._curve.add(losses)
            if to % self.every == 0:
                self._checkpoints.add(to, tip)
            self._done = to

    def trace_next(self, t: int, trainer: Trainer) -> Trace | None:
        """Train iteration t with a trainer and keep everything of it; None where it is not the
        next one to be trained, without waiting for one who trains where it has been already.
        """
        self.begin()
        if t <= self.end or t > self.spec.furthest:
            return None
        with self._training:
            if t != self.end + 1:
                return None
            trace = trainer.trace(t, self._tip)
            loss = np.array([trace.loss])
            self._advance(t - self.origin, trace.after, loss)
            return trace

    # -- saving --------------------------------------------------------------------------------

    def saved(self, most: int, near: int = 0) -> Kept | None:
        """What to save, at most `most` bytes of it, so that iteration `near` can be looked at
        soon; None where nothing is trained or so little is too large.
        """
        with self._lock:
            if not self._done:
                return None
            at, states = self._checkpoints.all()
            if at[-1] < self._done:
                at, states = [*at, self._done], [*states, self._tip]
            _, low, high = self._curve.buckets()
            width, finer = self._curve.width, self._curve.finer
        start = max(0, near - 1 - self.origin) // self.every * self.every
        room, each = most - low.nbytes - high.nbytes, states[0].nbytes + 8
        chosen = spread(at, (room - finer.nbytes) // each, start)
        if not chosen:
            chosen, finer = spread(at, room // each, start), finer[:0]
        if not chosen:
            return None
        picked = np.array([states[i] for i in chosen])
        return Kept(np.array(at, np.int64)[chosen], picked, width, low, high, finer)

    def adopt(self, kept: Kept) -> None:
        """Go on from what was saved, where nothing is trained yet. Raises ValueError where it
        cannot be of this stretch; that the numbers are is not checked, but for the first.
        """
        most = MOST_ITERATIONS - self.origin
        kept.check(state_layout(self.spec).size, self.spec.dtype, most, self._curve.rows)
        if self.begun:
            raise ValueError("checkpoints of a branch whose past is missing, or twice")
        self.start.check(kept.states[0])
        states = [frozen(state) for state in kept.states]
        self._done, self._tip = int(kept.at[-1]), states[-1]
        self._checkpoints.begin(kept.at.tolist(), states)
        self._curve.restore(self._done, kept.width, kept.low, kept.high, kept.finer)
        self.start = self.start.begun()


def examined_of(spec: RunSpec) -> Examined | None:
    """What tests with the samples of a run that are held out; None where none are."""
    if not spec.data.held:
        return None
    from engine.history.examined import Examined  # most runs hold nothing out

    return Examined(spec)


def curve_of(spec: RunSpec) -> Curve:
    """An empty curve of a run's losses, with room for what is held out where something is."""
    return Curve(TESTED if spec.data.held else ())
