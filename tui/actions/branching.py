"""Branching: edits, switches, and the tree of branches."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.catalog.optimizers import OPTIMIZERS
from engine.history.branching import other_optimizer
from engine.session.tree import Branch, EditError
from tui.actions.state import Reader


class Branching(Reader):
    """The actions that make, visit and tend branches."""

    def do_toggle(self) -> None:
        """The other optimizer's run, or the branch's parent."""
        session = self.session
        self.travel(session.toggle_target(), session.other.number, session.toggle)

    def do_edit(self) -> None:
        """Ask for a new value of the selected element, or of an option."""
        frame = self.picture()
        symbol, index = frame.symbol, frame.index
        array = frame.entries[symbol].array
        name = self.text.element(symbol, index, array.shape)
        now = self.text.number(float(array[index]))
        options = OPTIMIZERS[frame.rule].options

        def enter(text: str) -> None:
            option, equals, value = text.partition("=")
            if equals:
                self._follow_new(self.session.set_option(option.strip(), _value(value)))
            elif text.strip():
                self._follow_new(self.session.edit(symbol, index, float(_number(text)), name))

        self.ask(f"{name} is {now}; a number, or {next(iter(options))} = …: ", enter)

    def do_switch(self) -> None:
        """Ask how the compared optimizer takes over from here on."""
        optimizer = other_optimizer(self.history.spec_of(self.session.position.iteration))
        label = OPTIMIZERS[optimizer.name].label
        ways = {"f": True, "c": False}

        def enter(letter: str) -> None:
            if letter not in ways:
                raise EditError("f or c is needed.")
            self._follow_new(self.session.switch(fresh=ways[letter]))

        self.ask_letter(f"{label} from here on, with state f fresh or c carried: ", enter)

    def _follow_new(self, branch: Branch) -> None:
        """Go to a new branch at the corresponding position."""

        def arrive() -> None:
            self.session.go(target, branch.number)
            self.say(f"New branch {branch.name}: {branch.words}.")

        target = self.session.beside(branch)
        self.travel(target, branch.number, arrive)

    # -- the tree ------------------------------------------------------------------------------

    def do_branches(self) -> None:
        """The tree of branches, and back."""
        self.open("branches")
        order = self.tree()
        current = [i for i, (branch, _) in enumerate(order) if branch is self.session.branch]
        self.cursor = current[0] if current else 0

    def tree(self) -> list[tuple[Branch, int]]:
        """All branches, each below its parent, with its depth."""
        session = self.session
        found: list[tuple[Branch, int]] = []

        def visit(branch: Branch, depth: int) -> None:
            found.append((branch, depth))
            for child in session.children(branch.number):
                visit(child, depth + 1)

        for branch in list(session.branches.values()):
            if branch.cause is None:
                visit(branch, 0)
        return found

    def branch_rows(self) -> Mapping[str, Callable[[], None]]:
        """What keys do to the branch that is pointed at."""
        tree = self.tree()
        self.cursor = min(self.cursor, len(tree) - 1)
        branch = tree[self.cursor][0]
        session = self.session

        def visit() -> None:
            self.view = "main"
            if branch is not session.branch:
                self.travel(session.beside(branch), branch.number)

        def undelete() -> None:
            self.say(f"{session.undelete().name} is back.")

        def delete() -> None:
            session.delete(branch.number)
            if self.job and self.job.branch == branch.number:
                self.stop_job()

        return {
            "enter": visit,
            "r": lambda: self.ask(
                "name: ", lambda name: session.rename(branch.number, name), branch.name
            ),
            "x": delete,
            "u": undelete,
        }


def _number(text: str) -> float:
    try:
        return float(text.strip().replace("−", "-"))
    except ValueError:
        raise EditError(f"{text.strip()}: a number is needed, such as 0.25.") from None


def _value(text: str) -> float | bool | tuple[float, ...]:
    """An option's value: a number, true, false, or two numbers with a comma between."""
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    if "," in text:
        return tuple(_number(part) for part in text.strip("[]() ").split(","))
    return _number(text)
