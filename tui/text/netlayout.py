"""Where the parts of a network diagram go: which nodes and columns are shown, and their cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

Mark = Literal["write", "read", ""]


class Node(NamedTuple):
    """A unit: its formatted value and a note below it; marks say what the step touches."""

    value: str
    note: str = ""
    mark: Mark = ""
    selected: bool = False
    short: str = ""  # a form of the value for narrow screens
    note_mark: Mark = ""
    tail: str = ""  # right of a node of the last column, such as its target "y 1"


class Column(NamedTuple):
    """A layer: its nodes, or only some of them in order, out of total."""

    title: str
    nodes: tuple[Node, ...]
    total: int = 0


class Gap(NamedTuple):
    """The weights between two columns, [out][in] by their nodes; empty weights draw no edges."""

    label: str = ""
    mark: Mark = ""
    weights: Sequence[Sequence[float]] = ()
    labels: Sequence[Sequence[str]] = ()
    selected: tuple[int, int] | None = None


class Diagram(NamedTuple):
    """Columns from input to output and the gaps between them.

    value_width: cells kept for a value, so that nodes stay in place when values become known.
    """

    columns: tuple[Column, ...]
    gaps: tuple[Gap, ...] = ()
    value_width: int = 6


class Place(NamedTuple):
    """A column on the canvas: its cells, and (node index, row); the index of a "more" row is -1."""

    number: int
    x: int
    width: int
    rows: tuple[tuple[int, int], ...]


def vertical(net: Diagram, height: int) -> tuple[list[list[int]], bool, bool]:
    """The shown items of every column, and whether titles and notes have room."""
    most = max(max(c.total, len(c.nodes)) for c in net.columns)
    title = height >= min(most, 3) + 1
    room = height - title
    notes = 2 * most <= room or (most > room >= 10)
    cap = room // 2 if notes else room
    return [_items(column, cap) for column in net.columns], title, notes


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


def horizontal(
    net: Diagram, items: list[list[int]], width: int, ascii: bool
) -> tuple[list[int], list[int], int, bool, bool]:
    """The kept columns, their widths, the gap, and whether values are short and tails shown."""
    columns = net.columns
    shown = [[c.nodes[i] for i in it if i >= 0] for c, it in zip(columns, items, strict=True)]
    full = [max([net.value_width, *(len(n.value) for n in nodes)]) + 2 for nodes in shown]
    brief = [max([1, *(len(n.short or n.value) for n in nodes)]) + 2 for nodes in shown]
    brief = [max(w, 6) if w < f else f for w, f in zip(brief, full, strict=True)]
    count = len(columns)
    every = list(range(count))
    last = max((len(n.tail) + 1 for n in shown[-1] if n.tail), default=0)
    for widths, least, extra in (
        ([w + 2 for w in full], 12, last),
        (full, 7, last),
        (full, 3, 0),
        (brief, 3, 0),
        (full, 1, 0),
        (brief, 1, 0),
    ):
        gap = (width - extra - sum(widths)) // max(1, count - 1)
        if gap >= least:
            return every, widths, min(gap, 30), widths is brief, bool(extra)
    focus = [
        any(n.selected for n in nodes) * 4 + any(n.mark or n.note_mark for n in nodes) * 2
        for nodes in shown
    ]
    order = sorted(every, key=lambda c: (-focus[c], c != count - 1, c != 0, -c))
    dots = 2 if ascii else 1
    for n in range(count - 1, 0, -1):
        kept = sorted(order[:n])
        holes = sum(b != a + 1 for a, b in pairwise(kept))
        ends = (kept[0] > 0) + (kept[-1] < count - 1)
        taken = sum(brief[c] for c in kept) + holes * (dots + 2) + ends * (dots + 1)
        joints = n - 1 - holes
        if taken + joints * 3 <= width:
            return kept, [brief[c] for c in kept], (width - taken) // max(1, joints), True, False
    return [order[0]], [min(width, brief[order[0]])], 1, True, False


def rows_of(
    items: list[list[int]], height: int, title: bool, notes: bool, gap: int
) -> tuple[list[list[int]], int]:
    """The row of every item, and the row of the titles."""
    most = max(len(it) for it in items)
    usable = height - title - notes
    pitch = min((usable - 1) // max(1, most - 1), max(4, gap - 6))
    spare = usable - (most - 1) * pitch - 1
    top = title + (spare + 1) // 3
    centre = top + (most - 1) * pitch / 2
    rows = []
    for it in items:
        step = pitch * most / max(1, len(it))
        rows.append([int(centre + (i - (len(it) - 1) / 2) * step + 0.5) for i in range(len(it))])
    return rows, max(0, top - 1 - (spare > 1))


def middle(rows: list[list[int]]) -> int:
    """The row halfway between the first and the last."""
    every = [row for column in rows for row in column] or [0]
    return (min(every) + max(every)) // 2
