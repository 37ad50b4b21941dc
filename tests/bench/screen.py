"""The program in a pseudo-terminal: first paint, keys, bytes and idle time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from math import nan
from pathlib import Path
from statistics import median

from tests.bench.cells import Screen, fewest
from tests.bench.table import Figure, ms
from tests.bench.terminal import Terminal, cpu_seconds, python

ROOT = Path(__file__).resolve().parents[2]
MINIMAL = python("-m", "tests.bench.apps")
SIZES = ((80, 24, 2.0), (200, 60, 3.0))
"""Columns, rows, and how many times the minimal app's key time is allowed."""


def start(app: Sequence[str], quick: bool) -> list[Figure]:
    """First paint of `app` against the minimal app, at 80x24, started in turn."""
    times: list[tuple[float, float]] = []
    for _ in range(4 if quick else 12):
        pair = []
        for command in (list(app), MINIMAL):
            with Terminal(command, 80, 24, ROOT) as terminal:
                pair.append(terminal.first_paint())
        times.append((pair[0], pair[1]))
    ours, other = (median(column) for column in zip(*times[1:], strict=True))
    ratio = median(a / b for a, b in times[1:])
    return [Figure("first paint", ratio, "×", ms(ours), ms(other), ceiling=1.15)]


def keys(app: Sequence[str], quick: bool) -> list[Figure]:
    """Key to last byte of `app` against the minimal app, a key to each in turn; and bytes."""
    figures = []
    for columns, rows, limit in SIZES:
        count = 12 if quick else 60
        with ExitStack() as stack:
            ours = stack.enter_context(Terminal(list(app), columns, rows, ROOT))
            other = stack.enter_context(Terminal(MINIMAL, columns, rows, ROOT))
            for terminal in (ours, other):
                terminal.first_paint()
                terminal.settle()
            screen = Screen(columns, rows)
            screen.feed(bytes(ours.data))
            times: list[tuple[float, float]] = []
            sent, least = [], []
            for _ in range(count):
                before = screen.copy()
                a, data = ours.press("n")
                screen.feed(data)
                sent.append(len(data))
                least.append(fewest(before, screen.cells))
                times.append((a, other.press("n")[0]))
        a, b = (median(column) for column in zip(*times[3:], strict=True))
        size = f"{columns}x{rows}"
        figures += [
            Figure(f"key to last byte, {size}", a / b, "×", ms(a), ms(b), ceiling=limit),
            Figure(
                f"bytes of a step, {size}",
                sum(sent) / max(sum(least), 1),
                "×",
                f"{median(sent):.0f} bytes",
                f"{median(least):.0f} with a good encoder",
                ceiling=1.1,
            ),
        ]
    return figures


def painted(app: Sequence[str], quick: bool) -> list[Figure]:
    """Bytes of the first picture and of a key's in 256 colours: of the worked example, over two
    iterations, and of digits.
    """
    figures = []
    for run, columns, rows, count, limits in (
        ((), 80, 24, 34, (4500, 950, 1500)),
        (("digits",), 200, 60, 20, (None, 5000, None)),
    ):
        with Terminal([*app, *run], columns, rows, ROOT, colours="") as terminal:
            terminal.first_paint()
            terminal.settle()
            first = len(terminal.data)
            sent = [len(terminal.press("n")[1]) for _ in range(count)]
        named = f"{' '.join(run) or 'worked example'}, {columns}x{rows}"
        for what, value, limit in zip(
            ("first picture", "a key, median", "a key, most"),
            (first, median(sent), max(sent)),
            limits,
            strict=True,
        ):
            figures.append(Figure(f"{what}, {named}", value, "bytes", ceiling=limit))
    return figures


def answers(app: Sequence[str], quick: bool) -> list[Figure]:
    """The list of questions and the answer to the first of them, against a step of the same app at
    80x24: a step, the list, the answer in turn, each at a position that is new.
    """
    times: list[list[float]] = []
    with Terminal(list(app), 80, 24, ROOT) as terminal:
        terminal.first_paint()
        terminal.settle()
        for _ in range(12 if quick else 60):
            times.append([terminal.press(key)[0] for key in ("n", ";", "\r")])
            terminal.press("q")
    step, listed, answer = (median(column) for column in zip(*times[3:], strict=True))
    return [
        Figure("answer, against a step", answer / step, "×", ms(answer), ms(step), ceiling=2.0),
        Figure("page of questions, opened", listed / step, "×", ms(listed), ms(step)),
    ]


def idle(app: Sequence[str], quick: bool) -> list[Figure]:
    """Bytes and processor time of `app` without a key, against the minimal app, side by side."""
    seconds = 3.0 if quick else 15.0
    with ExitStack() as stack:
        ours = stack.enter_context(Terminal(list(app), 80, 24, ROOT))
        other = stack.enter_context(Terminal(MINIMAL, 80, 24, ROOT))
        for terminal in (ours, other):
            terminal.first_paint()
            terminal.press("n")
            terminal.settle()
        before = [cpu_seconds(terminal.pid) for terminal in (ours, other)]
        time.sleep(seconds)
        after = [cpu_seconds(terminal.pid) for terminal in (ours, other)]
        count = len(ours.read(0.01, 0.01).data)
        for terminal in (ours, other):
            terminal.press("n")
    a, b = (y - x for x, y in zip(before, after, strict=True))
    per = f" in {seconds:g} s"
    return [
        Figure("bytes when idle", count, "bytes", f"{seconds:g} s", ceiling=0),
        Figure(
            "processor time when idle",
            a / b if b else nan,
            "×",
            ms(a) + per,
            ms(b) + per,
            ceiling=2.0,
        ),
    ]
