"""Going where a number, a symbol or a word leads."""

from __future__ import annotations

from engine.analysis.conditions import Finite, Not
from engine.analysis.landmarks import least_loss, not_finite_step
from engine.analysis.search import search_forward
from engine.history.position import Position
from tui.actions.context import Context, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.moves import follow
from tui.actions.travel import quick, seek, travel


@command
def goto(c: Context, count: Count) -> None:
    """Ask where to."""

    def enter(text: str) -> Effects | None:
        text = text.strip().lstrip(":").strip()
        if text == "nan":
            return _to_not_finite(c)
        if text == "min" and not _short(c):
            return _to_least_loss(c)
        if not text:
            return None
        target = c.session.target(text)
        follow(c)
        return travel(c, target)

    c.dialog.ask(":", enter, str(count.times) if count.given else "")


def _short(c: Context) -> bool:
    """Whether all that this branch has been trained for is trained again while a reader waits."""
    return quick(c.history.frontier * c.history.seconds)


def _to_not_finite(c: Context) -> Effects:
    """To the first value that is not finite, of what has been trained so far."""
    session, history, end = c.session, c.history, c.history.frontier
    branch, condition = session.current, Not(Finite())

    def found(t: int) -> None:
        step = not_finite_step(history.trace(t))
        session.go(Position(t, step or 1), branch)

    return seek(
        c,
        "looking for nan",
        lambda stop, tell: search_forward(history, condition, 0, stop, tell, end),
        found,
        f"Every value up to iteration {end:,} is finite.",
        end,
    )


def _to_least_loss(c: Context) -> Effects:
    """To the least loss, of what has been trained so far."""
    session, history, branch = c.session, c.history, c.session.current

    def found(t: int) -> None:
        session.go(Position(t, history.trace(t).number("loss")), branch)

    return seek(
        c,
        "looking for the least loss",
        lambda stop, _tell: least_loss(history, stop),
        found,
        "No loss of this branch is a number yet.",
        history.frontier,
    )
