"""Two branches side by side: where they part, and how their values differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from engine.formula.calls import Array
from engine.history.history import History
from engine.history.position import Position
from engine.history.work import Stop, never
from engine.program.trace import Trace

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
    last = 0
    for (own_a, end_a), (own_b, end_b) in zip(a.parts(), b.parts(), strict=False):
        if own_a is not own_b:
            break
        last = min(end_a, end_b)
    return last


def scanned(a: History, b: History, last: int) -> int:
    """Up to which iteration, `last` at most, the two are searched for the first difference: as
    far as takes about the time that a reader waits for.
    """
    each = 2 * LOOK_SECONDS + 2 * (a.seconds + b.seconds)
    most = min(MOST_SCANNED, max(LEAST_SCANNED, int(SCAN_SECONDS / each)))
    return min(last, shared(a, b) + most)


def _traces(history: History, first: int) -> Iterator[Trace]:
    """The traces from an iteration on, computed apart from what is looked at."""
    owner = None
    for t in count(first):
        if history.owner(t) is not owner:
            owner = history.owner(t)
            owner.extend(t - 1)
            replay = owner.replay()
            replay.go(t - 1)
            before = replay.trainer.state.copy()
        found = replay.trainer.trace(t, before)
        before = found.after
        yield found


def effort(a: History, b: History) -> float:
    """Roughly how many seconds `first_parting` takes until it begins to search."""
    first = shared(a, b)
    return sum(history.distance(first) * history.seconds for history in (a, b))


def first_parting(a: History, b: History, last: int, stop: Stop = never) -> Position | None:
    """The first step at which two branches compute different numbers, up to iteration `last`;
    None where they do not within the iterations searched, or `stop()` said True. Any thread may
    ask.
    """
    first, last = shared(a, b) + 1, scanned(a, b, last)
    sides = _traces(a, first), _traces(b, first)
    for t in range(first, last + 1):
        if stop():
            return None
        here, there = (next(traces) for traces in sides)
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
