"""The edges of a network diagram: which are drawn, how, and where their weights stand.

Thin or heavy says how large a weight is beside the largest of its gap, dashes say it is negative.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from tui.text.netlayout import Diagram, Gap, Place
from tui.text.raster import DASHED, SOLID, Canvas

FEW = 6
"""So many edges between two columns are always all drawn."""


@dataclass(frozen=True)
class Edge:
    """An edge between two shown nodes: their numbers and rows, its weight and label."""

    out: int
    inp: int
    tail: int
    head: int
    weight: float
    label: str
    selected: bool

    @property
    def way(self) -> int:
        """Down is 1, up is -1."""
        return 1 if self.head > self.tail else -1

    @property
    def apart(self) -> int:
        """How many rows the edge falls or rises."""
        return abs(self.head - self.tail)


class _Texts:
    """Numbers to put on top of the edges, apart from each other."""

    def __init__(self) -> None:
        self.items: list[tuple[int, int, str, str]] = []

    def free(self, x: int, row: int, text: str) -> bool:
        return not any(
            at == row and x <= left + len(other) and left <= x + len(text)
            for left, at, other, _ in self.items
        )

    def add(self, x: int, row: int, text: str, role: str) -> None:
        if self.free(x, row, text):
            self.items.append((x, row, text, role))


def edges(canvas: Canvas, net: Diagram, gap: Gap, a: Place, b: Place, ascii: bool) -> None:
    """Draw the edges between two neighbouring columns, with their weights where there is room."""
    if b.x - a.x - a.width < 2 or not len(gap.weights):
        return
    source, target = net.columns[a.number].nodes, net.columns[b.number].nodes
    many = len(a.rows) * len(b.rows) > FEW  # only then is there a choice of edges to make
    sources = frozenset(i for i, node in enumerate(source) if many and node.selected)
    targets = frozenset(o for o, node in enumerate(target) if many and node.selected)
    size = canvas.width, canvas.height
    for x, y, text, role in _drawn(gap, sources, targets, a, b, size, ascii):
        canvas.put(x, y, text, role)


@lru_cache(maxsize=64)
def _drawn(
    gap: Gap,
    sources: frozenset[int],
    targets: frozenset[int],
    a: Place,
    b: Place,
    size: tuple[int, int],
    ascii: bool,
) -> tuple[tuple[int, int, str, str], ...]:
    """What is to be put where: weights change once an iteration, and are drawn at every step."""
    canvas = Canvas(*size)
    _draw(canvas, gap, sources, targets, a, b, ascii)
    found = []
    for y, line in enumerate(canvas.lines()):
        x = 0
        for text, role in line:
            if text.strip():
                found.append((x, y, text, role))
            x += len(text)
    return tuple(found)


def _draw(
    canvas: Canvas,
    gap: Gap,
    sources: frozenset[int],
    targets: frozenset[int],
    a: Place,
    b: Place,
    ascii: bool,
) -> None:
    left, right = a.x + a.width, b.x
    room = right - left
    every = _all(gap, a, b)
    finite = [abs(e.weight) for e in every if math.isfinite(e.weight)]
    heavy = max(finite, default=0.0) / 2
    shown, fan = _choose(gap, every, sources, targets, a, b, room)
    few = len(every) <= FEW
    labels = _labels(shown, room, few or bool(fan))
    diagonals = few and _can_be_diagonal(shown, labels, room, {row for _, row in b.rows})
    texts = _Texts()
    for e in sorted(shown, key=lambda e: (e.tail != e.head, e.selected)):
        text = labels[e]
        strong = math.isfinite(e.weight) and abs(e.weight) >= heavy > 0
        dashed = not e.weight >= 0
        role = "accent" if e.selected else _role(e.weight)
        level = ("-=.:" if ascii else "─━╌╍")[2 * dashed + strong]
        look = role, dashed, strong, ascii
        x, row = right - len(text) - (1 if room < len(text) + 4 else 2), e.head
        if e.tail == e.head:
            canvas.put(left, row, level * room, role)
        elif fan and text:  # numbers stand at the far ends, where the edges are apart
            x, row = (left + 1, e.tail) if fan == "in" else (right - len(text) - 1, e.head)
            near, far = (x + len(text) + 1, right - 1) if fan == "in" else (left, x - 2)
            _slant(canvas, (near, e.tail), (far, e.head), *look)
        elif diagonals:  # then level to the number beside the head
            size, row = e.apart - 1, e.head - e.way
            x = x + (room < len(text) + 4) if text else right
            canvas.diagonal(left, e.tail + e.way, size, e.way, role, dashed=dashed, ascii=ascii)
            canvas.put(left + size, row, level * (x - left - size), role)
        else:
            _slant(canvas, (left, e.tail), (right - 1, e.head), *look)
            x, row = _on_the_way(e, left, right, text, texts)
        texts.add(x, row, text, "select" if e.selected else gap.mark or role)
    for x, row, text, role in texts.items:
        canvas.put(x, row, text, role)


def _all(gap: Gap, a: Place, b: Place) -> list[Edge]:
    """The edges between the shown nodes of two columns."""
    return [
        Edge(
            o,
            i,
            tail,
            head,
            float(gap.weights[o][i]),
            gap.labels[o][i] if len(gap.labels) else "",
            gap.selected == (o, i),
        )
        for o, head in b.rows
        if o >= 0
        for i, tail in a.rows
        if i >= 0
    ]


def _labels(shown: list[Edge], room: int, all_of_them: bool) -> dict[Edge, str]:
    """The weights as text, shortened to the room; the selected one in brackets if they fit."""
    longest = max((len(e.label) for e in shown), default=0)
    labels = {
        e: (e.label if longest + 4 <= room else without_zero(e.label))
        if all_of_them or e.selected
        else ""
        for e in shown
    }
    if max(map(len, labels.values()), default=0) + 2 > room:
        return dict.fromkeys(shown, "")
    for e, text in labels.items():
        if e.selected and text:
            free = room - len(text) - max(1, e.apart - 1)
            labels[e] = f"[{text}]" if free > 1 else f"[{text}" if free > 0 else text
    return labels


def _can_be_diagonal(
    shown: list[Edge], labels: dict[Edge, str], room: int, heads: set[int]
) -> bool:
    """Whether each slanted edge can fall or rise by a row a cell and end on a row of its own."""
    slanted = [e for e in shown if e.apart]
    ends = {e.head - e.way for e in slanted}
    fit = all(2 <= e.apart - 1 <= room - len(labels[e]) for e in slanted)
    return fit and len(ends) == len(slanted) and not ends & heads


def _on_the_way(e: Edge, left: int, right: int, text: str, texts: _Texts) -> tuple[int, int]:
    """A free place for a number on a slanted edge; outside of everything if there is none."""
    for part in (0.6, 0.5, 0.7, 0.4, 0.3):
        row = round(e.tail + (e.head - e.tail) * part)
        x = left + round((right - left - 1) * (row - e.tail) / (e.head - e.tail) - len(text) / 2)
        inside = left < x and x + len(text) < right and row not in (e.tail, e.head)
        if inside and texts.free(x, row, text):
            return x, row
    return 0, -1


def without_zero(text: str) -> str:
    """A number without the 0 before its point: +0.10 as +.10."""
    at = text.find("0.")
    return (
        text[:at] + text[at + 1 :] if at == 0 or (at > 0 and not text[at - 1].isdigit()) else text
    )


def _role(weight: float) -> str:
    return "neg" if weight < 0 else "pos" if weight > 0 else "error" if weight else "dim"


def _slant(
    canvas: Canvas,
    start: tuple[int, int],
    stop: tuple[int, int],
    role: str,
    dashed: bool,
    strong: bool,
    ascii: bool,
) -> None:
    """A line from the middle of one cell's left to the middle of another's right."""
    if ascii:
        canvas.stroke(start, stop, role, dashed=dashed)
    else:
        (x0, y0), (x1, y1) = start, stop
        style = DASHED if dashed else SOLID
        heavy = strong and abs(y1 - y0) > 2
        canvas.line((2 * x0, 4 * y0 + 2), (2 * x1 + 1, 4 * y1 + 2), role, style=style, heavy=heavy)


def _choose(
    gap: Gap,
    edges: list[Edge],
    sources: frozenset[int],
    targets: frozenset[int],
    a: Place,
    b: Place,
    room: int,
) -> tuple[list[Edge], str]:
    """The edges to draw; and "in" or "out" where they are those into or out of one node."""
    rows = [row for _, row in (*a.rows, *b.rows)]
    limit = max(FEW, (max(rows) - min(rows)) * room // 24)
    if len(edges) <= limit:
        return edges, ""
    if gap.selected:
        return [e for e in edges if e.out == gap.selected[0]], "in"
    for o, _ in b.rows:
        if o in targets:
            return [e for e in edges if e.out == o], "in"
    for i, _ in a.rows:
        if i in sources:
            return [e for e in edges if e.inp == i], "out"
    heads = {e.out for e in edges}
    per = max(1, min(3, limit // max(1, len(heads))))
    strongest: list[Edge] = []
    for o in sorted(heads):
        into = [e for e in edges if e.out == o and math.isfinite(e.weight)]
        strongest += sorted(into, key=lambda e: -abs(e.weight))[:per]
    return strongest, ""
