"""The whole screen: what all panes show, each in its place."""

from __future__ import annotations

from tui.draw import DRAWINGS
from tui.draw.wants import placed
from tui.frame.frame import Frame
from tui.text.cells import MARK, printed, whole
from tui.text.raster import Line, letters
from tui.text.svg import svg


def screen(frame: Frame, width: int, height: int) -> list[Line]:
    """The rows of the screen, each of `width` cells: every cell is a character, or the mark of one
    that takes two.
    """
    rows = [[(" ", "")] * width for _ in range(height)]
    for name, (x, y, w, h) in placed(frame, width, height).items():
        for row, line in zip(rows[y : y + h], DRAWINGS[name](frame, w, h), strict=False):
            found = cut(line, w)
            row[x : x + len(found)] = found
    return [_together(row) for row in rows]


def cut(line: Line, width: int) -> list[tuple[str, str]]:
    """The first cells of a line, each with its role; a blank for half of what takes two."""
    found = [(c, role) for text, role in line for c in whole(text)]
    if found[width : width + 1] and found[width][0] == MARK:
        found[width - 1] = (" ", found[width - 1][1])
    return found[:width]


def drawing(frame: Frame, width: int, height: int, dark: bool) -> str:
    """The screen as a drawing (SVG), on dark or on light ground."""
    at = f"{frame.position.iteration}.{frame.position.step}"
    title = frame.text.plain(f"gradstep, {frame.title}, {frame.branch} {at}")
    return svg(screen(frame, width, height), width, printed(title), dark)


def written(frame: Frame, width: int, height: int) -> str:
    """The screen as text, without blanks at the ends of its rows."""
    rows = screen(frame, width, height)
    return "\n".join(printed(letters(row)).rstrip() for row in rows)


def _together(row: list[tuple[str, str]]) -> Line:
    """The same row with neighbours of one role in one text."""
    line: list[tuple[str, str]] = []
    for character, role in row:
        if line and line[-1][1] == role:
            line[-1] = (line[-1][0] + character, role)
        else:
            line.append((character, role))
    return tuple(line)
