"""What a record of another training has for the step, in the place of the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from tui.draw import cell
from tui.draw.parts import clipped_line, paragraph
from tui.frame.frame import Frame
from tui.text.raster import Line

if TYPE_CHECKING:
    from engine.against.compare import Deviation


def lines(frame: Frame, width: int, room: int) -> list[Line]:
    """The record's number of the selected element, or where it has none of that, of one of the
    step's, the first place that which differs most; and what is to be said of the difference. None
    where it has nothing of the step.
    """
    beside, step = frame.record, frame.step
    if beside is None or step is None:
        return []
    symbol = Symbol(frame.symbol if beside.theirs(frame.symbol) is not None else step.symbol)
    theirs, ours = beside.theirs(symbol), frame.value(symbol)
    if theirs is None or ours is None or theirs.shape != ours.shape:
        return []
    found = beside.deviation(symbol)
    index: Index = frame.index
    if symbol != frame.symbol:
        index = found.worst if found else (0,) * theirs.ndim
    head = _head(frame, symbol, index, float(ours[index]), float(theirs[index]))
    return [clipped_line(head, width, frame.text.ascii), *_said(frame, found, index, width)][:room]


def _head(frame: Frame, symbol: Symbol, index: Index, ours: float, theirs: float) -> Line:
    """The line of the two numbers."""
    text, beside = frame.text, frame.record
    assert beside is not None
    found = beside.deviation(symbol)
    name = text.element(symbol, index, (1,) * len(index)) if symbol != frame.symbol else ""
    if found and found.differs[index]:
        fed = text.number(float(found.pair.ours[index]))
        state = " from its state" if fed != text.number(ours) else ""
        said = f"{name} {text.number(theirs)}, ours {fed}{state}"
        return (("record ", "title"), (cell.differing(text), "error"), (f" {said.strip()}", ""))
    like = "like ours"
    if found and found.beyond[index]:
        like = "like ours but for rounding"
    elif text.number(theirs) != text.number(ours):
        like = "like ours from its state"
    said = f"{name} {text.number(theirs)}".strip()
    return (("record ", "title"), (said, ""), (f" {text.plain('·')} {like}", "dim"))


def _said(frame: Frame, found: Deviation | None, index: Index, width: int) -> list[Line]:
    """How many differ, where that comes from, and the two numbers with all their digits."""
    if found is None or not found.differs.any():
        return []
    count = int(found.differs.sum())
    many = f"{count:,} of {found.differs.size:,} differ" if found.differs.size > 1 else "It differs"
    if found.pair.step is None:
        whence = "and no step makes it"
    elif found.follows:
        whence = "from what was there before"
    else:
        whence = "by this step's own formula"
    words = f"{many}, {whence}."
    if found.name != found.pair.symbol:
        words += f" {found.name}:"
    ours, theirs = (float(each[index]) for each in (found.pair.ours, found.pair.theirs))
    words += f" {frame.text.exact(theirs)}, ours {frame.text.exact(ours)}"
    return paragraph(frame.text.plain(words), width, "dim")
