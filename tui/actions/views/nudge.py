"""The view `nudge`: what the loss and all after it were if the selected number were another."""

from __future__ import annotations

from engine.analysis.nudge import nudged
from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from engine.session.causes import EditError
from engine.spec.problem import Problem
from tui.actions.branching import go_to_new
from tui.actions.context import Context, PageKey, View, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.draw.nudge import page as drawn
from tui.draw.parts import paragraph
from tui.frame.frame import Lines

STEP = 0.01
"""How far one press goes."""


class Nudge:
    """By how many presses which number is moved."""

    of: tuple[object, ...] = ()
    presses = 0


def _state(c: Context) -> tuple[Symbol, Index, Nudge]:
    """The selected number, and how far it is moved: nothing where it is another one."""
    frame = c.picture()
    nudge = c.shown.memory.of(Nudge)
    key = (c.session.branch, c.session.position.iteration, frame.symbol, frame.index)
    if nudge.of != key:
        nudge.of, nudge.presses = key, 0
    return frame.symbol, frame.index, nudge


def page(c: Context) -> Lines:
    """The iteration with the number moved."""
    symbol, index, nudge = _state(c)
    session, text = c.session, c.text
    key = (VIEW, session.branch, session.position.iteration, symbol, index, nudge.presses, text)

    def made() -> Lines:
        try:
            by = nudge.presses * STEP
            found = nudged(c.history, session.position.iteration, symbol, index, by)
        except Problem as problem:
            words = str(problem)
            return lambda _frame, width: paragraph(text.plain(words), width)
        return lambda _frame, width: drawn(text, found, width)

    return c.shown.once(key, made)


def _move(c: Context, by: int) -> None:
    _, _, nudge = _state(c)
    nudge.presses += by
    if c.shown.view is not VIEW:
        c.shown.open(VIEW)


def up(c: Context) -> None:
    """A step more, or as many as the count says."""
    _move(c, c.dialog.count().times)


def less(c: Context) -> None:
    """A step less."""
    _move(c, -c.dialog.count().times)


def branch(c: Context) -> Effects:
    """Make a branch of it."""
    symbol, index, nudge = _state(c)
    if not symbol.is_parameter and symbol != "x":
        raise EditError(f"{symbol.written} is computed: only parameters and inputs make a branch.")
    frame = c.picture()
    array = frame.entries[symbol].array
    name = c.text.element(symbol, index, array.shape)
    value = float(array[index]) + nudge.presses * STEP
    return go_to_new(c, c.session.edit(symbol, index, value, name))


VIEW = View(
    id="nudge",
    page=page,
    keys=(
        PageKey("<", "less", less),
        PageKey(">", "more", up),
        PageKey("enter", "branch", branch),
    ),
)


@command
def show(c: Context, count: Count) -> None:
    """The selected number a step larger."""
    _move(c, count.times)


@command
def down(c: Context, count: Count) -> None:
    """The selected number a step smaller."""
    _move(c, -count.times)
