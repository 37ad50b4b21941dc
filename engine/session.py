"""The session: where the reader stands and on which branch. The only mutable object."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from engine.branches import line, other_optimizer
from engine.history import History
from engine.optimizers import OPTIMIZERS
from engine.spec import MOST_ITERATIONS, OptimizerSpec, RunSpec, SpecError
from engine.steps import Step
from engine.trace import Trace


class MoveError(ValueError):
    """A place that cannot be gone to: what is wrong, and what is valid."""


@dataclass(frozen=True, order=True)
class Position:
    """Where the reader stands: `iteration` from 1, `step` from 1; step 0, before anything is
    computed, only in iteration 1.
    """

    iteration: int = 1
    step: int = 0


@dataclass(frozen=True)
class Selection:
    """The selected element: `symbol`, or "" for whatever the step computes; `place`, its number
    in the array's order, from 0, within its sample; and `sample`, the one that is looked at.
    Both count on past the end and begin again.
    """

    symbol: str = ""
    place: int = 0
    sample: int = 0


@dataclass(frozen=True, eq=False)
class Branch:
    """A line of history, named after its optimizer."""

    name: str
    spec: RunSpec
    history: History

    @property
    def label(self) -> str:
        """The optimizer as people write it."""
        return OPTIMIZERS[self.spec.optimizer.name].label

    def optimizer(self, t: int) -> str:
        """The name of the optimizer that updates in iteration t."""
        return self.history.spec_of(t).optimizer.name


def with_named_optimizer(spec: RunSpec, name: str) -> RunSpec:
    """The run under the optimizer of that name: the one it compares with, where that is the one,
    else one with its default options and the run's learning rate. Raises SpecError where there
    is none of that name.
    """
    if name not in OPTIMIZERS:
        raise SpecError(f"{name}: no such optimizer; there are {', '.join(OPTIMIZERS)}.")
    own, compare = spec.optimizer, spec.compare
    if name == own.name:
        return spec
    if compare and compare.name == name:
        return spec.with_optimizer(compare, own)
    options = dict(OPTIMIZERS[name].options) | {"lr": own.options["lr"]}
    return spec.with_optimizer(OptimizerSpec(name, options), own)


class Session:
    """A reader's session with a run: the branches, the position, the selected element.

    The `target_` methods say where a move leads, and `go` goes there.
    """

    def __init__(self, spec: RunSpec) -> None:
        self.spec = spec
        compared = other_optimizer(spec)
        swapped = replace(
            spec.with_optimizer(compared, spec.optimizer if spec.compare else None), switches=()
        )
        self._specs = {"own": spec, "other": swapped}
        self._branches: dict[str, Branch] = {}
        self._name = "own"
        self.position = Position()
        self.selection = Selection()
        self._reached = {"own": Position(), "other": Position()}
        self._left: tuple[Position, Position] | None = None

    # -- where we are --------------------------------------------------------------------------

    @property
    def branch(self) -> Branch:
        """The branch the reader stands on."""
        return self._branch(self._name)

    @property
    def other(self) -> Branch:
        """The other optimizer's run."""
        return self._branch("other" if self._name == "own" else "own")

    def _branch(self, name: str) -> Branch:
        if name not in self._branches:
            spec = self._specs[name]
            self._branches[name] = Branch(spec.optimizer.name, spec, line(spec))
        return self._branches[name]

    @property
    def opened_other(self) -> Branch | None:
        """The other optimizer's run, where it has been looked at."""
        return self._branches.get("other" if self._name == "own" else "own")

    @property
    def other_label(self) -> str:
        """The name of the other optimizer, without opening its run."""
        return self.label(self._specs["other" if self._name == "own" else "own"].optimizer.name)

    @staticmethod
    def label(optimizer: str) -> str:
        """An optimizer's name as people write it."""
        return OPTIMIZERS[optimizer].label

    @property
    def trace(self) -> Trace:
        """Everything the current iteration computes."""
        return self.branch.history.trace(self.position.iteration)

    @property
    def step(self) -> Step | None:
        """The current step; None before the first."""
        return self.trace.steps[self.position.step - 1] if self.position.step else None

    @property
    def reached(self) -> Position:
        """The last position gone to on this branch."""
        return self._reached[self._name]

    def reach(self, iterations: int) -> None:
        """Count the end of that iteration as reached."""
        end = Position(iterations, len(self.branch.history.steps_of(iterations)))
        self._reached[self._name] = max(self.reached, end)

    # -- moves ---------------------------------------------------------------------------------

    def go(self, position: Position) -> None:
        """Stand at a position, computing as far as needed."""
        self.branch.history.trace(position.iteration)
        self.position = position
        self._reached[self._name] = max(self.reached, position)
        self._left = None

    def _number(self, position: Position) -> int:
        return self.branch.history.count(position.iteration - 1) + position.step

    def _place(self, number: int) -> Position:
        if number <= 0:
            return Position()
        t, step = self.branch.history.locate(number)
        return Position(min(t, MOST_ITERATIONS), step)

    def _like(self, history: History, t: int) -> Position:
        """The position in iteration t of `history` that corresponds to the current step."""
        if self.step is None:
            return Position(t, 0 if t == 1 else 1)
        numbers = {step.symbol: step.number for step in history.steps_of(t)}
        found = numbers.get(self.step.symbol) or numbers.get(self.step.param)
        return Position(t, found or min(self.position.step, len(numbers)))

    def target_steps(self, count: int) -> Position:
        """That many steps on, or back where negative."""
        return self._place(self._number(self.position) + count)

    def target_phases(self, count: int) -> Position:
        """The first step of a later phase, or of this or an earlier one where negative."""
        steps = self.trace.steps
        starts = [1] + [b.number for a, b in pairwise(steps) if a.phase != b.phase]
        t, step = self.position.iteration, self.position.step
        if count < 0 and step and step not in starts:
            count += 1
        done = sum(start <= step for start in starts)
        index = (t - 1) * len(starts) + done - 1 + count
        if index < 0:
            return Position()
        t, place = divmod(index, len(starts))
        return Position(min(t + 1, MOST_ITERATIONS), starts[place])

    def target_iterations(self, count: int) -> Position:
        """The same step, that many iterations on."""
        t = min(max(1, self.position.iteration + count), MOST_ITERATIONS)
        if t == self.position.iteration:
            return self.position
        place = self._like(self.branch.history, t)
        return replace(place, step=max(1, place.step))

    def toggle(self) -> None:
        """The other optimizer's run at the same position; toggled at once again, the old place."""
        here, back = self.position, self._left
        there = self._like(self.other.history, here.iteration)
        if back is not None and back[1] == here:
            there = back[0]
        self._name = "other" if self._name == "own" else "own"
        self.go(there)
        self._left = (here, there)

    def target(self, text: str) -> Position:
        """The position that `text` names: an iteration ("12"), an iteration and step ("12.6"), a
        part of what has been reached ("50%"), steps from here ("+5", "-10") or a symbol ("dW2"),
        the next place where it is written. Raises MoveError where it names none.
        """
        text = text.strip()
        history = self.branch.history
        if match := re.fullmatch(r"([0-9]+)(?:\.([0-9]+))?", text):
            t, step = int(match[1]), int(match[2] or 1)
            if not 1 <= t <= MOST_ITERATIONS:
                raise MoveError(f"{text}: iterations run from 1 to {MOST_ITERATIONS:,}.")
            steps = history.steps_of(t)
            if not 1 <= step <= len(steps) and (t, step) != (1, 0):
                raise MoveError(
                    f"{text}: an iteration of this run has steps 1 to {len(steps)}"
                    f" ({t}.1 … {t}.{len(steps)})."
                )
            return Position(t, step)
        if match := re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)%", text):
            if float(match[1]) > 100:
                raise MoveError(f"{text}: from 0% to 100% of what has been reached.")
            return self._place(round(float(match[1]) / 100 * self._number(self.reached)))
        if re.fullmatch(r"[+-][0-9]+", text):
            return self.target_steps(int(text))
        steps = history.steps_of(self.position.iteration)
        for step_ in (*steps[self.position.step :], *steps[: self.position.step]):
            if step_.symbol == text:
                later = step_.number > self.position.step
                return Position(self.position.iteration + (not later), step_.number)
        symbols = ", ".join(step.symbol for step in steps[:3])
        raise MoveError(
            f"{text or 'nothing'}: not a place. Valid are 12, 12.6 (iteration.step), 50%, -10,"
            f" or a symbol such as {symbols}."
        )
