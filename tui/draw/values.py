"""The values pane: every symbol known at the position, and whether it rose or fell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from tui.draw.parts import MARKS, length, pad, title
from tui.frame.frame import Array, Entry, Frame
from tui.text.format import Text
from tui.text.raster import Line

LABEL = 8
SHORT_LABEL = 5
MOST = 12
"""A row shows at most this many numbers; more are summarised."""
ROWS = 6
"""A matrix shows at most this many of its rows."""


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The pane, the newest symbol and the selected element within what is shown."""
    lines, focus = _lines(frame, width)
    room = height - 1
    start = 0
    if len(lines) > room > 0:
        start = min(max(0, focus - room // 2), len(lines) - room)
    samples = frame.batch
    name = "values" if samples == 1 else f"values · sample {frame.sample + 1}/{samples}"
    if len(lines) > room:
        name += f" · rows {start + 1}–{start + room}/{len(lines)}"
    shown = (line if isinstance(line, tuple) else line() for line in lines[start : start + room])
    return [title(frame, "values", width, name), *shown]


Row = Line | Callable[[], Line]
"""A row, or what draws it where it is shown."""


def _lines(frame: Frame, width: int) -> tuple[list[Row], int]:
    """All rows, and which of them holds the selected symbol, else the newest. Two symbols share
    a row where both are short enough. What the optimizer keeps is shown in its own pane.
    """
    lines: list[Row] = []
    focus = newest = -1
    half = width // 2
    for symbols in stacked(frame, width):
        entries = [frame.entries[symbol] for symbol in symbols]
        first, *second = [_row(frame, entry, half) for entry in entries]
        if first is None:
            lines.extend(_block(frame, entries[0], width))
        else:
            lines.append((*pad(first, half), *second[0]) if second and second[0] else first)
        if frame.symbol in symbols:
            focus = len(lines) - 1
        if any(entry.mark == "write" for entry in entries):
            newest = len(lines) - 1
    return lines, focus if focus >= 0 else newest


def stacked(frame: Frame, width: int) -> list[list[Symbol]]:
    """The symbols of the pane as they stand below and beside each other in `width` cells."""
    rows: list[list[Symbol]] = []
    free = False
    for entry in frame.entries.values():
        if "." in entry.symbol:
            continue
        short = _row(frame, entry, width // 2) is not None
        if short and free:
            rows[-1].append(entry.symbol)
        else:
            rows.append([entry.symbol])
        free = short and not free
    return rows


def _block(frame: Frame, entry: Entry, width: int) -> Iterator[Row]:
    """The rows of one symbol: one where it fits, else a summary and the rows of the matrix."""
    flat = _row(frame, entry, width, LABEL)
    if flat is not None:
        yield flat
        return
    yield partial(_head, frame, entry, width)
    for index in _visible(frame, entry):
        yield partial(_matrix_row, frame, entry, index, width)


def _head(frame: Frame, entry: Entry, width: int) -> Line:
    """The row above a matrix."""
    text = frame.text
    label = text.name(entry.symbol).ljust(LABEL)
    return (
        (text.plain(MARKS[entry.mark]), entry.mark),
        (label, entry.mark),
        (f" {summary(frame, entry.array, width - len(label) - 2)}", "dim"),
    )


def summary(frame: Frame, array: Array, width: int) -> str:
    """An array in one line: its shape, norm, least and greatest value, and share of zeros; as many
    of these as have room in `width` cells.
    """
    text = frame.text
    with np.errstate(all="ignore"):
        norm, low, high = np.linalg.norm(array), np.min(array), np.max(array)
    zeros = float(np.mean(array == 0))
    parts = [
        text.shape(array.shape),
        text.plain(f"‖{text.number(float(norm))}‖"),
        f"{text.number(float(low))} … {text.number(float(high))}",
    ]
    if zeros:
        parts.append(f"{zeros:.0%} zeros")
    while len(text.plain(" ".join(parts))) > width and len(parts) > 1:
        parts.pop()
    return text.plain(" ".join(parts))


def _visible(frame: Frame, entry: Entry) -> list[Index]:
    """The leading indices of the rows of a matrix to show, the selected one among them."""
    array = entry.array
    if array.ndim < 2:
        return [()]
    if entry.symbol.batchwise:
        lead: list[Index] = [(frame.sample,)]
        if array.ndim == 3:
            lead = [(frame.sample, i) for i in range(array.shape[1])]
    else:
        lead = [(i,) for i in range(array.shape[0])]
    if len(lead) <= ROWS:
        return lead
    chosen = frame.index[: len(lead[0])] if entry.symbol == frame.symbol else lead[0]
    at = lead.index(chosen) if chosen in lead else 0
    start = min(max(0, at - ROWS // 2), len(lead) - ROWS)
    return lead[start : start + ROWS]


def _matrix_row(frame: Frame, entry: Entry, lead: Index, width: int) -> Line:
    """One row of a matrix, as many of its numbers as fit, the selected one among them."""
    text = frame.text
    label = text.subscript(lead, entry.array.shape, entry.symbol) if lead else ""
    count = max(1, (width - SHORT_LABEL - 2) // (text.width + 1))
    total = entry.array.shape[-1]
    start = 0
    if entry.symbol == frame.symbol and frame.index[:-1] == lead and total > count:
        start = min(max(0, frame.index[-1] - count // 2), total - count)
    spans = [(f" {label}".ljust(SHORT_LABEL)[:SHORT_LABEL], "dim")]
    spans.append((text.plain("…")[0] if start else " ", "dim"))
    for i in range(start, min(total, start + count)):
        spans.extend(_cell(frame, entry, (*lead, i)))
    if start + count < total:
        spans.append((text.plain("…")[0], "dim"))
    return tuple(spans)


def _row(frame: Frame, entry: Entry, width: int, label: int = 0) -> Line | None:
    """The symbol in one row of `width` cells, its numbers to the right of a label or at the end;
    None where they do not fit.
    """
    array, before = entry.array, entry.previous
    batchwise = entry.symbol.batchwise
    if array.ndim > 2 or array.size > MOST * (len(array) if batchwise else 1):
        return None
    if batchwise:
        array, before = array[frame.sample], None if before is None else before[frame.sample]
    chosen = -1
    if entry.symbol == frame.symbol:
        index = frame.index[batchwise:]
        chosen = (
            index[0] if len(index) == 1 else index[0] * array.shape[1] + index[1] if index else 0
        )
    return _written(
        frame.text,
        frame.text.name(entry.symbol),
        entry.mark,
        tuple(array.ravel().tolist()),
        None if before is None else tuple(before.ravel().tolist()),
        array.shape[1] if array.ndim == 2 else 0,
        chosen,
        width,
        label,
    )


@lru_cache(maxsize=256)
def _written(
    text: Text,
    name: str,
    mark: str,
    values: tuple[float, ...],
    before: tuple[float, ...] | None,
    columns: int,
    chosen: int,
    width: int,
    label: int,
) -> Line | None:
    """The same from plain values: most rows are, at a step, what they were at the one before."""
    cells: list[tuple[str, str]] = []
    for place, value in enumerate(values):
        if columns and place and place % columns == 0:
            cells.append((text.plain("┆"), "dim"))
        old = None if before is None else before[place]
        cells.extend(_number(text, value, old, "select" if place == chosen else mark))
    room = width - 1 - length(tuple(cells))
    head = name.ljust(label or min(room, LABEL))
    over = len(head) - room
    if over > 0:  # the first number may begin with blanks to spare
        (change, dim), (number, role) = cells[:2]
        if change == " ":
            change, over = "", over - 1
        if len(number) - len(number.lstrip()) < over:
            return None
        cells[:2] = [(change, dim), (number[over:], role)]
    return ((text.plain(MARKS[mark]), mark), (head, mark), *cells)


def _cell(frame: Frame, entry: Entry, index: Index) -> Line:
    """An element of a matrix."""
    old = None if entry.previous is None else float(entry.previous[index])
    selected = entry.symbol == frame.symbol and index == frame.index
    return _number(frame.text, float(entry.array[index]), old, "select" if selected else entry.mark)


def _number(text: Text, value: float, old: float | None, role: str) -> Line:
    """A number, before it whether it rose or fell since the last iteration."""
    change = " "
    if old is not None:
        change = "▲" if value > old else "▼" if value < old else " "
    return ((text.plain(change), "dim"), (text.cell(value).rjust(text.width), role))
