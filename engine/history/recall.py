"""Losses computed again, where only coarser ones have been kept: of a session that was saved so."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from engine.formula.calls import Array
from engine.history.curve import Curve
from engine.history.replay import Replay
from engine.history.work import Progress, Stop

if TYPE_CHECKING:
    from engine.history.examined import Examined


class Recall:
    """The losses of a stretch from its first iteration on, as far as they have been recalled. Any
    thread may ask; one replays at a time, a stride, and all wait for no more than that.
    """

    def __init__(
        self, replay: Replay, origin: int, curve: Curve, examined: Examined | None
    ) -> None:
        self._replay, self._origin = replay, origin
        self._curve, self._examined = curve, examined
        self._lock = threading.Lock()

    @property
    def end(self) -> int:
        """The last iteration that has been recalled; `origin` while there is none."""
        return self._origin + self._curve.count

    def upto(self, last: int, stop: Stop, progress: Progress) -> bool:
        """Recall the losses up to iteration `last`; `stop` and `progress` as in `Replay.go`. Says
        whether they are there.
        """
        while self.end < last:
            progress(self.end)
            if stop():
                return False
            with self._lock:
                self._go_on(max(last, self.end))
        return True

    def _go_on(self, to: int) -> None:
        """Recall a stride, up to iteration `to` or to where it is tested."""
        replay, examined = self._replay, self._examined
        replay.go(self.end)
        if examined is None:
            self._curve.add(replay.on(to))
        else:
            losses = replay.on(min(to, examined.due(replay.at + 1)))
            self._curve.add(examined.rows(losses, replay.at, replay.trainer.state))

    def least(self, own: int) -> tuple[Array, Array]:
        """See `Curve.least`."""
        with self._lock:
            return self._curve.least(own)
