"""Breakpoints: setting them, running on and back to them, and when an element last changed.

Imported when first used, so that the first picture does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine import breakpoints
from engine.breakpoints import Breakpoint
from engine.conditions import Condition, any_of
from engine.conditiontext import parse, parse_element
from engine.expr import Index
from engine.layout import Shape
from engine.record import symbol_shapes
from engine.session import MoveError, Position
from engine.spec import MOST_ITERATIONS
from engine.watch import known_at, last_change, search_backward, search_forward
from tui.actions.state import Job, Reader


class Stops:
    """The actions on breakpoints, for a reader."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.session, self.history, self.text = reader.session, reader.history, reader.text

    def _symbols(self) -> dict[str, Shape]:
        """What a condition can speak of, with shapes."""
        t = self.session.position.iteration
        return symbol_shapes(self.history.spec_of(t), self.history.steps_of(t))

    def ask(self) -> None:
        """Ask what to stop at."""
        frame = self.reader.picture()
        array = frame.entries[frame.symbol].array
        element = self.text.element(frame.symbol, frame.index, array.shape)
        symbol = frame.writes

        def enter(text: str) -> None:
            text = text.strip()
            if not text and not symbol:
                raise MoveError("There is no step here to stop at; type a condition.")
            if not text:
                self._add("step", symbol)
            elif text == "e":
                plain = self.plain_element(frame.symbol, frame.index)
                parse_element(plain, self._symbols())
                self._add("change", plain)
            else:
                parse(text, self._symbols())
                self._add("condition", text)

        here = "Enter this step, " if symbol else ""
        self.reader.ask(f"stop at: {here}e {element} changes, or a condition: ", enter)

    def plain_element(self, symbol: str, index: Index) -> str:
        """An element as conditions name it: W1[1,2]."""
        if not index:
            return symbol
        return f"{symbol}[{','.join(str(i + 1) for i in index)}]"

    def _add(self, kind: Any, text: str) -> None:
        session = self.session
        session.stops = breakpoints.added(session.stops, kind, text)
        number = session.stops[-1].id
        self.reader.say(
            f"Breakpoint {number}: {describe(session.stops[-1])}. c runs on to it, C back."
        )

    def rows(self) -> Mapping[str, Callable[[], None]]:
        """What keys do to the breakpoint that is pointed at."""
        session = self.session
        if not session.stops:
            return {}
        self.reader.cursor = min(self.reader.cursor, len(session.stops) - 1)
        point = session.stops[self.reader.cursor]

        def switch() -> None:
            session.stops = breakpoints.enabled(session.stops, point.id, not point.enabled)

        def delete() -> None:
            session.stops = breakpoints.without(session.stops, point.id)

        return {"enter": switch, "x": delete}

    # -- running -------------------------------------------------------------------------------

    def run_on(self) -> None:
        """On to the next hit."""
        self._run(forward=True)

    def run_back(self) -> None:
        """Back to the hit before."""
        self._run(forward=False)

    def _run(self, forward: bool) -> None:
        session = self.session
        points = [point for point in session.stops if point.enabled]
        if not points:
            raise MoveError("No breakpoint is on; b sets one.")
        symbols = self._symbols()
        conditions = {p.id: c for p in points if (c := p.condition(symbols)) is not None}
        step_stop = self._step_stop([p for p in points if p.kind == "step"], forward)
        here = session.position
        at = here.iteration

        def progress(t: int) -> None:
            nonlocal at
            at = t

        def search(stop: Callable[[], bool]) -> Position | None:
            found = self._search(list(conditions.values()), forward, step_stop, stop, progress)
            choices = [p for p in (found, step_stop) if p is not None]
            if not choices:
                return None
            return min(choices) if forward else max(choices)

        def done(found: Position | None) -> None:
            if found is None:
                self.reader.say("No breakpoint hits " + ("further on." if forward else "before."))
                return
            session.go(found)
            hit = [p.id for p in points if self._hits(p, conditions.get(p.id), found)]
            session.stops = breakpoints.counted(session.stops, hit)
            names = ", ".join(describe(p) for p in session.stops if p.id in hit)
            self.reader.say(f"Stopped: {names}.")

        last = MOST_ITERATIONS if forward else 1
        if conditions:
            self.reader.start(Job("running", search, done, lambda: at, at, last))
        else:
            done(step_stop)

    def _step_stop(self, points: list[Breakpoint], forward: bool) -> Position | None:
        """The nearest position with the step of one of these, after or before this one."""
        history, here = self.history, self.session.position
        wanted = {point.text for point in points}
        t = here.iteration
        around = (t, t + 1) if forward else (t, t - 1)
        for iteration in around:
            if not 1 <= iteration <= MOST_ITERATIONS:
                continue
            places = [
                Position(iteration, step.number)
                for step in history.steps_of(iteration)
                if step.symbol in wanted
            ]
            beyond = [p for p in places if (p > here if forward else p < here)]
            if beyond:
                return min(beyond) if forward else max(beyond)
        return None

    def _search(
        self,
        conditions: list[Condition],
        forward: bool,
        limit: Position | None,
        stop: Callable[[], bool],
        progress: Callable[[int], None],
    ) -> Position | None:
        """The nearest position at which one of the conditions is known to hold."""
        if not conditions:
            return None
        history, here = self.history, self.session.position
        condition = any_of(*conditions)
        step = known_at(condition, history.steps_of(here.iteration))
        if forward:
            after = here.iteration if here.step >= step else here.iteration - 1
            last = limit.iteration if limit else MOST_ITERATIONS
            t = search_forward(history, condition, after, stop, progress, last)
        else:
            before = here.iteration + 1 if here.step > step else here.iteration
            t = search_backward(history, condition, before, stop, progress)
        if t is None:
            return None
        return Position(t, known_at(condition, history.steps_of(t)))

    def _hits(self, point: Breakpoint, condition: Condition | None, found: Position) -> bool:
        history = self.history
        if condition is None:
            return history.steps_of(found.iteration)[found.step - 1].symbol == point.text
        t = found.iteration
        return search_forward(history, condition, t - 1, limit=t) == t

    # -- changes -------------------------------------------------------------------------------

    def to_change(self, direction: int) -> None:
        """To the nearest iteration in which the selected element changed: before this one, or
        after it where `direction` is positive.
        """
        frame = self.reader.picture()
        symbol, index = frame.symbol, frame.index
        history, t = self.history, self.session.position.iteration
        name = self.text.element(symbol, index, frame.entries[symbol].array.shape)
        at = t

        def progress(now: int) -> None:
            nonlocal at
            at = now

        def search(stop: Callable[[], bool]) -> int | None:
            limit = max(history.frontier, t + 1)
            return last_change(
                history, symbol, index, t, self.threshold, direction, stop, progress, limit
            )

        def done(found: int | None) -> None:
            where = "after" if direction > 0 else "before"
            if found is None:
                self.reader.say(f"{name} does not change {where} this, as far as it is trained.")
                return
            writer = history.trace(found).writer(symbol)
            self.session.go(Position(found, writer or 1))

        self.reader.start(
            Job("looking for a change", search, done, lambda: at, t, history.frontier)
        )

    threshold = 0.0
    """A change is more than this, or a change of sign."""


def describe(point: Breakpoint) -> str:
    """A breakpoint in words."""
    match point.kind:
        case "step":
            return f"the step that gives {point.text}"
        case "change":
            return f"{point.text} changes"
        case _:
            return point.text
