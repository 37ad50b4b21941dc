"""The view `breakpoints`: what to stop at, with the hits so far."""

from __future__ import annotations

from engine.analysis import breakpoints
from engine.analysis.breakpoints import Breakpoint, Breakpoints, Kind
from engine.analysis.conditiontext import parse, parse_element
from engine.analysis.variables import as_elements
from engine.catalog.symbols import indexed
from engine.session.moves import MoveError
from tui.actions.context import Context, PageKey, View, command
from tui.actions.dialog import Count
from tui.actions.running import describe, symbols
from tui.frame.frame import Lines
from tui.text.raster import Line


def items(c: Context) -> Breakpoints:
    """The breakpoints in the order in which they were set."""
    return c.session.breakpoints


def page(c: Context) -> Lines:
    """A breakpoint a line, the one that is pointed at in brackets."""
    lines: list[Line] = []
    for i, point in enumerate(items(c)):
        before, after = "[]" if i == c.shown.cursor else "  "
        state = "on " if point.enabled else "off"
        words = f"{before}{point.id:2} {state} {describe(point)}{after}"
        hits = f"  {point.hits} hit{'s' * (point.hits != 1)}"
        role = "select" if i == c.shown.cursor else "" if point.enabled else "dim"
        lines.append(((words, role), (hits, "dim")))
    if not lines:
        lines = [(("No breakpoints; b sets one.", "dim"),)]
    return lambda _frame, _width: lines


def _pointed(c: Context) -> Breakpoint:
    return c.shown.pointed(items(c))


def turn(c: Context) -> None:
    """Turn the breakpoint that is pointed at on or off."""
    point = _pointed(c)
    c.session.breakpoints = breakpoints.enabled(c.session.breakpoints, point.id, not point.enabled)


def delete(c: Context) -> None:
    """Delete it."""
    c.session.breakpoints = breakpoints.without(c.session.breakpoints, _pointed(c).id)


VIEW = View(
    id="breakpoints",
    page=page,
    items=items,
    follows=False,
    keys=(PageKey("enter", "on/off", turn), PageKey("x", "delete", delete)),
)


@command
def show(c: Context, _count: Count) -> None:
    """The list of breakpoints, and back."""
    c.shown.open(VIEW)


@command
def add(c: Context, _count: Count) -> None:
    """Ask what to stop at."""
    frame = c.picture()
    array = frame.entries[frame.symbol].array
    element = c.text.element(frame.symbol, frame.index, array.shape)
    symbol = frame.writes

    def enter(text: str) -> None:
        text = text.strip()
        if not text and not symbol:
            raise MoveError("There is no step here to stop at; type a condition.")
        if not text:
            _add(c, "step", symbol)
        elif text == "e":
            plain = indexed(frame.symbol, frame.index)
            parse_element(plain, symbols(c))
            _add(c, "change", plain)
        else:
            text = as_elements(text, c.history.spec_of(c.session.position.iteration))
            parse(text, symbols(c))
            _add(c, "condition", text)

    here = "Enter this step, " if symbol else ""
    c.dialog.ask(f"stop at: {here}e {element} changes, or a condition: ", enter)


def _add(c: Context, kind: Kind, text: str) -> None:
    c.session.breakpoints = breakpoints.added(c.session.breakpoints, kind, text)
    point = c.session.breakpoints[-1]
    c.say(f"Breakpoint {point.id}: {describe(point)}. c runs on to it, C back.")
