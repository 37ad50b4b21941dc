"""A program in a pseudo-terminal, read as fast as it prints."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from tests.bench.cells import Screen
from tests.tui.terminals import DEFAULT_MODES, ROOT

MODES = re.compile(rb"\x1b\[\?([0-9;]+)([hl])|\x1b\[(>)[0-9]*u|\x1b\[<([0-9]*)u")
ALTERNATE = b"\x1b[?1049h"
MOST_AT_ONCE = 512


class Terminal:
    """A child process with a terminal; `output` is what it printed since `forget`."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.output = bytearray()
        self.modes: dict[str, bool] = {}
        self._keyboard = 0
        self._marked = 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            with suppress(BaseException):
                for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
                    signal.signal(number, signal.SIG_DFL)  # a shell ignores some for its jobs
                os.chdir(ROOT)
                os.execve(command[0], list(command), dict(environment))
            os._exit(127)
        self.attributes = termios.tcgetattr(self.fd)

    def size(self, columns: int, rows: int) -> None:
        """Give the terminal a size."""
        with suppress(OSError):
            fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def send(self, data: bytes, patience: float = 20.0) -> bool:
        """Type it all; False where the program takes no more, or has ended."""
        end = time.monotonic() + patience
        while data and time.monotonic() < end:
            try:
                readable, writable, _ = select.select([self.fd], [self.fd], [], 0.5)
                if readable and not self.read(0):
                    return False
                if writable:
                    data = data[os.write(self.fd, data[:MOST_AT_ONCE]) :]
            except OSError:
                return False
        return not data

    def read(self, seconds: float) -> bool:
        """Take in what comes within so many seconds; False at the end of the output."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            return False
        self.output += data
        return bool(data)

    def quiet(self, seconds: float, patience: float = 20.0) -> bool:
        """Read until nothing has come for so many seconds; False at the end of the output."""
        end, size = time.monotonic() + patience, -1
        while time.monotonic() < end and size != len(self.output):
            size = len(self.output)
            if not self.read(seconds):
                return False
        return True

    def started(self, seconds: float = 30.0) -> bool:
        """Read until the program has the screen and has drawn on it; False where it ends."""
        end = time.monotonic() + seconds
        while ALTERNATE not in self.output:
            if time.monotonic() > end or not self.read(0.5):
                return False
        return self.quiet(0.3)

    def picture(self, columns: int, rows: int) -> str:
        """The screen as text, painted anew in that size."""
        self.size(columns - 1, rows)
        self.quiet(0.3)
        self.forget()
        self.size(columns, rows)
        self.quiet(0.5)
        screen = Screen(columns, rows)
        with suppress(ValueError):
            screen.feed(bytes(self.output))
        return screen.text()

    def forget(self) -> None:
        """Note the modes that have been set, and let the output go."""
        for match in MODES.finditer(bytes(self.output)):
            if match[1]:
                self.modes |= dict.fromkeys(match[1].decode().split(";"), match[2] == b"h")
            else:
                self._keyboard += 1 if match[3] else -int(match[4] or 1)
        self.output.clear()

    def end(self, seconds: float) -> int | None:
        """Wait for the program to end; its status, 128 more than a signal that killed it; None
        where it has not ended in time, and was killed.
        """
        end = time.monotonic() + seconds
        while True:
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while self.read(0.05) and select.select([self.fd], [], [], 0.05)[0]:
                    pass
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code
            if time.monotonic() > end:
                self.signal(signal.SIGKILL)
                os.waitpid(self.pid, 0)
                return None

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def left_behind(self) -> list[str]:
        """What of the terminal is not as it was before the program ran."""
        said = bytes(self.output)
        self.forget()
        self.output += said
        found = [f"mode {m}" for m, on in self.modes.items() if on != DEFAULT_MODES.get(m, False)]
        if self._keyboard:
            found.append("kitty's keyboard")
        with suppress(termios.error):
            if termios.tcgetattr(self.fd)[:4] != self.attributes[:4]:
                found.append("raw input")
        return found

    def close(self) -> None:
        """Let go of the terminal."""
        with suppress(OSError):
            os.close(self.fd)


def python(*arguments: str) -> list[str]:
    """A command line of this Python."""
    return [sys.executable, *arguments]
