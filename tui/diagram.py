"""The network as a picture in characters: columns of nodes, edges by sign and magnitude.

Plain data in, lines out. What does not fit goes in this order: weight labels, notes, edges,
then nodes (behind a row such as "⋮ 122 more") and columns (behind an ellipsis).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tui.raster import DASHED, SOLID, Canvas, Line

Mark = Literal["write", "read", ""]
_MARKS = {"write": ("▸", "◂"), "read": ("•", "•"), "": ("(", ")")}
_MARKS_ASCII = {"write": (">", "<"), "read": ("*", "*"), "": ("(", ")")}
_NO_LABELS: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Node:
    """A unit: its formatted value and a note below it; marks say what the step touches."""

    value: str
    note: str = ""
    mark: Mark = ""
    selected: bool = False
    short: str = ""  # a form of the value for narrow screens
    note_mark: Mark = ""
    tail: str = ""  # right of a node of the last column, such as its target "y 1"


@dataclass(frozen=True)
class Column:
    """A layer: its nodes, or only some of them in order, out of total."""

    title: str
    nodes: tuple[Node, ...]
    total: int = 0


@dataclass(frozen=True)
class Gap:
    """The weights between two columns, [out][in] by their nodes; empty weights draw no edges."""

    label: str = ""
    mark: Mark = ""
    weights: Sequence[Sequence[float]] = ()
    labels: Sequence[Sequence[str]] = _NO_LABELS
    selected: tuple[int, int] | None = None


@dataclass(frozen=True)
class Diagram:
    """Columns from input to output and the gaps between them.

    value_width: cells kept for a value, so that nodes stay in place when values become known.
    """

    columns: tuple[Column, ...]
    gaps: tuple[Gap, ...] = ()
    value_width: int = 6


@dataclass(frozen=True)
class _Place:
    """A column on the canvas: its cells, and (node index, row); the index of a "more" row is -1."""

    index: int
    x: int
    width: int
    rows: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class _Edge:
    out: int
    inp: int
    tail: int
    head: int
    weight: float
    label: str
    selected: bool


def diagram(net: Diagram, width: int, height: int, ascii: bool = False) -> list[Line]:
    """The drawing: at most height lines of at most width cells, for any size."""
    canvas = Canvas(width, height)
    if not net.columns or not canvas.width or not canvas.height:
        return canvas.lines()
    items, title, notes = _vertical(net, height)
    kept, widths, gap, short, tails = _horizontal(net, items, width, ascii)
    dots = ".." if ascii else "…"
    rows, title_row = _rows(items, height, title, notes, gap)
    places, x = [], 0
    for n, c in enumerate(kept):
        hidden = c > 0 if n == 0 else c != kept[n - 1] + 1
        if hidden and (n or width >= widths[n] + len(dots) + 1):
            x += 1 if n else 0
            canvas.put(x, _middle(rows), dots, "dim")
            x += len(dots) + 1
        elif n:
            x += gap
        places.append(_Place(c, x, widths[n], tuple(zip(items[c], rows[c], strict=True))))
        x += widths[n]
    if kept[-1] < len(net.columns) - 1:
        canvas.put(x + 1, _middle(rows), dots, "dim")
    for a, b in zip(places, places[1:], strict=False):
        if b.index == a.index + 1 and a.index < len(net.gaps):
            g = net.gaps[a.index]
            _edges(canvas, net, g, a, b, ascii)
    if title:
        _titles(canvas, net, places, title_row, ascii)
    for place in places:
        column = net.columns[place.index]
        _column(canvas, column, place, notes, short, tails and place is places[-1], ascii)
    return canvas.lines()


# ---- where things go


def _vertical(net: Diagram, height: int) -> tuple[list[list[int]], bool, bool]:
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


def _horizontal(
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
        holes = sum(b != a + 1 for a, b in zip(kept, kept[1:], strict=False))
        ends = (kept[0] > 0) + (kept[-1] < count - 1)
        taken = sum(brief[c] for c in kept) + holes * (dots + 2) + ends * (dots + 1)
        joints = n - 1 - holes
        if taken + joints * 3 <= width:
            return kept, [brief[c] for c in kept], (width - taken) // max(1, joints), True, False
    return [order[0]], [min(width, brief[order[0]])], 1, True, False


def _rows(
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


def _middle(rows: list[list[int]]) -> int:
    every = [row for column in rows for row in column] or [0]
    return (min(every) + max(every)) // 2


def _centre(x: int, width: int, text: str, row: int) -> tuple[int, int, str]:
    return max(0, x + (width - len(text)) // 2), row, text


# ---- nodes


def _marked(text: str, mark: Mark, ascii: bool) -> str:
    if not mark:
        return text
    left, right = (_MARKS_ASCII if ascii else _MARKS)[mark]
    return f"{left}{text}{right}"


def _titles(canvas: Canvas, net: Diagram, places: list[_Place], row: int, ascii: bool) -> None:
    """Columns' titles, and between them the names of the weights where they have room."""
    end = 0
    for n, place in enumerate(places):
        title = net.columns[place.index].title
        x = max(end, place.x + (place.width - len(title)) // 2)
        if n and place.index == places[n - 1].index + 1 and place.index <= len(net.gaps):
            gap = net.gaps[place.index - 1]
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
    place: _Place,
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
    for form in (text, text.replace(" ", ""), _short(text), _short(text).replace(" ", "")):
        if len(form) <= width:
            return form
    return ""


def _short(text: str) -> str:
    """A number without the 0 before its point: +0.10 as +.10."""
    at = text.find("0.")
    return (
        text[:at] + text[at + 1 :] if at == 0 or (at > 0 and not text[at - 1].isdigit()) else text
    )


# ---- edges


def _edges(canvas: Canvas, net: Diagram, gap: Gap, a: _Place, b: _Place, ascii: bool) -> None:
    left, right = a.x + a.width, b.x
    room = right - left
    if room < 2 or not len(gap.weights):
        return
    tails = [(i, row) for i, row in a.rows if i >= 0]
    heads = [(o, row) for o, row in b.rows if o >= 0]
    edges = [
        _Edge(
            o,
            i,
            tail,
            head,
            float(gap.weights[o][i]),
            gap.labels[o][i] if len(gap.labels) else "",
            gap.selected == (o, i),
        )
        for o, head in heads
        for i, tail in tails
    ]
    finite = [abs(e.weight) for e in edges if math.isfinite(e.weight)]
    heavy = max(finite, default=0.0) / 2
    every = len(edges)
    edges, fan = _choose(net, gap, edges, a, b, room)
    labelled = bool(fan) or every <= 6
    longest = max((len(e.label) for e in edges), default=0)
    labels = {e: e.label if longest + 4 <= room else _short(e.label) for e in edges}
    if not fan:
        labels = {e: text if labelled or e.selected else "" for e, text in labels.items()}
    if max(map(len, labels.values()), default=0) + 2 > room:
        labels = dict.fromkeys(edges, "")
    for e, text in labels.items():
        if e.selected and text:
            free = room - len(text) - max(1, abs(e.head - e.tail) - 1)
            labels[e] = f"[{text}]" if free > 1 else f"[{text}" if free else text
    ends = [(e.head - _way(e)) for e in edges if e.tail != e.head]
    diagonals = len(ends) == len(set(ends)) and all(
        e.tail == e.head
        or (
            2 <= abs(e.head - e.tail) - 1 <= room - len(labels[e])
            and e.head - _way(e) not in {row for _, row in heads}
        )
        for e in edges
    )
    texts = _Texts()
    for e in sorted(edges, key=lambda e: (e.tail != e.head, e.selected)):
        text = labels[e]
        strong = math.isfinite(e.weight) and abs(e.weight) >= heavy > 0
        dashed = not e.weight >= 0
        role = "accent" if e.selected else _role(e.weight)
        level = ("-=.:" if ascii else "─━╌╍")[2 * dashed + strong]
        label_role = "select" if e.selected else gap.mark or _role(e.weight)
        x = right - len(text) - (1 if room < len(text) + 4 else 2)
        if e.tail == e.head:
            canvas.put(left, e.tail, level * room, role)
            texts.add(x, e.tail, text, label_role)
        elif fan and text:  # numbers stand at the far ends, where the edges are apart
            x, row = (left + 1, e.tail) if fan == "in" else (right - len(text) - 1, e.head)
            near, far = (x + len(text) + 1, right - 1) if fan == "in" else (left, x - 2)
            _slant(canvas, (near, e.tail), (far, e.head), role, dashed, strong, ascii)
            texts.add(x, row, text, label_role)
        elif diagonals:  # then level to the number beside the head
            way, size = _way(e), abs(e.head - e.tail) - 1
            x = x + (room < len(text) + 4) if text else right
            canvas.diagonal(left, e.tail + way, size, way, role, dashed=dashed, ascii=ascii)
            canvas.put(left + size, e.head - way, level * (x - left - size), role)
            texts.add(x, e.head - way, text, label_role)
        else:
            _slant(canvas, (left, e.tail), (right - 1, e.head), role, dashed, strong, ascii)
            for part in (0.6, 0.5, 0.7, 0.4, 0.3):
                row = round(e.tail + (e.head - e.tail) * part)
                x = left + round((room - 1) * (row - e.tail) / (e.head - e.tail) - len(text) / 2)
                inside = left < x and x + len(text) < right and row not in (e.tail, e.head)
                if inside and texts.add(x, row, text, label_role):
                    break
    for x, row, text, role in texts.items:
        canvas.put(x, row, text, role)


class _Texts:
    """Numbers to put on top of the edges, apart from each other."""

    def __init__(self) -> None:
        self.items: list[tuple[int, int, str, str]] = []

    def add(self, x: int, row: int, text: str, role: str) -> bool:
        for left, at, other, _ in self.items:
            if at == row and x <= left + len(other) and left <= x + len(text):
                return False
        self.items.append((x, row, text, role))
        return True


def _way(e: _Edge) -> int:
    return 1 if e.head > e.tail else -1


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
    net: Diagram, gap: Gap, edges: list[_Edge], a: _Place, b: _Place, room: int
) -> tuple[list[_Edge], str]:
    """The edges to draw; and "in" or "out" where they are those into or out of one node."""
    rows = [row for _, row in (*a.rows, *b.rows)]
    limit = max(6, (max(rows) - min(rows)) * room // 24)
    if len(edges) <= limit:
        return edges, ""
    source, target = net.columns[a.index].nodes, net.columns[b.index].nodes
    if gap.selected:
        return [e for e in edges if e.out == gap.selected[0]], "in"
    for o, _ in b.rows:
        if o >= 0 and target[o].selected:
            return [e for e in edges if e.out == o], "in"
    for i, _ in a.rows:
        if i >= 0 and source[i].selected:
            return [e for e in edges if e.inp == i], "out"
    heads = {e.out for e in edges}
    per = max(1, min(3, limit // max(1, len(heads))))
    strongest: list[_Edge] = []
    for o in sorted(heads):
        into = [e for e in edges if e.out == o and math.isfinite(e.weight)]
        strongest += sorted(into, key=lambda e: -abs(e.weight))[:per]
    return strongest, ""
