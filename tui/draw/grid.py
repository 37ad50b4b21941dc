"""Rows of a table: a label of five columns, then number cells; what it reads, writes, selects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from tui.draw import cell
from tui.draw.parts import MARKS, length, window
from tui.frame.frame import Frame
from tui.text import exact
from tui.text.format import Text
from tui.text.raster import Line, letters

LABEL = 5
NARROW = 6
"""The columns of a cell of a matrix that has no room for whole cells: two digits."""
_LAYER = re.compile(r"\[\d+\]")


Row = Callable[[int], Line]
"""Draws a row by its number."""


class Table(NamedTuple):
    """A head, so many rows, which are drawn where they are shown, and a foot that goes first;
    `chosen` is the row of the selected element, -1 for none.
    """

    head: Line
    size: int
    row: Row
    chosen: int = -1
    foot: tuple[Line, ...] = ()

    @property
    def height(self) -> int:
        """The lines of all of it."""
        return 1 + self.size + len(self.foot)


def fitted(frame: Frame, table: Table, width: int, height: int) -> tuple[list[Line], str]:
    """The table in at most so many lines: where not all rows fit, some around the selected one. How
    many more there are stands beside the last of them, or is said to whoever draws it, where that
    has no room. Nothing where there is no room for two rows.
    """
    room = height - 1
    if table.size <= room:
        rows = map(table.row, range(table.size))
        return [table.head, *rows, *table.foot[: room - table.size]], ""
    if room < 2:
        return [], ""
    more = frame.text.plain(f"{table.size - room} more")
    shown = [table.head, *map(table.row, window(table.size, room, table.chosen))]
    blank = " " * (width - length(shown[-1]) - len(more))
    if len(blank) < 2:
        return shown, more
    return [*shown[:-1], (*shown[-1], (blank + more, "dim"))], ""


def count(frame: Frame, width: int) -> int:
    """How many cells stand beside a label in so many columns."""
    return max(0, width - LABEL) // cell.width(frame.text)


def mark(frame: Frame, symbol: str) -> str:
    """What the current step does with a symbol: "write", "read" or nothing."""
    return "write" if symbol == frame.writes else "read" if symbol in frame.reads else ""


def role(frame: Frame, symbol: str, index: Index) -> str:
    """How an element is shown: as selected, as its operand, or as its array is."""
    if symbol == frame.symbol and index == frame.index:
        return "select"
    if index in frame.operands.get(symbol, ()):
        return "operand"
    return mark(frame, symbol)


def name(text: Text, symbol: str, room: int) -> str:
    """A symbol's name in so many columns: without its layer where it has to be. In ASCII delta is d
    before that.
    """
    written = text.name(symbol)
    if len(written) > room and text.ascii:
        written = written.replace("delta", "d")
    if len(written) > room:
        written = text.plain(brief(symbol))
    return fitting(text, written, room)


def fitting(text: Text, written: str, room: int) -> str:
    """A name in so many columns: without blanks where it has to be, then cut with a sign of it."""
    if len(written) > room:
        written = written.replace(" ", "")
    if len(written) > room:
        written = written[: max(0, room - 1)] + ("." if text.ascii else "…")
    return written


@lru_cache(maxsize=1024)
def brief(symbol: str, of: bool = False) -> str:
    """A symbol without its layer or parameter: δ for delta2, mˆ for mhat.W2; in an update, `of` its
    parameter, g for dW2.
    """
    known = Symbol(symbol)
    if known.prefix:
        return known.written.partition("(")[0]
    if known.is_gradient and of:
        return "g"
    return _LAYER.sub("", known.written)


def heading(frame: Frame, symbol: str, said: str = "", scale: int = 0) -> Line:
    """A column's head, right-aligned: the symbol's name, or what is said, or the power of ten."""
    return _headed(frame.text, symbol, mark(frame, symbol) if symbol else "", said, scale)


def before(text: Text, symbol: str, scale: int = 0) -> Line:
    """The head of what a step writes anew, as it was."""
    return _headed(text, symbol if scale else "", "read", "before", scale)


@lru_cache(maxsize=1024)
def _headed(text: Text, symbol: str, what: str, said: str, scale: int) -> Line:
    sign = text.plain(MARKS[what]).strip()
    room = text.width - len(sign)
    written = said or name(text, symbol, room)
    if scale:
        power = cell.power(text, scale)
        written = f"{brief(symbol)} {power}"
        if not symbol or len(text.plain(written)) > room:
            written = power
    return (((sign + text.plain(written)[:room]).rjust(text.width + 1), what or "dim"),)


def number(
    frame: Frame,
    value: float,
    shown: str,
    signed: bool = False,
    scale: int = 0,
    differs: bool = False,
) -> Line:
    """A number in a cell, in a role."""
    return cell.cell(frame.text, value, None, shown, signed, scale, differs)


def narrow(frame: Frame, value: float, shown: str) -> Line:
    """A number of two digits in a cell of six columns."""
    size = abs(value)
    value = value if size else 0.0
    written = f"{value:.2f}" if not size or 0.005 <= size < 100 else f"{value:.0e}"
    written = re.sub(r"e([+-])0", r"e\1", written).replace("e+", "e")
    if not frame.text.ascii:
        written = written.replace("-", "−")
    reverse = "select" if shown == "operand" else shown
    return ((" ", ""), (written[: NARROW - 1].rjust(NARROW - 1), reverse))


def joined(cells: Iterable[Line]) -> Line:
    """Cells beside each other; a bracket that is open closes in the blank of the next one."""
    spans: list[tuple[str, str]] = []
    opened = False
    for line in cells:
        first, *rest = line
        if opened and first[0][:1] == " ":
            spans.append(("]", "select"))
            first = (first[0][1:], first[1])
        spans.extend(span for span in (first, *rest) if span[0])
        opened = spans[-1][1] == "select" and spans[-1][0][:1] == "["
    if opened:
        spans.append(("]", "select"))
    return tuple(spans)


def label(frame: Frame, text: str, what: str = "dim", before: str = "") -> Line:
    """What stands before a row: a mark and a name."""
    return _labelled(frame.text, text, what, before)


@lru_cache(maxsize=1024)
def _labelled(text: Text, said: str, what: str, before: str) -> Line:
    mark, written = text.plain(MARKS[before]), text.plain(said)
    if before or len(written) < LABEL:
        written = mark + written
    return ((fitting(text, written, LABEL).ljust(LABEL), what),)


def cut(line: Line, width: int) -> Line:
    """A line in so many columns: a bracket that closes behind them is left out."""
    over = length(line) - width
    if over == 1 and line[-1] == ("]", "select"):
        return line[:-1]
    return line


def within(lines: Iterable[Line], width: int) -> list[Line]:
    """Lines that are at most so many columns wide."""
    return [line if length(line) <= width else _shortened(line, width) for line in lines]


def _shortened(line: Line, width: int) -> Line:
    spans = []
    for text, role in line:
        spans.append((text[: max(0, width)], role))
        width -= len(text)
    return tuple(span for span in spans if span[0])


def shown_value(spans: Sequence[tuple[str, str]]) -> str:
    """The number that a cell shows, with a plain minus sign, as it can be read."""
    return letters(spans).strip("[] ▲▼^v≠!").replace("−", "-")


def rounds_to(x: exact.Exact, shown: str) -> bool:
    """Whether a number, rounded to the digits of the one that is shown, is that one: not where it
    is in the middle between two.
    """
    right = exact.read(shown)
    if not (x.is_finite() and right.is_finite()):
        return x == right
    half = exact.Exact(1).scaleb(int(right.as_tuple().exponent)) / 2
    return x == right or abs(exact.sub(x, right)) < half


def units(text: Text, arrays: Iterable[Iterable[float]]) -> int:
    """The power of ten of all these numbers together."""
    return cell.scale_of((value for array in arrays for value in array), text.digits)
