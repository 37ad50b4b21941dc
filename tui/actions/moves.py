"""Moving about: steps, phases, iterations, places by name, marks, play."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.history.history import History
from engine.history.position import Position
from engine.session.moves import MoveError, by_iterations, by_phases, by_steps
from engine.spec.run import MOST_ITERATIONS
from tui.actions.state import PATIENCE, Reader

SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)

Target = Callable[[History, Position, int], Position]


class Moves(Reader):
    """The actions that move."""

    speed = SPEEDS.index(2.0)

    def _move(self, target: Target, count: int, follow: bool = True) -> None:
        if follow:
            self._follow()
        there = target(self.history, self.session.position, count)
        if there == self.session.position:
            start = there == Position()
            self.say("This is the start." if start else "There is nothing further.")
            return
        self.travel(there)

    def _follow(self) -> None:
        """Select what the step computes."""
        self.session.selection = replace(self.session.selection, symbol="")

    def do_next_step(self) -> None:
        """On by steps."""
        self._move(by_steps, self.times)

    def do_previous_step(self) -> None:
        """Back by steps."""
        self._move(by_steps, -self.times)

    def do_next_phase(self) -> None:
        """On by phases."""
        self._move(by_phases, self.times)

    def do_previous_phase(self) -> None:
        """Back by phases."""
        self._move(by_phases, -self.times)

    def do_next_iteration(self) -> None:
        """On by iterations."""
        self._move(by_iterations, self.times, follow=False)

    def do_previous_iteration(self) -> None:
        """Back by iterations."""
        self._move(by_iterations, -self.times, follow=False)

    def do_first(self) -> None:
        """To the start; with a count, to that iteration."""
        self._follow()
        self.travel(self._counted(Position()))

    def do_last(self) -> None:
        """To the last position reached; with a count, to that iteration."""
        self._follow()
        self.travel(self._counted(self.session.reached))

    def _counted(self, otherwise: Position) -> Position:
        return Position(self.times, 1) if self.counted else otherwise

    def do_goto(self) -> None:
        """Ask where to."""
        self.ask(":", self._go_to, str(self.times) if self.counted else "")

    def _go_to(self, text: str) -> None:
        text = text.strip().lstrip(":")
        if text.strip() == "nan":
            self._go_to_not_finite()
        elif text.strip() == "min" and not self._short:
            self._go_to_least_loss()
        elif text.strip():
            target = self.session.target(text)
            self._follow()
            self.travel(target)

    @property
    def _short(self) -> bool:
        """Whether all that this branch has been trained for is trained again while a reader
        waits.
        """
        return self.history.frontier * self.history.seconds <= PATIENCE

    def _go_to_not_finite(self) -> None:
        """To the first value that is not finite, of what has been trained so far."""
        from engine.analysis.conditions import (  # when first used: the first picture does not wait
            Finite,
            Not,
        )
        from engine.analysis.landmarks import not_finite_step
        from engine.analysis.search import search_forward

        history, last = self.history, self.history.frontier
        branch, condition = self.session.current, Not(Finite())

        def found(t: int) -> None:
            step = not_finite_step(history.trace(t))
            self.session.go(Position(t, step or 1), branch)

        self.seek(
            "looking for nan",
            lambda stop, tell: search_forward(history, condition, 0, stop, tell, last),
            found,
            f"Every value up to iteration {last:,} is finite.",
            last,
        )

    def _go_to_least_loss(self) -> None:
        """To the least loss, of what has been trained so far."""
        from engine.analysis.landmarks import least_loss  # when first used

        history, branch = self.history, self.session.current

        def found(t: int) -> None:
            self.session.go(Position(t, history.trace(t).number("loss")), branch)

        self.seek(
            "looking for the least loss",
            lambda stop, _tell: least_loss(history, stop),
            found,
            "No loss of this branch is a number yet.",
            history.frontier,
        )

    def do_train(self) -> None:
        """Ask how far to train ahead; stop where that is under way."""
        if self.stop_job():
            return
        text = str(self.times) if self.counted else ""
        self.ask("train on to iteration: ", self._train, text)

    def _train(self, text: str) -> None:
        digits = text.replace(",", "").strip()
        if not digits.isascii() or not digits.isdigit() or not 1 <= int(digits) <= MOST_ITERATIONS:
            raise MoveError(f"{text}: a whole number from 1 to {MOST_ITERATIONS:,} is needed.")
        self.train(int(digits))

    # -- places --------------------------------------------------------------------------------

    def do_mark(self) -> None:
        """Mark this place with the next letter."""
        self.ask_letter("mark this place with a letter: ", self._mark)

    def _mark(self, letter: str) -> None:
        if len(letter) != 1 or not letter.isalpha():
            raise MoveError("A mark is a letter.")
        self.session.mark(letter)
        self.say(f"Marked {letter}.")

    def do_to_mark(self) -> None:
        """Go to the place marked with the next letter."""
        known = " ".join(sorted(self.session.marks)) or "none yet"
        self.ask_letter(f"go to mark ({known}): ", self._to_mark)

    def _to_mark(self, letter: str) -> None:
        branch, position = self.session.marked(letter)
        self.travel(position, branch)

    def do_back(self) -> None:
        """To the place before this one."""
        if not self._go_back(self.times):
            self.say("This is the first place of this session.")

    def do_forth(self) -> None:
        """To the place gone back from."""
        if not self._go_back(-self.times):
            self.say("This is the last place of this session.")

    def _go_back(self, count: int) -> bool:
        place = self.session.visited(count)
        if place:
            self.travel(place[1], place[0], lambda: self.session.go_back(count))
        return place is not None

    # -- play ----------------------------------------------------------------------------------

    def do_play(self) -> None:
        """Start or stop playing, or stop the job."""
        if not self.stop_job():
            self.playing = not self.playing

    def do_faster(self) -> None:
        """Play faster."""
        self._set_speed(self.speed + self.times)

    def do_slower(self) -> None:
        """Play slower."""
        self._set_speed(self.speed - self.times)

    def _set_speed(self, speed: int) -> None:
        self.speed = min(max(0, speed), len(SPEEDS) - 1)
        self.say(f"Playing at {SPEEDS[self.speed]:g} steps a second.")

    def tick(self) -> None:
        """One step of playing."""
        self.say("")
        self.attempt(self._move, by_steps, 1)
