"""How pieces of one look are written into a row: one after the other, or what is between their ink
erased at first, whichever is shorter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from tui.screen.looks import SEEN_ON_BLANKS, Looks
from tui.screen.pen import Pen
from tui.screen.pieces import BLANK, NUMBER, Numbers

LONG, JUMP = " " * 5, 4
"""Blanks that are erased: fewer are written. It has to be this much more where the pen must be told
where it is, before it or behind it.
"""
GAIN = 3
"""Longer by so many in all, they may be erased at first."""
BLANKS, INK = re.compile(f"{LONG}+"), re.compile("[^ ]+(?: {1,4}[^ ]+)*")

Span = tuple[int, int]
"""Columns [x1, x2)."""


class Strokes:
    """Writes with a pen into the rows of a picture: `printed` are cells as they are sent, `erases`
    says whether a terminal erases to the ground that is set.
    """

    def __init__(self, pen: Pen, looks: Looks, printed: Callable[[str], str], erases: bool) -> None:
        self._pen, self._looks, self._printed, self._erases = pen, looks, printed, erases
        self._rows: Sequence[str] = ()
        self._numbers = np.zeros(0, NUMBER)
        self._width = self._look = 0

    def begin(self, rows: Sequence[str], numbers: Numbers, width: int) -> None:
        """Another picture, and the pen may be anywhere."""
        self._rows, self._numbers, self._width = rows, numbers, width
        self._pen.lift()

    def dip(self, look: int) -> str:
        """What has the pen write in the look of that number."""
        self._look = look
        return self._pen.dip(self._looks.all[look])

    def leaves(self, number: int) -> bool:
        """Whether what is erased in the look of that number is blank in it."""
        look = self._looks.all[number]
        return not look.attributes & SEEN_ON_BLANKS and (self._erases or not look.ground)

    def write(self, y: int, spans: Sequence[Span]) -> str:
        """What writes cells of row `y`, from left to right."""
        row = self._rows[y]
        blanks: list[str] = []
        for x1, x2 in spans:
            if LONG in row[x1:x2]:
                blanks += BLANKS.findall(row, x1, x2)
        if not blanks or not self.leaves(self._look):
            return "".join([self._ink(y, *span) for span in spans])
        if sum(map(len, blanks)) <= len(LONG) * len(blanks) + GAIN:  # it would be no shorter
            return "".join([part for span in spans for part in self._in_turn(y, *span)])
        return "".join([self._shorter(y, each) for each in self._together(y, spans)])

    def _together(self, y: int, spans: Iterable[Span]) -> list[list[Span]]:
        """Spans, those together that have nothing but blanks between them."""
        found: list[list[Span]] = []
        for span in spans:
            if found and self._is_blank(y, found[-1][-1][1], span[0]):
                found[-1].append(span)
            else:
                found.append([span])
        return found

    def _is_blank(self, y: int, x1: int, x2: int) -> bool:
        """Whether cells are right where they are erased."""
        if self._rows[y][x1:x2].strip(BLANK):
            return False
        blanks, place = self._looks.blanks, y * self._width
        found = set(self._numbers[place + x1 : place + x2].tolist())
        return all(blanks[number] == blanks[self._look] for number in found)

    def _shorter(self, y: int, spans: Sequence[Span]) -> str:
        pen = self._pen
        start = pen.y, pen.x
        found = "".join([part for span in spans for part in self._in_turn(y, *span)])
        end = pen.y, pen.x
        pen.y, pen.x = start
        other = "".join(self._erased_first(y, spans[0][0], spans[-1][1]))
        if len(other.encode()) < len(found.encode()):
            return other
        pen.y, pen.x = end
        return found

    def _erased_first(self, y: int, x1: int, x2: int) -> Iterator[str]:
        rest = self._width if self._is_blank(y, x2, self._width) else x2
        yield self._pen.erase(y, x1, rest, self._width)
        for ink in INK.finditer(self._rows[y], x1, x2):
            start, end = ink.span()
            yield self._ink(y, x1 if start - x1 < JUMP else start, end)

    def _in_turn(self, y: int, x: int, end: int) -> Iterator[str]:
        for blanks in BLANKS.finditer(self._rows[y], x, end):
            start, stop = blanks.span()
            ink = self._rows[y][x:start]
            if stop - start < len(LONG) + JUMP * (not ink.isascii()) + JUMP * (stop < end):
                continue
            if ink:
                yield self._ink(y, x, start)
            yield self._pen.erase(y, start, stop, self._width)
            x = stop
        if x < end:
            yield self._ink(y, x, end)

    def _ink(self, y: int, x1: int, x2: int) -> str:
        return self._pen.write(y, x1, x2, self._printed(self._rows[y][x1:x2]), self._width)
