"""Branching: the other optimizer's run, edits and switches."""

from __future__ import annotations

from engine.catalog.optimizers import OPTIMIZERS
from engine.session.causes import EditError
from engine.session.rivals import other_optimizer
from engine.session.tree import Branch
from tui.actions.context import Context, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.travel import travel


@command
def toggle(c: Context, _count: Count) -> Effects:
    """The other optimizer's run, or the branch's parent."""
    session = c.session
    return travel(c, session.toggle_target(), session.other.number, session.toggle)


@command
def edit(c: Context, _count: Count) -> None:
    """Ask for a new value of the selected element, or of an option."""
    frame = c.picture()
    symbol, index = frame.symbol, frame.index
    array = frame.entries[symbol].array
    name = c.text.element(symbol, index, array.shape)
    now = c.text.number(float(array[index]))
    options = OPTIMIZERS[frame.rule].options

    def enter(text: str) -> Effects | None:
        option, equals, value = text.partition("=")
        if equals:
            return _go_to_new(c, c.session.set_option(option.strip(), _value(value)))
        if text.strip():
            return _go_to_new(c, c.session.edit(symbol, index, float(_number(text)), name))
        return None

    c.dialog.ask(f"{name} is {now}; a number, or {next(iter(options))} = …: ", enter)


@command
def switch(c: Context, _count: Count) -> None:
    """Ask how the compared optimizer takes over from here on."""
    optimizer = other_optimizer(c.history.spec_of(c.session.position.iteration))
    label = OPTIMIZERS[optimizer.name].label
    ways = {"f": True, "c": False}

    def enter(letter: str) -> Effects:
        if letter not in ways:
            raise EditError("f or c is needed.")
        return _go_to_new(c, c.session.switch(fresh=ways[letter]))

    c.dialog.ask_letter(f"{label} from here on, with state f fresh or c carried: ", enter)


def _go_to_new(c: Context, branch: Branch) -> Effects:
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


def _value(text: str) -> float | bool | tuple[float, ...]:
    """An option's value: a number, true, false, or two numbers with a comma between."""
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    if "," in text:
        return tuple(_number(part) for part in text.strip("[]() ").split(","))
    return _number(text)
