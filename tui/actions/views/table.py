"""The view `table`: the iterations as a table, and the losses of each pass added up."""

from __future__ import annotations

from engine.analysis.passtable import Part, Row, parts
from engine.history.position import Position
from tui.actions.context import MAIN, Context, PageKey, View, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.moves import follow
from tui.actions.travel import travel
from tui.draw.passtable import Table
from tui.frame.frame import Frame, Lines
from tui.text.raster import Line

MOST_ROWS, MOST_SECONDS = 100, 0.05
"""So many iterations are shown at most, and so many as are computed again in that time."""


class Known:
    """The passes of a place, and the table drawn of them."""

    def __init__(self) -> None:
        self.of: object = None
        self.parts: list[Part] = []
        self.table: Table | None = None


def _known(c: Context) -> Known:
    """The passes up to where the reader stands: those made last, unless it is elsewhere."""
    known = c.shown.memory.of(Known)
    history, at = c.history, c.session.position
    key = (c.session.branch, at, c.text)
    if known.of != key:
        most = max(1, min(MOST_ROWS, int(MOST_SECONDS / history.seconds)))
        known.of, known.parts = key, [*parts(history, at, most)]
        history.visit(at.iteration)
        known.table = Table(c.text, known.parts, history.batches(at.iteration).several)
        c.shown.cursor = len(items(c)) - 1
    return known


def items(c: Context) -> list[Row]:
    """The rows, an iteration each."""
    return [row for part in _known(c).parts for row in part.rows]


def page(c: Context) -> Lines:
    """The table up to where the reader stands."""
    table, cursor = _known(c).table, c.shown.cursor
    assert table is not None

    def lines(_frame: Frame, width: int) -> list[Line]:
        return table.lines(width, cursor)

    return lines


def go(c: Context) -> Effects:
    """Go to the end of the iteration that is pointed at, but not further than the reader is."""
    t = c.shown.pointed(items(c)).t
    at, end = c.session.position, len(c.history.steps_of(t))
    c.shown.view = MAIN
    follow(c)
    return travel(c, at if t == at.iteration else Position(t, end))


VIEW = View(id="table", page=page, items=items, further=True, keys=(PageKey("enter", "go", go),))


@command
def show(c: Context, _count: Count) -> None:
    """The iterations as a table, and back."""
    c.shown.open(VIEW)
    if c.shown.view is VIEW:
        c.shown.cursor = len(items(c)) - 1
