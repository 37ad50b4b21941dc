"""Iterations at any distance in bounded memory: checkpoints, and exact replay between them."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property

import numpy as np

from engine.curve import Curve
from engine.emit import Array
from engine.program import Program, Trainer, starting_state
from engine.spec import MOST_ITERATIONS, RunSpec
from engine.steps import Step
from engine.trace import Trace, frozen

SEGMENT_SECONDS = 0.008
SEGMENT_BYTES = 16 << 20
BUDGET_BYTES = 256 << 20
TRACES = 4


def estimated_seconds(program: Program) -> float:
    """Roughly what one iteration takes: so much a call, a number and a multiplication."""
    multiplications = program.x.shape[0] * sum(
        array.size for array in (layer.W for layer in program.spec.layers)
    )
    numbers = program.work.size + 4 * program.state_layout.size
    return 0.4e-6 * len(program.calls) + 0.5e-9 * numbers + 0.3e-9 * multiplications


def segment_length(program: Program) -> int:
    """Iterations between checkpoints: the power of two near 8 ms of training, less where that
    many states would not fit the memory set aside for one segment.
    """
    by_time = SEGMENT_SECONDS / estimated_seconds(program)
    by_memory = SEGMENT_BYTES / max(1, program.state_layout.size * 8)
    return int(2 ** max(0, min(10, int(np.log2(max(1.0, min(by_time, by_memory)))))))


class History:
    """All iterations of one branch. Iteration t can be looked at once t ≤ `frontier`.

    The state is kept every `every` iterations, fewer of the older ones when `budget` bytes are
    full, and for each iteration of the segment last looked at. Everything else is replayed,
    bit for bit. One thread may `extend` while another looks.
    """

    def __init__(self, spec: RunSpec, budget: int = BUDGET_BYTES) -> None:
        self.spec = spec
        self.budget = budget
        self.frontier = 0
        self.curve = Curve()
        self._reader = Trainer(spec)
        self.every = segment_length(self._reader.program(1))
        self._at = [0]
        self._checkpoints: list[Array] = [frozen(starting_state(spec))]
        self._tip = self._checkpoints[0]
        self._lock = threading.RLock()
        self._segment = -1
        self._states = np.zeros((0, 0))
        self._filled = 0
        self._traces: dict[int, Trace] = {}

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of an iteration on a mini-batch of the usual size."""
        return self._reader.program(1).steps

    @cached_property
    def _trainer(self) -> Trainer:
        return Trainer(self.spec)

    @cached_property
    def seconds(self) -> float:
        """Roughly what training one iteration takes."""
        return estimated_seconds(self._reader.program(1))

    @property
    def nbytes(self) -> int:
        """Bytes of all that is kept of the past."""
        return (
            sum(state.nbytes for state in self._checkpoints)
            + self._states.nbytes
            + self.curve.nbytes
        )

    def extend(self, to: int, stop: Callable[[], bool] = lambda: False) -> bool:
        """Train on until `frontier` is `to`. `stop()` is asked at every checkpoint; True from it
        ends the training there. Says whether `to` was reached. Raises ValueError past the most
        iterations a run can have.
        """
        if to > MOST_ITERATIONS:
            raise ValueError(f"a run has at most {MOST_ITERATIONS:,} iterations")
        losses = np.zeros(self.every)
        while self.frontier < to:
            if stop():
                return False
            first = self.frontier + 1
            last = min(to, first + self.every - 1 - self.frontier % self.every)
            self._trainer.state[...] = self._tip
            self._trainer.run(first, last, losses)
            with self._lock:
                self._tip = frozen(self._trainer.state)
                self.curve.add(losses[: last - first + 1])
                if last % self.every == 0:
                    self._at.append(last)
                    self._checkpoints.append(self._tip)
                    self._thin()
                self.frontier = last
        return True

    def _thin(self) -> None:
        """Over the budget, drop every second checkpoint of the older half; never the first."""
        size = self._checkpoints[0].nbytes
        if len(self._checkpoints) * size <= self.budget or len(self._checkpoints) < 4:
            return
        older = slice(1, len(self._checkpoints) // 2, 2)
        del self._at[older]
        del self._checkpoints[older]

    def state(self, t: int) -> Array:
        """The state after t iterations, shape (state,): a view that the next look-up may change.
        Raises ValueError where t is not within 0 … frontier.
        """
        if not 0 <= t <= self.frontier:
            raise ValueError(f"iteration {t} is not within 0 … {self.frontier}")
        segment, row = divmod(t, self.every)
        if segment != self._segment:
            self._enter(segment)
        if row >= self._filled:
            reader, first = self._reader, segment * self.every + self._filled
            reader.state[...] = self._states[self._filled - 1]
            reader.run(first, t, np.zeros(t - first + 1), self._states[self._filled : row + 1])
            self._filled = row + 1
        found: Array = self._states[row]
        return found

    def _enter(self, segment: int) -> None:
        """Make `segment` the one whose states are kept, from the checkpoint at or before it."""
        start = segment * self.every
        with self._lock:
            place = bisect_right(self._at, start) - 1
            at, state = self._at[place], self._checkpoints[place]
        reader = self._reader
        reader.state[...] = state
        if at < start:
            reader.run(at + 1, start, np.zeros(start - at))
        if not len(self._states):
            self._states = np.zeros((self.every, len(state)), state.dtype)
        self._states[0] = reader.state
        self._segment, self._filled = segment, 1

    def trace(self, t: int) -> Trace:
        """Everything iteration t computes; it is computed on where the frontier is before it."""
        if t in self._traces:
            return self._traces[t]
        if t > self.frontier:
            self.extend(t)
        trace = self._reader.trace(t, self.state(t - 1))
        while len(self._traces) >= TRACES:
            del self._traces[next(iter(self._traces))]
        self._traces[t] = trace
        return trace
