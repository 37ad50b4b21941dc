"""The table of a step: what it reads at the edges, what it writes inside or at the right.

Which table a step has follows from its formula: the product of a matrix and a vector, the product
of two vectors, a softmax, a sum over units, numbers side by side. Of a batch it is that of the
selected sample.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache, partial

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.expr import Expr, Index
from engine.program.step import Step
from tui.draw import cell, grid
from tui.draw.grid import LABEL, NARROW, Table
from tui.frame.frame import Array, Frame
from tui.text import exact, formulas
from tui.text.raster import Line

_NAMES = re.compile(r"\{([^{}]+)\}")
_PRODUCT = re.compile(r"\{([\w.]+)\}(ᵀ?)·\{([\w.]+)\}(ᵀ?)(?: \+ \{([\w.]+)\})?")
_SOFTMAX = re.compile(r"e\^s / Σ e\^s with s = \{(\w+)\} − max\(\{\w+\}\)")
_SUM = re.compile(r"(?:1/\{N\} · )?\(?([½−]?·?)Σ ((?:[^()]|\((?:[^()]|\([^()]*\))*\))+?)\)?( with .*)?")

Make = Callable[[Frame, int], Table | None]
"""Draws a table of so many columns; None where it has no room."""


def table(frame: Frame, width: int) -> Table | None:
    """The table of the current step in so many columns; None where it has none."""
    assert frame.step is not None
    return form(frame.step)(frame, width)


@lru_cache(maxsize=1024)
def form(step: Step) -> Make:
    """How the step's table is made."""
    _, _, right = step.formula.partition(" ")
    right = right[2:]
    if match := _PRODUCT.fullmatch(right):
        return _product_form(*match.groups(""))
    if match := _SOFTMAX.fullmatch(right):
        return partial(_softmax, match[1])
    if step.symbol in ("loss", "lossn") and (match := _SUM.fullmatch(right)):
        return partial(_summed, match[2], match[3] or "")
    if step.param and step.symbol == step.param:
        return partial(_update, right)
    if len(step.shape) - step.symbol.batchwise > 1 and step.symbol.batchwise:
        return _matrix
    return partial(_columns, tuple(dict.fromkeys(_NAMES.findall(right))))


def _product_form(first: str, turned: str, second: str, turned_too: str, bias: str) -> Make:
    """Of two arrays one of which is of the batch, or both are."""
    a, b = Symbol(first), Symbol(second)
    if a.batchwise and b.batchwise and a.kind.key != "jac":
        return _nothing if turned else partial(_outer, first, second)
    if b.batchwise:
        return partial(_product, first, bool(turned), second, bias)
    return partial(_product, second, not turned_too, first, bias)


def _nothing(_frame: Frame, _width: int) -> None:
    return None


# -- what a table is filled with -------------------------------------------------------------------


def _sample(frame: Frame, symbol: str, array: Array) -> tuple[Array, Index]:
    """Of an array of a batch the selected sample's part, and what its indices begin with."""
    if Symbol(symbol).batchwise and array.ndim:
        return array[frame.sample], (frame.sample,)
    return array, ()


def _result(frame: Frame) -> Array:
    assert frame.step is not None
    return frame.trace.known(frame.step.symbol, frame.step.number)


def _subscript(frame: Frame, index: Index) -> str:
    return frame.text.subscript(index, (2,) * len(index), "W1")


def _corner(frame: Frame) -> Line:
    """What stands above the labels: which sample the table is of."""
    said = f"n {frame.sample + 1}" if frame.batch > 1 else ""
    return ((said.ljust(LABEL)[:LABEL], "dim"),)


def _window(total: int, room: int, chosen: int) -> range:
    """Which columns are shown, the chosen one among them."""
    room = max(1, room)
    start = 0 if total <= room or chosen < 0 else min(max(0, chosen - room // 2), total - room)
    return range(start, min(total, start + room))


def _place(frame: Frame, symbol: str) -> int:
    """The row of the selected element, where it is one of this symbol; else -1."""
    if frame.symbol != symbol:
        return -1
    index = frame.index[1:] if Symbol(symbol).batchwise else frame.index
    return index[0] if index else -1


# -- products --------------------------------------------------------------------------------------


def _product(
    matrix: str, turned: bool, vector: str, bias: str, frame: Frame, width: int
) -> Table | None:
    """A matrix, the vector above it, so that what is multiplied stands in one column; at its right
    the bias and the sums.
    """
    text, step = frame.text, frame.writes
    M, lead = _sample(frame, matrix, frame.read(matrix))
    M = M.T if turned else M
    v, of_vector = _sample(frame, vector, frame.read(vector))
    z, of_sums = _sample(frame, step, _result(frame))
    b = frame.read(bias) if bias else None
    wide, whole = len(v), cell.width(text)
    right = whole * (1 if b is None else 2)
    small = LABEL + wide * whole + right > width
    if LABEL + wide * (NARROW if small else whole) + right > width:
        return None
    scale = grid.units(text, (v.tolist(), z.tolist()))

    def inner(value: float, shown: str) -> Line:
        if small:
            return grid.narrow(frame, value, shown)
        return grid.number(frame, value, shown)

    power = 10.0**scale
    above = [
        inner(x / power, grid.role(frame, vector, (*of_vector, i))) for i, x in enumerate(v.tolist())
    ]
    what = grid.mark(frame, vector)
    first = cell.power(text, scale) if scale else grid.name(frame, vector, LABEL - 1)
    head = [*above, *([grid.heading(frame, bias)] if bias else [])]
    head.append(grid.heading(frame, step, scale=scale))
    rows = []
    for j, x in enumerate(z.tolist()):
        places = [(*lead, i, j) if turned else (*lead, j, i) for i in range(wide)]
        cells = [
            inner(float(M[j, i]), grid.role(frame, matrix, places[i])) for i in range(wide)
        ]
        if b is not None:
            cells.append(grid.number(frame, float(b[j]), grid.role(frame, bias, (j,))))
        cells.append(grid.number(frame, x, grid.role(frame, step, (*of_sums, j)), scale=scale))
        rows.append(_row(frame, _matrix_label(frame, matrix, turned, j), cells, width))
    top = (*grid.label(frame, first, what or "dim", what), *grid.joined(head))
    return Table(top, tuple(rows), _place(frame, step))


def _matrix_label(frame: Frame, matrix: str, turned: bool, row: int) -> Line:
    """The rows of a matrix: its name and mark beside the first."""
    subscript = _subscript(frame, (row,))
    if row:
        return grid.label(frame, " " * (2 + turned) + subscript)
    what = grid.mark(frame, matrix)
    written = f"{grid.brief(matrix)}{'ᵀ' if turned else ''} {subscript}"
    return grid.label(frame, written, what or "dim", what)


def _row(frame: Frame, label: Line, cells: Iterable[Line], width: int) -> Line:
    return grid.cut((*label, *grid.joined(cells)), width)


def _outer(first: str, second: str, frame: Frame, width: int) -> Table | None:
    """Each number of a vector times each of another: one at the left, one above, the products
    inside.
    """
    text, step = frame.text, frame.writes
    d, of_left = _sample(frame, first, frame.read(first))
    a, of_above = _sample(frame, second, frame.read(second))
    whole = cell.width(text)
    free = width - LABEL - whole
    small = len(a) * whole > free
    chosen = frame.index[1] if frame.symbol == step and len(frame.index) == 2 else -1
    shown = _window(len(a), free // (NARROW if small else whole), chosen)
    marked = not small and len(a) * whole + 1 <= free
    scale = grid.units(text, (d.tolist(), _result(frame).ravel().tolist()))
    what = grid.mark(frame, second)

    def inner(value: float, shown: str) -> Line:
        if small:
            return grid.narrow(frame, value, shown)
        return grid.number(frame, value, shown)

    above = [inner(float(a[i]), grid.role(frame, second, (*of_above, i))) for i in shown]
    beside = grid.name(frame, second, whole - 1)
    gap = LABEL + whole - (0 if marked else 1)
    sign = text.plain("•") if what else " "
    start = f"{beside:>{gap - (3 if marked else 0)}}".ljust(gap) + sign
    head: Line = ((start, what or "dim"), *grid.joined(_without_blank(above, not marked)))
    result = _result(frame)
    rows = []
    for j, x in enumerate(d.tolist()):
        mine = grid.mark(frame, first) if not j else ""
        edge = grid.number(frame, x, grid.role(frame, first, (*of_left, j)), scale=scale)
        inside = [
            inner(float(result[j, i]) / 10.0**scale, grid.role(frame, step, (j, i))) for i in shown
        ]
        said = (cell.power(text, scale) if scale else text.name(first)) if not j else ""
        written = grid.mark(frame, step) if not j else ""
        left = _marked(frame, edge, mine)
        middle: Line = ((text.plain("▸") if written else " ", written),) if marked else ()
        if not marked and written:
            inside[0] = _marked(frame, inside[0], written)
        cells = grid.joined([left]) + middle + grid.joined(inside)
        rows.append(grid.cut((*grid.label(frame, said, mine or "dim"), *cells), width))
    return Table(head, tuple(rows), _place(frame, step))


def _without_blank(cells: list[Line], drop: bool) -> list[Line]:
    """Cells, the first without its blank where a mark stands there."""
    if not drop:
        return cells
    (first, *rest), *others = cells
    return [(((first[0][1:], first[1]), *rest)), *others]


def _marked(frame: Frame, spans: Line, what: str) -> Line:
    """A cell with a mark in its blank."""
    if not what:
        return spans
    sign = frame.text.plain("▸" if what == "write" else "•")
    (first, shown), *rest = spans
    return ((sign, what), (first[1:], shown), *rest)


# -- numbers side by side --------------------------------------------------------------------------


def _columns(names: tuple[str, ...], frame: Frame, width: int) -> Table | None:
    """What is computed number by number: a column for each array that is read, the result last."""
    step = frame.step
    assert step is not None
    result, lead = _sample(frame, step.symbol, _result(frame))
    if result.ndim == 0:
        return None
    columns = []
    for symbol in names:
        array, of_symbol = _sample(frame, symbol, frame.read(symbol))
        if array.shape == result.shape:
            columns.append((symbol, array, of_symbol))
    room = grid.count(frame, width) - 1
    columns = columns[:room]
    if room < 1:
        return None
    scales = [grid.units(frame.text, (array.ravel().tolist(),)) for _, array, _ in columns]
    scale = grid.units(frame.text, (result.ravel().tolist(),))
    head = [_column_head(frame, symbol, s) for (symbol, *_), s in zip(columns, scales, strict=True)]
    after = grid.brief(step.symbol) if step.param else ""
    head.append(grid.heading(frame, step.symbol, after, scale))
    rows = []
    for index in np.ndindex(result.shape):
        cells = []
        for (symbol, array, of_symbol), s in zip(columns, scales, strict=True):
            shown = grid.role(frame, symbol, (*of_symbol, *index))
            if symbol == step.symbol:
                shown = "operand" if _chosen(frame, index, lead) else "read"
            cells.append(grid.number(frame, float(array[index]), shown, scale=s))
        shown = grid.role(frame, step.symbol, (*lead, *index))
        cells.append(grid.number(frame, float(result[index]), shown, scale=scale))
        rows.append(_row(frame, grid.label(frame, _subscript(frame, index)), cells, width))
    top = (*_corner(frame), *grid.joined(head))
    return Table(top, tuple(rows), _flat(frame, step.symbol, lead, result.shape))


def _column_head(frame: Frame, symbol: str, scale: int) -> Line:
    step = frame.step
    assert step is not None
    if symbol == step.symbol and not scale:
        return grid.heading(frame, "", "before")
    said = grid.brief(symbol, of=True) if step.param else ""
    return grid.heading(frame, symbol, said, scale)


def _chosen(frame: Frame, index: Index, lead: Index) -> bool:
    return frame.symbol == frame.writes and frame.index == (*lead, *index)


def _flat(frame: Frame, symbol: str, lead: Index, shape: tuple[int, ...]) -> int:
    """The row of the selected element where each element has one."""
    if frame.symbol != symbol or not frame.index:
        return -1
    return int(np.ravel_multi_index(frame.index[len(lead) :], shape))


def _update(right: str, frame: Frame, width: int) -> Table | None:
    """A parameter before, what its update goes by, the change, and after; what the change is made
    of goes first where there is no room.
    """
    step, text = frame.step, frame.text
    assert step is not None
    param = step.symbol
    after, before = _result(frame), frame.read(param)
    if not after.ndim:
        return None
    reads = [s for s in dict.fromkeys(_NAMES.findall(right)) if s != param]
    arrays = {s: frame.read(s) for s in reads}
    reads = [s for s in reads if arrays[s].shape == after.shape]
    room = grid.count(frame, width) - 3
    if room < 0:
        return None
    reads = reads[:room] if len(reads) <= room else []
    plain = len(reads) == 1 and right == f"{{{param}}} − {{lr}}·{{{reads[0]}}}"
    change = frame.trace.change(param)
    head = [grid.heading(frame, "", "before")]
    head += [grid.heading(frame, s, grid.brief(s, of=True)) for s in reads]
    head += [grid.heading(frame, "", "−η·g" if plain else "Δ"), grid.heading(frame, param, "after")]
    rows = []
    for index in np.ndindex(after.shape):
        mine = _chosen(frame, index, ())
        cells = [grid.number(frame, float(before[index]), "operand" if mine else "read")]
        cells += [
            grid.number(frame, float(arrays[s][index]), grid.role(frame, s, index)) for s in reads
        ]
        moved = grid.number(frame, float(change[index]), "", signed=True)
        found = grid.number(frame, float(after[index]), grid.role(frame, param, index))
        cells += [_doubted(frame, cells[0], moved, found), found]
        sign = "write" if mine else ""
        written = _subscript(frame, index)
        rows.append(_row(frame, grid.label(frame, written, sign or "dim", sign), cells, width))
    top = ((" " * LABEL, ""), *grid.joined(head))
    return Table(top, tuple(rows), _flat(frame, param, (), after.shape))


def _doubted(frame: Frame, before: Line, moved: Line, after: Line) -> Line:
    """A change that, as it is shown, does not lead to the number after it says ≈."""
    old, by, new = (grid.shown_value(spans) for spans in (before, moved, after))
    if grid.rounds_to(exact.add(exact.read(old), exact.read(by)), new):
        return moved
    return ((frame.text.plain("≈"), "dim"), *moved[1:])


# -- softmax, losses, matrices ---------------------------------------------------------------------


def _softmax(z: str, frame: Frame, width: int) -> Table | None:
    """The sums, how far they are below the largest, its powers of e, and their shares."""
    step = frame.step
    assert step is not None
    result, lead = _sample(frame, step.symbol, _result(frame))
    tree = frame.trace.expand(step, (*lead, *(0 for _ in result.shape)))
    if grid.count(frame, width) < 4 or tree.op != "div" or len(tree.args[1].args) != len(result):
        return None
    powers: tuple[Expr, ...] = tree.args[1].args
    sums, of_sums = _sample(frame, z, frame.read(z))
    head = [grid.heading(frame, z), grid.heading(frame, "", "s"), grid.heading(frame, "", "e^s")]
    head.append(grid.heading(frame, step.symbol))
    rows = []
    for j, x in enumerate(result.tolist()):
        cells = [
            grid.number(frame, float(sums[j]), grid.role(frame, z, (*of_sums, j))),
            grid.number(frame, powers[j].args[0].value, ""),
            grid.number(frame, powers[j].value, ""),
            grid.number(frame, x, grid.role(frame, step.symbol, (*lead, j))),
        ]
        rows.append(_row(frame, grid.label(frame, _subscript(frame, (j,))), cells, width))
    total = [((" " * cell.width(frame.text), ""),)] * 2
    total.append(grid.number(frame, tree.args[1].value, ""))
    foot = (_row(frame, grid.label(frame, " Σ"), total, width),)
    top = (*_corner(frame), *grid.joined(head))
    return Table(top, tuple(rows), _place(frame, step.symbol), foot)


def _summed(inner: str, given: str, frame: Frame, width: int) -> Table | None:
    """A sum over the units: what is read of each, and its term; below, their sum."""
    text, step = frame.text, frame.step
    assert step is not None
    reads = [s for s in dict.fromkeys(_NAMES.findall(inner + given)) if s in step.reads]
    parts = [(s, *_sample(frame, s, frame.read(s))) for s in reads]
    if not parts or grid.count(frame, width) <= len(parts) or len({p[1].shape for p in parts}) > 1:
        return None
    size = parts[0][1].size
    terms = _terms(frame, inner + given, {s: array for s, array, _ in parts})
    if terms is None or len(terms) != size:
        return None
    written = text.formula(inner).replace(" ⊙ ", text.plain("·")).replace(" ", "")
    written = re.sub(r"\blog(?=\w)", "log ", written)
    head = [grid.heading(frame, s) for s in reads]
    head.append(grid.heading(frame, "", written if len(written) <= cell.width(text) else "term"))
    rows = []
    for j in range(size):
        cells = [
            grid.number(frame, float(array[j]), grid.role(frame, s, (*lead, j)))
            for s, array, lead in parts
        ]
        cells.append(grid.number(frame, terms[j], ""))
        rows.append(_row(frame, grid.label(frame, _subscript(frame, (j,))), cells, width))
    total = [((" " * cell.width(text), ""),)] * len(parts)
    total.append(grid.number(frame, sum(terms), ""))
    foot = (_row(frame, grid.label(frame, " Σ"), total, width),)
    return Table((*_corner(frame), *grid.joined(head)), tuple(rows), foot=foot)


def _terms(frame: Frame, inner: str, arrays: dict[str, Array]) -> list[float] | None:
    """The terms of a sum over units; None where one of them is no number."""
    read = formulas.read(inner)
    if read is None:
        return None
    put = {
        name: np.array([exact.read(repr(x)) for x in np.ravel(array).tolist()], dtype=object)
        for name, array in arrays.items()
    }
    for name in set(_NAMES.findall(inner)) - put.keys():
        put[name] = np.array(exact.read(repr(float(frame.read(name)))), dtype=object)
    found = [float(x) for x in formulas.numbers(read, put)]
    return found if np.isfinite(found).all() else None


def _matrix(frame: Frame, width: int) -> Table | None:
    """The selected sample's matrix alone."""
    step, text = frame.step, frame.text
    assert step is not None
    result, lead = _sample(frame, step.symbol, _result(frame))
    if result.ndim != 2:
        return None
    chosen = frame.index[-1] if frame.symbol == step.symbol else -1
    shown = _window(result.shape[1], grid.count(frame, width), chosen)
    head = [(((_subscript(frame, (i,)).rjust(cell.width(text))), "dim"),) for i in shown]
    rows = []
    for j in range(len(result)):
        cells = [
            grid.number(frame, float(result[j, i]), grid.role(frame, step.symbol, (*lead, j, i)))
            for i in shown
        ]
        rows.append(_row(frame, grid.label(frame, _subscript(frame, (j,))), cells, width))
    corner = grid.label(frame, grid.brief(step.symbol), "write", "write")
    return Table((*corner, *grid.joined(head)), tuple(rows), _place(frame, step.symbol))
