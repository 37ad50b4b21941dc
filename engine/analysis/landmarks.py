"""What a reader asks a history for by name: the last change of an element, the least loss, the
first value that is not finite.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.analysis.conditions import (
    ACCURACY,
    FINITE,
    LOSS,
    PASS_ENDS,
    TESTED,
    Condition,
    Finite,
    Joined,
    Move,
    Not,
    Quantity,
)
from engine.analysis.recorder import Recorder
from engine.analysis.replayed import Replayed
from engine.analysis.search import search_backward, search_forward
from engine.formula.calls import Array
from engine.formula.expr import Index
from engine.history.history import History
from engine.history.work import Progress, Stop, never, nobody
from engine.program.step import Step
from engine.program.trace import Trace
from engine.spec.run import MOST_ITERATIONS

_LOSS = Quantity(LOSS)


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
    replayed = Replayed(history, Recorder((_LOSS,)), stop)
    ends, low = history.buckets()
    exact: dict[int, int] = {}
    while not np.isnan(low).all() and not stop():
        bucket = int(np.nanargmin(low))
        if bucket in exact:
            return exact[bucket]
        # Its least value may be of an iteration that belongs to another branch.
        first, last = (int(ends[bucket - 1]) if bucket else 0) + 1, int(ends[bucket])
        losses = _losses(replayed, first, last)
        if losses is None:
            return None
        known = not np.isnan(losses).all()
        exact[bucket] = first + (int(np.nanargmin(losses)) if known else 0)
        low[bucket] = losses[exact[bucket] - first]
    return None


def _losses(replayed: Replayed, first: int, last: int) -> Array | None:
    parts = []
    while first <= last:
        end = replayed.stride_end(first, last)
        values = replayed.values(first, end)
        if values is None:
            return None
        parts.append(values[_LOSS])
        first = end + 1
    return np.concatenate(parts)


def known_at(condition: Condition, steps: Sequence[Step]) -> int:
    """The number of the step of an iteration by which all that the condition reads is known."""
    writers: dict[str, int] = {step.symbol: step.number for step in steps}
    found = {1}
    for symbol in {quantity.symbol for quantity in condition.quantities}:
        if symbol in (FINITE, PASS_ENDS, "theta", *TESTED):
            found.add(len(steps))
        elif symbol == "grad":
            found.update(step.number for step in steps if step.symbol.is_gradient)
        else:
            found.add(writers.get("yhat" if symbol == ACCURACY else symbol, 1))
    return max(found)


def not_finite(
    history: History, end: int, stop: Stop = never, progress: Progress = nobody
) -> int | None:
    """The first iteration up to `end` with a value that is not finite; None where there is none,
    or `stop()` said True.
    """
    return search_forward(history, Not(Finite()), 0, stop, progress, end)


def not_finite_step(trace: Trace) -> int | None:
    """The number of the first step of an iteration whose result is not finite, if any."""
    for step in trace.steps:
        if not np.isfinite(trace.known(step.symbol, step.number)).all():
            return step.number
    return None
