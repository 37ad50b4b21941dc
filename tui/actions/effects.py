"""What only the app can do: commands return it, and the app does it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, NamedTuple

from engine.history.work import Stop
from tui.actions.desk import Desk


class Wish(Enum):
    """What needs no more than its name."""

    QUIT = auto()
    PALETTE = auto()
    THEME = auto()
    SUSPEND = auto()


class Leave(NamedTuple):
    """Save a desk that another has taken the place of."""

    desk: Desk


class Copy(NamedTuple):
    """Hand a text to the terminal for other programs; `done(how)` says how that went, with {what}
    in the place of what it is: "" where the terminal takes none.
    """

    text: str
    done: Callable[[str], None]


@dataclass(eq=False, repr=False)
class Job:
    """Work beside the screen: `run(stop)` in a thread, then `done(result)` on the screen's side.
    `at()` says which iteration it has come to, of `first` to `last`, which is 0 where it goes
    through none; `branch` is the number of the one that it is all about, if it is of one.
    """

    what: str
    run: Callable[[Stop], Any]
    done: Callable[[Any], Effects | None]
    at: Callable[[], int] = int
    first: int = 0
    last: int = 0
    branch: int | None = None
    began: float = field(default_factory=time.monotonic)
    stopped: bool = False

    def progress(self) -> str:
        """How far it is, at which rate, and how long it will still take."""
        if not self.last:
            return self.what
        at = self.at()
        done = abs(at - self.first)
        seconds = max(1e-3, time.monotonic() - self.began)
        rate = done / seconds
        words = f"{self.what}: iteration {at:,}"
        if self.last != self.first:
            words += f", {done / abs(self.last - self.first):.0%}"
        if done and seconds > 0.5:
            words += f", {rate:,.0f}/s"
            left = (abs(self.last - self.first) - done) / rate
            if self.last < 9_999_999:
                words += f", {left:.0f} s left"
        return words


Effects = tuple[Wish | Leave | Copy | Job, ...]
"""In the order in which they are to be done; a job is to be started."""
