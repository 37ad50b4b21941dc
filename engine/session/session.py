"""The session: branches, and where the reader stands among them. It alone changes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.analysis.breakpoints import Breakpoints
from engine.formula.expr import Index
from engine.history.budget import Budget
from engine.history.position import Position
from engine.program.step import Step
from engine.program.trace import Trace
from engine.session import changes, moves
from engine.session.lesson import Lesson, Stop, counted
from engine.session.moves import MoveError
from engine.session.notes import Notes
from engine.session.standing import Place, Selection, Standing, Trail
from engine.session.tree import OWN, Branch, Tree
from engine.spec.run import RunSpec


class Session:
    """A reader's session with a run: the tree of branches, the position, the selected element,
    the marks and notes, and the places visited.
    """

    def __init__(self, spec: RunSpec, budget: Budget | None = None) -> None:
        self.spec = spec
        self.budget = budget or Budget()
        self.tree = Tree(spec, self.budget)
        self.current = OWN
        self.position = Position()
        self.selection = Selection()
        self.marks: dict[str, Place] = {}
        self.breakpoints: Breakpoints = ()
        self._reached: dict[int, Position] = {}
        self._toggled: tuple[Place, Place] | None = None
        self._trail = Trail((self.place,))
        self.notes = Notes(self.tree)

    # -- where we are --------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """The branch and the position."""
        return Place(self.current, self.position)

    @property
    def branches(self) -> dict[int, Branch]:
        """The branches, by number, without those that have been deleted."""
        return self.tree.branches

    @property
    def deleted(self) -> list[Branch]:
        """The branches that have been deleted, the last one last."""
        return self.tree.deleted

    @property
    def branch(self) -> Branch:
        """The branch the reader stands on."""
        return self.branches[self.current]

    @property
    def other(self) -> Branch:
        """The branch that it is toggled with: the one toggled from, or else its partner."""
        number = self._toggled_from.branch if self._toggled_from else self.branch.partner
        return self.branches.get(number, self.branches[OWN])

    @property
    def _toggled_from(self) -> Place | None:
        """Where the last move toggled from; None where it was another move."""
        if self._toggled is None or self._toggled[1] != self.place:
            return None
        before, _ = self._toggled
        return before if before.branch in self.branches else None

    @property
    def trace(self) -> Trace:
        """Everything the current iteration computes."""
        return self.branch.history.trace(self.position.iteration)

    @property
    def step(self) -> Step | None:
        """The current step; None before the first."""
        return moves.current_step(self.branch.history, self.position)

    @property
    def reached(self) -> Position:
        """The last position gone to on this branch."""
        return self._reached.get(self.current, Position())

    def reach(self, iterations: int, branch: int | None = None) -> None:
        """Count the end of that iteration of a branch, this one by default, as reached."""
        number = self.current if branch is None else branch
        end = Position(iterations, len(self.branches[number].history.steps_of(iterations)))
        self._reached[number] = max(self._reached.get(number, Position()), end)

    @property
    def standing(self) -> Standing:
        """All that there is beside the branches and breakpoints."""
        return Standing(
            self.current, self.position, self.selection, dict(self.marks), dict(self._reached),
            self._trail, self._toggled,
        )  # fmt: skip

    @standing.setter
    def standing(self, standing: Standing) -> None:
        self.current, self.position = standing.current, standing.position
        self.selection = standing.selection
        self.marks, self._reached = dict(standing.marks), dict(standing.reached)
        self._trail, self._toggled = standing.trail, standing.toggled

    # -- moves ---------------------------------------------------------------------------------

    def go(self, position: Position, branch: int | None = None) -> None:
        """Stand at a position of a branch, this one by default, computing as far as needed."""
        place = Place(self.current if branch is None else branch, position)
        self._stand(place)
        self._trail = self._trail.on(place)

    def _stand(self, place: Place) -> None:
        self.branches[place.branch].history.visit(place.position.iteration)
        self.current, self.position = place
        self._reached[place.branch] = max(self.reached, place.position)
        self._toggled = None

    @property
    def extent(self) -> Position:
        """The last position gone to on this branch; before any, the last that the run asks for."""
        if self.reached > Position():
            return self.reached
        return moves.end_of(self.branch.history, self.spec.iterations)

    @property
    def opening(self) -> Position:
        """Where the run wants to be opened. Raises MoveError where there is no such place."""
        if not self.spec.opens:
            return Position()
        try:
            return moves.named(self.branches[OWN].history, Position(), self.extent, self.spec.opens)
        except MoveError as error:
            raise MoveError(f"opens {error}") from None

    def target(
        self, text: str, here: Position | None = None, extent: Position | None = None
    ) -> Position:
        """The position that `text` names, seen from `here`, the reader's by default, of what there
        is up to `extent`. Raises MoveError where it names none.
        """
        return moves.named(self.branch.history, here or self.position, extent or self.extent, text)

    def toggle_target(self) -> Position:
        """Where on the other branch `toggle` leads."""
        if self._toggled_from:
            return self._toggled_from.position
        return self.beside(self.other)

    def toggle(self) -> None:
        """The branch's partner at the same position; toggled again at once, the old place."""
        here, there = self.place, Place(self.other.number, self.toggle_target())
        self.go(there.position, there.branch)
        self._toggled = (here, there)

    def visited(self, count: int) -> Place | None:
        """The place visited that many moves ago, or later where negative; None for no such.
        Places on deleted branches do not count.
        """
        trail = self._trail.back(count, self.branches)
        return trail.here if trail else None

    def go_back(self, count: int) -> bool:
        """Stand at a place visited before, or again later. Says whether there was one."""
        trail = self._trail.back(count, self.branches)
        if trail:
            self._stand(trail.here)
            self._trail = trail
        return trail is not None

    # -- marks ---------------------------------------------------------------------------------

    def mark(self, letter: str) -> None:
        """Remember this place under a letter."""
        self.marks[letter] = self.place

    def marked(self, letter: str) -> Place:
        """A marked place. Raises MoveError where there is none under that letter."""
        place = self.marks.get(letter)
        if place is None or place.branch not in self.branches:
            known = ", ".join(sorted(self.marks)) or "none"
            raise MoveError(f"{letter}: no such mark; there are {known}.")
        return place

    # -- notes, the stops of a lesson ------------------------------------------------------------

    @property
    def lesson(self) -> Lesson:
        """See `Notes.lesson`."""
        return self.notes.lesson

    @property
    def stop(self) -> int:
        """The stop of the lesson that is shown where the reader stands, -1 for none."""
        lesson = self.lesson if self.notes.made else Lesson()  # nobody has gone to any yet
        return lesson.at(self.place, self.selected) if lesson.stops else -1

    @property
    def selected(self) -> Selection:
        """The selection as it counts here; see `lesson.counted`."""
        return counted(self.selection, self.trace, self.position.step)

    def note(self, text: str) -> None:
        """Say something of the selected element at this place; see `Notes.write`."""
        self.notes.write(self.place, self.selected, text)

    def go_to_stop(self, stop: Stop) -> None:
        """Stand at a stop of the lesson, with its element selected."""
        self.go(stop.place.position, stop.place.branch)
        self.selection = stop.selection
        self.notes.went_to(stop)

    # -- branches ------------------------------------------------------------------------------

    def beside(self, branch: Branch) -> Position:
        """The position on another branch that corresponds to this one."""
        return moves.like(self.step, branch.history, self.position.iteration)

    def edit(self, symbol: str, index: Index, value: float, name: str) -> Branch:
        """A branch from here, not gone to yet, with one element of a parameter, input or target
        changed; `name` is how it is written. Raises EditError for what cannot be edited.
        """
        here = self.position
        return self.tree.grow(*changes.edit(self.branch, here, symbol, index, value, name))

    def edit_targets(self, sample: int, values: Sequence[float], name: str) -> Branch:
        """A branch from here, not gone to yet, with other targets for a sample of the mini-batch,
        one for each output; `name` is how they are written. Raises EditError for a row that the
        loss does not take.
        """
        here = self.position
        return self.tree.grow(*changes.edit_targets(self.branch, here, sample, values, name))

    def set_option(self, name: str, value: Any) -> Branch:
        """A branch from here, not gone to yet, with an option of the optimizer changed. Raises
        EditError where it has no such option or the value is not valid.
        """
        return self.tree.grow(*changes.option(self.branch, self.position, name, value))

    def switch(self, fresh: bool) -> Branch:
        """A branch from here, not gone to yet, on which the compared optimizer takes over: with
        fresh state, as PyTorch would, or with the state that it would have had from the same
        gradients.
        """
        return self.tree.grow(*changes.switch(self.branch, self.position, fresh))

    def rename(self, branch: int, name: str) -> None:
        """See `Tree.rename`."""
        self.tree.rename(branch, name)

    def delete(self, branch: int) -> None:
        """See `Tree.delete`."""
        self.tree.delete(branch, self.current)

    def undelete(self) -> Branch:
        """See `Tree.undelete`."""
        return self.tree.undelete()
