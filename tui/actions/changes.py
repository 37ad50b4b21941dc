"""When the selected element last changed, and when it changes next."""

from __future__ import annotations

from engine.analysis.landmarks import last_change
from engine.history.position import Position
from engine.history.work import Progress, Stop
from engine.spec.run import MOST_ITERATIONS
from tui.actions.context import Context, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.travel import seek


@command
def last(c: Context, count: Count) -> Effects:
    """To the iteration before in which the selected element changed."""
    return () if c.jobs.stop() else _to_change(c, count, -1)


@command
def next_one(c: Context, count: Count) -> Effects:
    """To the next iteration in which it changed."""
    return () if c.jobs.stop() else _to_change(c, count, 1)


def _to_change(c: Context, count: Count, direction: int) -> Effects:
    """To the nearest iteration in which the selected element changed: before this one, or
    after it where `direction` is positive.
    """
    frame = c.picture()
    symbol, index = frame.symbol, frame.index
    session, history, t = c.session, c.history, c.session.position.iteration
    name = c.text.element(symbol, index, frame.entries[symbol].array.shape)
    branch = session.current
    threshold = 10.0**-count.times if count.given else 0.0

    written = session.trace.writer(symbol) or 0
    step = session.position.step
    # The change in this iteration lies ahead before it is written, and behind after that.
    start = t - (step < written) if direction > 0 else t + (0 < written < step)

    def search(stop: Stop, tell: Progress) -> int | None:
        limit = min(max(history.frontier, t + 1), MOST_ITERATIONS)
        return last_change(history, symbol, index, start, threshold, direction, stop, tell, limit)

    def found(at: int) -> None:
        writer = history.trace(at).writer(symbol)
        session.go(Position(at, writer or 1), branch)

    where = "after" if direction > 0 else "before"
    much = f" by more than {c.text.number(threshold)}" if threshold else ""
    nothing = f"{name} does not change{much} {where} this, as far as it is trained."
    return seek(c, "looking for a change", search, found, nothing, history.frontier)
