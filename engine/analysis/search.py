"""Searching a history: on to the next iteration in which a condition holds, or back to the last.

Nothing here moves a reader; a search says where to go.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from engine.analysis.conditions import (
    ACCURACY,
    FINITE,
    LOSS,
    Condition,
    Joined,
    Move,
    Quantity,
    Values,
)
from engine.analysis.recorder import Recorder
from engine.formula.calls import Array
from engine.formula.expr import Index
from engine.history.history import History, Progress, Stop, Train, never, nobody
from engine.program.step import Step
from engine.program.trace import Trace
from engine.program.trainer import Trainer
from engine.spec.run import MOST_ITERATIONS

WAYPOINTS = 32


def search_forward(
    history: History,
    condition: Condition,
    after: int,
    stop: Stop = never,
    progress: Progress = nobody,
    limit: int = MOST_ITERATIONS,
) -> int | None:
    """The first iteration beyond `after`, up to `limit`, in which the condition holds; None where
    there is none, or `stop()` said True. Past the frontier the history is trained on.
    `progress(t)` is told how far the search is.
    """
    search = _Forward(condition, after, progress)
    replay = _Replay(history, search.recorder)
    if search.next == 1:
        search.before = replay.start()
    while search.found is None and search.next <= limit and not stop():
        known = min(history.frontier, limit)
        if search.next <= known:
            last = _stretch(history, search.next, known)
            search.look(search.next, last, replay.values(search.next, last))
        else:
            search.missed = False
            _extend(history, limit, lambda: search.over or stop(), search.train)
    return search.found


def _extend(history: History, to: int, stop: Stop, train: Train) -> bool:
    """Train on, the branches on the way to this one first, each with `train`."""
    if history.parent and not _extend(history.parent, min(to, history.origin), stop, train):
        return False
    return history.extend(to, stop, train)


def search_backward(
    history: History,
    condition: Condition,
    before: int,
    stop: Stop = never,
    progress: Progress = nobody,
) -> int | None:
    """The last iteration earlier than `before` in which the condition holds; None where there is
    none, or `stop()` said True. `progress(t)` is told how far back the search is.
    """
    with suppress(_StoppedError):
        return _backward(history, condition, before, stop, progress)
    return None


def _backward(
    history: History, condition: Condition, before: int, stop: Stop, progress: Progress
) -> int | None:
    replay = _Replay(history, Recorder(condition.quantities), stop)
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

    def __init__(self, condition: Condition, after: int, progress: Progress) -> None:
        self.recorder = Recorder(condition.quantities)
        self.found: int | None = None
        self.missed = False  # whether others trained iterations that were not looked at
        self.next = after if after and condition.looks_back else after + 1
        self.before: Values = {}
        self._condition, self._after, self._progress = condition, after, progress

    @property
    def over(self) -> bool:
        """Whether to train no further for now."""
        return self.missed or self.found is not None

    def train(self, trainer: Trainer, first: int, last: int, losses: Array) -> None:
        """Train as `Trainer.run` does, and look."""
        if self.over or first > self.next:
            self.missed = self.missed or first > self.next
            trainer.run(first, last, losses)
        else:
            self.look(first, last, self.recorder.train(trainer, first, last, losses))

    def look(self, first: int, last: int, values: Values) -> None:
        """Look for a hit in iterations first to last, which follow what was looked at before."""
        hits = self._condition.hits(values, self.before)
        hits[: max(0, self._after + 1 - first)] = False
        if hits.any():
            self.found = first + int(hits.argmax())
        self.before = {quantity: rows[-1].copy() for quantity, rows in values.items()}
        self.next = last + 1
        self._progress(last)


class _StoppedError(Exception):
    """Somebody wants no more."""


class _Replay:
    """Replays iterations of a history with trainers of its own, and records. What lies on the way
    to a stretch is kept, at most `WAYPOINTS` states of it, for those before it.
    """

    def __init__(self, history: History, recorder: Recorder, stop: Stop = never) -> None:
        self._history, self._recorder, self._stop = history, recorder, stop
        self._trainers: dict[History, Trainer] = {}
        self._done: tuple[Trainer, int] | None = None
        self._way: list[tuple[int, Array]] = []
        self._way_of: History | None = None

    def _trainer(self, owner: History) -> Trainer:
        if owner not in self._trainers:
            self._trainers[owner] = Trainer(owner.spec)
        return self._trainers[owner]

    def start(self) -> Values:
        """The quantities before iteration 1."""
        owner = self._history.owner(1)
        trainer = self._trainer(owner)
        _, trainer.state[...] = owner.kept(0)
        self._done = None
        return self._recorder.start(trainer)

    def values(self, first: int, last: int) -> Values:
        """The quantities of iterations first to last, all in one stretch. Raises _StoppedError when
        `stop()` says True on the way to it.
        """
        owner = self._history.owner(first)
        trainer = self._trainer(owner)
        if self._done != (trainer, first - 1):
            self._go(owner, trainer, first - 1)
        found = self._recorder.train(trainer, first, last, np.empty(last - first + 1))
        self._done = trainer, last
        return found

    def _go(self, owner: History, trainer: Trainer, to: int) -> None:
        """Have the trainer stand after iteration `to`."""
        at, state = owner.kept(to)
        same = owner is self._way_of
        self._way = [place for place in self._way if same and place[0] <= to]
        self._way_of = owner
        if self._way and self._way[-1][0] > at:
            at, state = self._way[-1]
        trainer.state[...] = state
        apart = max(1, -(-(to - at) // WAYPOINTS // owner.every)) * owner.every
        while at < to:
            if self._stop():
                raise _StoppedError
            end = min(to, at + apart)
            trainer.run(at + 1, end, np.empty(end - at))
            at = end
            if at < to:
                self._way.append((at, trainer.state.copy()))


def _stretch(history: History, first: int, last: int) -> int:
    """The last iteration, up to `last`, of the stride that `first` is in, on the same branch."""
    owner, branch = history.owner(first), history
    last = min(last, first + owner.stride - 1 - (first - 1 - owner.origin) % owner.stride)
    while branch is not owner and branch.parent:
        last, branch = min(last, branch.origin), branch.parent
    return last


def _stretch_start(history: History, last: int) -> int:
    """The first iteration of the segment that `last` is in, on the same branch."""
    owner = history.owner(last)
    return last - (last - 1 - owner.origin) % owner.every


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
    history: History,
    symbol: str,
    index: Index | None,
    t: int,
    threshold: float = 0.0,
    direction: int = -1,
    stop: Stop = never,
    progress: Progress = nobody,
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


def least_loss(history: History, stop: Stop = never) -> int | None:
    """The first iteration with the least loss so far; None where no loss is a number, or `stop()`
    said True.
    """
    replay = _Replay(history, Recorder((Quantity(LOSS),)))
    ends, low, _ = history.losses(history.frontier, cut=True)
    exact: dict[int, int] = {}
    while not np.isnan(low).all() and not stop():
        place = int(np.nanargmin(low))
        if place in exact:
            return exact[place]
        # A stretch's least value may be of an iteration that belongs to another branch.
        first, last = (int(ends[place - 1]) if place else 0) + 1, int(ends[place])
        losses = _losses(history, replay, first, last)
        known = not np.isnan(losses).all()
        exact[place] = first + (int(np.nanargmin(losses)) if known else 0)
        low[place] = losses[exact[place] - first]
    return None


def _losses(history: History, replay: _Replay, first: int, last: int) -> Array:
    parts = []
    while first <= last:
        end = _stretch(history, first, last)
        parts.append(replay.values(first, end)[Quantity(LOSS)])
        first = end + 1
    return np.concatenate(parts)


def known_at(condition: Condition, steps: Sequence[Step]) -> int:
    """The number of the step of an iteration by which all that the condition reads is known."""
    writers: dict[str, int] = {step.symbol: step.number for step in steps}
    found = {1}
    for symbol in {quantity.symbol for quantity in condition.quantities}:
        if symbol in (FINITE, "theta"):
            found.add(len(steps))
        elif symbol == "grad":
            found.update(step.number for step in steps if step.symbol.is_gradient)
        else:
            found.add(writers.get("yhat" if symbol == ACCURACY else symbol, 1))
    return max(found)


def not_finite_step(trace: Trace) -> int | None:
    """The number of the first step of an iteration whose result is not finite, if any."""
    for step in trace.steps:
        if not np.isfinite(trace.known(step.symbol, step.number)).all():
            return step.number
    return None
