"""The tree of branches: each a cause and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property

from engine.catalog.optimizers import OPTIMIZERS
from engine.history.branching import branched, history_of, planned, switched
from engine.history.budget import Budget
from engine.history.history import History
from engine.session.causes import Cause, EditError, changed_spec, successor
from engine.session.rivals import other_optimizer
from engine.spec.run import MOST_ITERATIONS, RunSpec

OWN, OTHER = 0, 1
"""The two branches that every session has: the run, and the run under the other optimizer."""
MOST_NAME = 30
"""The most characters of a branch's name."""
MOST_STRETCHES = 250
"""So many branches and switches can leave one another."""


@dataclass(frozen=True, eq=False)
class Branch:
    """A history that a reader can go to. `words` say where it comes from, and `partner` is what it
    is toggled with.
    """

    number: int
    name: str
    words: str
    spec: RunSpec
    cause: Cause | None
    partner: int
    grow: Callable[[], History]

    @cached_property
    def history(self) -> History:
        """Its iterations."""
        return self.grow()

    @property
    def opened(self) -> bool:
        """Whether its iterations have been looked at."""
        return "history" in self.__dict__

    @property
    def label(self) -> str:
        """Its optimizer as people write it."""
        return OPTIMIZERS[self.spec.optimizer.name].label

    def optimizer(self, t: int) -> str:
        """The name of the optimizer that updates in iteration t."""
        return self.history.spec_of(t).optimizer.name

    def renamed(self, name: str) -> Branch:
        """The same branch, with the same iterations, under another name."""
        made = replace(self, name=name)
        if self.opened:
            made.__dict__["history"] = self.history
        return made


class Tree:
    """The branches of a session, by number, and those that have been deleted, the last one last."""

    def __init__(self, spec: RunSpec, budget: Budget) -> None:
        other = other_optimizer(spec)
        swapped = spec.with_optimizer(other, spec.optimizer if spec.compare else None)
        words, beside = "the other optimizer", replace(swapped, switches=())
        if spec.beside:
            words, beside = "the run beside it", spec.beside
        self.branches = {
            OWN: _root(OWN, "the run", spec, OTHER, budget),
            OTHER: _root(OTHER, words, beside, OWN, budget),
        }
        self.deleted: list[Branch] = []
        self._most = most_branches(spec)

    @property
    def _names(self) -> set[str]:
        """The names that are taken."""
        return {branch.name for branch in self.branches.values()}

    def children(self, branch: int) -> list[Branch]:
        """The branches that leave a branch."""
        return [b for b in self.branches.values() if b.cause and b.cause.parent == branch]

    def grow(self, cause: Cause, words: str) -> Branch:
        """A new branch. It leaves the branch that has the iteration after its origin, which may be
        one before that of the cause. Raises EditError where the cause is not valid.
        """
        parent = self.branches[cause.parent]
        while parent.cause and cause.origin < parent.cause.origin:
            parent = self.branches[parent.cause.parent]
        cause = replace(cause, parent=parent.number)
        if len(self.branches) + len(self.deleted) >= self._most:
            raise EditError(
                f"There are {self._most} branches, deleted ones too, the most there can be."
            )
        spec, grow = grown(parent, cause)
        number = max([*self.branches, *(b.number for b in self.deleted)]) + 1
        name = free_name(f"{spec.optimizer.name}-{number}", number, self._names)
        made = Branch(number, name, words, spec, cause, parent.number, grow)
        self.branches[number] = made
        return made

    def rename(self, branch: int, name: str) -> None:
        """Give a branch another name. Raises EditError for an empty or a taken one."""
        name = name.strip()
        if not name or not name.isprintable() or len(name) > MOST_NAME:
            raise EditError(f"A name has 1 to {MOST_NAME} printable characters.")
        if any(b.name == name and b.number != branch for b in self.branches.values()):
            raise EditError(f"{name}: another branch has that name.")
        self.branches[branch] = self.branches[branch].renamed(name)

    def delete(self, branch: int, current: int) -> None:
        """Delete a branch; `undelete` brings it back. Raises EditError for the two first ones, the
        current one and one that others leave.
        """
        if branch in (OWN, OTHER):
            raise EditError("The run and its comparison cannot be deleted.")
        if branch == current:
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


def _root(number: int, words: str, spec: RunSpec, partner: int, budget: Budget) -> Branch:
    name = spec.optimizer.name
    return Branch(number, name, words, spec, None, partner, lambda: history_of(spec, budget))


def free_name(name: str, number: int, taken: Collection[str]) -> str:
    """The name, where it is not taken; else with a number appended, `number` or the next free."""
    free = name
    while free in taken:
        suffix = f"-{number}"
        free = name[: MOST_NAME - len(suffix)] + suffix
        number += 1
    return free


def most_branches(spec: RunSpec) -> int:
    """How many branches a session with a run can have, so that a saved one opens in seconds."""
    numbers = spec.data.x.size + spec.data.y.size + sum(layer.W.size for layer in spec.layers)
    return max(20, min(1000, 20_000 // max(1, len(spec.layers)), (1 << 27) // numbers))


def grown(parent: Branch, cause: Cause) -> tuple[RunSpec, Callable[[], History]]:
    """The spec of a branch, and how to make its history. Raises EditError where the cause is not
    valid there.
    """
    if len(parent.history.stretches) > MOST_STRETCHES:
        raise EditError(f"More than {MOST_STRETCHES} branches leave one another here.")
    first = parent.cause.origin if parent.cause else 0
    if not first <= cause.origin <= MOST_ITERATIONS:
        raise EditError(f"iteration {cause.origin}: from {first:,} to {MOST_ITERATIONS:,}.")
    spec = parent.history.spec_of(cause.origin + 1)
    if cause.kind == "switch":
        optimizer = successor(spec, cause)
        history = switched(parent.history, cause.origin, optimizer, cause.fresh)
        return history.own.spec, lambda: history
    spec = changed_spec(spec, cause)
    edits = {(cause.symbol, cause.index): float(cause.value)} if cause.kind == "parameter" else {}
    return spec, lambda: planned(branched(parent.history, cause.origin, spec, edits))
