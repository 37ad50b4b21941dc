"""Many sessions on one machine: what a key takes there, and the memory of each."""

from __future__ import annotations

import os
import select
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from tests.bench.screen import MINIMAL, ROOT
from tests.bench.table import Figure, ms
from tests.bench.terminal import ANSWER, QUESTION, Terminal, cpu_seconds

SESSIONS = 30
EVERY = 0.5
"""Seconds between two keys of a session; those of all are spread over them."""
AT_ONCE = 5
"""How many are started at once."""


@dataclass(frozen=True)
class Many:
    """Of a key in one of many sessions: the 95th percentile of the seconds to its last byte, and
    the processor's seconds; the median of a session's memory in bytes, shared pages in proportion.
    """

    late: float
    processor: float
    memory: float


def proportional(pid: int) -> float:
    """The bytes of a process in memory, its share of those that it has in common with others.
    Raises OSError where there is no /proc.
    """
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024


def many(command: Sequence[str], sessions: int, seconds: float) -> Many:
    """Press `n` every half second in so many sessions at 80x24. Raises RuntimeError where a key is
    not answered before the next one.
    """
    with ExitStack() as stack:
        terminals: list[Terminal] = []
        while len(terminals) < sessions:
            count = min(AT_ONCE, sessions - len(terminals))
            begun = [
                stack.enter_context(Terminal(list(command), 80, 24, ROOT)) for _ in range(count)
            ]
            for terminal in begun:
                terminal.first_paint()
            terminals += begun
        for terminal in terminals:
            terminal.settle()
        before = sum(cpu_seconds(terminal.pid) for terminal in terminals)
        times = pressed(terminals, seconds)
        processor = sum(cpu_seconds(terminal.pid) for terminal in terminals) - before
        memory = median(proportional(terminal.pid) for terminal in terminals)
    return Many(quantiles(times, n=20)[-1], processor / len(times), memory)


def pressed(terminals: Sequence[Terminal], seconds: float) -> list[float]:
    """The seconds from each key to the last byte that came before the next key of its session."""
    start = perf_counter()
    due = [start + EVERY * i / len(terminals) for i in range(len(terminals))]
    sent, last = [0.0] * len(terminals), [0.0] * len(terminals)
    places = {terminal.fd: i for i, terminal in enumerate(terminals)}
    times: list[float] = []
    while (now := perf_counter()) < start + seconds:
        for i, terminal in enumerate(terminals):
            if now < due[i]:
                continue
            if sent[i] and last[i] < sent[i]:
                raise RuntimeError(f"a key was not answered in {EVERY:g} s")
            if sent[i]:
                times.append(last[i] - sent[i])
            sent[i] = perf_counter()
            os.write(terminal.fd, b"n")
            due[i] += EVERY
        for fd in select.select(list(places), [], [], max(0.0, min(due) - perf_counter()))[0]:
            data = os.read(fd, 1 << 16)
            last[places[fd]] = perf_counter()
            os.write(fd, ANSWER * data.count(QUESTION))
    return times


def thirty(app: Sequence[str], quick: bool, sessions: int = SESSIONS) -> list[Figure]:
    """Sessions of `app` with two keys a second each, and as many of the minimal app."""
    seconds = 5.0 if quick else 20.0
    ours, other = many(app, sessions, seconds), many(MINIMAL, sessions, seconds)
    named = f"{sessions} sessions: "
    more = (ours.memory - other.memory) / 2**20
    return [
        Figure(
            named + "95% of the keys within",
            ours.late * 1e3,
            "ms",
            "",
            f"{other.late * 1e3:.1f} ms",
            ceiling=50,
        ),
        Figure(
            named + "processor time of a key",
            ours.processor / other.processor,
            "×",
            ms(ours.processor),
            ms(other.processor),
        ),
        Figure(
            named + "memory of each, more than",
            more,
            "MB",
            f"{ours.memory / 2**20:.1f} MB",
            f"{other.memory / 2**20:.1f} MB",
            ceiling=3,
        ),
    ]
