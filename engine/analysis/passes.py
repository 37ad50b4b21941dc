"""Passes over the data, often called epochs: the losses of their mini-batches, summed and averaged.

The mean of a pass is the sum of its mini-batches' losses over their number, as training loops print
it (`running_loss / len(loader)`): a last mini-batch that is smaller counts as much as any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from engine.formula.calls import Array
from engine.history.curve import BUCKETS
from engine.history.history import History
from engine.history.work import Stop, never

MOST_SECONDS = 0.05
"""So long the losses of a pass are computed again for its sum beside other things."""
KEPT = 4
"""The losses of so many passes of a history are kept, of those that had to be computed again."""


@dataclass(frozen=True, eq=False)
class PassLosses:
    """A pass, `number`, counted from 1: its iterations `first` to `last`, of which the first `seen`
    have had their loss, and these `losses`, () where they are not at hand.
    """

    number: int
    first: int
    last: int
    seen: int
    losses: Array

    @property
    def count(self) -> int:
        """How many mini-batches it has."""
        return self.last - self.first + 1

    @property
    def ended(self) -> bool:
        """Whether the losses of all of them are known."""
        return self.seen == self.count

    @property
    def known(self) -> bool:
        """Whether there are losses, and they are at hand."""
        return len(self.losses) > 0

    @property
    def total(self) -> float:
        """The sum of the losses that are known, added one after another."""
        return float(sum(self.losses.tolist()))

    @property
    def mean(self) -> float:
        """The mean of the losses that are known, of which there must be one."""
        return self.total / self.seen


_kept: WeakKeyDictionary[History, dict[int, Array]] = WeakKeyDictionary()
_means: WeakKeyDictionary[History, Array] = WeakKeyDictionary()


def pass_losses(history: History, t: int, known: int) -> PassLosses:
    """The pass of iteration t with the losses up to iteration `known`, which is trained. They are
    left out where they would have to be computed again for more than `MOST_SECONDS`. For the thread
    that looks.
    """
    batches = history.batches(t)
    own = batches.of_pass(t)
    first, last = own[0], own[-1]
    seen = max(0, min(known, last) - first + 1)
    losses = _losses_of(history, first, first + seen - 1)
    return PassLosses(batches.pass_of(t) + 1, first, last, seen, losses)


def _losses_of(history: History, first: int, last: int) -> Array:
    if last < first:
        return np.empty(0)
    if last <= BUCKETS:
        found = losses_between(history, first, last)
        assert found is not None
        return found
    kept = _kept.setdefault(history, {})
    found = kept.pop(first, np.empty(0))[: last - first + 1]
    missing = last - first + 1 - len(found)
    if missing * history.seconds > MOST_SECONDS:
        return np.empty(0)
    if missing:
        more = losses_between(history, last - missing + 1, last)
        assert more is not None
        found = np.concatenate([found, more])
    kept[first] = found
    for old in [*kept][:-KEPT]:
        del kept[old]
    return found


def losses_between(history: History, first: int, last: int, stop: Stop = never) -> Array | None:
    """The losses of the trained iterations `first` to `last`, (last − first + 1,), computed again
    where they have not been kept one by one; None where `stop()` said True.
    """
    if last <= BUCKETS:
        ends, low = history.losses(last)
        if len(ends) == last:
            return low[first - 1 :]
    if history.frontier < last:  # it is looked at, and trained by another thread just now
        trace = history.trace(last)
        own = trace.known("loss", len(trace.steps)).reshape(1).astype(np.float64)
        before = losses_between(history, first, last - 1, stop) if first < last else own[:0]
        return None if before is None else np.concatenate([before, own])
    found = []
    while first <= last:
        stretch, end = history.owner(first), min(last, history.end(first))
        replay = stretch.replay()
        if not replay.go(first - 1, stop):
            return None
        while replay.at < end:
            if stop():
                return None
            found.append(replay.on(end))
        first = end + 1
    return np.concatenate(found)


def pass_means(history: History, last: int) -> Array:
    """The mean loss of each pass that has ended by iteration `last`, which is trained, (passes,).
    They are kept, and only those that are new are worked out. For the thread that looks.
    """
    batches = history.batches(max(1, last))
    count = batches.pass_of(last + 1)
    means = _means.setdefault(history, np.empty(0))
    if len(means) < count:
        starts = [batches.first_of(number) for number in range(len(means), count + 1)]
        losses = losses_between(history, starts[0], starts[-1] - 1)
        assert losses is not None
        sums = np.add.reduceat(losses, np.array(starts[:-1]) - starts[0])
        means = _means[history] = np.concatenate([means, sums / np.diff(starts)])
    return means[:count]
