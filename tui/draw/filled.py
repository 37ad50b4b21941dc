"""What a table is filled with: of a batch, the selected sample's part; its cells and its rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from engine.program.step import Step
from tui.draw import cell, grid
from tui.draw.grid import LABEL, Row, Table
from tui.frame.frame import Array, Frame
from tui.text.raster import Line


class Part(NamedTuple):
    """What is shown of a symbol's array, what its elements' indices begin with, and the power of
    ten that it is shown in.
    """

    symbol: str
    array: Array
    lead: Index = ()
    scale: int = 0

    def cell(self, frame: Frame, index: Index, shown: str = "") -> Line:
        """An element in a cell, in its role unless another is given."""
        index = index if self.array.ndim else ()  # one number for all
        place = (*self.lead, *index)
        shown = shown or grid.role(frame, self.symbol, place)
        value = float(self.array[index])
        differs = frame.differs(self.symbol, place) and _is_now(frame, self.symbol, place, value)
        return grid.number(frame, value, shown, scale=self.scale, differs=differs)


def _is_now(frame: Frame, symbol: str, place: Index, value: float) -> bool:
    """Whether a number is what the symbol is now, and not what it was before the step."""
    now = frame.value(symbol)
    return now is not None and (now[place] == value or value != value)


def current(frame: Frame) -> Step:
    """The current step, which there is."""
    assert frame.step is not None
    return frame.step


def operand(frame: Frame, symbol: str) -> Part:
    """What the current step finds under a symbol."""
    return _part(frame, symbol, frame.read(symbol))


def result(frame: Frame) -> Part:
    """What the current step writes."""
    step = current(frame)
    return _part(frame, step.symbol, frame.trace.known(step.symbol, step.number))


def _part(frame: Frame, symbol: str, array: Array) -> Part:
    if Symbol(symbol).batchwise and array.ndim:
        return Part(symbol, array[frame.sample], (frame.sample,))
    return Part(symbol, array)


def scaled(frame: Frame, part: Part) -> Part:
    """The part in the power of ten that its largest number asks for."""
    return part._replace(scale=units(frame, part))


def units(frame: Frame, *parts: Part) -> int:
    """The power of ten that the largest of all numbers asks for."""
    most = [float(np.abs(part.array).max()) for part in parts if part.array.size]
    return cell.scale_of(most, frame.text.digits) if all(map(math.isfinite, most)) else 0


def subscript(frame: Frame, index: Index) -> str:
    """The index of a row."""
    return frame.text.place(index, (2,) * len(index), current(frame).symbol)


def corner(frame: Frame, shown: Part) -> Line:
    """What stands above the labels: which sample of several the table is of."""
    said = f"n {frame.sample + 1}" if shown.lead and frame.batch > 1 else ""
    return ((said.ljust(LABEL)[:LABEL], "dim"),)


def place(frame: Frame, part: Part) -> int:
    """The row of the selected element, where it is one of this part; else -1."""
    index = frame.index[len(part.lead) :]
    return index[0] if frame.symbol == part.symbol and index else -1


def flat(frame: Frame, part: Part) -> int:
    """The same where each element has a row."""
    index = frame.index[len(part.lead) :]
    if frame.symbol != part.symbol or not index:
        return -1
    return int(np.ravel_multi_index(index, part.array.shape))


def row(label: Line, cells: Iterable[Line], width: int) -> Line:
    """A row of a table."""
    return grid.cut((*label, *grid.joined(cells)), width)


def listed(
    frame: Frame,
    head: Sequence[Line],
    shown: Part,
    cells: Callable[[Index], Sequence[Line]],
    width: int,
    total: Sequence[Line] = (),
) -> Table:
    """A table with a row for each element of a part, and a row for their sum."""
    shape = shown.array.shape

    def line(number: int) -> Line:
        index: Index = (number,)[: len(shape)] if len(shape) < 2 else divmod(number, shape[1])
        return row(grid.label(frame, subscript(frame, index)), cells(index), width)

    made: Row = line
    foot = (row(grid.label(frame, " Σ"), total, width),) if total else ()
    top = (*corner(frame, shown), *grid.joined(head))
    return Table(top, shown.array.size, made, flat(frame, shown), foot)
