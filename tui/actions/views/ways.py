"""The view `ways`: all ways from the selected number to the loss, one of which can be marked."""

from __future__ import annotations

from dataclasses import replace

from engine.analysis.gradcheck import checked
from engine.analysis.ways import Way, Ways, ways
from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from engine.spec.problem import Problem
from tui.actions.context import MAIN, Context, PageKey, View, command
from tui.actions.dialog import Count
from tui.draw.parts import paragraph
from tui.draw.ways import lines
from tui.frame.frame import Lines


class Known:
    """The ways that were found last, and what for; or why there are none."""

    of: object = None
    target = Symbol("loss")
    found: Ways | None = None
    problem = ""


def _known(c: Context) -> Known:
    known = c.shown.memory.of(Known)
    if known.of != c.here:
        frame = c.picture()
        known.of, known.found, known.problem = c.here, None, ""
        try:
            known.target = checked(frame.symbol)
            known.found = ways(frame.trace, frame.spec, known.target, frame.index)
        except Problem as problem:
            known.problem = str(problem)
    return known


def items(c: Context) -> tuple[Way, ...]:
    """The strongest ways."""
    found = _known(c).found
    return found.strongest if found else ()


def page(c: Context) -> Lines:
    """A way a line, the strongest first, and their sum."""
    known, text, cursor = _known(c), c.text, c.shown.cursor
    found, target = known.found, known.target
    if found is None:
        return lambda _frame, width: paragraph(text.plain(known.problem), width)
    frame = c.picture()
    name = text.element(target, frame.index, frame.trace.known(target, len(frame.steps)).shape)
    return lambda _frame, width: lines(text, name, found, frame.trace, frame.spec, width, cursor)


def mark(c: Context) -> None:
    """Mark the way that is pointed at, in the network and beside it."""
    way = c.shown.pointed(items(c))
    factors: dict[str, set[Index]] = {}
    for factor in way.factors:
        factors.setdefault(factor.symbol, set()).add(factor.index)
    if way.sample is not None:
        c.session.selection = replace(c.session.selection, sample=way.sample)
    c.shown.way = c.here, {symbol: frozenset(places) for symbol, places in factors.items()}
    c.shown.view = MAIN
    c.say("The way is marked until you move on.")


VIEW = View(id="ways", page=page, items=items, keys=(PageKey("enter", "mark", mark),))


@command
def show(c: Context, _count: Count) -> None:
    """The ways from the selected number to the loss, and back."""
    c.shown.open(VIEW)
