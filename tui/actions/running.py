"""Running on and back to the breakpoints that are on."""

from __future__ import annotations

from collections.abc import Mapping

from engine.analysis import breakpoints
from engine.analysis.breakpoints import Breakpoint
from engine.analysis.conditions import Condition, Finite, Not, any_of
from engine.analysis.conditiontext import condition_of
from engine.analysis.landmarks import known_at, not_finite_step
from engine.analysis.recorder import condition_shapes
from engine.analysis.search import search_backward, search_forward
from engine.formula.layout import Shape
from engine.history.history import History
from engine.history.position import Position
from engine.history.work import Progress, Stop
from engine.session.moves import MoveError
from engine.spec.run import MOST_ITERATIONS
from tui.actions.context import Context, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.travel import seek, travel


@command
def run_on(c: Context, _count: Count) -> Effects:
    """On to the next hit."""
    return () if c.jobs.stop() else _Run(c, forward=True).begin()


@command
def run_back(c: Context, _count: Count) -> Effects:
    """Back to the hit before."""
    return () if c.jobs.stop() else _Run(c, forward=False).begin()


def symbols(c: Context) -> dict[str, Shape]:
    """What a condition can speak of, with shapes."""
    t = c.session.position.iteration
    return condition_shapes(c.history.spec_of(t), c.history.owner(t).steps)


def describe(point: Breakpoint) -> str:
    """A breakpoint in words."""
    match point.kind:
        case "step":
            return f"the step that gives {point.text}"
        case "change":
            return f"{point.text} changes"
        case _:
            return point.text


class _Run:
    """A run from where the reader stands to the nearest hit, in one direction."""

    def __init__(self, c: Context, forward: bool) -> None:
        self.c, self.forward = c, forward
        self.session, self.history = c.session, c.history
        self.here, self.branch = c.session.position, c.session.current
        self.nothing = "No breakpoint hits " + ("further on." if forward else "before.")

    def begin(self) -> Effects:
        """Look for the nearest hit, beside the screen where there are conditions."""
        points = [point for point in self.session.breakpoints if point.enabled]
        if not points:
            raise MoveError("No breakpoint is on; b sets one.")
        known = symbols(self.c)
        conditions = {p.id: c for p in points if (c := condition_of(p, known)) is not None}
        step = self._step_hit([p for p in points if p.kind == "step"])
        found: dict[int, Position] = {}
        if step:
            symbol = self.history.steps_of(step.iteration)[step.step - 1].symbol
            found |= {p.id: step for p in points if p.kind == "step" and p.text == symbol}
        return self._seek(conditions, step, found) if conditions else self._stop_at(found)

    def _seek(
        self,
        conditions: Mapping[int, Condition],
        step: Position | None,
        found: Mapping[int, Position],
    ) -> Effects:
        """Search for where one of the conditions holds, as far as the step that hits too; `found`
        are the breakpoints that hit there.
        """
        history, hold = self.history, list[int]()

        def search(stop: Stop, tell: Progress) -> int | None:
            t = self._search(list(conditions.values()), step, stop, tell)
            if t is None and step and not stop():
                return step.iteration
            if t is None or not history.approach(t, stop, tell):  # near by, which of them hit?
                return None
            hold.extend(n for n, condition in conditions.items() if _holds(history, condition, t))
            return t

        def done(t: int) -> Effects:
            held = {n: Position(t, self._known(conditions[n], t)) for n in hold}
            return self._stop_at({**found, **held})

        last = step.iteration if step else MOST_ITERATIONS if self.forward else 1
        return seek(self.c, "running", search, done, self.nothing, last)

    def _beyond(self, position: Position) -> bool:
        return position > self.here if self.forward else position < self.here

    def _stop_at(self, found: Mapping[int, Position]) -> Effects:
        """Go to the nearest of the positions at which breakpoints hit, if any is beyond."""
        beyond = {n: position for n, position in found.items() if self._beyond(position)}
        if not beyond:
            self.c.say(self.nothing)
            return ()
        nearest = min(beyond.values()) if self.forward else max(beyond.values())
        hit = [number for number, position in beyond.items() if position == nearest]

        def arrive() -> None:
            session = self.session
            session.go(nearest, self.branch)
            session.breakpoints = breakpoints.counted(session.breakpoints, hit)
            names = ", ".join(describe(p) for p in session.breakpoints if p.id in hit)
            loss = session.trace.value("loss", nearest.step)
            shown = "" if loss is None else f" (loss {float(loss):.6g})"
            self.c.say(f"Stopped: {names}{shown}.")

        return travel(self.c, nearest, self.branch, arrive)

    def _known(self, condition: Condition, t: int) -> int:
        """The step of iteration t by which the condition is known to hold."""
        if condition == Not(Finite()):
            return not_finite_step(self.history.trace(t)) or 1
        return known_at(condition, self.history.steps_of(t))

    # -- steps ---------------------------------------------------------------------------------

    def _step_hit(self, points: list[Breakpoint]) -> Position | None:
        """The nearest position beyond with the step of one of these."""
        wanted = {point.text for point in points}
        for t in self._iterations_around(self.here.iteration):
            steps = [s.number for s in self.history.steps_of(t) if s.symbol in wanted]
            beyond = [p for number in steps if self._beyond(p := Position(t, number))]
            if beyond:
                return min(beyond) if self.forward else max(beyond)
        return None

    def _iterations_around(self, t: int) -> list[int]:
        """Iterations to look for a step in: this one, its neighbour, and the ends of the stretches,
        where steps can differ.
        """
        ends = {end for s in self.history.stretches for end in (s.origin, s.origin + 1)}
        around = {t, t + 1 if self.forward else t - 1} | {
            end for end in ends if (end > t if self.forward else end < t)
        }
        return sorted((n for n in around if 1 <= n <= MOST_ITERATIONS), reverse=not self.forward)

    # -- conditions ----------------------------------------------------------------------------

    def _search(
        self, conditions: list[Condition], limit: Position | None, stop: Stop, tell: Progress
    ) -> int | None:
        """The nearest iteration in which one of the conditions is known to hold."""
        history, here, condition = self.history, self.here, any_of(*conditions)
        steps = [known_at(c, history.steps_of(here.iteration)) for c in conditions]
        if self.forward:
            after = here.iteration if here.step >= max(steps) else here.iteration - 1
            last = limit.iteration if limit else MOST_ITERATIONS
            t = search_forward(history, condition, after, stop, tell, last)
            if t == here.iteration and all(here.step >= n for n in self._hit_steps(conditions, t)):
                t = search_forward(history, condition, t, stop, tell, last)
            return t
        before = here.iteration + 1 if here.step > min(steps) else here.iteration
        t = search_backward(history, condition, before, stop, tell)
        if t == here.iteration and all(here.step <= n for n in self._hit_steps(conditions, t)):
            t = search_backward(history, condition, t, stop, tell)
        return t

    def _hit_steps(self, conditions: list[Condition], t: int) -> list[int]:
        """The steps at which those of the conditions that hold in iteration t are known to."""
        hold = [c for c in conditions if _holds(self.history, c, t)]
        return [known_at(c, self.history.steps_of(t)) for c in hold]


def _holds(history: History, condition: Condition, t: int) -> bool:
    return search_forward(history, condition, t - 1, limit=t) == t
