"""Losses as they are drawn: the reader's run, and the other one beside it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.history.curve import BUCKETS
from engine.history.history import History

REACH_SECONDS = 0.5
"""Up to so much training, by its estimate, the other run's losses are shown, and of more never: so
they follow from the place alone, and not from whether that run has been looked at.
"""


class Losses(NamedTuple):
    """The losses so far: the last iteration and the least value of each bucket of iterations."""

    iterations: npt.NDArray[np.floating[Any]]
    low: npt.NDArray[np.floating[Any]]


def losses(history: History, last: int) -> Losses:
    """The losses of a branch up to iteration `last`, one looked at, which is the last of them."""
    ends, low = history.losses(last)
    if last and (not ends.size or ends[-1] < last):
        trace = history.trace(last)
        ends, low = np.append(ends, last), np.append(low, trace.loss)
    return Losses(ends, low)


def by_pass(history: History, last: int) -> Losses | None:
    """The mean loss of each pass that has ended by iteration `last`; None where every pass is one
    mini-batch, or where they would take long to compute again.
    """
    if not history.batches(max(1, last)).several:
        return None
    if last > BUCKETS and not reaches(history, last):
        return None
    from engine.analysis.passes import pass_means  # most sessions show none

    means = pass_means(history, last)
    return Losses(np.arange(1.0, len(means) + 1), means)


def beside(other: History, last: int) -> Losses | None:
    """The losses of the other run up to iteration `last`, trained where they are missing; None
    where they are not within reach.
    """
    if not reaches(other, last):
        return None
    other.extend(last)
    return Losses(*other.losses(last))


def wait_beside(other: History, last: int) -> int:
    """How many iterations have to be computed for `beside`."""
    if not reaches(other, last):
        return 0
    return max(0, last - other.frontier) + (0 if other.recalled(last) else last)


def reaches(other: History, last: int) -> bool:
    """Whether the other run is trained up to an iteration for what stands beside the reader's."""
    return last * other.seconds <= REACH_SECONDS
