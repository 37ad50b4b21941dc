"""The column that sets a record of another training beside the run, element by element."""

from __future__ import annotations

from collections.abc import Iterator

from tui.draw.columns import table
from tui.draw.columns.column import RECORD, Column
from tui.draw.columns.table import Pair
from tui.draw.parts import title
from tui.frame.frame import Frame
from tui.text.cells import cells
from tui.text.raster import Line


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The column: this run, the record, and what they differ by."""
    beside, text = frame.record, frame.text
    if beside is None:
        return [title(frame, "record", width)]
    head = title(frame, "record", width, f"record · {text.plain(cells(beside.file))}")
    heads = "ours", "theirs", "differs"
    names = table.head(text, heads, width, table.sample(frame))
    return [head, names, *table.rows(frame, _pairs(frame), width, height - 2, change=False)]


def _pairs(frame: Frame) -> Iterator[Pair]:
    """What both know, the optimizer's state of the step's parameter too."""
    assert frame.record is not None
    known = dict.fromkeys(entry.symbol for entry in table.known(frame))
    step = frame.step
    if step and step.param:
        own = (each.symbol for each in frame.steps if each.param == step.param)
        known |= dict.fromkeys(symbol for symbol in own if symbol in frame.entries)
    for symbol in known:
        ours, theirs = frame.entries[symbol].array, frame.record.theirs(symbol)
        if theirs is not None and theirs.shape == ours.shape:
            yield Pair(symbol, ours, theirs)


COLUMN = Column(
    id="record",
    shows="this run and a record of another training, number by number",
    lines=draw,
    digits=5,
    worth=lambda frame: RECORD if frame.record else 0,
)
