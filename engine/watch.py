"""Searching a history: on to the next iteration in which a condition holds, or back to the last.

Nothing here moves a reader; a search says where to go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import signature
from typing import Any, Protocol

import numpy as np

from engine.conditions import (
    ACCURACY,
    FINITE,
    LOSS,
    Condition,
    Joined,
    Move,
    Quantity,
    Values,
)
from engine.curve import Curve
from engine.emit import Array
from engine.expr import Index
from engine.program import Trainer
from engine.record import Recorder
from engine.spec import MOST_ITERATIONS, RunSpec
from engine.steps import Step
from engine.trace import Trace

Stop = Callable[[], bool]
Progress = Callable[[int], None]


class Past(Protocol):
    """What a search needs of a history; see `engine.history.History`. Where it has a `parent`,
    iterations up to `origin` are the parent's. Where it has `trainer_for`, that gives a new
    trainer for iteration t.
    """

    @property
    def every(self) -> int: ...
    @property
    def frontier(self) -> int: ...
    @property
    def curve(self) -> Curve: ...
    def spec_of(self, t: int) -> RunSpec: ...
    def state(self, t: int) -> Array: ...
    @property
    def extend(self) -> Callable[..., bool]: ...


def _never() -> bool:
    return False


def _nobody(_t: int) -> None:
    return None


def search_forward(
    history: Past,
    condition: Condition,
    after: int,
    stop: Stop = _never,
    progress: Progress = _nobody,
    limit: int = MOST_ITERATIONS,
) -> int | None:
    """The first iteration beyond `after`, up to `limit`, in which the condition holds; None where
    there is none, or `stop()` said True. Past the frontier the history is trained on.
    `progress(t)` is told how far the search is.
    """
    search = _Forward(history, condition, after, progress)
    replay = _Replay(history, search.recorder)
    first = after if after and condition.looks_back else after + 1
    if first == 1:
        search.before = replay.start()
    while search.found is None and first <= min(history.frontier, limit):
        if stop():
            return None
        last = _stretch(history, first, min(history.frontier, limit))
        search.look(first, last, replay.values(first, last))
        first = last + 1
    if "train" in signature(history.extend).parameters:
        if search.found is None and first <= limit:
            history.extend(limit, lambda: search.found is not None or stop(), train=search.train)
        return search.found
    while search.found is None and first <= limit:
        last = min(limit, first + history.every - 1 - (first - 1) % history.every)
        if not history.extend(last, stop):
            return None
        search.look(first, last, replay.values(first, last))
        first = last + 1
    return search.found


def search_backward(
    history: Past,
    condition: Condition,
    before: int,
    stop: Stop = _never,
    progress: Progress = _nobody,
) -> int | None:
    """The last iteration earlier than `before` in which the condition holds; None where there is
    none, or `stop()` said True. `progress(t)` is told how far back the search is.
    """
    replay = _Replay(history, Recorder(condition.quantities))
    last = min(before - 1, history.frontier)
    later: Values | None = None  # the first iteration of the stretch after, not yet decided
    while last >= 1 and not stop():
        first = _stretch_start(history, last)
        values = replay.values(first, last)
        if later is not None and condition.hits(later, _row(values, -1))[0]:
            return last + 1
        edge = replay.start() if first == 1 else None
        hits = condition.hits(values, edge)
        if condition.looks_back and first > 1:
            hits[0] = False
            later = {quantity: rows[:1].copy() for quantity, rows in values.items()}
        if hits.any():
            return first + int(np.flatnonzero(hits)[-1])
        progress(first)
        last = first - 1
    return None


class _Forward:
    """A search on its way: looks at stretch after stretch until one has a hit."""

    def __init__(self, history: Past, condition: Condition, after: int, progress: Progress) -> None:
        self.recorder = Recorder(condition.quantities)
        self.found: int | None = None
        self.before: Values = {}
        self._condition, self._after, self._progress = condition, after, progress

    def train(self, trainer: Trainer, first: int, last: int, losses: Array) -> None:
        """Train as `Trainer.run` does, and look."""
        values = self.recorder.train(trainer, first, last, losses)
        if self.found is None:
            self.look(first, last, values)

    def look(self, first: int, last: int, values: Values) -> None:
        """Look for a hit in iterations first to last, which follow what was looked at before."""
        hits = self._condition.hits(values, self.before)
        hits[: max(0, self._after + 1 - first)] = False
        if hits.any():
            self.found = first + int(hits.argmax())
        self.before = {quantity: rows[-1].copy() for quantity, rows in values.items()}
        self._progress(last)


class _Replay:
    """Replays iterations of a history with trainers of its own, and records."""

    def __init__(self, history: Past, recorder: Recorder) -> None:
        self._history, self._recorder = history, recorder
        self._trainers: dict[RunSpec, Trainer] = {}
        self._origins = _origins(history)
        self._done: tuple[Trainer, int] | None = None

    def _trainer(self, t: int) -> Trainer:
        spec = self._history.spec_of(t)
        if spec not in self._trainers:
            made: Any = getattr(self._history, "trainer_for", None)
            self._trainers[spec] = made(t) if made else Trainer(spec)
        return self._trainers[spec]

    def start(self) -> Values:
        """The quantities before iteration 1."""
        trainer = self._trainer(1)
        trainer.state[...] = self._history.state(0)
        self._done = None
        return self._recorder.start(trainer)

    def values(self, first: int, last: int) -> Values:
        """The quantities of iterations first to last, all in one stretch."""
        trainer = self._trainer(first)
        if self._done != (trainer, first - 1) or first - 1 in self._origins:
            trainer.state[...] = self._history.state(first - 1)
        found = self._recorder.train(trainer, first, last, np.empty(last - first + 1))
        self._done = trainer, last
        return found


def _origins(history: Past) -> set[int]:
    """The iterations after which branches on the way to this one begin."""
    found: set[int] = set()
    branch: Any = history
    while getattr(branch, "parent", None) is not None:
        found.add(branch.origin)
        branch = branch.parent
    return found


def _stretch(history: Past, first: int, last: int) -> int:
    """The last iteration, up to `last`, that is trained on as `first` is and whose state is kept
    with it.
    """
    last = min(last, first + history.every - 1 - (first - 1) % history.every)
    last = min([last, *(origin for origin in _origins(history) if origin >= first)])
    spec, end = history.spec_of(first), first
    while end < last and history.spec_of(end + 1) is spec:
        end += 1
    return end


def _stretch_start(history: Past, last: int) -> int:
    """The first iteration of the stretch that `last` is in."""
    first = last - (last - 1) % history.every
    first = max([first, *(origin + 1 for origin in _origins(history) if origin < last)])
    spec, start = history.spec_of(last), last
    while start > first and history.spec_of(start - 1) is spec:
        start -= 1
    return start


def _row(values: Values, i: int) -> Values:
    return {quantity: rows[i] for quantity, rows in values.items()}


# -- what one looks for ----------------------------------------------------------------------------


def change_of(symbol: str, index: Index | None, threshold: float = 0.0) -> Condition:
    """An element, or any of an array where `index` is None, changes by more than a threshold or
    changes sign.
    """
    quantity = Quantity(symbol, index)
    moves = Move(quantity, "changes", threshold), Move(quantity, "changes sign")
    return Joined("or", moves) if threshold else moves[0]


def last_change(
    history: Past,
    symbol: str,
    index: Index | None,
    t: int,
    threshold: float = 0.0,
    direction: int = -1,
    stop: Stop = _never,
    progress: Progress = _nobody,
    limit: int = MOST_ITERATIONS,
) -> int | None:
    """The nearest iteration before t, or after t where `direction` is positive, in which an
    element changed by more than `threshold` or changed sign; None where there is none up to
    `limit`. A parameter changes in the iteration whose update changes it.
    """
    condition = change_of(symbol, index, threshold)
    if direction > 0:
        return search_forward(history, condition, t, stop, progress, limit)
    return search_backward(history, condition, t, stop, progress)


def least_loss(history: Past) -> int | None:
    """The first iteration with the least loss so far; None where no loss is a number."""
    ends, low, _ = history.curve.buckets()
    if not len(low) or np.isnan(low).all():
        return None
    place = int(np.nanargmin(low))
    first, last = int(ends[place - 1]) + 1 if place else 1, int(ends[place])
    replay, losses = _Replay(history, Recorder((Quantity(LOSS),))), []
    at = first
    while at <= last:
        end = _stretch(history, at, last)
        losses.append(replay.values(at, end)[Quantity(LOSS)])
        at = end + 1
    return first + int(np.nanargmin(np.concatenate(losses)))


def known_at(condition: Condition, steps: Sequence[Step]) -> int:
    """The number of the step of an iteration by which all that the condition reads is known."""
    writers = {step.symbol: step.number for step in steps}
    found = {1}
    for symbol in {quantity.symbol for quantity in condition.quantities}:
        if symbol in (FINITE, "theta"):
            found.add(len(steps))
        elif symbol == "grad":
            found.update(n for name, n in writers.items() if name.startswith(("dW", "db")))
        else:
            found.add(writers.get("yhat" if symbol == ACCURACY else symbol, 1))
    return max(found)


def not_finite_step(trace: Trace) -> int | None:
    """The number of the first step of an iteration whose result is not finite, if any."""
    for step in trace.steps:
        if not np.isfinite(trace.known(step.symbol, step.number)).all():
            return step.number
    return None
