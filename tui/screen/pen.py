"""Where a terminal writes next, and how: the shortest sequences that move it and change it."""

from __future__ import annotations

from tui.screen.looks import Look, change

SHORT = 4
"""So many cells down or to the left are one sequence; fewer are a control character for each."""


class Pen:
    """A terminal's cursor and colours; None where they are not known."""

    def __init__(self) -> None:
        self.x: int | None = None
        self.y: int | None = None
        self.look: Look | None = None

    def lift(self) -> None:
        """Somebody else may have written, anywhere."""
        self.x = self.y = None

    def dip(self, look: Look) -> str:
        """What has it write in a look."""
        before, self.look = self.look, look
        return change(before, look)

    def move(self, y: int, x: int) -> str:
        """The shortest way to a cell, of those of equal length the first."""
        here, self.x = self.x, x
        if y == self.y:
            return "" if x == here else along(here, x)
        down = y - self.y if self.y is not None else 0
        self.y = y
        address = f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"
        if down <= 0:
            return f"\x1b[{times(-down)}A" if x == here and down else address
        below = "\n" * down if down < SHORT else f"\x1b[{down}B"
        way = below if x == here else below + along(here, x)
        return way if len(way) < len(address) else address

    def write(self, y: int, x1: int, x2: int, text: str, width: int) -> str:
        """What writes text into the cells [x1, x2) of a row of `width`. Terminals disagree on the
        width of characters: after any but ASCII, and at the end of a row, the pen is on the row,
        but nobody knows where.
        """
        way = self.move(y, x1)
        self.x = x2 if x2 < width and text.isascii() else None
        return way + text

    def erase(self, y: int, x1: int, x2: int, width: int) -> str:
        """What erases the cells [x1, x2) of a row of `width`; the pen stays before them."""
        return self.move(y, x1) + ("\x1b[K" if x2 == width else f"\x1b[{times(x2 - x1)}X")


def along(start: int | None, x: int) -> str:
    """The shortest way along a row, from a column that may not be known, to another one."""
    if not x:
        return "\r"
    if start is None:
        return f"\x1b[{x + 1}G"
    if x > start:
        return f"\x1b[{times(x - start)}C"
    if start - x < SHORT:
        return "\b" * (start - x)
    return min(f"\x1b[{start - x}D", f"\x1b[{x + 1}G", key=len)


def times(count: int) -> str:
    """How often, as a parameter: once is not said."""
    return str(count) if count > 1 else ""
