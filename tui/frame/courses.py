"""The parameters of the reader's run over its iterations, and of the one beside it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.history.course import Points
from engine.history.history import History
from engine.session.session import Session
from tui.frame.losses import REACH_SECONDS, reaches


class Courses(NamedTuple):
    """After which iterations, and θ (variables,) there: of the run up to the θ of the reader's
    iteration, and of the other one, () where that is not shown.
    """

    own: Points
    other: Points = ()


def courses(session: Session, alone: bool) -> Courses:
    """The courses of the run that the reader stands on and of the one that it is toggled with, not
    of that where the reader is `alone`.
    """
    trace, last = session.trace, session.position.iteration - 1
    before = np.asarray(trace.known("theta", 0))
    own = (*_course(session.branch.history, last), (last, before))
    other = session.other
    if alone or other is session.branch or not reaches(other.history, last):
        return Courses(own)
    other.history.extend(last)
    return Courses(own, _course(other.history, last))


def _course(history: History, last: int) -> Points:
    """As far as that is soon worked out."""
    most = int(REACH_SECONDS / history.seconds)
    return history.course(min(last, most))


def column(points: Points, i: int) -> list[tuple[float, float]]:
    """One variable over the iterations: after which one, and what it is."""
    return [(float(at), float(theta[i])) for at, theta in points]
