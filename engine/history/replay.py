"""Replay: from a state that is kept to any later one, bit for bit what training gave."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.formula.calls import Array
from engine.history.work import Progress, Stop, never, nobody
from engine.program.trainer import Trainer

Nearest = Callable[[int], tuple[int, Array]]
"""The last state kept at or before an iteration, and after which iteration it is."""


def rerun(trainer: Trainer, at: int, state: Array, to: int, states: Array | None = None) -> Array:
    """Take a trainer from the state after iteration `at` to that after iteration `to`, and give the
    losses (to - at,) of the iterations between. `states` (to - at, state) takes the states after
    them.
    """
    if state is not trainer.state:
        trainer.state[...] = state
    losses = np.empty(to - at)
    if at < to:
        trainer.run(at + 1, to, losses, states)
    return losses


class Replay:
    """A trainer that stands after any iteration of a stretch that it is told to go to. It is at
    home in one thread at a time, and disturbs nobody else.

    With `waypoints`, at most so many states of a long way are kept, `every` iterations or a
    multiple of that apart, for whoever then goes to iterations before.
    """

    def __init__(
        self, trainer: Trainer, nearest: Nearest, stride: int, every: int, waypoints: int = 0
    ) -> None:
        self.trainer = trainer
        self.at = -1
        """After which iteration the trainer stands; who trains on with it sets this."""
        self._nearest = nearest
        self._stride, self._every, self._waypoints = stride, every, waypoints
        self._way: list[tuple[int, Array]] = []

    def go(self, t: int, stop: Stop = never, progress: Progress = nobody) -> bool:
        """Stand after iteration t. `stop()` is asked, and `progress` told where it is, every
        `stride` iterations. Says whether it has come there.
        """
        if self.at == t:
            return True
        self.at, state = self._from(t)
        rerun(self.trainer, self.at, state, self.at)
        first, apart = self.at, self._apart(t - self.at)
        while self.at < t:
            progress(self.at)
            if stop():
                return False
            self.on(t)
            if apart and self.at < t and (self.at - first) % apart == 0:
                self._way.append((self.at, self.trainer.state.copy()))
        return True

    def on(self, to: int) -> Array:
        """Go on by a stride, up to iteration `to` at most, and give the losses on the way."""
        to = min(to, self.at + self._stride)
        losses = rerun(self.trainer, self.at, self.trainer.state, to)
        self.at = to
        return losses

    def _from(self, t: int) -> tuple[int, Array]:
        """The nearest state before: one that the stretch keeps, or one on the way gone before."""
        kept = self._nearest(t)
        self._way = [known for known in self._way if known[0] <= t]
        return self._way[-1] if self._way and self._way[-1][0] > kept[0] else kept

    def _apart(self, distance: int) -> int:
        """How many iterations the states are apart that are kept of a way; 0 for none."""
        if not self._waypoints:
            return 0
        return max(1, -(-distance // self._waypoints // self._every)) * self._every
