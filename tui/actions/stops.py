"""Breakpoints: setting them, running on and back to them, and when an element last changed.

Imported when first used, so that the first picture does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.analysis import breakpoints
from engine.analysis.breakpoints import Breakpoint
from engine.analysis.conditions import Condition, Finite, Not, any_of
from engine.analysis.conditiontext import parse, parse_element
from engine.analysis.landmarks import known_at, last_change, not_finite_step
from engine.analysis.recorder import symbol_shapes
from engine.analysis.search import search_backward, search_forward
from engine.formula.expr import Index
from engine.formula.layout import Shape
from engine.history.history import History
from engine.history.position import Position
from engine.history.work import Progress, Stop
from engine.session.moves import MoveError
from engine.spec.run import MOST_ITERATIONS
from tui.actions.state import Reader


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
        here, branch = session.position, session.current
        step_stop = self._step_stop([p for p in points if p.kind == "step"], forward, here)
        places: dict[int, Position] = {}
        if step_stop:
            t = step_stop.iteration
            symbol = self.history.steps_of(t)[step_stop.step - 1].symbol
            places |= {p.id: step_stop for p in points if p.kind == "step" and p.text == symbol}
        if not conditions:
            self._stop_at(places, forward, here, branch)
            return

        history, hits = self.history, list[int]()

        def search(stop: Stop, tell: Progress) -> int | None:
            t = self._search(list(conditions.values()), forward, here, step_stop, stop, tell)
            if t is None and step_stop and not stop():
                return step_stop.iteration
            if t is None or not history.approach(t, stop, tell):  # near by, which of them hit?
                return None
            hits.extend(n for n, c in conditions.items() if _holds(history, c, t))
            return t

        def found(t: int) -> None:
            known = {n: Position(t, self._known(conditions[n], t)) for n in hits}
            self._stop_at(places | known, forward, here, branch)

        last = step_stop.iteration if step_stop else MOST_ITERATIONS if forward else 1
        self.reader.seek("running", search, found, _nothing(forward), last)

    def _stop_at(
        self, places: Mapping[int, Position], forward: bool, here: Position, branch: int
    ) -> None:
        """Go to the nearest of the places at which breakpoints hit, if any is beyond `here`."""
        places = {n: p for n, p in places.items() if (p > here if forward else p < here)}
        if not places:
            self.reader.say(_nothing(forward))
            return
        found = min(places.values()) if forward else max(places.values())
        hit = [number for number, place in places.items() if place == found]

        def arrive() -> None:
            session = self.session
            session.go(found, branch)
            session.stops = breakpoints.counted(session.stops, hit)
            names = ", ".join(describe(p) for p in session.stops if p.id in hit)
            loss = session.trace.value("loss", found.step)
            shown = "" if loss is None else f" (loss {float(loss):.6g})"
            self.reader.say(f"Stopped: {names}{shown}.")

        self.reader.travel(found, branch, arrive)

    def _known(self, condition: Condition, t: int) -> int:
        """The step of iteration t by which the condition is known to hold."""
        if condition == Not(Finite()):
            return not_finite_step(self.history.trace(t)) or 1
        return known_at(condition, self.history.steps_of(t))

    def _step_stop(
        self, points: list[Breakpoint], forward: bool, here: Position
    ) -> Position | None:
        """The nearest position with the step of one of these, after or before `here`."""
        history = self.history
        wanted = {point.text for point in points}
        for t in self._iterations_around(here.iteration, forward):
            steps = [s.number for s in history.steps_of(t) if s.symbol in wanted]
            places = [Position(t, number) for number in steps]
            beyond = [p for p in places if (p > here if forward else p < here)]
            if beyond:
                return min(beyond) if forward else max(beyond)
        return None

    def _iterations_around(self, t: int, forward: bool) -> list[int]:
        """Iterations to look for a step in: this one, its neighbour, and the ends of the stretches,
        where steps can differ.
        """
        ends = {end for s in self.history.stretches for end in (s.origin, s.origin + 1)}
        around = {t, t + 1 if forward else t - 1} | {
            end for end in ends if (end > t if forward else end < t)
        }
        return sorted((n for n in around if 1 <= n <= MOST_ITERATIONS), reverse=not forward)

    def _search(
        self,
        conditions: list[Condition],
        forward: bool,
        here: Position,
        limit: Position | None,
        stop: Callable[[], bool],
        progress: Callable[[int], None],
    ) -> int | None:
        """The nearest iteration in which one of the conditions is known to hold."""
        history = self.history
        condition = any_of(*conditions)
        steps = [known_at(c, history.steps_of(here.iteration)) for c in conditions]
        if forward:
            after = here.iteration if here.step >= max(steps) else here.iteration - 1
            last = limit.iteration if limit else MOST_ITERATIONS
            t = search_forward(history, condition, after, stop, progress, last)
            if t == here.iteration and all(
                here.step >= step for step in self._hit_steps(conditions, t)
            ):
                t = search_forward(history, condition, t, stop, progress, last)
            return t
        before = here.iteration + 1 if here.step > min(steps) else here.iteration
        t = search_backward(history, condition, before, stop, progress)
        if t == here.iteration and all(
            here.step <= step for step in self._hit_steps(conditions, t)
        ):
            t = search_backward(history, condition, t, stop, progress)
        return t

    def _hit_steps(self, conditions: list[Condition], t: int) -> list[int]:
        """The steps at which those of the conditions that hold in iteration t are known to."""
        history = self.history
        hold = [c for c in conditions if _holds(history, c, t)]
        return [known_at(c, history.steps_of(t)) for c in hold]

    # -- changes -------------------------------------------------------------------------------

    def to_change(self, direction: int) -> None:
        """To the nearest iteration in which the selected element changed: before this one, or
        after it where `direction` is positive.
        """
        frame = self.reader.picture()
        symbol, index = frame.symbol, frame.index
        history, t = self.history, self.session.position.iteration
        name = self.text.element(symbol, index, frame.entries[symbol].array.shape)
        branch = self.session.current
        threshold = 10.0**-self.reader.times if self.reader.counted else 0.0

        written = self.session.trace.writer(symbol) or 0
        step = self.session.position.step
        # The change in this iteration lies ahead before it is written, and behind after that.
        start = t - (step < written) if direction > 0 else t + (0 < written < step)

        def search(stop: Stop, tell: Progress) -> int | None:
            limit = min(max(history.frontier, t + 1), MOST_ITERATIONS)
            return last_change(
                history, symbol, index, start, threshold, direction, stop, tell, limit
            )

        def found(at: int) -> None:
            writer = history.trace(at).writer(symbol)
            self.session.go(Position(at, writer or 1), branch)

        where = "after" if direction > 0 else "before"
        much = f" by more than {threshold:g}" if threshold else ""
        nothing = f"{name} does not change{much} {where} this, as far as it is trained."
        self.reader.seek("looking for a change", search, found, nothing, history.frontier)


def _holds(history: History, condition: Condition, t: int) -> bool:
    return search_forward(history, condition, t - 1, limit=t) == t


def _nothing(forward: bool) -> str:
    return "No breakpoint hits " + ("further on." if forward else "before.")


def describe(point: Breakpoint) -> str:
    """A breakpoint in words."""
    match point.kind:
        case "step":
            return f"the step that gives {point.text}"
        case "change":
            return f"{point.text} changes"
        case _:
            return point.text
