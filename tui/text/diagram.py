"""The network as a picture in characters: columns of nodes, edges by sign and magnitude.

Plain data in, lines out. What does not fit goes in this order: weight labels, notes, edges,
then nodes (behind a row such as "⋮ 122 more") and columns (behind an ellipsis).
"""

from __future__ import annotations

from itertools import pairwise

from tui.text.netedges import edges, without_zero
from tui.text.netlayout import (
    Column,
    Diagram,
    Gap,
    Mark,
    Node,
    Place,
    horizontal,
    middle,
    rows_of,
    vertical,
)
from tui.text.raster import Canvas, Line

__all__ = ["Column", "Diagram", "Gap", "Mark", "Node", "diagram"]

_MARKS = {"write": ("▸", "◂"), "read": ("•", "•"), "": ("(", ")")}
_MARKS_ASCII = {"write": (">", "<"), "read": ("*", "*"), "": ("(", ")")}


def diagram(net: Diagram, width: int, height: int, ascii: bool = False) -> list[Line]:
    """The drawing: at most height lines of at most width cells, for any size."""
    canvas = Canvas(width, height)
    if not net.columns or not canvas.width or not canvas.height:
        return canvas.lines()
    items, title, notes = vertical(net, height)
    kept, widths, gap, short, tails = horizontal(net, items, width, ascii)
    dots = ".." if ascii else "…"
    rows, title_row = rows_of(items, height, title, notes, gap)
    places, x = [], 0
    for n, c in enumerate(kept):
        hidden = c > 0 if n == 0 else c != kept[n - 1] + 1
        if hidden and (n or width >= widths[n] + len(dots) + 1):
            x += 1 if n else 0
            canvas.put(x, middle(rows), dots, "dim")
            x += len(dots) + 1
        elif n:
            x += gap
        places.append(Place(c, x, widths[n], tuple(zip(items[c], rows[c], strict=True))))
        x += widths[n]
    if kept[-1] < len(net.columns) - 1:
        canvas.put(x + 1, middle(rows), dots, "dim")
    for a, b in pairwise(places):
        if b.number == a.number + 1 and a.number < len(net.gaps):
            g = net.gaps[a.number]
            edges(canvas, net, g, a, b, ascii)
    if title:
        _titles(canvas, net, places, title_row, ascii)
    for place in places:
        column = net.columns[place.number]
        _column(canvas, column, place, notes, short, tails and place is places[-1], ascii)
    return canvas.lines()


def _centre(x: int, width: int, text: str, row: int) -> tuple[int, int, str]:
    return max(0, x + (width - len(text)) // 2), row, text


def _marked(text: str, mark: Mark, ascii: bool) -> str:
    if not mark:
        return text
    left, right = (_MARKS_ASCII if ascii else _MARKS)[mark]
    return f"{left}{text}{right}"


def _titles(canvas: Canvas, net: Diagram, places: list[Place], row: int, ascii: bool) -> None:
    """Columns' titles, and between them the names of the weights where they have room."""
    end = 0
    for n, place in enumerate(places):
        title = net.columns[place.number].title
        x = max(end, place.x + (place.width - len(title)) // 2)
        if n and place.number == places[n - 1].number + 1 and place.number <= len(net.gaps):
            gap = net.gaps[place.number - 1]
            left = places[n - 1].x + places[n - 1].width
            marked = _marked(gap.label, gap.mark, ascii)
            for text in (marked, marked[: len(gap.label) + 1], marked[:1] if gap.mark else ""):
                if text and end + len(text) + 1 <= x:
                    at = left + (place.x - left - len(text)) // 2
                    canvas.put(max(end, min(at, x - len(text) - 1)), row, text, gap.mark or "dim")
                    break
        canvas.put(x, row, title, "dim")
        end = x + len(title) + 1


def _column(
    canvas: Canvas,
    column: Column,
    place: Place,
    notes: bool,
    short: bool,
    tails: bool,
    ascii: bool,
) -> None:
    x, width = place.x, place.width
    marks = _MARKS_ASCII if ascii else _MARKS
    for index, row in place.rows:
        if index < 0:
            hidden = max(column.total, len(column.nodes)) - sum(i >= 0 for i, _ in place.rows)
            sign = ":" if ascii else "⋮"
            texts = (f"{sign} {hidden} more", f"{sign} {hidden}", sign)
            text = next((t for t in texts if len(t) <= width), sign)
            canvas.put(*_centre(x, width, text, row), role="dim")
            continue
        node = column.nodes[index]
        value = node.short if short and node.short else node.value
        left, right = marks[node.mark]
        if node.selected:
            left, right = (left if node.mark else "["), "]"
        pad = width - 2 - len(value)
        if pad < 0:
            value = value[: max(0, width - 3)] + ("~" if ascii else "…")
        body = " " * ((pad + 1) // 2) + value + " " * (pad // 2)
        role = "select" if node.selected else node.mark
        unknown = not role and not any(c.isalnum() for c in value)
        canvas.put(x, row, f"{left}{body}{right}", "dim" if unknown else role)
        if tails and node.tail:
            canvas.put(x + width + 1, row, node.tail, "dim")
        if notes and node.note:
            text = _fit(node.note, width - 1) or (node.note[:1] if node.note_mark else "")
            mark = marks[node.note_mark][0] if node.note_mark else " "
            canvas.put(x, row + 1, mark + text, node.note_mark or "dim")


def _fit(text: str, width: int) -> str:
    """A text such as "δ −0.5628" in width cells: blanks go first, then the 0 before the point."""
    for form in (
        text,
        text.replace(" ", ""),
        without_zero(text),
        without_zero(text).replace(" ", ""),
    ):
        if len(form) <= width:
            return form
    return ""
