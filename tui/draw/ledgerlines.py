"""The lines of a ledger: labels, marks and cells, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from tui.draw import cell, grid
from tui.draw.ledger import BACKWARD, Net, Plan, Row
from tui.draw.parts import MARKS, closed, headed, length, title, window
from tui.frame.frame import Array, Frame
from tui.text.format import Text
from tui.text.raster import Line

HEADER_AT = 4
"""The name of a layer stands so many columns behind the first of its cells."""


def of_sample(frame: Frame) -> str:
    """Which sample of the mini-batch is shown, where there are several."""
    return "" if frame.batch == 1 else f" · {frame.sample + 1}/{frame.batch}"


class _Numbers(NamedTuple):
    """The numbers of a symbol in one line, None for those that are not known yet; what they were
    an iteration before; the place of the selected one, of its operands, and of those that a record
    has otherwise.
    """

    values: cell.Values
    before: cell.Values | None = None
    chosen: int = -1
    operands: frozenset[int] = cell.NONE
    differing: frozenset[int] = cell.NONE


Part = tuple[int, str, _Numbers, int]
"""What a line has in a column: where its cells begin, the mark of its symbol, its numbers, and the
power of ten that they are in units of.
"""


@lru_cache(maxsize=512)
def _written(
    text: Text, linked: bool, label: str, first: bool, parts: tuple[Part, ...], width: int
) -> Line:
    """A line. A mark stands before a label where that is of one symbol, else before the cells; on
    the first line of a matrix alone. Most lines are, at a step, what they were at the one before.
    """
    spans: list[tuple[str, str]] = []
    for column, role, numbers, scale in parts:
        mark = text.plain(MARKS[role]) if first else " "
        if linked:
            spans += [(mark, role), (label.ljust(column - 1), "dim")]
        else:
            if not spans:
                spans.append((label, "dim"))
            taken = length(tuple(spans))
            if taken >= column and mark != " ":  # by the bracket of the column before
                spans.pop()
                taken -= 1
            spans.append((" " * (column - 1 - taken), ""))
            if taken < column:
                spans.append((mark, role))
        values, before, chosen, operands, differing = numbers
        spans += cell.row(text, values, before, role, chosen, operands, False, scale, differing)
    return closed(tuple(span for span in spans if span[0]), width)


class Lines:
    """The lines of a ledger. `focus` is that of the selected element, once it is drawn; `end` the
    column behind the cells.
    """

    def __init__(self, frame: Frame, net: Net, plan: Plan, width: int) -> None:
        self.frame, self.net, self.plan, self.width = frame, net, plan, width
        self.text = frame.text
        self.focus = 0
        self._drawn = 0
        size = cell.width(frame.text)
        last = max(net.sizes) if plan.link else net.cells(net.depth)
        self.end = plan.columns[-1] + size * last
        self.scale = self._scale() if plan.link else 0

    # -- the head ------------------------------------------------------------------------------

    def head(self) -> Line:
        """The title, and in it the names of the layers above their columns."""
        frame, plan, text = self.frame, self.plan, self.text
        if plan.link:
            first = f"layers {plan.link - 1} and {plan.link}" if plan.link > 1 else "x and layer 1"
            name = f"values · {first}{of_sample(frame)}"
            if self.scale and not any(row.kind == "units" for row in plan.rows):
                short = first.replace(" and ", ", ")
                name = f"values · {short} · δ, ∂ in {cell.power(text, self.scale)}"
            return title(frame, "values", self.width, name)
        line = title(frame, "values", self.width, f"values{of_sample(frame)}")
        if self.net.depth == 1:
            return line
        names = []
        for layer, column in enumerate(plan.columns, 1):
            room = cell.width(text) * self.net.cells(layer) - len(f"layer {layer}") - 1
            names.append((column + min(HEADER_AT, room), f"layer {layer}"))
        return headed(line, names, self.width)

    # -- rows ----------------------------------------------------------------------------------

    def lines(self, row: Row) -> Iterator[Line]:
        """The lines of a row."""
        if row.shares:
            row = self._shown(row)
        if row.kind == "units":
            said = f" below in units of {cell.power(self.text, self.scale)}" if self.scale else ""
            self._drawn += 1
            yield ((said, "dim"),)
            return
        total = max(self.net.rows(symbol) for symbol in row.symbols if symbol)
        start = self._start(row, total)
        for line in range(start, start + row.lines):
            if self.frame.symbol in row.symbols and line <= self._line_of(self.frame.index):
                self.focus = self._drawn
            self._drawn += 1
            more = line == start + row.lines - 1 and row.lines < total
            label = self._label(row, line if total > 1 else -1, line == start, more)
            yield self._line(row, line, label, line == start)

    def _shown(self, row: Row) -> Row:
        """Which of the rows that share one is shown: that which the step writes, else reads."""
        for touched in ({self.frame.writes}, {*self.frame.reads}):
            for each in row.shares:
                if touched.intersection(filter(None, each.symbols)):
                    return each._replace(lines=1)
        return row.shares[0]

    def _line_of(self, index: Index) -> int:
        """Which line of a matrix an element of the selected symbol is in."""
        return index[-2] if len(index) > 1 + self.frame.symbol.batchwise else 0

    def _start(self, row: Row, total: int) -> int:
        """The first of the lines that are shown of a matrix: what is selected is among them."""
        if row.lines >= total:
            return 0
        at = 0
        if self.frame.symbol in row.symbols:
            at = self._line_of(self.frame.index)
        else:
            for symbol in filter(None, row.symbols):
                found = self.frame.operands.get(symbol, ())
                at = max(at, min((index[-2] for index in found if len(index) > 1), default=0))
        return window(total, row.lines, at).start

    def _label(self, row: Row, line: int, first: bool, more: bool) -> str:
        """What stands left of a line, ⋮ in it where a matrix has more lines than are shown."""
        text, room = self.text, self.plan.label - 1
        name = text.plain(row.name)
        if line < 0:
            return grid.fitting(text, name, room)
        number = text.subscript((line,), (), "W1")
        gap = " "
        if more:
            gap = ":" if text.ascii else "⋮"
        if len(name) + 1 + len(number) > room:
            gap, name = "", name[: room - len(number)]
        return f"{name if first else ' ' * len(name)}{gap}{number}"

    def _line(self, row: Row, line: int, label: str, first: bool) -> Line:
        """One line: its label, and in each column a mark and the cells."""
        parts = []
        for place, symbol in enumerate(row.symbols):
            if symbol is None or line >= self.net.rows(symbol):
                continue
            entry = self.frame.entries.get(symbol)
            scale = self.scale if self.scale and symbol.kind.key in BACKWARD else 0
            numbers = self._numbers(symbol, line)
            parts.append((self.plan.columns[place], entry.mark if entry else "", numbers, scale))
        return _written(self.text, self.plan.link > 0, label, first, tuple(parts), self.width)

    # -- numbers -------------------------------------------------------------------------------

    def _numbers(self, symbol: Symbol, line: int) -> _Numbers:
        """Those of one line of a symbol: of the shown sample where it has them for each."""
        frame = self.frame
        entry = frame.entries.get(symbol)
        if entry is None:
            return _Numbers((None,) * self.net.shapes[symbol][-1])
        lead: Index = (frame.sample,) if symbol.batchwise else ()
        if entry.array.ndim > len(lead) + 1:
            lead = (*lead, line)
        before = entry.previous
        chosen, operands = -1, cell.NONE
        if symbol == frame.symbol and (index := frame.index or (0,))[:-1] == lead:
            chosen = index[-1]
        if symbol in frame.operands:
            found = [index or (0,) for index in frame.operands[symbol]]
            operands = frozenset(index[-1] for index in found if index[:-1] == lead)
        return _Numbers(
            _listed(entry.array, lead),
            None if before is None else _listed(before, lead),
            chosen,
            operands,
            _differing(frame, symbol, lead, entry.array.shape[-1] if entry.array.ndim else 1),
        )

    def _scale(self) -> int:
        """The power of ten of all that the backward pass has computed of what is shown."""
        numbers: list[float | None] = []
        for row in self.plan.rows:
            for symbol in row.symbols:
                if symbol and symbol.kind.key in BACKWARD and symbol in self.frame.entries:
                    for line in range(self.net.rows(symbol)):
                        numbers += self._numbers(symbol, line).values
        return cell.scale_of(numbers, self.text.digits)


def _listed(array: Array, lead: Index) -> tuple[float, ...]:
    """The numbers behind an index; of a scalar that one."""
    return tuple(array[lead].tolist()) if array.ndim else (array.item(),)


def _differing(frame: Frame, symbol: Symbol, lead: Index, count: int) -> frozenset[int]:
    """The places in a line of those that a record has otherwise."""
    if frame.record is None or frame.record.deviation(symbol) is None:
        return cell.NONE
    scalar = not frame.entries[symbol].array.ndim
    places = (() if scalar else (*lead, i) for i in range(count))
    return frozenset(i for i, place in enumerate(places) if frame.differs(symbol, place))
