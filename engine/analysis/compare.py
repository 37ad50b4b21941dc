"""Two branches side by side: where they part, and how their values differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.formula.calls import Array
from engine.history.history import History, Stop, never
from engine.history.position import Position
from engine.program.trace import Trace
from engine.program.trainer import Trainer

MOST_SCANNED, LEAST_SCANNED, SCAN_SECONDS = 2000, 20, 0.03
"""So many iterations, or so long, two branches are searched for the first difference."""
LOOK_SECONDS = 25e-6
"""Roughly what keeping everything of an iteration takes beside computing it."""


@dataclass(frozen=True, eq=False)
class Difference:
    """A symbol that both branches know, and its arrays in each."""

    symbol: str
    here: Array
    there: Array


def shared(a: History, b: History) -> int:
    """The last iteration that two branches share because they come from one."""
    line_a, line_b = _line(a), _line(b)
    last = 0
    for (own_a, end_a), (own_b, end_b) in zip(line_a, line_b, strict=False):
        if own_a is not own_b:
            break
        last = min(end_a, end_b)
    return last


def _line(history: History) -> list[tuple[History, int]]:
    """The branches that a history is made of, each with the last iteration it gives."""
    parts = [(history, np.iinfo(np.int64).max)]
    while (parent := parts[0][0].parent) is not None:
        parts.insert(0, (parent, parts[0][0].origin))
    return parts


def scanned(a: History, b: History, last: int) -> int:
    """Up to which iteration, `last` at most, the two are searched for the first difference: as
    far as takes about the time that a reader waits for.
    """
    each = 2 * LOOK_SECONDS + 2 * (a.seconds + b.seconds)
    count = min(MOST_SCANNED, max(LEAST_SCANNED, int(SCAN_SECONDS / each)))
    return min(last, shared(a, b) + count)


class _Traces:
    """The traces of a branch, one after another, computed apart from what is looked at; any thread
    may ask.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self._owner: History | None = None

    def trace(self, t: int) -> Trace:
        owner = self._history.owner(t)
        if owner is not self._owner:  # an edited branch goes on by the same spec
            self._owner, self._trainer = owner, Trainer(owner.spec)
            owner.extend(t - 1)
            self._after = owner.replayed(t - 1)
        found = self._trainer.trace(t, self._after)
        self._after = found.after
        return found


def effort(a: History, b: History) -> float:
    """Roughly how many seconds `first_parting` takes until it begins to search."""
    first = shared(a, b)
    return sum(history.owner(first + 1).distance(first) * history.seconds for history in (a, b))


def first_parting(a: History, b: History, last: int, stop: Stop = never) -> Position | None:
    """The first step at which two branches compute different numbers, up to iteration `last`;
    None where they do not within the iterations searched, or `stop()` said True. Any thread may
    ask.
    """
    one, other_one = _Traces(a), _Traces(b)
    for t in range(shared(a, b) + 1, scanned(a, b, last) + 1):
        if stop():
            return None
        here, there = one.trace(t), other_one.trace(t)
        for step in here.steps:
            other = there.value(step.symbol, there.writer(step.symbol) or 0)
            own = here.known(step.symbol, step.number)
            if other is None or there.writer(step.symbol) is None:
                return Position(t, step.number)
            if own.shape != other.shape or own.tobytes() != other.tobytes():
                return Position(t, step.number)
    return None


def differences(a: History, b: History, t: int, step: int, there: int) -> list[Difference]:
    """The symbols that both know at iteration t, after `step` steps here and `there` there."""
    here, other = a.trace(t), b.trace(t)
    found = []
    for symbol in dict.fromkeys((*here.parameters, *(s.symbol for s in here.steps))):
        own, theirs = here.value(symbol, step), other.value(symbol, there)
        if own is not None and theirs is not None and own.shape == theirs.shape:
            found.append(Difference(symbol, own, theirs))
    return found
