"""Which edges of a network diagram are drawn, and which of their weights stand beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from tui.text.netlayout import Place
from tui.text.netparts import Gap

FEW = 6
"""So many edges between two columns are always all drawn."""


class Edge(NamedTuple):
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


class Choice(NamedTuple):
    """The edges to draw. A fan is all edges "in" to or "out" of one node, "" where it is none."""

    edges: list[Edge]
    fan: Literal["in", "out", ""] = ""


def most(a: Place, b: Place) -> int:
    """How many edges are drawn between two columns: more where they are far and tall."""
    rows = [row for _, row in (*a.rows, *b.rows)]
    return max(FEW, (max(rows) - min(rows)) * (b.x - a.x - a.width) // 24)


def between(gap: Gap, a: Place, b: Place) -> list[Edge]:
    """All edges between the shown nodes of two columns."""
    return [
        Edge(
            o,
            i,
            tail,
            head,
            float(gap.weights[o][i]),
            gap.labels[o][i] if len(gap.labels) else "",
            (o, i) in gap.selected,
        )
        for o, head in b.rows
        for i, tail in a.rows
    ]


def choose(
    every: list[Edge],
    gap: Gap,
    sources: frozenset[int],
    targets: frozenset[int],
    limit: int,
) -> Choice:
    """The edges to draw: all up to a limit, else those of the selected weight's or node's, else
    the strongest. `sources` and `targets` are the selected nodes.
    """
    if len(every) <= limit:
        return Choice(every)
    found = _fan(every, gap, sources, targets)
    if found is None:
        return Choice(_strongest(every, limit))
    way, node = found
    if way == "in":
        return Choice([e for e in every if e.out == node], way)
    return Choice([e for e in every if e.inp == node], way)


def _fan(
    every: list[Edge], gap: Gap, sources: frozenset[int], targets: frozenset[int]
) -> tuple[Literal["in", "out"], int] | None:
    """The node whose edges are drawn: that of the selected weights, else a selected one."""
    tries: list[tuple[Literal["in", "out"], int | None]] = [
        ("in", _only({o for o, _ in gap.selected})),
        ("out", _only({i for _, i in gap.selected})),
        ("in", _first([e.out for e in every], targets)),
        ("out", _first([e.inp for e in every], sources)),
    ]
    return next(((way, node) for way, node in tries if node is not None), None)


def _only(nodes: set[int]) -> int | None:
    """The node that there is, where there is one."""
    return next(iter(nodes)) if len(nodes) == 1 else None


def _first(nodes: Sequence[int], wanted: frozenset[int]) -> int | None:
    return next((node for node in nodes if node in wanted), None)


MOST_INTO = 3


def _strongest(every: list[Edge], limit: int) -> list[Edge]:
    """The largest weights into each node: one or more, as many as the limit lets."""
    heads = sorted({e.out for e in every})
    per = max(1, min(MOST_INTO, limit // max(1, len(heads))))
    found: list[Edge] = []
    for o in heads:
        into = [e for e in every if e.out == o and math.isfinite(e.weight)]
        found += sorted(into, key=lambda e: -abs(e.weight))[:per]
    return found


def labels(shown: list[Edge], room: int, all_of_them: bool) -> dict[Edge, str]:
    """The weights as text, shortened to the room; the selected one in brackets if they fit."""
    whole = max((len(e.label) for e in shown), default=0) + 4 <= room
    found = {
        e: (e.label if whole else without_zero(e.label)) if all_of_them or e.selected else ""
        for e in shown
    }
    if max(map(len, found.values()), default=0) + 2 > room:
        return dict.fromkeys(shown, "")
    return {e: _in_brackets(e, text, room) for e, text in found.items()}


def _in_brackets(e: Edge, text: str, room: int) -> str:
    if not (e.selected and text):
        return text
    free = room - len(text) - max(1, e.apart - 1)
    return f"[{text}]" if free > 1 else f"[{text}" if free > 0 else text


def can_be_diagonal(shown: list[Edge], labels: dict[Edge, str], room: int, heads: set[int]) -> bool:
    """Whether each slanted edge can fall or rise by a row a cell and end on a row of its own."""
    slanted = [e for e in shown if e.apart]
    ends = {e.head - e.way for e in slanted}
    fit = all(2 <= e.apart - 1 <= room - len(labels[e]) for e in slanted)
    return fit and len(ends) == len(slanted) and not ends & heads


def without_zero(text: str) -> str:
    """A number without the 0 before its point: +0.10 as +.10."""
    at = text.find("0.")
    return (
        text[:at] + text[at + 1 :] if at == 0 or (at > 0 and not text[at - 1].isdigit()) else text
    )
