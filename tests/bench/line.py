"""The program at the other end of a slow line: a key that is held, and what comes after it."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.cells import Screen
from tests.bench.table import Figure
from tests.bench.terminal import ANSWER, QUESTION, Terminal, python

ROOT = Path(__file__).resolve().parents[2]
DELAY, RATE = 0.1, 16_000.0
"""Seconds each way, and bytes a second from the program."""
HELD, EVERY = 5.0, 1 / 30
PACKET = 512


@dataclass
class Line:
    """A terminal whose keys come late to `terminal` and which gets its output late and slowly. It
    answers when it is asked, if it `answers`.
    """

    terminal: Terminal
    answers: bool = True
    free: float = 0.0
    arrived: bytes = b""
    last: float = 0.0
    typed: list[tuple[float, bytes]] = field(default_factory=list)
    sent: list[tuple[float, bytes]] = field(default_factory=list)

    def type(self, at: float, keys: bytes) -> None:
        """Press keys at a time."""
        self.typed.append((at + DELAY, keys))

    def go_on(self, until: float, quiet: float | None = None) -> None:
        """Let time pass, to a time or until nothing has come for so many seconds."""
        while (now := time.perf_counter()) < until:
            self._deliver(now)
            waits = [at for at, _ in (*self.typed, *self.sent)]
            if quiet and not waits and now - self.last > quiet:
                return
            pause = max(min([until, *waits]) - now, 0.0)
            if select.select([self.terminal.fd], [], [], min(pause, 0.05))[0]:
                self._take(os.read(self.terminal.fd, 1 << 16))

    def _take(self, data: bytes) -> None:
        for start in range(0, len(data), PACKET):
            packet = data[start : start + PACKET]
            self.free = max(self.free, time.perf_counter()) + len(packet) / RATE
            self.sent.append((self.free + DELAY, packet))

    def _deliver(self, now: float) -> None:
        for at, keys in [each for each in self.typed if each[0] <= now]:
            os.write(self.terminal.fd, keys)
            self.typed.remove((at, keys))
        while self.sent and self.sent[0][0] <= now:
            at, packet = self.sent.pop(0)
            asked = self.arrived.count(QUESTION)
            self.arrived += packet
            self.last = at
            for _ in range(self.arrived.count(QUESTION) - asked if self.answers else 0):
                self.type(at, ANSWER)


@dataclass(frozen=True)
class Held:
    """What a held key has sent, how long after its release, and the screen then."""

    count: int
    seconds: float
    screen: str


def held(command: Sequence[str], key: bytes, answers: bool = True) -> Held:
    """Hold a key of a program at 80x24."""
    with Terminal(list(command), 80, 24, ROOT) as terminal:
        line = Line(terminal, answers)
        line.go_on(time.perf_counter() + 20.0, 1.5)
        before = len(line.arrived)
        start = time.perf_counter()
        count = round(HELD / EVERY)
        for i in range(count):
            line.type(start + i * EVERY, key)
        released = start + (count - 1) * EVERY
        line.go_on(released + 1.0)
        line.go_on(released + 60.0, 1.0)
        screen = Screen(80, 24)
        screen.feed(line.arrived)
        return Held(len(line.arrived) - before, line.last - released, screen.text())


def slow_line(app: Sequence[str], quick: bool) -> list[Figure]:
    """→ held for five seconds at 30 a second over a line of 100 ms and 16 kB/s each way."""
    ours = held(app, b"\x1b[C")
    silent = held(app, b"\x1b[C", answers=False)
    other = held(python("-m", "tests.bench.apps"), b"n")
    same = ours.screen == silent.screen
    beside = f"{other.count:,} bytes, {other.seconds:.2f} s"
    return [
        Figure(
            "settled after a held key",
            ours.seconds,
            "s",
            f"{ours.count:,} bytes",
            beside,
            ceiling=0.7,
        ),
        Figure(
            "the same, no answer to queries",
            silent.seconds,
            "s",
            f"{silent.count:,} bytes",
            "the same screen" if same else "ANOTHER SCREEN",
            ceiling=0.7,
        ),
    ]
