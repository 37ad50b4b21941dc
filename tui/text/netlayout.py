"""Where the parts of a network diagram go: which nodes and columns are shown, and their cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from tui.text.netparts import Column, Diagram


class Place(NamedTuple):
    """A column on the canvas: its cells, and its nodes as (index, row)."""

    number: int
    x: int
    width: int
    rows: tuple[tuple[int, int], ...]


class Layout(NamedTuple):
    """Where all goes: the columns; ellipses from the cells `dots` of row `middle` on, for those
    that do not fit; titles in a row, None without room; and whether notes below nodes have room
    and what stands right of the last column is shown.
    """

    places: tuple[Place, ...]
    dots: tuple[int, ...]
    middle: int
    titles: int | None
    notes: bool
    tails: bool


def layout(net: Diagram, width: int, height: int, ellipsis: int) -> Layout:
    """The layout of a diagram with columns, in cells of at least one row; an ellipsis takes
    `ellipsis` cells.
    """
    down = _down(net, height)
    across = _across(net, width, ellipsis)
    rows, titles = _rows(net, down, height, across.gap)
    places: list[Place] = []
    dots = []
    x, before = 0, -1
    for number, wide in zip(across.kept, across.widths, strict=True):
        hidden = number != before + 1
        if hidden and (places or width >= wide + ellipsis + 1):
            dots.append(x + bool(places))
            x = dots[-1] + ellipsis + 1
        elif places:
            x += across.gap
        places.append(Place(number, x, wide, tuple(enumerate(rows[number]))))
        x, before = x + wide, number
    if before < len(net.columns) - 1:
        dots.append(x + 1)
    every = [row for column in rows for row in column] or [0]
    middle = (min(every) + max(every)) // 2
    return Layout(tuple(places), tuple(dots), middle, titles, down.notes, across.tails)


# -- down ------------------------------------------------------------------------------------------


class _Down(NamedTuple):
    """How many nodes the largest column has, and whether titles and notes have room."""

    most: int
    title: bool
    notes: bool


def _down(net: Diagram, height: int) -> _Down:
    most = max(len(column.nodes) for column in net.columns)
    title = height >= min(most, 3) + 1
    return _Down(most, title, 2 * most <= height - title)


def _rows(net: Diagram, down: _Down, height: int, gap: int) -> tuple[list[list[int]], int | None]:
    """The row of every node, and the row of the titles."""
    most = down.most
    usable = max(most, height - down.title - down.notes)
    pitch = min((usable - 1) // max(1, most - 1), max(4, gap - 6))
    spare = usable - (most - 1) * pitch - 1
    top = down.title + (spare + 1) // 3
    centre = top + (most - 1) * pitch / 2
    rows = []
    for count in (len(column.nodes) for column in net.columns):
        step = pitch * most / max(1, count)
        rows.append([int(centre + (i - (count - 1) / 2) * step + 0.5) for i in range(count)])
    return rows, max(0, top - 1 - (spare > 1)) if down.title else None


# -- across ----------------------------------------------------------------------------------------


class _Across(NamedTuple):
    """The kept columns and their widths, the gap between neighbours, and whether what stands right
    of the last column is shown.
    """

    kept: Sequence[int]
    widths: Sequence[int]
    gap: int
    tails: bool = False


_WIDEST_GAP = 30
_LEAST_GAP = 3
"""So many cells between two columns, where some are left out."""


def _across(net: Diagram, width: int, ellipsis: int) -> _Across:
    full = [max([net.value_width, *(len(n.value) for n in c.nodes)]) + 2 for c in net.columns]
    brief = [max([1, *(len(n.value) for n in c.nodes)]) + 2 for c in net.columns]
    tail = max((len(n.tail) for n in net.columns[-1].nodes), default=0)
    every = _every_column(full, tail, width)
    return every or _some_columns(_by_importance(net.columns), brief, width, ellipsis)


def _every_column(full: list[int], tail: int, width: int) -> _Across | None:
    """All columns, in the roomiest way that fits."""
    for widths, least, extra in (
        ([w + 2 for w in full], 12, tail),
        (full, 7, tail),
        (full, 1, 0),
    ):
        gap = (width - extra - sum(widths)) // max(1, len(widths) - 1)
        if gap >= least:
            return _Across(range(len(widths)), widths, min(gap, _WIDEST_GAP), bool(extra))
    return None


def _some_columns(order: list[int], brief: list[int], width: int, ellipsis: int) -> _Across:
    """The first columns of an order, as many as fit."""
    last = len(order) - 1
    for count in range(last, 0, -1):
        kept = sorted(order[:count])
        holes = sum(b != a + 1 for a, b in pairwise(kept))
        ends = (kept[0] > 0) + (kept[-1] < last)
        widths = [brief[c] for c in kept]
        taken = sum(widths) + holes * (ellipsis + 2) + ends * (ellipsis + 1)
        joints = count - 1 - holes
        if taken + joints * _LEAST_GAP <= width:
            return _Across(kept, widths, (width - taken) // max(1, joints))
    return _Across(order[:1], [min(width, brief[order[0]])], 1)


def _by_importance(columns: Sequence[Column]) -> list[int]:
    """The columns: first those with what is selected, then with what the step touches, then the
    last, the first, and the others from the last on.
    """

    def unimportance(number: int) -> tuple[int, bool, bool, int]:
        nodes = columns[number].nodes
        selected = any(n.selected for n in nodes)
        touched = any(n.mark or n.note_mark for n in nodes)
        focus = 4 * selected + 2 * touched
        return -focus, number != len(columns) - 1, number != 0, -number

    return sorted(range(len(columns)), key=unimportance)
