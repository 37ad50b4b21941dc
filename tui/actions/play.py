"""Playing: steps that go on by themselves."""

from __future__ import annotations

from tui.actions.context import SPEEDS, Context, command
from tui.actions.dialog import Count


@command
def play(c: Context, _count: Count) -> None:
    """Start or stop playing, or stop the job."""
    if not c.jobs.stop():
        c.playing.on = not c.playing.on


@command
def faster(c: Context, count: Count) -> None:
    """Play faster."""
    _set_speed(c, c.playing.speed + count.times)


@command
def slower(c: Context, count: Count) -> None:
    """Play slower."""
    _set_speed(c, c.playing.speed - count.times)


def _set_speed(c: Context, speed: int) -> None:
    c.playing.speed = min(max(0, speed), len(SPEEDS) - 1)
    c.say(f"Playing at {SPEEDS[c.playing.speed]:g} steps a second.")
