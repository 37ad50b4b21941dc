"""Going far: at once where that is quick, else as a job beside the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from engine.history.history import History
from engine.history.position import Position
from engine.history.work import Progress, Stop
from engine.session.tree import OWN
from tui.actions.context import Context
from tui.actions.effects import Effects, Job
from tui.frame.losses import wait_beside

T = TypeVar("T")

PATIENCE = 0.05
"""Seconds of training that a key may take at once; more than that runs beside the screen."""


def quick(seconds: float) -> bool:
    """Whether a key may take that long."""
    return seconds <= PATIENCE


def near(history: History, t: int) -> bool:
    """Whether iteration t can be looked at without a wait; one more than the iteration itself
    is none, however long it takes.
    """
    wait = history.wait(t)
    return wait <= 1 or quick(wait * history.seconds)


def compute(
    c: Context,
    what: str,
    run: Callable[[Stop, Progress], T],
    done: Callable[[T], Effects | None],
    first: int,
    last: int,
    branch: int | None = None,
) -> Job:
    """A job, begun, whose `run(stop, progress)` itself tells which iteration it has come to."""
    at = first

    def tell(t: int) -> None:
        nonlocal at
        at = t

    job = Job(what, lambda stop: run(stop, tell), done, lambda: at, first, last, branch)
    c.begin(job)
    return job


def travel(
    c: Context,
    target: Position,
    branch: int | None = None,
    arrive: Callable[[], object] | None = None,
) -> Effects:
    """Go to a position, or `arrive` there; where that takes long, compute beside the screen
    first.
    """
    session = c.session
    number = session.current if branch is None else branch
    here = (session.current, session.position)

    def done(there: bool) -> None:
        still = (session.current, session.position) == here and c.dialog.prompt is None
        if not there or not still or number not in session.branches:
            _trained(c, number)
        elif arrive:
            arrive()
        else:
            session.go(target, number)

    going = session.branches[number]
    other = session.branches.get(going.partner, session.branches[OWN])
    return once_there(c, going.history, target.iteration, done, other.history)


def once_there(
    c: Context,
    history: History,
    t: int,
    done: Callable[[bool], Effects | None],
    other: History,
) -> Effects:
    """Call `done(True)` once iteration t can be looked at, and the other run's losses up to it,
    beside the screen where that takes long, or `done(False)` when it was stopped.
    """
    beside = wait_beside(other, t)
    if near(history, t) and (beside <= 1 or quick(beside * other.seconds)):
        return done(True) or ()

    def approach(stop: Stop, tell: Progress) -> bool:
        there = history.approach(t, stop, tell)
        return there and (not beside or other.approach(t, stop, tell))

    first = max(0, t - (history.wait(t) or beside))
    what = "training" if beside or t > history.frontier else "replaying"
    return (compute(c, what, approach, done, first, t),)


def seek(
    c: Context,
    what: str,
    search: Callable[[Stop, Progress], int | None],
    found: Callable[[int], Effects | None],
    nothing: str,
    last: int,
) -> Effects:
    """Search this branch beside the screen; `found(t)` shows the iteration that `search` has
    come upon, and `nothing` is said where that is none.
    """
    session, branch, history = c.session, c.session.current, c.history
    here = (branch, session.position)

    def run(stop: Stop, tell: Progress) -> int | None:
        t = search(stop, tell)
        return t if t is not None and history.approach(t, stop) else None

    def done(t: int | None) -> Effects | None:
        if t is None:
            c.say(f"Stopped at iteration {job.at():,}." if job.stopped else nothing)
        elif branch not in session.branches:
            c.say("The branch that was searched has been deleted.")
        elif c.dialog.prompt is not None or (session.current, session.position) != here:
            c.say(f"Found: iteration {t:,} of {session.branches[branch].name}.")
        else:
            return found(t)
        return None

    job = compute(c, what, run, done, session.position.iteration, last, branch)
    return (job,)


def train_to(c: Context, to: int) -> Effects:
    """Train this branch on beside the screen; then say how far it has come."""
    branch, history = c.session.branch, c.history
    job = compute(
        c,
        f"training {branch.name}",
        lambda stop, tell: history.extend(to, stop, progress=tell),
        lambda _reached: _trained(c, branch.number),
        history.frontier,
        to,
        branch.number,
    )
    return (job,)


def _trained(c: Context, branch: int) -> None:
    session = c.session
    if branch not in session.branches:
        return  # deleted meanwhile
    frontier = session.branches[branch].history.frontier
    if frontier:
        session.reach(frontier, branch)
    c.say(f"Iterations up to {frontier:,} are there.")
