"""The real program in a real terminal: a pseudo-terminal with a small emulator, or tmux."""

from __future__ import annotations

import os
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.bench.cells import Screen

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0
"""Seconds to wait for what must come; a shared machine may be slow."""

MOST_AT_ONCE = 1024
"""Bytes that are written at a time: a terminal that has less room would have the writer wait."""

FRESH = ("LC_ALL", "LC_CTYPE", "LANG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TMUX")
"""Variables of the tests' own surroundings that the program must not see."""

STATE = tempfile.TemporaryDirectory(prefix="gradstep-tests-")
"""Where the program saves sessions: not in the reader's own folder."""

DEFAULT_MODES = {"7": True, "25": True}
"""Of the terminal's private modes those that are on to begin with: line wrap, the cursor."""


def environment(**changes: str | None) -> dict[str, str]:
    """The variables for the program; None takes one away."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in FRESH and not name.startswith(("TEXTUAL", "PYTHON", "TERM"))
    }
    wanted = {
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "XDG_CONFIG_HOME": os.devnull,
        "XDG_STATE_HOME": STATE.name,
    } | changes
    return kept | {name: value for name, value in wanted.items() if value is not None}


def command(*arguments: str) -> list[str]:
    """The command line of the program."""
    return [sys.executable, "-m", "tui", *arguments]


def run(
    *arguments: str, stdin: str | None = None, **variables: str | None
) -> subprocess.CompletedProcess[str]:
    """Run the program without a terminal."""
    return subprocess.run(
        command(*arguments),
        cwd=ROOT,
        env=environment(**variables),
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Program:
    """The program in a pseudo-terminal of `width` x `height`.

    `before` are the terminal's attributes at the start, `output` all that has been printed and
    `screen` what it looks like. With `shell`, that line is run, and "$@" in it is the program.
    """

    def __init__(
        self,
        *arguments: str,
        width: int = 80,
        height: int = 24,
        shell: str = 'exec "$@"',
        **variables: str | None,
    ) -> None:
        # A shell waits for a line, so that the attributes are read before the program runs.
        self.child = pexpect.spawn(
            "/bin/sh",
            ["-c", f"read go; {shell}", "sh", *command(*arguments)],
            dimensions=(height, width),
            cwd=str(ROOT),
            env=environment(**variables),
            timeout=PATIENCE,
        )
        self.child.delaybeforesend = None
        self.child.ptyproc.delayafterclose = self.child.ptyproc.delayafterterminate = 0.02
        self.before = termios.tcgetattr(self.child.child_fd)
        self.output = bytearray()
        self.screen = Screen(width, height)
        self._pending = b""
        self.send("\n")

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        if self.child.isalive():
            self.child.kill(signal.SIGKILL)
            self.child.wait()
        self.child.close()

    @property
    def text(self) -> str:
        """The screen as text."""
        return self.screen.text()

    def attributes(self) -> list[Any]:
        """The terminal's attributes now."""
        return termios.tcgetattr(self.child.child_fd)

    def send(self, keys: str | bytes) -> Program:
        """Type all of that at once; what is printed meanwhile is taken in."""
        data = keys.encode() if isinstance(keys, str) else keys
        fd = self.child.child_fd
        while data:
            readable, writable, _ = select.select([fd], [fd], [], PATIENCE)
            if writable:  # in pieces that the terminal takes without waiting
                data = data[os.write(fd, data[:MOST_AT_ONCE]) :]
            elif not readable or not self.read(0):
                raise AssertionError(f"the program takes no more keys:\n{self.text}")
        return self

    def read(self, timeout: float) -> bool:
        """Take in what comes within `timeout` seconds; False at the end of the output."""
        fd = self.child.child_fd
        if not select.select([fd], [], [], timeout)[0]:
            return True
        try:
            data = os.read(fd, 1 << 16)
        except OSError:
            return False
        self.output += data
        self._feed(data)
        return bool(data)

    def _feed(self, data: bytes) -> None:
        """Draw what is complete: a character or an escape may be cut in two."""
        data = self._pending + data
        cut = len(data)
        start = data.rfind(b"\x1b")
        if start >= 0 and not re.match(rb"\x1b(\[[0-?]*[ -/]*[@-~]|[^\[])", data[start:]):
            cut = start
        else:
            for back in range(1, min(4, len(data)) + 1):
                if data[-back] & 0xC0 == 0xC0:
                    size = 2 + (data[-back] >= 0xE0) + (data[-back] >= 0xF0)
                    cut = len(data) - back if size > back else cut
                    break
                if data[-back] & 0x80 == 0:
                    break
        self.screen.feed(data[:cut])
        self._pending = data[cut:]

    def until(self, what: str | Callable[[], bool]) -> Program:
        """Read until the screen shows `what`, or is exactly what a picture of several lines
        says, or until it is so. Fails with the screen after `PATIENCE` seconds.
        """
        end = time.monotonic() + PATIENCE

        def there() -> bool:
            if callable(what):
                return what()
            return self.text == what if "\n" in what else what in self.text

        while not there():
            alive = self.read(max(0.0, min(0.5, end - time.monotonic())))
            if time.monotonic() >= end or (not alive and not there()):
                wanted = what if isinstance(what, str) else "what was waited for"
                raise AssertionError(f"no {wanted!r} in {PATIENCE:g} s; the screen:\n{self.text}")
        return self

    def resize(self, width: int, height: int) -> Program:
        """Give the terminal another size."""
        self.screen = Screen(width, height)
        self.child.setwinsize(height, width)
        return self

    def signal(self, number: signal.Signals) -> Program:
        """Send the program a signal."""
        os.kill(self.child.pid, number)
        return self

    def end(self, seconds: float = PATIENCE) -> int:
        """Wait for the program to end; its status, or minus the signal that killed it."""
        end = time.monotonic() + seconds
        while self.read(0.2):
            if time.monotonic() >= end:
                raise AssertionError(f"still running after {seconds:g} s:\n{self.text}")
        self.child.wait()
        status: int | None = self.child.exitstatus
        return -int(self.child.signalstatus) if status is None else status

    def modes_left_on(self) -> dict[str, bool]:
        """The private modes, and "kitty" for the keyboard protocol, that are not at the end of
        the output as they are by default.
        """
        state: dict[str, bool] = {}
        depth = 0
        for match in re.finditer(rb"\x1b\[(\?([0-9;]+)([hl])|>[0-9]*u|<([0-9]*)u)", self.output):
            if match[2]:
                for mode in match[2].decode().split(";"):
                    state[mode] = match[3] == b"h"
            else:
                depth += 1 if match[1].startswith(b">") else -int(match[4] or 1)
        left = {mode: on for mode, on in state.items() if on != DEFAULT_MODES.get(mode, False)}
        return left | ({"kitty": True} if depth else {})

    def sgr(self) -> list[list[int]]:
        """The parameters of all colours and attributes in the output."""
        found = re.findall(rb"\x1b\[([0-9;]*)m", self.output)
        return [[int(number or 0) for number in each.split(b";")] for each in found]


class Tmux:
    """A shell in a window of a tmux server of its own."""

    def __init__(self, width: int = 80, height: int = 24) -> None:
        self.name = f"gradstep-{uuid.uuid4().hex[:12]}"
        self._do("-f", os.devnull, "new-session", "-d", "-x", str(width), "-y", str(height), "sh")
        self._do("set-option", "-g", "window-size", "manual")

    def __enter__(self) -> Tmux:
        return self

    def __exit__(self, *_: object) -> None:
        self._do("kill-server")

    def _do(self, *arguments: str) -> str:
        env = environment(TERM="xterm-256color", PS1="$ ")
        return subprocess.run(
            ["tmux", "-u", "-L", self.name, *arguments],
            cwd=ROOT,
            env=env,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=True,
        ).stdout

    def keys(self, *names: str) -> Tmux:
        """Press keys by tmux's names."""
        self._do("send-keys", *names)
        return self

    def type(self, text: str) -> Tmux:
        """Type characters as they are."""
        self._do("send-keys", "-l", text)
        return self

    def start(self, *arguments: str) -> Tmux:
        """Start the program from the shell; its status is printed when it ends."""
        self.type(f"clear; {shlex.join(command(*arguments))}; echo status=$?=\n")
        return self

    def capture(self) -> str:
        """The screen as text, without blanks at the ends of rows or rows at the end."""
        rows = self._do("capture-pane", "-p").split("\n")
        return "\n".join(row.rstrip() for row in rows).rstrip("\n")

    def resize(self, width: int, height: int) -> Tmux:
        """Give the window another size."""
        self._do("resize-window", "-x", str(width), "-y", str(height))
        return self

    def get(self, what: str) -> str:
        """A property of the pane, by tmux's name."""
        return self._do("display-message", "-p", f"#{{{what}}}").strip()

    def buffer(self) -> str:
        """The text that it pastes."""
        return self._do("show-buffer")

    def until(self, what: str) -> str:
        """Wait until the screen shows `what`, or is exactly that where it has several lines."""
        end = time.monotonic() + PATIENCE
        while True:
            shown = self.capture()
            if shown == what.rstrip("\n") if "\n" in what else what in shown:
                return shown
            if time.monotonic() >= end:
                raise AssertionError(f"no {what!r} in {PATIENCE:g} s; the screen:\n{shown}")
            time.sleep(0.02)
