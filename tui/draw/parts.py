"""What the panes have in common: titles, marks and cut text."""

from __future__ import annotations

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


def paragraph(text: str, width: int, role: str = "", indent: int = 0) -> list[Line]:
    """Text as lines of at most `width` cells."""
    return [((line, role),) for line in wrap(text, width, indent)]


def length(line: Line) -> int:
    """The cells of a line."""
    return sum(len(text) for text, _ in line)


def pad(line: Line, width: int) -> Line:
    """A line filled up with blanks to `width` cells."""
    return (*line, (" " * max(0, width - length(line)), ""))


def closed(line: Line, width: int) -> Line:
    """A line without the bracket that closes behind its last number where that has no cell."""
    return line[:-1] if line and line[-1][0] == "]" and length(line) > width else line
