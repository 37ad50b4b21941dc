"""Products as tables, of a matrix and a vector and of two vectors: what is read is at the edges."""

from __future__ import annotations

from collections.abc import Sequence

from tui.draw import cell, filled, grid
from tui.draw.filled import Part
from tui.draw.grid import LABEL, NARROW, Table
from tui.draw.parts import window
from tui.frame.frame import Frame
from tui.text.raster import Line


def product(
    matrix: str, turned: bool, vector: str, bias: str, frame: Frame, width: int
) -> Table | None:
    """A matrix, the vector above it, so that what is multiplied stands in one column; at its right
    the bias and the sums.
    """
    weights, v = filled.operand(frame, matrix), filled.operand(frame, vector)
    z = filled.result(frame)
    shape = weights.array.shape[::-1] if turned else weights.array.shape
    if shape != (z.array.size, v.array.size):
        return None
    b = filled.operand(frame, bias) if bias else None
    wide, whole = len(v.array), cell.width(frame.text)
    right = whole * (2 if b else 1)
    small = LABEL + wide * whole + right > width
    if LABEL + wide * (NARROW if small else whole) + right > width:
        return None
    scale = filled.units(frame, v, z)
    v, z = v._replace(scale=scale), z._replace(scale=scale)
    above = [_inner(frame, v, (i,), small) for i in range(wide)]
    what = grid.mark(frame, vector)
    first = cell.power(frame.text, scale) if scale else grid.name(frame.text, vector, LABEL - 1)
    head = [*above, *([grid.heading(frame, bias)] if b else [])]
    head.append(grid.heading(frame, z.symbol, scale=scale))

    def row(j: int) -> Line:
        places = [(i, j) if turned else (j, i) for i in range(wide)]
        cells = [_inner(frame, weights, place, small) for place in places]
        cells += [b.cell(frame, (j,))] if b else []
        label = _matrix_label(frame, matrix, turned, j)
        return filled.row(label, [*cells, z.cell(frame, (j,))], width)

    top = (*grid.label(frame, first, what or "dim", what), *grid.joined(head))
    return Table(top, len(z.array), row, filled.place(frame, z))


def _inner(frame: Frame, part: Part, index: tuple[int, ...], small: bool) -> Line:
    """An element in a whole cell or in a narrow one."""
    if not small:
        return part.cell(frame, index)
    value = float(part.array[index]) / 10.0**part.scale
    return grid.narrow(frame, value, grid.role(frame, part.symbol, (*part.lead, *index)))


def _matrix_label(frame: Frame, matrix: str, turned: bool, row: int) -> Line:
    """The rows of a matrix: its name and mark beside the first."""
    subscript = filled.subscript(frame, (row,))
    if row:
        return grid.label(frame, " " * (2 + turned) + subscript)
    what = grid.mark(frame, matrix)
    written = f"{grid.brief(matrix)}{'ᵀ' if turned else ''} {subscript}"
    return grid.label(frame, written, what or "dim", what)


def outer(first: str, second: str, frame: Frame, width: int) -> Table | None:
    """Each number of a vector times each of another: one at the left, one above, the products
    inside.
    """
    text, whole = frame.text, cell.width(frame.text)
    left, above = filled.operand(frame, first), filled.operand(frame, second)
    inside = filled.result(frame)
    if inside.array.shape != (left.array.size, above.array.size):
        return None
    scale = filled.units(frame, left, inside)
    left, inside = left._replace(scale=scale), inside._replace(scale=scale)
    wide, free = len(above.array), width - LABEL - whole
    small, marked = wide * whole > free, wide * whole < free
    chosen = frame.index[1] if frame.symbol == inside.symbol else -1
    shown = window(wide, free // (NARROW if small else whole), chosen)
    said = cell.power(text, scale) if scale else grid.name(text, first, LABEL - 1)

    def row(j: int) -> Line:
        edge, products = (
            left.cell(frame, (j,)),
            [_inner(frame, inside, (j, i), small) for i in shown],
        )
        reads, writes = (
            ("", "") if j else (grid.mark(frame, first), grid.mark(frame, inside.symbol))
        )
        middle: Line = ((_sign(frame, writes), writes),) if marked else ()
        if not marked:
            products[0] = _marked(frame, products[0], writes)
        label = grid.label(frame, "" if j else said, reads or "dim")
        cells = (*grid.joined([_marked(frame, edge, reads)]), *middle, *grid.joined(products))
        return grid.cut((*label, *cells), width)

    numbers = [_inner(frame, above, (i,), small) for i in shown]
    head = _above(frame, second, numbers, marked)
    return Table(head, len(left.array), row, filled.place(frame, inside))


def _above(frame: Frame, symbol: str, numbers: Sequence[Line], marked: bool) -> Line:
    """The row above a table of products: the name and the mark of what it reads, its numbers."""
    what, edge = grid.mark(frame, symbol), LABEL + cell.width(frame.text)
    name = grid.name(frame.text, symbol, edge - 4).rjust(edge - 3).ljust(edge)
    if marked:
        return ((name, what or "dim"), (_sign(frame, what), what), *grid.joined(numbers))
    first, *others = numbers
    return ((name, what or "dim"), *grid.joined([_marked(frame, first, what), *others]))


def _sign(frame: Frame, what: str) -> str:
    return frame.text.plain({"write": "▸", "read": "•"}.get(what, " "))


def _marked(frame: Frame, spans: Line, what: str) -> Line:
    """A cell with a mark in its blank."""
    if not what:
        return spans
    (first, shown), *rest = spans
    return ((_sign(frame, what), what), *([(first[1:], shown)] if first[1:] else []), *rest)


def inside(frame: Frame, width: int) -> Table | None:
    """A matrix alone, of a batch the selected sample's."""
    part = filled.result(frame)
    if part.array.ndim != 2 or not grid.count(frame, width):
        return None
    part = filled.scaled(frame, part)
    chosen = frame.index[-1] if frame.symbol == part.symbol else -1
    wide = cell.width(frame.text)
    shown = window(part.array.shape[1], grid.count(frame, width), chosen)
    head = [((filled.subscript(frame, (i,)).rjust(wide), "dim"),) for i in shown]
    room = LABEL + wide - 2
    named = frame.text.plain("▸") + grid.name(frame.text, part.symbol, room - 1)
    if part.scale:
        named += f" {cell.power(frame.text, part.scale)}"
    named = named[:room]

    def row(j: int) -> Line:
        label = grid.label(frame, filled.subscript(frame, (j,)))
        return filled.row(label, [part.cell(frame, (j, i)) for i in shown], width)

    (first, dim), *others = grid.joined(head)
    beside = (first[max(0, len(named) - LABEL) :], dim)
    top: Line = ((named.ljust(LABEL), "write"), beside, *others)
    return Table(top, len(part.array), row, filled.place(frame, part))
