"""Elements of several arrays below each other, each as two numbers and their difference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.catalog.symbols import DATA, Symbol
from engine.formula.expr import Index
from tui.draw.cell import width as cell_width
from tui.draw.parts import MARKS
from tui.frame.frame import Array, Entry, Frame
from tui.frame.kept import kept
from tui.text.cells import clipped
from tui.text.format import Text
from tui.text.raster import Line

SAME = "same"
MOST = (64, 8, 4, 2, 1)
"""So many elements of a symbol are shown, as many as there is room for; those that differ most."""


class Pair(NamedTuple):
    """A symbol with two arrays of one shape: the difference is the first less the second."""

    symbol: Symbol
    first: Array
    second: Array


class Element(NamedTuple):
    """An element of a pair."""

    name: str
    first: float
    second: float


def head(text: Text, names: Sequence[str], width: int, label: str = "") -> Line:
    """The names of the two numbers and of their difference, above the rows, and what else there is
    to say of all of them.
    """
    each = cell_width(text)
    cells = "".join(clipped(name, each - 1, text.ascii).rjust(each) for name in names[:-1])
    cells += names[-1].rjust(each + 1)
    return ((label.ljust(width - len(cells)), "dim"), (cells, "title"))


def difference(text: Text, own: str, other: str) -> str:
    """What the last column is called: which is taken from which, where that has room."""
    said = text.plain(f"{own}−{other}")
    return said if len(said) <= cell_width(text) else "differs"


def sample(frame: Frame) -> str:
    """Which sample the rows are of, where there are several."""
    return f" sample {frame.sample + 1}" if frame.batch > 1 else ""


def rows(frame: Frame, pairs: Iterable[Pair], width: int, room: int, change: bool) -> list[Line]:
    """The elements of the pairs in so many rows, those that differ most where there are too many
    of a symbol, and those of the current step in any case. With `change` the difference is the
    second number less the first.
    """
    pairs = list(pairs)
    sizes = [_size(pair) for pair in pairs]
    most = next((n for n in MOST if sum(min(size, n) for size in sizes) <= room), MOST[-1])
    lines: list[Line] = []
    end = 0
    for symbol, first, second in pairs:
        entry = frame.entries.get(symbol)
        mark = entry.mark if entry else ""
        alone = symbol.batchwise and first.ndim == 1  # a number of each sample, and no more
        if symbol.batchwise:
            first, second = (x[frame.sample : frame.sample + 1] for x in (first, second))
        places = _places(first, second, most)
        block = _block(
            frame.text,
            symbol,
            first.shape,
            tuple(places),
            tuple(first.ravel()[places].tolist()),
            tuple(second.ravel()[places].tolist()),
            frame.sample if alone else 0,
            width,
            change,
        )
        lines += [_marked(frame.text, line, mark) for line in block] if mark else block
        if mark == "write":
            end = len(lines)
    end = min(len(lines), max(room, end))
    return lines[max(0, end - room) : end]


@kept
def known(frame: Frame) -> list[Entry]:
    """What is known at the position, the optimizer's state aside: the data, the parameters layer by
    layer, then what each step has computed.
    """
    entries = [entry for entry in frame.entries.values() if not entry.symbol.prefix]
    data = [entry for entry in entries if entry.symbol in DATA]
    parameters = [entry for entry in entries if entry.symbol.is_parameter]
    rest = [e for e in entries if e.symbol not in DATA and not e.symbol.is_parameter]
    return [*data, *sorted(parameters, key=lambda entry: entry.symbol.in_layer), *rest]


def _marked(text: Text, line: Line, mark: str) -> Line:
    """A row with what its symbol is to the step."""
    _, *spans = line
    return (
        (text.plain(MARKS[mark]), mark),
        *((written, role if written.endswith(SAME) else mark) for written, role in spans),
    )


def _size(pair: Pair) -> int:
    """How many numbers a pair has of one sample."""
    batch = len(pair.first) if pair.symbol.batchwise and pair.first.ndim > 0 else 1
    return pair.first.size // max(1, batch)


def _places(first: Array, second: Array, most: int) -> list[int]:
    """Where the numbers stand that are shown, so many at most: those that differ most."""
    if first.size <= most:
        return list(range(first.size))
    with np.errstate(all="ignore"):
        gap = np.abs(first - second).ravel()
    gap[np.isnan(gap)] = np.inf
    return sorted(np.argpartition(gap, -most)[-most:].tolist())


@lru_cache(maxsize=512)
def _block(
    text: Text,
    symbol: Symbol,
    shape: Index,
    places: Index,
    first: tuple[float, ...],
    second: tuple[float, ...],
    sample: int,
    width: int,
    change: bool,
) -> tuple[Line, ...]:
    """The rows of a pair: of these of its numbers; most are at a step what they were before."""
    lines = []
    for place, a, b in zip(places, first, second, strict=True):
        index: Index = tuple(int(i) for i in np.unravel_index(place, shape))
        if sample and len(index) == 1:
            index = (sample,)
        lines.append(row(text, Element(text.element(symbol, index, shape), a, b), width, change))
    return tuple(lines)


def row(text: Text, element: Element, width: int, change: bool) -> Line:
    """A row of the table. A difference of the exact numbers that is not that of the numbers shown
    has an ≈ before it.
    """
    each = cell_width(text)
    name, first, second = element
    label = max(0, width - 3 * each - 2)
    gap = second - first if change else first - second
    one, two = text.cell(first), text.cell(second)
    cells = one.rjust(each) + two.rjust(each)
    over = min(len(name) - label, each - len(one) - 1)
    if over > 0:  # a long name takes the blanks before the first number
        cells, label = cells[over:], label + over
    line: Line = (
        (MARKS[""], ""),
        (clipped(name, label, text.ascii).ljust(label), ""),
        (cells, ""),
    )
    if first == second or (np.isnan(first) and np.isnan(second)):
        return (*line, (SAME.rjust(each + 1), "dim"))
    difference = text.cell(gap, signed=True)
    exact = closes(two, one, difference) if change else closes(one, two, difference)
    about = "" if exact or not np.isfinite(gap) else text.plain("≈")
    return (*line, (f"{about}{difference}".rjust(each + 1), "dim" if about else ""))


def closes(first: str, second: str, difference: str) -> bool:
    """Whether a difference is that of the two numbers as they are shown, rounded as it is."""
    try:
        a, b, d = (Decimal(each.replace("−", "-")) for each in (first, second, difference))
        return (a - b).quantize(d) == d
    except InvalidOperation:
        return False
