"""The values pane of a run without a network: a row for each variable, then the terms of its
function and what they add up to.
"""

from __future__ import annotations

from typing import NamedTuple

from engine.catalog.symbols import Symbol
from engine.functions.read import read
from engine.functions.written import written
from engine.program.parameters import THETA
from engine.spec.run import FunctionSpec
from tui.draw import cell, grid, margin
from tui.draw.ledger import COLUMN, LABEL
from tui.draw.parts import MARKS, closed, headed, pad, title, window
from tui.frame.frame import Frame
from tui.frame.kept import kept
from tui.text.cells import clipped
from tui.text.raster import Line

TERMS, LOSS = Symbol("terms"), Symbol("loss")
OF_VARIABLES = (THETA, THETA.gradient)
MOST_LABEL = 12
LEAST_TERMS = 2
"""So many lines are the terms' where the variables are many."""


class Row(NamedTuple):
    """A row: its name, the symbols with a number in it, where in them; what stands behind."""

    name: str
    symbols: tuple[Symbol, ...]
    place: int = 0
    behind: str = ""


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The pane: the rows around the selected element, where not all fit."""
    text, room = frame.text, height - 1
    label = _label(frame)
    head = headed(title(frame, "values", width), _heads(frame, label), width)
    most = min(COLUMN, width)
    lines = [_line(frame, row, label, most) for row in _shown(frame, room)]
    beside = COLUMN + 2
    if width - beside >= margin.needed(text):
        lines = margin.beside(frame, lines, beside, width - beside, room)
    return [head, *lines[: max(0, room)]]


def wanted(frame: Frame) -> int:
    """How many lines the pane needs for all."""
    variables, others = _rows(frame)
    return 2 + len(variables) + len(others)


def stacked(frame: Frame) -> list[list[Symbol]]:
    """The known symbols as the keys walk through them."""
    rows = [[TERMS], [LOSS], [THETA], [THETA.gradient]]
    return [row for row in rows if row[0] in frame.entries]


def _heads(frame: Frame, label: int) -> list[tuple[int, str]]:
    """What stands above the numbers, each name at the right of its column."""
    each = cell.width(frame.text)
    named = [frame.text.name(symbol) for symbol in OF_VARIABLES]
    return [(label + i * (each + 1) + each - len(name), name) for i, name in enumerate(named)]


def _label(frame: Frame) -> int:
    """The columns of the names, and of a mark."""
    longest = max(len(frame.text.plain(name)) for name in (*frame.text.variables, "T₁₀"))
    return max(LABEL, min(longest, MOST_LABEL) + 2)


# -- rows ------------------------------------------------------------------------------------------


def _rows(frame: Frame) -> tuple[list[Row], list[Row]]:
    """The rows of the variables, and those of the function."""
    variables = [Row(name, OF_VARIABLES, i) for i, name in enumerate(frame.text.variables)]
    function = frame.spec.instead
    if not isinstance(function, FunctionSpec):
        return variables, []
    terms = _terms(function)
    others = [
        Row(frame.text.element(TERMS, (i,), ()), (TERMS,), i, term)
        for i, term in enumerate(terms)
        if len(terms) > 1
    ]
    whole = "" if others else terms[0]
    return variables, [*others, Row("L", (LOSS,), 0, whole)]


@kept
def _terms(function: FunctionSpec) -> tuple[str, ...]:
    """The terms that are added up, as they are written."""
    tree = read(function.f, function.constants, function.names).tree
    return tuple(map(written, tree.args if tree.op == "add" else (tree,)))


def _shown(frame: Frame, room: int) -> list[Row | None]:
    """The rows that have room, None for a blank line: of the variables and of the terms those
    around the selected element, and the value of the function always.
    """
    variables, others = _rows(frame)
    if len(variables) + len(others) + 1 <= room:
        return [*variables, *([None, *others] if others else [])]
    last = others[-1:]
    terms = others[:-1]
    lines = max(0, room - len(last))
    count = min(len(terms), max(LEAST_TERMS, lines - len(variables)), lines // 2)
    return [
        *_part(frame, variables, lines - count, OF_VARIABLES),
        *_part(frame, terms, count, (TERMS,)),
        *last,
    ]


def _part(frame: Frame, rows: list[Row], room: int, symbols: tuple[Symbol, ...]) -> list[Row]:
    """As many rows as there is room for, that of the selected element among them."""
    at = frame.index[0] if frame.symbol in symbols else -1
    return [rows[i] for i in window(len(rows), room, at)] if rows and room > 0 else []


# -- lines -----------------------------------------------------------------------------------------


def _line(frame: Frame, row: Row | None, label: int, width: int) -> Line:
    """A line: the name, then a mark and a number for each symbol, then what stands behind."""
    if row is None:
        return ()
    text = frame.text
    spans: list[tuple[str, str]] = []
    name = grid.fitting(text, text.plain(row.name), label - 2)
    spans.append((f" {name}".ljust(label - 1), "dim"))
    for i, symbol in enumerate(row.symbols):
        if i and spans[-1] != ("]", "select"):
            spans.append((" ", ""))
        entry = frame.entries.get(symbol)
        role = entry.mark if entry else ""
        if spans[-1][0] == " " and i:
            spans.pop()
            spans.append((text.plain(MARKS[role]), role))
        elif not i:
            spans.append((text.plain(MARKS[role]), role))
        spans += _number(frame, symbol, row.place)
    line = closed(tuple(spans), width)
    start = label + cell.width(text) * len(row.symbols) + 2
    if row.behind and width - start > 1:
        said = clipped(text.plain(row.behind), width - start, text.ascii)
        line = (*pad(line, start), (said, "dim"))
    return line


def _number(frame: Frame, symbol: Symbol, place: int) -> Line:
    """The cell of an element, with the bracket of the selected one."""
    entry = frame.entries.get(symbol)
    if entry is None:
        return cell.row(frame.text, (None,))
    index = (place,) if entry.array.ndim else ()
    before = None if entry.previous is None else (float(entry.previous[index]),)
    chosen = 0 if (symbol, index) == (frame.symbol, frame.index) else -1
    operands = cell.NONE
    if index in frame.operands.get(symbol, ()):
        operands = frozenset((0,))
    others = frozenset((0,)) if frame.differs(symbol, index) else cell.NONE
    value = (float(entry.array[index]),)
    return cell.row(frame.text, value, before, entry.mark, chosen, operands, differing=others)
