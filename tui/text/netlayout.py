"""Where the parts of a network diagram go: which nodes and columns are shown, and their cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from tui.text.netparts import Column, Diagram, Node


class Place(NamedTuple):
    """A column on the canvas: its cells, and (node index, row); the index of a "more" row is -1."""

    number: int
    x: int
    width: int
    rows: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Layout:
    """Where all goes: the columns; ellipses from the cells `dots` of row `middle` on, for those
    that do not fit; titles in a row, None without room; and whether notes below nodes have room,
    values are short, and what stands right of the last column is shown.
    """

    places: tuple[Place, ...]
    dots: tuple[int, ...]
    middle: int
    titles: int | None
    notes: bool
    short: bool
    tails: bool


def layout(net: Diagram, width: int, height: int, ellipsis: int) -> Layout:
    """The layout of a diagram with columns, in cells of at least one row; an ellipsis takes
    `ellipsis` cells.
    """
    down = _down(net, height)
    across = _across(net, down.items, width, ellipsis)
    rows, titles = _rows(down, height, across.gap)
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
        items = zip(down.items[number], rows[number], strict=True)
        places.append(Place(number, x, wide, tuple(items)))
        x, before = x + wide, number
    if before < len(net.columns) - 1:
        dots.append(x + 1)
    every = [row for column in rows for row in column] or [0]
    middle = (min(every) + max(every)) // 2
    return Layout(
        tuple(places), tuple(dots), middle, titles, down.notes, across.short, across.tails
    )


# -- down ------------------------------------------------------------------------------------------


class _Down(NamedTuple):
    """The shown nodes of every column, and whether titles and notes have room."""

    items: list[list[int]]
    title: bool
    notes: bool


def _down(net: Diagram, height: int) -> _Down:
    most = max(max(c.total, len(c.nodes)) for c in net.columns)
    title = height >= min(most, 3) + 1
    room = height - title
    notes = 2 * most <= room or (most > room >= 10)
    cap = room // 2 if notes else room
    return _Down([_items(column, cap) for column in net.columns], title, notes)


def _items(column: Column, cap: int) -> list[int]:
    n = len(column.nodes)
    if max(column.total, n) <= min(cap, n):
        return list(range(n))
    chosen = next((i for i, node in enumerate(column.nodes) if node.selected), 0)
    if cap <= 1 or n == 0:
        return [chosen if n else -1]
    count = min(cap - 1, n)
    if chosen < count:
        return [*range(count), -1]
    return [*range(count - 1), -1, chosen]


def _rows(down: _Down, height: int, gap: int) -> tuple[list[list[int]], int | None]:
    """The row of every item, and the row of the titles."""
    most = max(len(it) for it in down.items)
    usable = height - down.title - down.notes
    pitch = min((usable - 1) // max(1, most - 1), max(4, gap - 6))
    spare = usable - (most - 1) * pitch - 1
    top = down.title + (spare + 1) // 3
    centre = top + (most - 1) * pitch / 2
    rows = []
    for it in down.items:
        step = pitch * most / max(1, len(it))
        rows.append([int(centre + (i - (len(it) - 1) / 2) * step + 0.5) for i in range(len(it))])
    return rows, max(0, top - 1 - (spare > 1)) if down.title else None


# -- across ----------------------------------------------------------------------------------------


class _Across(NamedTuple):
    """The kept columns and their widths, the gap between neighbours, and whether values are
    short and what stands right of the last column is shown.
    """

    kept: Sequence[int]
    widths: Sequence[int]
    gap: int
    short: bool = False
    tails: bool = False


_WIDEST_GAP = 30
_LEAST_GAP = 3
"""So many cells between two columns, where some are left out."""


def _across(net: Diagram, items: list[list[int]], width: int, ellipsis: int) -> _Across:
    shown = [[c.nodes[i] for i in it if i >= 0] for c, it in zip(net.columns, items, strict=True)]
    full = [max([net.value_width, *(len(n.value) for n in nodes)]) + 2 for nodes in shown]
    brief = [max([1, *(len(n.short or n.value) for n in nodes)]) + 2 for nodes in shown]
    brief = [
        max(short, 6) if short < long else long for short, long in zip(brief, full, strict=True)
    ]
    tail = max((len(n.tail) for n in shown[-1]), default=0)
    every = _every_column(full, brief, tail, width)
    return every or _some_columns(_by_importance(shown), brief, width, ellipsis)


def _every_column(full: list[int], brief: list[int], tail: int, width: int) -> _Across | None:
    """All columns, in the roomiest way that fits."""
    for widths, least, extra in (
        ([w + 2 for w in full], 12, tail),
        (full, 7, tail),
        (full, 3, 0),
        (brief, 3, 0),
        (full, 1, 0),
        (brief, 1, 0),
    ):
        gap = (width - extra - sum(widths)) // max(1, len(widths) - 1)
        if gap >= least:
            kept = range(len(widths))
            return _Across(kept, widths, min(gap, _WIDEST_GAP), widths is brief, bool(extra))
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
            return _Across(kept, widths, (width - taken) // max(1, joints), short=True)
    return _Across(order[:1], [min(width, brief[order[0]])], 1, short=True)


def _by_importance(shown: list[list[Node]]) -> list[int]:
    """The columns: first those with what is selected, then with what the step touches, then the
    last, the first, and the others from the last on.
    """

    def unimportance(number: int) -> tuple[int, bool, bool, int]:
        nodes = shown[number]
        selected = any(n.selected for n in nodes)
        touched = any(n.mark or n.note_mark for n in nodes)
        focus = 4 * selected + 2 * touched
        return -focus, number != len(shown) - 1, number != 0, -number

    return sorted(range(len(shown)), key=unimportance)
