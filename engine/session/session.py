"""The session: branches, and where the reader stands among them. It alone changes them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.catalog.optimizers import OPTIMIZERS
from engine.formula.expr import Index
from engine.history.branching import history_of, other_optimizer
from engine.history.budget import Budget
from engine.history.position import Position
from engine.program.step import Phase, Step
from engine.program.trace import Trace
from engine.session import moves
from engine.session.moves import MoveError
from engine.session.standing import Place, Selection, Standing
from engine.session.tree import (
    MOST_NAME,
    OTHER,
    OWN,
    Branch,
    Cause,
    EditError,
    free_name,
    grown,
    most_branches,
    switch_cause,
    valid_value,
)
from engine.spec.run import OptimizerSpec, RunSpec, SpecError

if TYPE_CHECKING:
    from engine.analysis.breakpoints import Breakpoints

MOST_VISITED = 1000


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
        return replace(spec.with_optimizer(compare, own), switches=())
    options = {**OPTIMIZERS[name].defaults, "lr": own.options["lr"]}
    return replace(spec.with_optimizer(OptimizerSpec(name, options), own), switches=())


class Session:
    """A reader's session with a run: the tree of branches, the position, the selected element,
    the marks, and the places visited.
    """

    def __init__(self, spec: RunSpec, budget: Budget | None = None) -> None:
        self.spec = spec
        self.budget = budget = budget or Budget()
        other = other_optimizer(spec)
        swapped = spec.with_optimizer(other, spec.optimizer if spec.compare else None)
        swapped = replace(swapped, switches=())
        self.branches: dict[int, Branch] = {
            OWN: Branch(
                OWN,
                spec.optimizer.name,
                "the run",
                spec,
                None,
                OTHER,
                lambda: history_of(spec, budget),
            ),
            OTHER: Branch(
                OTHER,
                other.name,
                "the other optimizer",
                swapped,
                None,
                OWN,
                lambda: history_of(swapped, budget),
            ),
        }
        self.current = OWN
        self.position = Position()
        self.selection = Selection()
        self.marks: dict[str, Place] = {}
        self.deleted: list[Branch] = []
        self.stops: Breakpoints = ()
        self._reached: dict[int, Position] = {}
        self._toggled: tuple[Place, Place] | None = None
        self._visited: list[Place] = [(OWN, Position())]
        self._at = 0

    # -- where we are --------------------------------------------------------------------------

    @property
    def branch(self) -> Branch:
        """The branch the reader stands on."""
        return self.branches[self.current]

    @property
    def other(self) -> Branch:
        """The branch that it is toggled with: the one toggled from, or else its partner."""
        number = self._toggled_from[0] if self._toggled_from else self.branch.partner
        return self.branches.get(number, self.branches[OWN])

    @property
    def _toggled_from(self) -> Place | None:
        """Where the last move toggled from; None where it was another move."""
        if self._toggled is None or self._toggled[1] != (self.current, self.position):
            return None
        return self._toggled[0] if self._toggled[0][0] in self.branches else None

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
            tuple(self._visited), self._at, self._toggled,
        )  # fmt: skip

    @standing.setter
    def standing(self, standing: Standing) -> None:
        self.current, self.position = standing.current, standing.position
        self.selection = standing.selection
        self.marks, self._reached = dict(standing.marks), dict(standing.reached)
        self._visited, self._at = list(standing.visited), standing.at
        self._toggled = standing.toggled

    # -- moves ---------------------------------------------------------------------------------

    def go(self, position: Position, branch: int | None = None) -> None:
        """Stand at a position of a branch, this one by default, computing as far as needed."""
        self._stand(self.current if branch is None else branch, position)
        here = (self.current, self.position)
        if here != self._visited[self._at]:
            self._visited = [*self._visited[: self._at + 1], here][-MOST_VISITED:]
            self._at = len(self._visited) - 1

    def _stand(self, branch: int, position: Position) -> None:
        self.branches[branch].history.visit(position.iteration)
        self.current, self.position = branch, position
        self._reached[branch] = max(self.reached, position)
        self._toggled = None

    def target(self, text: str) -> Position:
        """The position that `text` names. Raises MoveError where it names none."""
        return moves.named(self.branch.history, self.position, self.reached, text)

    def toggle_target(self) -> Position:
        """Where on the other branch `toggle` leads."""
        if self._toggled_from:
            return self._toggled_from[1]
        return self.beside(self.other)

    def toggle(self) -> None:
        """The branch's partner at the same position; toggled again at once, the old place."""
        here, there = (self.current, self.position), (self.other.number, self.toggle_target())
        self.go(there[1], there[0])
        self._toggled = (here, there)

    def visited(self, count: int) -> Place | None:
        """The place visited that many moves ago, or later where negative; None for no such.
        Places on deleted branches do not count.
        """
        at = self._trail(count)
        return None if at is None else self._visited[at]

    def _trail(self, count: int) -> int | None:
        at, left = self._at, abs(count)
        while left:
            at -= 1 if count > 0 else -1
            if not 0 <= at < len(self._visited):
                return None
            left -= self._visited[at][0] in self.branches
        return at if count else None

    def go_back(self, count: int) -> bool:
        """Stand at a place visited before, or again later. Says whether there was one."""
        at = self._trail(count)
        if at is None:
            return False
        self._stand(*self._visited[at])
        self._at = at
        return True

    # -- marks ---------------------------------------------------------------------------------

    def mark(self, letter: str) -> None:
        """Remember this place under a letter."""
        self.marks[letter] = (self.current, self.position)

    def marked(self, letter: str) -> Place:
        """A marked place. Raises MoveError where there is none under that letter."""
        place = self.marks.get(letter)
        if place is None or place[0] not in self.branches:
            known = ", ".join(sorted(self.marks)) or "none"
            raise MoveError(f"{letter}: no such mark; there are {known}.")
        return place

    # -- branches ------------------------------------------------------------------------------

    def grow(self, cause: Cause, words: str) -> Branch:
        """A new branch, not gone to yet. It leaves the branch that has the iteration after its
        origin, which may be one before that of the cause. Raises EditError where the cause is not
        valid.
        """
        parent = self.branches[cause.parent]
        while parent.cause and cause.origin < parent.cause.origin:
            parent = self.branches[parent.cause.parent]
        cause = replace(cause, parent=parent.number)
        if len(self.branches) + len(self.deleted) >= most_branches(self.spec):
            most = most_branches(self.spec)
            raise EditError(f"There are {most} branches, deleted ones too, the most there can be.")
        spec, grow = grown(parent, cause)
        number = max([*self.branches, *(b.number for b in self.deleted)]) + 1
        name = free_name(f"{spec.optimizer.name}-{number}", number, self._names)
        made = Branch(number, name, words, spec, cause, parent.number, grow)
        self.branches[number] = made
        return made

    @property
    def _names(self) -> set[str]:
        """The names that are taken."""
        return {branch.name for branch in self.branches.values()}

    def beside(self, branch: Branch) -> Position:
        """The position on another branch that corresponds to this one."""
        return moves.like(self.step, branch.history, self.position.iteration)

    def _origin(self, symbol: str) -> int:
        """The iteration after which a change made here to a symbol takes effect: this one, where
        it has been updated already, else the one before.
        """
        writer = self.trace.writer(symbol)
        done = writer is not None and writer <= self.position.step
        return self.position.iteration - (not done)

    def _place(self) -> str:
        return f"{self.position.iteration}.{self.position.step}"

    def edit(self, symbol: str, index: Index, value: float, name: str) -> Branch:
        """A branch from here, not gone to yet, with one element of a parameter, input or target
        changed; `name` is how it is written. Raises EditError for what cannot be edited.
        """
        value = valid_value(name, value, self.spec.dtype)
        t = self.position.iteration
        if symbol in ("x", "y"):
            rows = self.branch.history.owner(t).rows(t)
            kind, origin, index = "data", t - 1, (int(rows[index[0]]), *index[1:])
        elif symbol in self.trace.parameters:
            kind, origin = "parameter", self._origin(symbol)
        else:
            raise EditError(f"{name} is computed; parameters, inputs and targets can be edited.")
        old = float(self.trace.known(symbol, self.position.step)[self._shown(symbol, index)])
        words = f"{name} {old:.6g} → {value:.6g} at {self._place()}"
        cause = Cause(self.current, origin, kind, symbol, index, value)
        return self.grow(cause, words)

    def _shown(self, symbol: str, index: Index) -> Index:
        """The index in this iteration's arrays of an element of the whole data."""
        if symbol not in ("x", "y"):
            return index
        t = self.position.iteration
        rows = self.branch.history.owner(t).rows(t).tolist()
        return (rows.index(index[0]), *index[1:])

    def _update_origin(self) -> int:
        """The iteration after which a change of the optimizer takes effect."""
        updating = self.step is not None and self.step.phase == Phase.UPDATE
        return self.position.iteration - (not updating)

    def set_option(self, name: str, value: Any) -> Branch:
        """A branch from here, not gone to yet, with an option of the optimizer changed. Raises
        EditError where it has no such option or the value is not valid.
        """
        cause = Cause(self.current, self._update_origin(), "option", name, (), value)
        return self.grow(cause, f"{name} = {value} at {self._place()}")

    def switch(self, fresh: bool) -> Branch:
        """A branch from here, not gone to yet, on which the compared optimizer takes over: with
        fresh state, as PyTorch would, or with the state that it would have had from the same
        gradients.
        """
        cause = switch_cause(self.branch, self._update_origin(), fresh)
        how = "fresh" if fresh else "carried"
        label = OPTIMIZERS[cause.symbol].label
        return self.grow(cause, f"{label}, {how} state, from {cause.origin + 1} on")

    def rename(self, branch: int, name: str) -> None:
        """Give a branch another name. Raises EditError for an empty or a taken one."""
        name = name.strip()
        if not name or not name.isprintable() or len(name) > MOST_NAME:
            raise EditError(f"A name has 1 to {MOST_NAME} printable characters.")
        if any(b.name == name and b.number != branch for b in self.branches.values()):
            raise EditError(f"{name}: another branch has that name.")
        self.branches[branch] = self.branches[branch].renamed(name)

    def children(self, branch: int) -> list[Branch]:
        """The branches that leave a branch."""
        return [b for b in self.branches.values() if b.cause and b.cause.parent == branch]

    def delete(self, branch: int) -> None:
        """Delete a branch; `undelete` brings it back. Raises EditError for the two first ones, the
        current one and one that others leave.
        """
        if branch in (OWN, OTHER):
            raise EditError("The run and its comparison cannot be deleted.")
        if branch == self.current:
            raise EditError("You stand on this branch; go to another one first.")
        if self.children(branch):
            raise EditError("Other branches leave this one; delete them first.")
        self.deleted.append(self.branches.pop(branch))

    def undelete(self) -> Branch:
        """Bring back the branch deleted last, with a number at its name where that is taken now.
        Raises EditError where there is none.
        """
        if not self.deleted:
            raise EditError("No branch has been deleted.")
        branch = self.deleted.pop()
        name = free_name(branch.name, branch.number, self._names)
        if name != branch.name:
            branch = branch.renamed(name)
        self.branches[branch.number] = branch
        return branch
