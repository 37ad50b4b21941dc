"""The clock of playing: how often it ticks, and that there is one timer at most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tui.screen.clock import Clock


class Timer:
    def __init__(self, seconds: float) -> None:
        self.seconds, self.stopped = seconds, False

    def stop(self) -> None:
        self.stopped = True


class Timed:
    """A widget as far as a clock needs one."""

    def __init__(self) -> None:
        self.timers: list[Timer] = []

    def set_interval(self, seconds: float, tick: Callable[[], None]) -> Timer:
        self.timers.append(Timer(seconds))
        return self.timers[-1]


def test_it_ticks_so_many_times_a_second_until_the_rate_is_another() -> None:
    widget: Any = Timed()
    clock = Clock(widget, lambda: None)
    clock.set(0)
    assert widget.timers == []
    for rate in (4, 4, 20):
        clock.set(rate)
    assert [(timer.seconds, timer.stopped) for timer in widget.timers] == [
        (0.25, True), (0.05, False),
    ]  # fmt: skip
    clock.set(0)
    clock.set(4)
    assert [timer.stopped for timer in widget.timers] == [True, True, False]
