"""Quantities of iterations that have been trained, recorded while they are replayed."""

from __future__ import annotations

import numpy as np

from engine.analysis.conditions import Values
from engine.analysis.recorder import Recorder
from engine.history.history import History
from engine.history.replay import Replay
from engine.history.stretch import Stretch
from engine.history.work import Stop, never

WAYPOINTS = 32


class Replayed:
    """Replays iterations of a history apart from what is looked at, and records. What lies on the
    way to some is kept for those before them, at most `WAYPOINTS` states.
    """

    def __init__(self, history: History, recorder: Recorder, stop: Stop = never) -> None:
        self._history, self._recorder, self._stop = history, recorder, stop
        self._stretch: Stretch | None = None
        self._replay: Replay

    def _of(self, t: int) -> Replay:
        stretch = self._history.owner(t)
        if stretch is not self._stretch:
            self._stretch, self._replay = stretch, stretch.replay(WAYPOINTS)
        return self._replay

    def start(self) -> Values:
        """The quantities before iteration 1."""
        replay = self._of(1)
        replay.go(0)
        return self._recorder.start(replay.trainer)

    def values(self, first: int, last: int) -> Values | None:
        """The quantities of iterations first to last, all of one stretch; None where `stop()` said
        True on the way to them.
        """
        replay = self._of(first)
        if not replay.go(first - 1, self._stop):
            return None
        replay.at = last
        return self._recorder.train(replay.trainer, first, last, np.empty(last - first + 1))

    def stride_end(self, first: int, last: int) -> int:
        """The last iteration, up to `last`, of the stride that `first` is in."""
        stretch = self._history.owner(first)
        end = first + stretch.stride - 1 - (first - 1 - stretch.origin) % stretch.stride
        return min(last, self._history.end(first), end)
