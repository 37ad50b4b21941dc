"""A program in a pseudo-terminal, timed from outside: paints, keys, idle time and bytes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import sys
import termios
import time
from dataclasses import dataclass
from pathlib import Path

ESCAPES = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    rb"|\x1b[PX^_].*?\x1b\\|\x1b[ -/]*[0-~]",
    re.DOTALL,
)


QUESTION, ANSWER = b"\x1b[5n", b"\x1b[0n"
ALTERNATE = b"\x1b[?1049h"


@dataclass(frozen=True)
class Burst:
    """Output up to a pause: `data`, and when its first and last byte arrived (perf_counter, s)."""

    data: bytes
    first: float
    last: float


def visible(data: bytes) -> bytes:
    """What `data` prints on the alternate screen, without escapes, controls and spaces.

    What comes before that screen is opened is not a paint: it may be a message of failure.
    """
    drawn = data.partition(ALTERNATE)[2]
    return bytes(byte for byte in ESCAPES.sub(b"", drawn) if byte > 32 and byte != 127)


class Terminal:
    """A child process in a pseudo-terminal of `columns` x `rows`. `read` answers the one query by
    which a program asks whether all has been drawn.
    """

    def __init__(
        self,
        command: list[str],
        columns: int,
        rows: int,
        cwd: Path | None = None,
        colours: str = "truecolor",
    ):
        env = dict(os.environ, TERM="xterm-256color", COLORTERM=colours, LANG="C.UTF-8")
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # users have compiled modules after the first run
        unset = [name for name in env if name.endswith("_NUM_THREADS")]
        unset += [name for name in env if name.startswith("TEXTUAL")]
        for name in (*unset, "LC_ALL", "NO_COLOR", "COLUMNS", "LINES", "TERM_PROGRAM"):
            env.pop(name, None)
        size = struct.pack("HHHH", rows, columns, 0, 0)
        master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
        self.started = time.perf_counter()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(master)
                os.login_tty(slave)
                if cwd is not None:
                    os.chdir(cwd)
                os.execvpe(command[0], command, env)
            finally:
                os._exit(127)
        os.close(slave)
        self.fd = master
        self.data = bytearray()
        self._last = b""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, quiet: float, timeout: float, until_visible: bool = False) -> Burst:
        """Read until nothing has come for `quiet` s, or for `timeout` s if nothing comes at all.

        With `until_visible` the pause is looked for only after something visible was printed.
        """
        data = bytearray()
        seen = not until_visible
        first = last = time.perf_counter()
        deadline = first + timeout
        while True:
            now = time.perf_counter()
            limit = min(deadline, last + quiet) if data and seen else deadline
            if now >= limit or not select.select([self.fd], [], [], limit - now)[0]:
                break
            try:
                chunk = os.read(self.fd, 65536)
            except OSError:
                break
            last = time.perf_counter()
            if not chunk:
                break
            if not data:
                first = last
            data += chunk
            unheard = (self._last + chunk).count(QUESTION)  # one may come in two parts
            self._last = (self._last + chunk)[1 - len(QUESTION) :]
            os.write(self.fd, ANSWER * unheard)
            seen = seen or bool(visible(bytes(data)))
        self.data += data
        return Burst(bytes(data), first, last)

    def first_paint(self, quiet: float = 0.06, timeout: float = 20.0) -> float:
        """Seconds from the start to the last byte of the first output with something visible.

        Raises RuntimeError when nothing visible was printed in `timeout` s.
        """
        burst = self.read(quiet, timeout, until_visible=True)
        if not visible(burst.data):
            raise RuntimeError(f"nothing was drawn; the output was {burst.data[-2000:]!r}")
        return burst.last - self.started

    def settle(self) -> None:
        """Read until half a second has passed without output."""
        self.read(0.5, 0.5)

    def press(self, key: str, quiet: float = 0.05, timeout: float = 1.0) -> tuple[float, bytes]:
        """Send `key`; return the seconds to the last byte of the answer, and the answer.

        Raises RuntimeError when there is no answer: no time is better than a wrong one.
        """
        sent = time.perf_counter()
        os.write(self.fd, key.encode())
        burst = self.read(quiet, timeout)
        if not burst.data:
            raise RuntimeError(f"no answer to the key {key!r} in {timeout:g} s")
        return burst.last - sent, burst.data

    def idle(self, seconds: float) -> tuple[int, float]:
        """Bytes printed and processor seconds used in `seconds` s without a key."""
        before = cpu_seconds(self.pid)
        end = time.perf_counter() + seconds
        count = 0
        while (left := end - time.perf_counter()) > 0:
            count += len(self.read(left, left).data)
        return count, cpu_seconds(self.pid) - before

    def close(self) -> None:
        """End the child and free the terminal."""
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.waitpid(self.pid, 0)
        with contextlib.suppress(OSError):
            os.close(self.fd)


def cpu_seconds(pid: int) -> float:
    """Processor time of all threads of `pid`, in s; NaN where there is no /proc."""
    tasks = Path(f"/proc/{pid}/task")
    with contextlib.suppress(OSError, ValueError, IndexError):
        return sum(int((t / "schedstat").read_text().split()[0]) for t in tasks.iterdir()) / 1e9
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return float("nan")


def python(*arguments: str) -> list[str]:
    """A command that runs this Python with `arguments`."""
    return [sys.executable, *arguments]
