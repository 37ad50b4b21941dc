"""The edges of a network diagram: how they are drawn, and where their weights stand.

Thin or heavy says how large a weight is beside the largest of its gap, dashes say it is negative.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from tui.text.netchoice import FEW, Edge, between, can_be_diagonal, choose, labels, most
from tui.text.netlayout import Place
from tui.text.netparts import Diagram, Gap
from tui.text.raster import DASHED, SOLID, Canvas


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
    every = between(gap, a, b)
    shown, fan = choose(every, gap, sources, targets, most(a, b))
    few = len(every) <= FEW
    left, right = a.x + a.width, b.x
    texts = labels(shown, right - left, few or bool(fan))
    diagonals = few and can_be_diagonal(shown, texts, right - left, {row for _, row in b.rows})
    heaviest = max((abs(e.weight) for e in every if math.isfinite(e.weight)), default=0.0)
    pen = _Pen(canvas, left, right, heaviest, ascii)
    numbers = _Numbers()
    for e in sorted(shown, key=lambda e: (e.tail != e.head, e.selected)):
        text = texts[e]
        if e.tail == e.head:
            at = pen.level(e, text)
        elif fan and text:
            at = pen.fanned(e, text, fan == "in")
        elif diagonals:
            at = pen.diagonal(e, text)
        else:
            at = pen.slanted(e, text, numbers)
        numbers.add(*at, text, "select" if e.selected else gap.mark or _role(e.weight))
    for x, row, text, role in numbers.items:
        canvas.put(x, row, text, role)
    return _pieces(canvas)


def _pieces(canvas: Canvas) -> tuple[tuple[int, int, str, str], ...]:
    """What stands on a canvas, as it can be put on another."""
    found = []
    for y, line in enumerate(canvas.lines()):
        x = 0
        for text, role in line:
            if text.strip():
                found.append((x, y, text, role))
            x += len(text)
    return tuple(found)


class _Numbers:
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


class _Look(NamedTuple):
    """How an edge is drawn."""

    role: str
    dashed: bool
    strong: bool


class _Pen(NamedTuple):
    """Draws edges between the columns `left` and `right` of a canvas, and says in which cell
    their numbers begin. `heaviest` is the largest weight.
    """

    canvas: Canvas
    left: int
    right: int
    heaviest: float
    ascii: bool

    def level(self, e: Edge, text: str) -> tuple[int, int]:
        """An edge within a row, with its number near its head."""
        role, _, _ = self._look(e)
        self.canvas.put(self.left, e.head, self._dash(e) * (self.right - self.left), role)
        return self._near_head(text), e.head

    def fanned(self, e: Edge, text: str, into: bool) -> tuple[int, int]:
        """An edge with its number at the far end, where the edges of a fan are apart."""
        if into:
            x = self.left + 1
            self._slant(e, x + len(text) + 1, self.right - 1)
            return x, e.tail
        x = self.right - len(text) - 1
        self._slant(e, self.left, x - 2)
        return x, e.head

    def diagonal(self, e: Edge, text: str) -> tuple[int, int]:
        """An edge that falls or rises by a row a cell, then is level to its number beside the
        head.
        """
        role, dashed, _ = self._look(e)
        size, row = e.apart - 1, e.head - e.way
        x = self._near_head(text) + self._tight(text) if text else self.right
        start = self.left, e.tail + e.way
        self.canvas.diagonal(*start, size, e.way, role, dashed=dashed, ascii=self.ascii)
        self.canvas.put(self.left + size, row, self._dash(e) * (x - self.left - size), role)
        return x, row

    def slanted(self, e: Edge, text: str, numbers: _Numbers) -> tuple[int, int]:
        """An edge straight from one end to the other, with its number where one is free on the
        way; outside of everything if there is none.
        """
        self._slant(e, self.left, self.right - 1)
        for part in (0.6, 0.5, 0.7, 0.4, 0.3):
            row = round(e.tail + (e.head - e.tail) * part)
            along = (self.right - self.left - 1) * (row - e.tail) / (e.head - e.tail)
            x = self.left + round(along - len(text) / 2)
            inside = self.left < x and x + len(text) < self.right and row not in (e.tail, e.head)
            if inside and numbers.free(x, row, text):
                return x, row
        return 0, -1

    # -- lines ---------------------------------------------------------------------------------

    def _look(self, e: Edge) -> _Look:
        strong = math.isfinite(e.weight) and abs(e.weight) >= self.heaviest / 2 > 0
        return _Look("accent" if e.selected else _role(e.weight), not e.weight >= 0, strong)

    def _dash(self, e: Edge) -> str:
        _, dashed, strong = self._look(e)
        return ("-=.:" if self.ascii else "─━╌╍")[2 * dashed + strong]

    def _tight(self, text: str) -> bool:
        return self.right - self.left < len(text) + 4

    def _near_head(self, text: str) -> int:
        return self.right - len(text) - (1 if self._tight(text) else 2)

    def _slant(self, e: Edge, start: int, stop: int) -> None:
        """A line from the left of a cell in the tail's row to the right of one in the head's."""
        role, dashed, strong = self._look(e)
        if self.ascii:
            self.canvas.stroke((start, e.tail), (stop, e.head), role, dashed=dashed)
        else:
            ends = (2 * start, 4 * e.tail + 2), (2 * stop + 1, 4 * e.head + 2)
            style = DASHED if dashed else SOLID
            self.canvas.line(*ends, role, style=style, heavy=strong and e.apart > 2)


def _role(weight: float) -> str:
    return "neg" if weight < 0 else "pos" if weight > 0 else "error" if weight else "dim"
