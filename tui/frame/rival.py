"""The other run at the position that corresponds to the reader's."""

from __future__ import annotations

from typing import NamedTuple

from engine.history.position import Position
from engine.program.trace import Trace
from engine.session.session import Session
from tui.frame.losses import reaches


class Rival(NamedTuple):
    """The branch that this one is toggled with, the position there, and all that its iteration
    computed; None where that is not within reach.
    """

    name: str
    position: Position
    trace: Trace | None


def rival(session: Session) -> Rival:
    """The other run, trained up to the reader's iteration where that is soon done."""
    other, t = session.other, session.position.iteration
    trace = other.history.trace(t) if reaches(other.history, t) else None
    return Rival(other.name, session.beside(other), trace)
