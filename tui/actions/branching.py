"""Branching: the other optimizer's run, edits and switches."""

from __future__ import annotations

import re
from typing import Any

from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.symbols import DATA
from engine.runfile.parts import GOING
from engine.session.causes import EditError
from engine.session.changes import row_example
from engine.session.rivals import other_optimizer
from engine.session.tree import Branch
from tui.actions.context import Context, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.travel import travel

_SEPARATOR = re.compile(r"[\s,;]+")
"""What stands between the numbers of a row."""


@command
def toggle(c: Context, _count: Count) -> Effects:
    """The other optimizer's run, or the branch's parent."""
    session = c.session
    return travel(c, session.toggle_target(), session.other.number, session.toggle)


@command
def edit(c: Context, _count: Count) -> None:
    """Ask for a new value of the selected element, where it can have one, or of an option."""
    frame = c.picture()
    symbol, index = frame.symbol, frame.index
    array = frame.entries[symbol].array
    name = c.text.element(symbol, index, array.shape)
    given = symbol.is_parameter or symbol in DATA
    row = OPTIMIZERS[frame.rule]
    example = row_example(frame.spec) if symbol == "y" else ""

    def enter(text: str) -> Effects | None:
        option, equals, value = text.partition("=")
        if equals:
            return go_to_new(c, c.session.set_option(option.strip(), _value(value)))
        if not text.strip():
            return None
        if not given:
            raise EditError(f"{name} is computed; of {row.label} an option can be set: lr = 0.05.")
        values = _SEPARATOR.split(text.strip(" ()[]")) if example else [text]
        if len(values) > 1:
            named = f"y of sample {index[0] + 1}" if len(array) > 1 else "y"
            return go_to_new(c, c.session.edit_targets(index[0], [*map(_number, values)], named))
        return go_to_new(c, c.session.edit(symbol, index, _number(text), name))

    if given:
        wanted = f"the whole row, such as {example};" if example else "a number,"
        label = f"{name} is {c.text.number(float(array[index]))}; {wanted} or lr = …: "
    else:
        label = f"{name} is computed; an option, such as lr = 0.05: "
    has = f"{row.label}: {', '.join(row.options)}; run: {', '.join(GOING[:2])}, …"
    c.dialog.ask(label, enter, hint=has)


@command
def switch(c: Context, _count: Count) -> None:
    """Ask how the compared optimizer takes over from here on."""
    optimizer = other_optimizer(c.history.spec_of(c.session.position.iteration))
    label = OPTIMIZERS[optimizer.name].label
    ways = {"f": True, "c": False}

    def enter(letter: str) -> Effects:
        if letter not in ways:
            raise EditError("f or c is needed.")
        return go_to_new(c, c.session.switch(fresh=ways[letter]))

    c.dialog.ask_letter(f"{label} from here on, with state f fresh or c carried: ", enter)


def go_to_new(c: Context, branch: Branch) -> Effects:
    """Go to a new branch at the corresponding position."""
    target = c.session.beside(branch)

    def arrive() -> None:
        c.session.go(target, branch.number)
        c.say(f"New branch {branch.name}: {branch.words}.")

    return travel(c, target, branch.number, arrive)


def _number(text: str) -> float:
    try:
        return float(text.strip().replace("−", "-"))
    except ValueError:
        raise EditError(f"{text.strip()}: a number is needed, such as 0.25.") from None


def _value(text: str) -> Any:
    """An option's value: a number, true, false, or numbers with commas between; what is none of
    these as it is, for the option to refuse.
    """
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    try:
        if "," in text:
            return tuple(_number(part) for part in text.strip("[]() ").split(","))
        return _number(text)
    except EditError:
        return text
