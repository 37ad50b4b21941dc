"""Signals that end the program: none of them leaves the terminal as the app has it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from time import monotonic
from typing import NoReturn

HARMLESS = (
    "SIGCHLD", "SIGCLD", "SIGCONT", "SIGINFO", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG",
    "SIGWINCH", "SIGKILL", "SIGSTOP",
)  # fmt: skip
"""Signals that end no program, or that no program can catch."""
AGAIN_SECONDS = 1.0


def ending() -> set[int]:
    """The signals that would end this program and can be caught; not those it was started to
    ignore, as under nohup.
    """
    harmless = {getattr(signal, name, None) for name in HARMLESS}
    return {
        number
        for number in signal.valid_signals() - harmless
        if signal.getsignal(number) is not signal.SIG_IGN
    }


class Endings:
    """From now on those signals are taken by a thread, whatever the others are doing. At first
    they end the program at once; from `to` on they call `leave(status)`, and a second one, a
    second later, calls `end(status)`. The status is 128 and the number of the signal.

    A fault of the program itself, such as a real SIGSEGV, ends it as always: it cannot wait.
    """

    def __init__(self) -> None:
        self._leave: Callable[[int], None] | None = None
        self._end: Callable[[int], NoReturn] = os._exit
        numbers = ending()
        signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
        threading.Thread(target=self._wait, args=(numbers,), daemon=True).start()

    def to(self, leave: Callable[[int], None], end: Callable[[int], NoReturn]) -> None:
        """Have them end an app."""
        self._leave, self._end = leave, end

    def _wait(self, numbers: set[int]) -> None:
        status, at = 0, monotonic()
        while True:
            number = signal.sigwait(numbers)
            if self._leave is None or (status and monotonic() - at > AGAIN_SECONDS):
                self._end(status or 128 + number)
            if not status:
                status, at = 128 + number, monotonic()
                self._leave(status)
