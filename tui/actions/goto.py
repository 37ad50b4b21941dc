"""Going where a number, a symbol or a word leads."""

from __future__ import annotations

from engine.analysis.landmarks import least_loss, not_finite, not_finite_step
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
    """Whether all that is looked through is trained, or again, while a reader waits."""
    return quick(_end(c) * c.history.seconds)


def _end(c: Context) -> int:
    """The last iteration that is looked at: the last trained, or that the run asks for."""
    return max(c.history.frontier, c.session.extent.iteration)


def _to_not_finite(c: Context) -> Effects:
    """To the first value that is not finite, of what has been trained so far."""
    session, history, end = c.session, c.history, _end(c)
    branch = session.current

    def found(t: int) -> None:
        step = not_finite_step(history.trace(t))
        session.go(Position(t, step or 1), branch)

    return seek(
        c,
        "looking for nan",
        lambda stop, tell: not_finite(history, end, stop, tell),
        found,
        f"Every value up to iteration {end:,} is finite.",
        end,
    )


def _to_least_loss(c: Context) -> Effects:
    """To the least loss, of what has been trained so far."""
    session, history, end = c.session, c.history, _end(c)
    branch = session.current

    def found(t: int) -> None:
        session.go(Position(t, history.trace(t).loss_step), branch)

    return seek(
        c,
        "looking for the least loss",
        lambda stop, tell: (
            least_loss(history, stop) if history.extend(end, stop, progress=tell) else None
        ),
        found,
        f"No loss up to iteration {end:,} is a number.",
        end,
    )
