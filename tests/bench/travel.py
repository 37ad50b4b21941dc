"""Time travel: training beside the screen, searching, and the memory of a long history."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from statistics import median
from time import perf_counter

import numpy as np

from engine.analysis.conditiontext import parse
from engine.analysis.recorder import symbol_shapes
from engine.analysis.search import search_forward
from engine.history.branching import history_of
from engine.history.budget import BUDGET_BYTES, Budget
from engine.program.trainer import Trainer
from engine.runfile.read import load
from tests.bench.screen import ROOT
from tests.bench.table import Figure, ms
from tests.bench.terminal import Terminal

QUIET = 0.6
"""Seconds without output after which training is over: it is reported four times a second."""
TRAIN_AHEAD = "a9000000\r"


def travel(app: Sequence[str], quick: bool) -> list[Figure]:
    """The ratios to the engine alone, to the keys at rest, and to the budget."""
    return [*speeds(app, quick), keys_while_training(app, quick), memory(quick)]


def speeds(app: Sequence[str], quick: bool) -> list[Figure]:
    """Training beside the screen, and searching, against the engine alone."""
    spec = load("worked-example")
    count = 40_000 if quick else 150_000
    shapes = symbol_shapes(spec, history_of(spec).own.steps)
    never = parse("loss < -1", shapes)

    def alone() -> None:
        Trainer(spec).run(1, count, np.zeros(count))

    def beside() -> None:
        os.write(screen.fd, b"\r")
        screen.read(QUIET, 60.0)

    def searching() -> None:
        search_forward(history_of(spec), never, 0, limit=count)

    rounds = []
    with Terminal(list(app), 80, 24, ROOT) as screen:
        screen.first_paint()
        screen.settle()
        for i in range(1, 4 if quick else 8):
            for key in f"a{i * count}":
                screen.press(key)
            rounds.append([timed(alone), timed(beside) - QUIET, timed(searching)])
    figures = []
    for place, (name, floor) in enumerate((("training beside", 0.9), ("c, loss < -1", 0.5)), 1):
        ratio = median(times[0] / times[place] for times in rounds)
        rate = f"{count / median(times[place] for times in rounds):,.0f}/s"
        base = f"{count / median(times[0] for times in rounds):,.0f}/s alone"
        figures.append(Figure(name, ratio, "×", rate, base, floor=floor))
    return figures


def timed(action: Callable[[], None]) -> float:
    """The seconds that it takes."""
    began = perf_counter()
    action()
    return perf_counter() - began


def keys_while_training(app: Sequence[str], quick: bool) -> Figure:
    """Key to last byte while training goes on beside the screen, against at rest."""
    with ExitStack() as stack:
        busy = stack.enter_context(Terminal(list(app), 80, 24, ROOT))
        rest = stack.enter_context(Terminal(list(app), 80, 24, ROOT))
        for terminal in (busy, rest):
            terminal.first_paint()
            terminal.settle()
        for key in TRAIN_AHEAD:
            busy.press(key)
        count = 12 if quick else 60
        times = [(busy.press("n")[0], rest.press("n")[0]) for _ in range(count)]
    a, b = (median(column) for column in zip(*times[3:], strict=True))
    return Figure("key while training", a / b, "×", ms(a), f"{ms(b)} at rest", ceiling=1.5)


def memory(quick: bool) -> Figure:
    """What a history keeps that has filled its budget several times over."""
    spec = load("digits")
    budget = BUDGET_BYTES // (16 if quick else 4)
    history = history_of(spec, Budget(budget))
    size = history.replayed(0).nbytes
    history.extend(3 * budget // size * history.own.every)
    history.trace(history.frontier - 1)
    segment = history.own.every * size
    kept = history.nbytes - segment
    note = f"{history.frontier:,} iterations; and {segment / 1e6:.0f} MB for what is looked at"
    return Figure(
        "memory, of the budget", kept / budget, "×", f"{kept / 1e6:.0f} MB", note, ceiling=1.2
    )
