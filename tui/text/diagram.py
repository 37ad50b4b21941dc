"""The network as a picture in characters: columns of nodes, edges by sign and magnitude.

Plain data in, lines out, for as many nodes as there are rows. What does not fit goes in this
order: weight labels, notes, edges, then columns (behind an ellipsis).
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from tui.text.cells import clipped
from tui.text.netchoice import without_zero
from tui.text.netedges import edges
from tui.text.netlayout import Layout, Place, layout
from tui.text.netparts import Column, Diagram, Gap, Mark, Node
from tui.text.raster import Canvas, Line

__all__ = ["Column", "Diagram", "Gap", "Mark", "Node", "diagram"]

ASIDE = 4
"""A title stands at most so many cells aside of its column for the name of the weights."""
_MARKS = {"write": "▸", "read": "•", "": ""}
_MARKS_ASCII = {"write": ">", "read": "*", "": ""}


def diagram(net: Diagram, width: int, height: int, ascii: bool = False) -> list[Line]:
    """The drawing: at most height lines of at most width cells, for any size."""
    canvas = Canvas(width, height)
    if not net.columns or not canvas.width or not canvas.height:
        return canvas.lines()
    dots = ".." if ascii else "…"
    plan = layout(net, width, height, len(dots))
    pen = _Pen(canvas, net, plan, ascii)
    for x in plan.dots:
        canvas.put(x, plan.middle, dots, "dim")
    for a, b in pairwise(plan.places):
        if b.number == a.number + 1 and a.number < len(net.gaps):
            edges(canvas, net, net.gaps[a.number], a, b, ascii)
    if plan.titles is not None:
        pen.titles(plan.titles)
    for place in plan.places:
        pen.column(place)
    return canvas.lines()


class _Pen(NamedTuple):
    """Draws columns and titles where they go."""

    canvas: Canvas
    net: Diagram
    plan: Layout
    ascii: bool

    def _mark(self, mark: Mark) -> str:
        return (_MARKS_ASCII if self.ascii else _MARKS)[mark]

    # -- titles --------------------------------------------------------------------------------

    def titles(self, row: int) -> None:
        """Columns' titles, and between them the names of the weights where they have room."""
        end, last = 0, self.canvas.width
        last -= sum(len(self.net.columns[place.number].title) + 1 for place in self.plan.places) - 1
        for before, place in zip((None, *self.plan.places), self.plan.places, strict=False):
            title = self.net.columns[place.number].title
            x = max(end, place.x + (place.width - len(title)) // 2)
            last += len(title) + 1
            if before and place.number == before.number + 1 <= len(self.net.gaps):
                gap = self.net.gaps[before.number]
                lacking = end + len(gap.label) + 1 - x  # with a blank behind it
                if 0 < lacking <= ASIDE and x + lacking + len(title) < last:
                    x += lacking
                self._name(gap, row, (before.x + before.width, place.x), (end, x - 1))
            title = clipped(title, self.canvas.width - x, self.ascii)
            self.canvas.put(x, row, title, "dim")
            end = x + len(title) + 1

    def _name(self, gap: Gap, row: int, between: tuple[int, int], room: tuple[int, int]) -> None:
        """The name of the weights in the middle between two columns, and a mark before it; where
        there is no room for it, the mark alone.
        """
        mark = self._mark(gap.mark)
        name = gap.label if room[0] + len(gap.label) <= room[1] else ""
        at = between[0] + (between[1] - between[0] - len(name)) // 2
        x = max(room[0], min(at, room[1] - len(name)))
        if name or room[0] <= room[1]:
            self.canvas.put(x, row, name, gap.mark or "dim")
            self.canvas.put(max(0, x - 1), row, mark, gap.mark)

    # -- columns -------------------------------------------------------------------------------

    def column(self, place: Place) -> None:
        """The nodes of a column."""
        column = self.net.columns[place.number]
        last = place is self.plan.places[-1]
        for index, row in place.rows:
            node = column.nodes[index]
            self._node(node, place, row)
            if last and self.plan.tails and node.tail:
                self.canvas.put(place.x + place.width, row, node.tail, "dim")
            if self.plan.notes and node.note:
                room = self.canvas.width - place.x if last else place.width
                self._note(node, place.x, row + 1, room)

    def _node(self, node: Node, place: Place, row: int) -> None:
        value = node.value
        left = self._mark(node.mark) or ("[" if node.selected else "(")
        right = "]" if node.selected else " " if node.mark else ")"
        pad = place.width - 2 - len(value)
        if pad < 0:
            value = value[: max(0, place.width - 3)] + ("~" if self.ascii else "…")
        body = " " * ((pad + 1) // 2) + value + " " * (pad // 2)
        role = "select" if node.selected else node.mark
        unknown = not role and not any(c.isalnum() for c in value)
        self.canvas.put(place.x, row, f"{left}{body}{right}", "dim" if unknown else role)

    def _note(self, node: Node, x: int, row: int, room: int) -> None:
        text = _fit(node.note, room - 1) or (node.note[:1] if node.note_mark else "")
        role = "select" if node.note_selected else node.note_mark
        self.canvas.put(x, row, self._mark(node.note_mark) or " ", node.note_mark)
        self.canvas.put(x + 1, row, text, role or "dim")
        if node.note_selected and len(text) + 2 <= room:
            self.canvas.put(x + 1 + len(text), row, "]", role)


def _fit(text: str, width: int) -> str:
    """A text such as "δ 0.5628" in width cells: blanks go first, then the 0 before the point."""
    for form in (
        text,
        text.replace(" ", ""),
        without_zero(text),
        without_zero(text).replace(" ", ""),
    ):
        if len(form) <= width:
            return form
    return ""
