"""What the panes have in common: titles, marks and cut text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from tui.frame.frame import Frame
from tui.text.cells import clipped, wrap
from tui.text.raster import Line

PLOT_WIDTH, PLOT_HEIGHT = 76, 12
"""A plot on a page is at most so wide, and so high."""

MARKS = {"write": "▸", "read": "•", "": " "}


def title(frame: Frame, pane: str, width: int, text: str = "") -> Line:
    """The rule above a pane with its name; heavy where the pane is the active one."""
    active = frame.pane == pane and frame.layout == "panes"
    rule = frame.text.plain("━" if active else "─")
    name = f" {clipped(frame.text.plain(text or pane), width - 3, frame.text.ascii)} "
    name = name[: max(0, width - 1)]
    role = "active" if active else "title"
    return ((rule, role), (name, role), (rule * (width - 1 - len(name)), role if active else "dim"))


def headed(line: Line, names: Iterable[tuple[int, str]], width: int) -> Line:
    """A title with names in its rule, each from a column on, or behind what stands there."""
    *spans, (rule, role) = line
    at = length(tuple(spans))
    for column, name in names:
        if at < column:  # else the blank behind what stands there is before it
            spans.append((rule[: column - 1 - at], role))
            at, name = column - 1, f" {name}"
        spans.append((f"{name} "[: max(0, width - at)], spans[0][1]))
        at += len(name) + 1
    return (*spans, (rule[: max(0, width - at)], role))


def paragraph(text: str, width: int, role: str = "", indent: int = 0) -> list[Line]:
    """Text as lines of at most `width` cells."""
    return [((line, role),) for line in wrap(text, width, indent)]


def length(line: Line) -> int:
    """The cells of a line."""
    return sum([len(text) for text, _ in line])


def pad(line: Line, width: int) -> Line:
    """A line filled up with blanks to `width` cells."""
    return (*line, (" " * max(0, width - length(line)), ""))


def closed(line: Line, width: int) -> Line:
    """A line without the bracket that closes behind its last number where that has no cell."""
    return line[:-1] if line and line[-1][0] == "]" and length(line) > width else line


def window(total: int, room: int, chosen: int) -> range:
    """Which of `total` are shown in so much room, the chosen one among them; -1 for none."""
    room = max(1, room)
    start = 0 if total <= room or chosen < 0 else min(max(0, chosen - room // 2), total - room)
    return range(start, min(total, start + room))


COLUMN, GAP = 38, 2
"""The columns of a page, and what is between them."""


def columns(width: int) -> int:
    """How many columns of a page fit beside each other."""
    return max(1, (width + GAP) // (COLUMN + GAP))


def flowed(lines: Sequence[Line], count: int) -> list[list[Line]]:
    """Lines in so many columns of about the same height, down the first and then down the next; no
    title is the last of one, no blank line the first, and what goes on from a key stands below it.
    """
    high = -(-len(lines) // max(1, count))
    found: list[list[Line]] = []
    start = 0
    for i in range(count):
        stop = len(lines) if i == count - 1 else min(len(lines), start + high)
        while start < stop < len(lines) and _goes_on(lines[stop]):
            stop -= 1
        if start < stop < len(lines) and lines[stop - 1] and lines[stop - 1][0][1] == "title":
            stop -= 1
        found.append(list(lines[start:stop]))
        if stop < len(lines) and not lines[stop]:
            stop += 1
        start = stop
    return found


def _goes_on(line: Line) -> bool:
    """Whether a line says more of the key above it."""
    return bool(line) and line[0][1] == "" and line[0][0].isspace() and len(line[0][0]) > 1


def beside(blocks: Sequence[Sequence[Line]], width: int) -> list[Line]:
    """Blocks of lines of `width` cells set side by side."""
    lines: list[Line] = []
    for row in zip_longest(*blocks, fillvalue=()):
        line: Line = row[0]
        for i, part in enumerate(row[1:], 1):
            if part:
                line = (*pad(line, i * (width + GAP)), *part)
        lines.append(line)
    return lines


def clipped_line(line: Line, width: int, ascii: bool) -> Line:
    """A line in at most `width` cells; what is over is cut, and said to be."""
    if length(line) <= width:
        return line
    kept: list[tuple[str, str]] = []
    room = width - 1
    for text, role in line:
        kept.append((text[:room], role))
        room -= len(text)
        if room <= 0:
            break
    return (*kept, ("~" if ascii else "…", "dim"))
