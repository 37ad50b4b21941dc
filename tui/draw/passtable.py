"""The page of a training as a table: an iteration a row, and the losses of each pass added up.

Where a row is wider than the page, it goes on in further lines, and so does the head.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from engine.analysis.passtable import MOST_INPUTS, MOST_OUTPUTS, Part, Row
from engine.formula.calls import Array
from engine.formula.expr import Index
from tui.draw.parts import paragraph
from tui.draw.passes import added
from tui.text.format import Text
from tui.text.raster import Line

GAP = 2
MOST_SAMPLES = 3
"""So many samples of a mini-batch are listed."""
MOST_LINES = 4
"""A row that would have more lines goes without the changes of parameters."""
MOST_ERRORS = 2
"""Of so many outputs the difference from their targets has columns."""


class Column(NamedTuple):
    """A column: its head, its cell of each row; columns of one `group` stand together."""

    group: str
    head: str
    cells: Sequence[str]

    @property
    def width(self) -> int:
        """The cells of the screen that it takes."""
        return max(len(self.head), *map(len, self.cells))


class Table:
    """The table of some passes. `several` says that a pass has several mini-batches; only then are
    its losses added up.
    """

    def __init__(self, text: Text, parts: Sequence[Part], several: bool) -> None:
        self._text, self._parts, self._several = text, parts, several
        self._drawn: dict[int, tuple[list[Line], list[int]]] = {}

    def lines(self, width: int, cursor: int = -1) -> list[Line]:
        """It in lines of `width` cells, with the row that is pointed at."""
        if width not in self._drawn:
            self._drawn[width] = self._draw(width)
        lines, begins = self._drawn[width]
        if not 0 <= cursor < len(begins):
            return lines
        at = begins[cursor]
        pointed: Line = tuple((words, "select") for words, _ in lines[at])
        return [*lines[:at], pointed, *lines[at + 1 :]]

    def _draw(self, width: int) -> tuple[list[Line], list[int]]:
        """The lines, and in which of them each row begins."""
        text = self._text
        rows = [row for part in self._parts for row in part.rows]
        columns = [*_columns(text, rows)]
        folded = _folded(columns, width)
        if len(folded) > MOST_LINES:
            folded = _folded([c for c in columns if c.group != "change"], width)
        head = _lines(folded, [[c.head for c in columns] for columns in folded], "dim")
        lines: list[Line] = [] if self._several else [*head]
        begins: list[int] = []
        for part in self._parts:
            if self._several:
                lines += [*([()] if lines else []), ((_title(part), "title"),), *head]
            for _ in part.rows:
                begins.append(len(lines))
                lines += _row(folded, len(begins) - 1)
            if self._several:
                lines += _sums(text, part, width)
        return [*lines, *_missing(text, rows, width)], begins


def _row(folded: Sequence[Sequence[Column]], at: int) -> list[Line]:
    return _lines(folded, [[c.cells[at] for c in columns] for columns in folded], "")


def _title(part: Part) -> str:
    before = part.rows[0].t - part.of.first
    return f"pass {part.of.number}" + (f", without its first {before:,}" if before else "")


def _sums(text: Text, part: Part, width: int) -> list[Line]:
    """The losses of a pass, added up and divided by their number."""
    own = part.of
    if not own.seen:
        return []
    if not own.known:
        return paragraph("Its losses are too far back to be added up here.", width, "dim")
    so_far = "" if own.ended else f"so far, {own.seen} of {own.count}: "
    total, mean = added(text, own)
    lines = paragraph(text.plain(f"{so_far}{total}"), width, "own", 4)
    return [*lines, *paragraph(text.plain(mean), width, "own", 4)]


# -- columns ---------------------------------------------------------------------------------------


def _columns(text: Text, rows: Sequence[Row]) -> Iterator[Column]:
    """The columns that the rows have; those of a sample's numbers where each takes one sample."""
    alone = all(len(row.samples) == 1 for row in rows)
    yield Column("data", "t", [str(row.t) for row in rows])
    network = rows[0].x.size > 0
    if network:
        yield Column("data", "sample" if alone else "samples", [_samples(row) for row in rows])
    if alone:
        yield from _of_samples(text, rows)
    if network or any(row.loss is not None for row in rows):
        yield Column("data", "L", [_cell(text, row.loss) for row in rows])
    yield from _of_parameters(text, rows)


def _of_parameters(text: Text, rows: Sequence[Row]) -> Iterator[Column]:
    """How much each parameter changes, then what it is."""
    shapes = {name: array.shape for name, array in rows[0].before.items()}
    places = [(name, index) for name, shape in shapes.items() for index in np.ndindex(*shape)]
    for name, index in places:
        head = text.plain("Δ") + text.element(name, index, shapes[name])
        cells = [_element(text, row.change(name), index, signed=True) for row in rows]
        yield Column("change", head, cells)
    for name, index in places:
        cells = [_element(text, row.after[name], index) for row in rows]
        yield Column("after", text.element(name, index, shapes[name]), cells)


def _of_samples(text: Text, rows: Sequence[Row]) -> Iterator[Column]:
    """A sample's inputs, its targets, what comes out, how far that is off."""
    inputs, outputs = rows[0].x.shape[1], rows[0].y.shape[1]
    for i in range(inputs if inputs <= MOST_INPUTS else 0):
        yield Column(
            "data", _head(text, "x", i, inputs), [text.number(float(row.x[0, i])) for row in rows]
        )
    for i in range(outputs if outputs <= MOST_OUTPUTS else 0):
        yield Column(
            "data", _head(text, "y", i, outputs), [text.number(float(row.y[0, i])) for row in rows]
        )
    for i in range(outputs if outputs <= MOST_OUTPUTS else 0):
        cells = [_element(text, row.yhat, (0, i)) for row in rows]
        yield Column("data", _head(text, "ŷ", i, outputs), cells)
    for i in range(outputs if outputs <= MOST_ERRORS else 0):
        cells = [_element(text, row.error, (0, i), signed=True) for row in rows]
        name = "y − ŷ" if outputs == 1 else "(y − ŷ)"
        yield Column("data", _head(text, name, i, outputs), cells)


def _head(text: Text, name: str, i: int, count: int) -> str:
    return text.plain(name) + (text.subscript((i,), (count,), "b1") if count > 1 else "")


def _samples(row: Row) -> str:
    listed = " ".join(str(n + 1) for n in row.samples[:MOST_SAMPLES])
    more = len(row.samples) - MOST_SAMPLES
    return f"{listed} +{more}" if more > 0 else listed


def _element(text: Text, array: Array | None, index: Index, signed: bool = False) -> str:
    return _cell(text, None if array is None else float(array[index]), signed)


def _cell(text: Text, value: float | None, signed: bool = False) -> str:
    if value is None:
        return text.plain("·") + " " * text.digits
    return text.cell(value, signed and value != 0)


# -- lines -----------------------------------------------------------------------------------------


def _folded(columns: Sequence[Column], width: int) -> list[list[Column]]:
    """The columns of each line of a row: all in one where that is wide enough, else each group in
    its own, and in further ones where it is wider than that.
    """
    if sum(c.width for c in columns) + GAP * (len(columns) - 1) <= width:
        return [[*columns]]
    indent = columns[0].width + GAP
    lines: list[list[Column]] = [[]]
    room = width
    for column in columns:
        new = lines[-1] and (lines[-1][-1].group != column.group or column.width > room)
        if new:
            lines.append([])
            room = width - indent
        lines[-1].append(column)
        room -= column.width + GAP
    return lines


def _lines(
    folded: Sequence[Sequence[Column]], cells: Sequence[Sequence[str]], role: str
) -> list[Line]:
    indent = " " * (folded[0][0].width + GAP)
    lines: list[Line] = []
    for columns, own in zip(folded, cells, strict=True):
        placed = (cell.rjust(c.width) for c, cell in zip(columns, own, strict=True))
        lines.append((((indent if lines else "") + (" " * GAP).join(placed), role),))
    return lines


def _missing(text: Text, rows: Sequence[Row], width: int) -> list[Line]:
    """What has no columns, and why."""
    first, said = rows[0], []
    if any(len(row.samples) > 1 for row in rows):
        said.append("Rows of several samples have no columns of x, y and ŷ.")
    else:
        inputs, outputs = first.x.shape[1], first.y.shape[1]
        if inputs > MOST_INPUTS:
            said.append(f"The {inputs:,} inputs are too many for columns.")
        if outputs > MOST_OUTPUTS:
            said.append(f"The {outputs:,} outputs are too many for columns.")
    if not first.before:
        said.append("The parameters are too many for columns.")
    return [(), *paragraph(text.plain(" ".join(said)), width, "dim")] if said else []
