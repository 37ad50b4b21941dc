"""Lines as they are typed or piped in, and what interrupts that."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

ENDING = ("SIGTERM", "SIGHUP", "SIGQUIT")
"""Signals that end the program as the end of its input does."""
DUMB = ("", "dumb", "unknown")
"""Terminals on which no line can be edited."""
PIECE = 1 << 16
"""So many bytes are read at a time, and of a line kept besides its last piece; the rest of it is
dropped.
"""


class _Ended(BaseException):
    """A signal has come that ends the program."""


class Lines:
    """Reads lines from standard input, with readline where that is a terminal that can edit one.
    Ctrl+C calls `interrupt()` while no line is read. `status` is the exit status that a signal
    gives, 0 without one.
    """

    def __init__(self, interrupt: Callable[[], object]) -> None:
        self.status = 0
        self._interrupt = interrupt
        self._reading = False
        self._waiting = b""
        self._at_end = sys.stdin is None
        self._echoes = not self._at_end and not sys.stdin.isatty()
        self._edits = edits()
        for name in ("SIGINT", *ENDING):
            if signal.getsignal(number := getattr(signal, name)) is not signal.SIG_IGN:
                signal.signal(number, self._signalled)

    def _signalled(self, number: int, _frame: object) -> None:
        if number != signal.SIGINT:
            self.status = self.status or 128 + number
        if not self._reading:
            self._interrupt()
        elif number == signal.SIGINT:
            raise KeyboardInterrupt
        else:
            raise _Ended

    def next(self, prompt: str) -> str | None:
        """The next line, without its end; None where there is none any more. Raises
        KeyboardInterrupt at Ctrl+C, and OSError where the prompt cannot be written.
        """
        self._reading = True
        try:
            return None if self.status else self._read(prompt)
        except (_Ended, EOFError):
            return None
        finally:
            self._reading = False

    def idle(self, seconds: float) -> bool:
        """Whether no line comes for so long. Raises KeyboardInterrupt at Ctrl+C."""
        if self._at_end or b"\n" in self._waiting:
            return False
        self._reading = True
        try:
            return not select.select([sys.stdin], [], [], seconds)[0]
        except _Ended:
            return False
        finally:
            self._reading = False

    def _read(self, prompt: str) -> str | None:
        if self._edits:
            return input(prompt)
        sys.stdout.write(prompt)
        sys.stdout.flush()
        while b"\n" not in self._waiting and not self._at_end:
            data = os.read(sys.stdin.fileno(), PIECE)
            self._waiting = self._waiting[:PIECE] + data
            self._at_end = not data
        if not self._waiting:
            return None
        found, _, self._waiting = self._waiting.partition(b"\n")
        line = found.decode(sys.stdin.encoding, "replace").removesuffix("\r")
        if self._echoes:
            sys.stdout.write(f"{line if line.isprintable() else ''}\n")
        return line


def edits() -> bool:
    """Whether lines are edited by readline, which is set up then."""
    streams = (sys.stdin, sys.stdout)
    terminal = all(stream is not None and stream.isatty() for stream in streams)
    if not terminal or os.environ.get("TERM", "") in DUMB:
        return False
    with suppress(ImportError):
        import readline  # not every Python has it

        readline.parse_and_bind("set enable-bracketed-paste off")  # it would send escapes
        sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
        return True
    return False
