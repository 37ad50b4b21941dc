"""Where a terminal writes next, and how: the shortest sequences that move it and change it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from tui.screen.looks import Look, change

LONG = 9
"""Blanks that are erased; fewer are written."""


class Pen:
    """A terminal's cursor and colours; None where they are not known."""

    def __init__(self) -> None:
        self.x: int | None = None
        self.y: int | None = None
        self.look: Look | None = None

    def dip(self, look: Look) -> str:
        """What has it write in a look."""
        before, self.look = self.look, look
        return change(before, look)

    def move(self, y: int, x: int) -> str:
        """The shortest way to a cell."""
        if (y, x) == (self.y, self.x):
            return ""
        ways = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"]
        if y == self.y:
            ways.append(f"\x1b[{x + 1}G" if x else "\r")
            if self.x is not None:
                ways.append(f"\x1b[{times(abs(x - self.x))}{'C' if x > self.x else 'D'}")
        elif x == self.x and self.y is not None:
            ways.append(f"\x1b[{times(abs(y - self.y))}{'B' if y > self.y else 'A'}")
        self.y, self.x = y, x
        return min(ways, key=len)

    def write(self, y: int, x: int, cells: Iterable[str], width: int, erases: bool) -> str:
        """What writes cells of a row of `width` from `x` on in the look that is set, of which long
        blanks are erased where that leaves its ground.
        """
        out: list[str] = []
        waiting: list[str] = []
        start = x
        for is_blank, same in groupby(cells, " ".__eq__):
            run = list(same)
            if is_blank and erases and len(run) >= LONG:
                out.append(self._text(y, start, waiting, width))
                out.append(self.move(y, x))
                out.append("\x1b[K" if x + len(run) == width else f"\x1b[{len(run)}X")
                waiting, start = [], x + len(run)
            else:
                waiting += run
            x += len(run)
        out.append(self._text(y, start, waiting, width))
        return "".join(out)

    def _text(self, y: int, x: int, cells: list[str], width: int) -> str:
        """Cells as they are. Terminals disagree on the width of characters: after any but ASCII,
        and at the end of a row, the pen is on the row, but nobody knows where.
        """
        if not cells:
            return ""
        text = "".join(cells)
        way = self.move(y, x)
        end = x + len(cells)
        self.x = end if text.isascii() and end < width else None
        return way + text


def times(count: int) -> str:
    """How often, as a parameter: once is not said."""
    return str(count) if count > 1 else ""
