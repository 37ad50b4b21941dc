"""Segments of a stretch, short enough to be replayed while a reader waits."""

from __future__ import annotations

import math

import numpy as np

from engine.formula.calls import Array
from engine.history.replay import Nearest, rerun
from engine.program.program import Program
from engine.program.trainer import Trainer

SEGMENT_SECONDS = 0.008
SEGMENT_BYTES = 16 << 20


def estimated_seconds(program: Program) -> float:
    """Roughly what one iteration takes: so much a call, a number and a multiplication."""
    multiplications = program.x.shape[0] * sum(
        array.size for array in (layer.W for layer in program.spec.layers)
    )
    numbers = program.work.size + 4 * program.state_layout.size
    return 0.4e-6 * len(program.calls) + 0.5e-9 * numbers + 0.18e-9 * multiplications


def segment_length(program: Program) -> int:
    """Iterations between checkpoints: the power of two near 8 ms of training, less where that
    many states would not fit the memory set aside for one segment.
    """
    by_time = SEGMENT_SECONDS / estimated_seconds(program)
    by_memory = SEGMENT_BYTES / max(1, program.state_layout.size * 8)
    return 1 << min(10, round(math.log2(max(1.0, min(by_time, by_memory)))))


class Segment:
    """The states of one segment of a stretch that begins after iteration `origin`, filled as they
    are looked at. For one thread; iterations are the stretch's own, counted from its origin.
    """

    def __init__(self, reader: Trainer, origin: int, every: int) -> None:
        self._reader, self._origin, self._every = reader, origin, every
        self._number = -1
        self._filled = 0
        self._states = np.zeros((0, 0))

    @property
    def nbytes(self) -> int:
        """Bytes of the states."""
        return self._states.nbytes

    @property
    def _last(self) -> int:
        """After how many iterations the last state is; -1 while there is none."""
        return self._number * self._every + self._filled - 1 if self._filled else -1

    def held(self, own: int) -> int:
        """The last of the iterations up to `own` that can be gone on from here; -1 for none."""
        number = own // self._every
        return min(own, self._last) if self._filled and number >= self._number else -1

    def state(self, own: int, nearest: Nearest) -> Array:
        """The state after `own` iterations, shape (state,): a view that the next look-up may
        change.
        """
        number, row = divmod(own, self._every)
        if number != self._number:
            self._enter(number, *nearest(number * self._every))
        if row >= self._filled:
            last = self._states[self._filled - 1]
            self._rerun(self._last, last, own, self._states[self._filled : row + 1])
            self._filled = row + 1
        found: Array = self._states[row]
        return found

    def _enter(self, number: int, at: int, state: Array) -> None:
        """Make it the segment of that number, from the state after `at` iterations or from the
        last one that is held, if that is nearer.
        """
        start = number * self._every
        if at < self._last <= start:
            at, state = self._last, self._states[self._filled - 1]
        self._rerun(at, state, start)
        if not len(self._states):
            self._states = np.zeros((self._every, len(state)), state.dtype)
        self._states[0] = self._reader.state
        self._number, self._filled = number, 1

    def _rerun(self, at: int, state: Array, to: int, states: Array | None = None) -> None:
        rerun(self._reader, self._origin + at, state, self._origin + to, states)
