"""The column that sets the two runs beside each other, element by element."""

from __future__ import annotations

from collections.abc import Iterator

from engine.catalog.symbols import DATA
from tui.draw.columns import table
from tui.draw.columns.column import RUNS, Column
from tui.draw.columns.table import Pair
from tui.draw.parts import paragraph, title
from tui.frame.frame import Frame
from tui.text.cells import cells
from tui.text.raster import Line


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The column: this run, the other one, and what they differ by."""
    text, here, rival = frame.text, frame.position, frame.rival
    if rival is None:
        return [title(frame, "compare", width)]
    own, other = (text.plain(cells(name)) for name in (frame.branch, rival.name))
    there = rival.position
    places = f"{own} {here.iteration}.{here.step} · {other} {there.iteration}.{there.step}"
    head = title(frame, "compare", width, f"compare · {places}")
    if rival.trace is None:
        words = (
            f"{other} takes too long up to iteration {here.iteration:,} to be shown at every key;"
        )
        return [head, *paragraph(f"{words} the page compare has it.", width, "dim")]
    names = table.head(
        text, (own, other, table.difference(text, own, other)), width, table.sample(frame)
    )
    return [head, names, *table.rows(frame, _pairs(frame), width, height - 2, change=False)]


def _pairs(frame: Frame) -> Iterator[Pair]:
    """What both runs know: the data where they differ in it, then all that is computed."""
    rival = frame.rival
    assert rival is not None
    assert rival.trace is not None
    for entry in table.known(frame):
        theirs = rival.trace.value(entry.symbol, rival.position.step)
        if theirs is None or theirs.shape != entry.array.shape:
            continue
        if entry.symbol not in DATA or (theirs != entry.array).any():
            yield Pair(entry.symbol, entry.array, theirs)


COLUMN = Column(
    id="compare",
    shows="this run and the other, number by number",
    lines=draw,
    digits=5,
    worth=lambda _frame: RUNS,
)
