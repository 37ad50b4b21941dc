"""Stops: places that something opened has led to, gone through by two keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from engine.history.position import Position
from engine.session.moves import MoveError
from engine.session.standing import Selection
from tui.actions import lesson
from tui.actions.context import Context, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.travel import travel


class Stop(NamedTuple):
    """A position of the branch, the element that is selected there, and what is said of it."""

    position: Position
    selection: Selection
    text: str = ""


class Stops:
    """What was opened last: what one stop is called, the stops in the order of the training, and
    the number of the branch that they are on; put `aside` where the lesson goes first. What has no
    end, such as a search, goes by so many stops itself, `by`.
    """

    by: Callable[[Context, int], Effects | None] | None = None

    def __init__(self) -> None:
        self.one = ""
        self.branch = 0
        self.stops: list[Stop] = []
        self.at = -1
        self.aside = False

    def put(self, one: str, stops: Iterable[Stop], branch: int) -> None:
        """Go through other ones from now on."""
        self.one, self.branch = one, branch
        self.stops, self.at, self.aside, self.by = list(stops), -1, False, None

    def go_by(self, by: Callable[[Context, int], Effects | None]) -> None:
        """Go through what has no end from now on."""
        self.put("", [], 0)
        self.by = by


def go_to(c: Context, stop: Stop) -> Effects:
    """Go to a stop, and select its element. Raises MoveError where its branch is deleted."""
    stops = c.desk.memory.of(Stops)
    if stops.branch not in c.session.branches:
        raise MoveError("The branch that this is on has been deleted.")
    stops.at = stops.stops.index(stop)
    effects = travel(c, stop.position, stops.branch)
    c.session.selection = stop.selection
    return effects


@command
def next_stop(c: Context, count: Count) -> Effects:
    """To the stop after this place."""
    return _by(c, count.times)


@command
def previous_stop(c: Context, count: Count) -> Effects:
    """To the stop before this place."""
    return _by(c, -count.times)


@command
def go_on(c: Context, _count: Count) -> Effects:
    """To the stop of the lesson that was left, or the first; the keys go on from there."""
    stops, last = c.session.lesson.stops, c.session.lesson.last
    c.desk.memory.of(Stops).aside = bool(stops)
    return lesson.to(c, stops[max(0, last)]) if stops else lesson.by(c, 1)


def _by(c: Context, by: int) -> Effects:
    """By so many stops: from the one stood at, or from the place where the reader stands. Where
    nothing else is open, those of the lesson.
    """
    known = c.desk.memory.of(Stops)
    if known.by is not None and not known.aside:
        return known.by(c, by) or ()
    if known.aside or not known.stops:
        return lesson.by(c, by)
    here = c.session.position
    at = known.at
    if not 0 <= at < len(known.stops) or known.stops[at].position != here:
        before = sum(stop.position < here for stop in known.stops)
        upto = sum(stop.position <= here for stop in known.stops)
        at = upto - 1 if by > 0 else before
    wanted = at + by
    if not 0 <= wanted < len(known.stops):
        end = "last" if by > 0 else "first"
        c.say(f"This is past the {end} {known.one}: there are {len(known.stops)}.")
        return ()
    effects = go_to(c, known.stops[wanted])
    stop = known.stops[wanted]
    c.say(stop.text or f"{known.one} {wanted + 1} of {len(known.stops)}")
    return effects
