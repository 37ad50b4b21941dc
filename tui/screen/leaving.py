"""The way out: once, within a second, whatever waits, hangs or is under way."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import NoReturn

LEAVE_SECONDS = 0.8
"""How long a program has to leave by itself."""
SAVE_SECONDS = 5.0
"""How long, where something is still to be saved."""


class Leaving:
    """Whether an app is leaving, with which exit status. `saved()` says whether all is saved;
    `restore()` sets the terminal back. Its functions may be called in any thread.
    """

    def __init__(self, saved: Callable[[], bool], restore: Callable[[], None]) -> None:
        self._saved, self._restore = saved, restore
        self._first = Lock()
        self._over = Event()
        self.status: int | None = None

    def __bool__(self) -> bool:
        return self.status is not None

    def begin(self, status: int) -> bool:
        """Leave with that status; whether this is the first time that it is said."""
        with self._first:
            if self.status is None:
                self.status = status
                return True
        return False

    def insist(self) -> None:
        """End the program if it has not left in time."""
        Thread(target=self._insist, name="leaving", daemon=True).start()

    def _insist(self) -> None:
        if not self._over.wait(LEAVE_SECONDS) and (
            self._saved() or not self._over.wait(SAVE_SECONDS)
        ):
            self.end(self.status or 0)

    def over(self) -> None:
        """The app has left."""
        self._over.set()

    def end(self, status: int) -> NoReturn:
        """End the program now, with the terminal as it was."""
        self._restore()
        os._exit(status)


def concerns_us(error: BaseException) -> bool:
    """Whether code of this program has a part in an error, and not Textual's alone."""
    names = (
        frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(error.__traceback__)
    )
    return any(name.split(".")[0] in ("tui", "engine") for name in names)
