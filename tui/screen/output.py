"""Writing to a terminal without ever waiting for it: one that has stopped must not stop keys."""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

MOST_WAITING = 1 << 18
"""Bytes that wait for a slow terminal; beyond that pictures are left out until it has caught up."""
SOON_SECONDS, AGAIN_SECONDS = 0.0005, 0.01
"""After so long it is tried again: at first soon, as a picture is often little more than a terminal
takes at once; then each time twice as late, up to the second.
"""
CANCEL = b"\x18"
"""Ends an escape sequence of which only a part was sent."""


class Output:
    """Writes to the terminal of a file descriptor, on the loop that runs when it is made.
    `caught_up()` is called when pictures have been left out and there is room for one again,
    `lost()` when there is no terminal any more.
    """

    def __init__(
        self, fd: int, encoding: str, caught_up: Callable[[], None], lost: Callable[[], object]
    ) -> None:
        self._fd, self._own = opened_anew(fd)
        self._encoding = encoding
        self._caught_up, self._lost = caught_up, lost
        self._home = asyncio.get_running_loop()
        self._waiting = b""
        self._scheduled = False
        self._pause = SOON_SECONDS
        self._left_out = False
        self._muted = False

    def waits(self) -> bool:
        """Whether something waits for the terminal."""
        return bool(self._waiting)

    def begin(self) -> None:
        """Take texts, from the start or again."""
        self._waiting = b""
        self._left_out = self._muted = False

    def write(self, text: str) -> None:
        """Send what the terminal takes now, the rest when it takes it."""
        if self._muted or self._left_out:
            return
        data = self._waiting + text.encode(self._encoding, "replace")
        self._waiting = data if self._scheduled else self._sent(data)
        if len(self._waiting) > MOST_WAITING:
            self._left_out = True
        self._again()

    def end(self, text: str, seconds: float) -> None:
        """Send a last text instead of all that waits; give up after so many seconds."""
        self._muted = True
        cut = CANCEL if self._waiting else b""
        self._waiting = b""
        data = cut + text.encode(self._encoding, "replace")
        until = monotonic() + seconds
        while (data := self._sent(data)) and (left := until - monotonic()) > 0:
            select.select([], [self._fd], [], left)

    def close(self) -> None:
        """Give the descriptor back, if it is an own one."""
        self._muted = True
        if self._own:
            self._own = False
            os.close(self._fd)

    def _again(self) -> None:
        if self._waiting and not self._scheduled:
            self._scheduled = True
            self._home.call_later(self._pause, self._go_on)
            self._pause = min(2 * self._pause, AGAIN_SECONDS)

    def _go_on(self) -> None:
        self._scheduled = False
        if self._muted:
            return
        before = len(self._waiting)
        self._waiting = self._sent(self._waiting)
        if len(self._waiting) < before:
            self._pause = SOON_SECONDS
        self._again()
        if self._left_out and not self._waiting:
            self._left_out = False
            self._caught_up()

    def _sent(self, data: bytes) -> bytes:
        """What is left of `data` when the terminal has taken what it takes now."""
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except BlockingIOError:
            return data
        except OSError:
            if not self._muted:
                self._muted = True
                self._lost()
        return b""


def send(fd: int, data: bytes, seconds: float) -> None:
    """Send something to the terminal of a file descriptor; give up after so many seconds. Raises
    OSError where there is no terminal.
    """
    terminal, own = opened_anew(fd)
    until = monotonic() + seconds
    try:
        while data and (left := until - monotonic()) > 0:
            if select.select([], [terminal], [], left)[1]:
                with suppress(BlockingIOError):
                    data = data[os.write(terminal, data) :]
    finally:
        if own:
            os.close(terminal)


def opened_anew(fd: int) -> tuple[int, bool]:
    """A descriptor of the same terminal that does not wait, and whether it is a new one: others
    have the given one too, which must not cease to wait for them.
    """
    for path in (os.ttyname, lambda _: "/dev/tty"):
        try:
            return os.open(path(fd), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY), True
        except OSError:
            continue
    return fd, False
