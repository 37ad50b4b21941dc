"""The clock of playing: a timer that runs only while there is something to play."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget


class Clock:
    """Calls `tick`, on the screen's side, as often as `set` says."""

    def __init__(self, widget: Widget, tick: Callable[[], None]) -> None:
        self._widget, self._tick = widget, tick
        self._rate = 0.0
        self._timer: Timer | None = None

    def set(self, rate: float) -> None:
        """Tick so many times a second from now on; 0 stops the clock."""
        if rate == self._rate:
            return
        self._rate = rate
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if rate:
            self._timer = self._widget.set_interval(1 / rate, self._tick)
