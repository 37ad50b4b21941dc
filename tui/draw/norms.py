"""The ledger of layers that are too wide for their numbers: norms, shares of zeros, and a part."""

from __future__ import annotations

from functools import lru_cache
from weakref import ref

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from tui.draw import cell, ledger
from tui.draw.ledger import KINDS, LABELS, LINK_LABEL, SHARED, Net
from tui.draw.parts import MARKS, closed, headed, title, window
from tui.frame.frame import Array, Entry, Frame
from tui.text import numbers
from tui.text.format import Text
from tui.text.raster import Line

NormRow = tuple[str, str, tuple[Symbol | None, ...]]
NAME = "values · ‖·‖ and share of zeros"
LABEL = 7
SHARE = 3
"""The columns of a percentage."""
LEAST_PART = 2
"""Numbers of the selected symbol have so many lines at the least."""
MOST_LINES = 6
"""So many lines of a matrix are shown in full, where there is room."""


def wanted(net: Net) -> int:
    """How many lines there are to show, a part of the selected symbol with them."""
    return 1 + len(_rows(net)) + 1 + MOST_LINES


@lru_cache(maxsize=16)
def _rows(net: Net) -> tuple[NormRow, ...]:
    """The kind of each row, its name, and its symbols by layers."""
    layers = range(1, net.depth + 1)
    rows = [(kind, tuple(net.symbol(kind, layer) for layer in layers)) for kind in KINDS]
    named = [(kind, "a, ŷ" if kind == "a" else LABELS[kind], row) for kind, row in rows if any(row)]
    return (*named, ("x", "x", (Symbol("x"), *(None for _ in layers[1:]))))


def draw(frame: Frame, net: Net, width: int, height: int, sample: str) -> list[Line]:
    """The title, the names of the layers, the rows; below them numbers of the selected symbol.
    Where the room is short, x and the line of names go, and kinds share a row.
    """
    text, room = frame.text, height - 1
    group = 1 + text.width + SHARE
    count = min(net.depth, max(1, (width - LABEL) // group))
    first = ledger.link_of(net, frame.symbol) - 1 - count // 2
    first = min(max(0, first), net.depth - count)
    names = [f"layer {first + i + 1}" for i in range(count)]
    rows = list(_rows(net))
    if short := room < 1 + len(rows) + LEAST_PART:
        rows.pop()
        starts = ((LABEL + i * group + 2, name) for i, name in enumerate(names))
        head = [headed(title(frame, "values", width), starts, width)]
    else:
        line = " " * (LABEL + 2) + "".join(name.ljust(group) for name in names).rstrip()
        head = [title(frame, "values", width, f"{NAME}{sample}"), ((line, "dim"),)]
    if short and room < len(rows) + LEAST_PART:
        rows = _shared(frame, rows)
    table = []
    for _, name, symbols in rows:
        spans = [(text.plain(name).ljust(LABEL)[:LABEL], "dim")]
        for symbol in symbols[first : first + count]:
            spans += _group(frame, symbol) if symbol else [(" " * group, "")]
        table.append(tuple(spans))
    part = max(min(height - len(head) - len(table), 1 + MOST_LINES), min(LEAST_PART, room))
    shown = [*head, *table][: height - part]
    return [*shown, *_part(frame, width, part)]


def _shared(frame: Frame, rows: list[NormRow]) -> list[NormRow]:
    """Some kinds in one row, that of the sums: it shows what the step writes, else reads."""
    sharing = [row for row in rows if row[0] in SHARED]
    shown = sharing[0]
    for touched in ({*frame.reads}, {frame.writes}):
        shown = next((row for row in sharing if touched.intersection(filter(None, row[2]))), shown)
    return [shown if row is sharing[0] else row for row in rows if row not in sharing[1:]]


def _group(frame: Frame, symbol: Symbol) -> Line:
    """The norm of a symbol and the share of its numbers that are 0, in percent."""
    text, entry = frame.text, frame.entries.get(symbol)
    if entry is None:
        return (("", ""), *cell.cell(text, None), (" " * SHARE, ""))
    norm, zeros = _measured(entry.array)
    return _written(text, norm, zeros, entry.mark)


@lru_cache(maxsize=512)
def _written(text: Text, norm: float, zeros: int, mark: str) -> Line:
    # A norm has no sign: its columns are the number's; of an array of zeros it is 0 itself.
    number = numbers.cell(norm, text.digits, text.width + 1, signed=False).rjust(text.width)
    if not norm:
        number = "0".ljust(text.digits + 2).rjust(text.width)
    return (
        (text.plain(MARKS[mark]), mark),
        (text.plain(number.replace("-", "−")), mark),
        (f"{zeros:>{SHARE}}", "dim"),
    )


_known: dict[int, tuple[ref[Array], tuple[float, int]]] = {}
MOST_KNOWN = 512


def _measured(array: Array) -> tuple[float, int]:
    """The norm of an array and its share of zeros in percent; arrays never change, and the same
    ones are drawn at every step. A share is 0 or 100 only where it is.
    """
    known = _known.get(id(array))
    if known and known[0]() is array:
        return known[1]
    with np.errstate(all="ignore"):
        norm = float(np.linalg.norm(array))
    share = 1 - int(np.count_nonzero(array)) / max(1, array.size)
    percent = min(max(round(100 * share), 1), 99) if 0 < share < 1 else round(100 * share)
    found = norm, percent
    if len(_known) >= MOST_KNOWN:
        _known.clear()
    _known[id(array)] = ref(array), found
    return found


# -- a part of the selected symbol -----------------------------------------------------------------


def _part(frame: Frame, width: int, room: int) -> list[Line]:
    """Numbers of the selected symbol, the selected element among them: their columns, then as many
    lines as there is room for.
    """
    text, entry = frame.text, frame.entries[frame.symbol]
    index = frame.index
    total = entry.array.shape[-1] if len(index) > entry.symbol.batchwise else 1
    count = max(1, min(total, (width - LINK_LABEL) // cell.width(text)))
    at = index[-1] if total > 1 else 0
    start = window(total, count, at).start
    heads = [text.subscript((start + i,), (), "W1") for i in range(count)]
    if start + count < total:
        heads[-1] += text.plain("…")[:1]
    name = text.name(entry.symbol)[: LINK_LABEL - 1].ljust(LINK_LABEL - 1)
    head = [(text.plain(MARKS[entry.mark]), entry.mark), (name, "dim")]
    if total > 1:
        head.append(("".join(f"{each:>{cell.width(text)}}" for each in heads), "dim"))
    columns = slice(start, start + count)
    leads = _leads(frame, entry, room - 1)
    rows = (closed(_numbers(frame, entry, lead, columns), width) for lead in leads)
    return [tuple(head), *rows][:room]


def _leads(frame: Frame, entry: Entry, room: int) -> list[Index]:
    """The rows of an array that are shown, as the indices before the last axis."""
    array, index = entry.array, frame.index
    own: Index = (frame.sample,) if entry.symbol.batchwise else ()
    if array.ndim <= len(own) + 1:
        return [own[: array.ndim]]
    rows = array.shape[len(own)]
    count = min(rows, MOST_LINES, max(1, room))
    return [(*own, place) for place in window(rows, count, index[-2])]


def _numbers(frame: Frame, entry: Entry, lead: Index, columns: slice) -> Line:
    """One line of numbers of the selected symbol."""
    text, array = frame.text, entry.array
    alone = len(lead) == array.ndim
    last = lead[len(lead) - 1 :] if len(lead) > entry.symbol.batchwise else ()
    label = text.subscript(last, (), "W1") if last else ""
    if entry.symbol.batchwise and frame.batch > 1 and not last:
        label = f"n {frame.sample + 1}"
    before = entry.previous

    def part(of: Array) -> tuple[float, ...]:
        return (float(of[lead]),) if alone else tuple(of[lead][columns].tolist())

    chosen = 0 if alone else frame.index[-1] - columns.start if frame.index[:-1] == lead else -1
    numbers, past = part(array), None if before is None else part(before)
    first = columns.start
    places = [lead] if alone else [(*lead, first + i) for i in range(len(numbers))]
    others = frozenset(i for i, at in enumerate(places) if frame.differs(entry.symbol, at))
    cells = cell.row(text, numbers, past, entry.mark, chosen, differing=others)
    return ((f" {label}".ljust(LINK_LABEL), "dim"), *cells)
