"""Searching a history: on to the next iteration in which a condition holds, or back to the last.

Nothing here moves a reader; a search says where to go.
"""

from __future__ import annotations

import numpy as np

from engine.analysis.conditions import Condition, Values
from engine.analysis.recorder import Recorder
from engine.analysis.replayed import Replayed
from engine.formula.calls import Array
from engine.history.history import History
from engine.history.work import Progress, Stop, never, nobody
from engine.program.trainer import Trainer
from engine.spec.run import MOST_ITERATIONS


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
    search = _Forward(condition, after, progress, history)
    replayed = Replayed(history, search.recorder, stop)
    if search.next == 1:
        search.before = replayed.start()
    while search.found is None and search.next <= limit and not stop():
        known = min(history.frontier, limit)
        if search.next <= known:
            last = replayed.stride_end(search.next, known)
            values = replayed.values(search.next, last)
            if values is not None:
                search.look(search.next, last, values)
        else:
            search.missed = False
            history.extend(limit, lambda: search.over or stop(), search.train)
    return search.found


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
    replayed = Replayed(history, Recorder(condition.quantities, history), stop)
    last = min(before - 1, history.frontier)
    later: Values | None = None  # the first iteration of the segment after, not yet decided
    while last >= 1 and not stop():
        first = _segment_start(history, last)
        values = replayed.values(first, last)
        if values is None:
            return None
        if later is not None and condition.hits(later, _row(values, -1))[0]:
            return last + 1
        edge = replayed.start() if first == 1 else None
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
    """A search on its way: looks at stride after stride until one has a hit."""

    def __init__(
        self,
        condition: Condition,
        after: int,
        progress: Progress,
        history: History | None = None,
    ) -> None:
        self.recorder = Recorder(condition.quantities, history)
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


def _segment_start(history: History, last: int) -> int:
    """The first iteration of the segment that `last` is in."""
    owner = history.owner(last)
    return last - (last - 1 - owner.origin) % owner.every


def _row(values: Values, i: int) -> Values:
    return {quantity: rows[i] for quantity, rows in values.items()}
