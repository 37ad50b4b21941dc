"""Shapes to characters: a canvas of cells with roles, and lines of braille dots on it.

A `Line` is one screen row. Every character is one cell wide, and roles are names that the
themes give a look; here nothing is known of colours or of terminals.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby

from tui.text.cells import MARK

Span = tuple[str, str]
Line = tuple[Span, ...]

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # [y % 4][x % 2]
_BRAILLE = tuple(chr(0x2800 + mask) for mask in range(256))
SOLID, DASHED, DOTTED = 0, 1, 2
_PATTERNS = ((1,), (1, 1, 0, 0), (1, 0, 0))


def letters(line: Iterable[Span]) -> str:
    """A line without its roles."""
    return "".join(text for text, _ in line)


class Canvas:
    """A grid of width x height cells, each a character and a role; drawing outside is clipped."""

    def __init__(self, width: int, height: int) -> None:
        self.width = max(0, width)
        self.height = max(0, height)
        self._chars = [[" "] * self.width for _ in range(self.height)]
        self._roles = [[""] * self.width for _ in range(self.height)]
        self._masks: dict[tuple[int, int], int] = {}

    def put(self, x: int, y: int, text: str, role: str = "") -> None:
        """Write text from cell (x, y) on; unprintable characters become question marks."""
        if not 0 <= y < self.height or not text:
            return
        if not text.isprintable():
            text = "".join(c if c.isprintable() or c == MARK else "?" for c in text)
        if x < 0:
            text, x = text[-x:], 0
        text = text[: self.width - x] if x < self.width else ""
        n = len(text)
        if n:
            self._chars[y][x : x + n] = text
            self._roles[y][x : x + n] = [role] * n

    def beneath(self, x: int, y: int, text: str, role: str = "") -> None:
        """Write text from cell (x, y) on, in those cells that are blank."""
        if not 0 <= y < self.height:
            return
        chars, roles = self._chars[y], self._roles[y]
        for at, char in enumerate(text, x):
            if char != " " and 0 <= at < self.width and chars[at] == " ":
                chars[at], roles[at] = char, role

    def at(self, x: int, y: int) -> str:
        """The character of a cell; a blank outside."""
        return self._chars[y][x] if 0 <= x < self.width and 0 <= y < self.height else " "

    def line(
        self,
        start: tuple[int, int],
        end: tuple[int, int],
        role: str = "",
        *,
        style: int = SOLID,
        heavy: bool = False,
    ) -> None:
        """A line between two points in dots, 2 x 4 to a cell; it never covers text."""
        masks, chars = self._masks, self._chars
        for x, y, mask in _segment(*start, *end, style, heavy):
            if 0 <= x < self.width and 0 <= y < self.height:
                old = masks.get((x, y), 0)
                row = chars[y]
                if row[x] == (_BRAILLE[old] if old else " "):
                    masks[x, y] = mask = mask | old
                    row[x] = _BRAILLE[mask]
                    self._roles[y][x] = role

    def stroke(
        self, start: tuple[int, int], end: tuple[int, int], role: str = "", *, dashed: bool = False
    ) -> None:
        """A line between two cells in plain ASCII; dots where dashed, an X at a crossing."""
        for x, y, char in _strokes(*start, *end):
            old = self.at(x, y)
            if {old, char} == {"/", "\\"}:
                self.put(x, y, "X", role)
            elif old in " .":
                self.put(x, y, "." if dashed else char, role)

    def diagonal(
        self,
        x: int,
        y: int,
        size: int,
        way: int,
        role: str = "",
        *,
        dashed: bool = False,
        ascii: bool = False,
    ) -> None:
        """A diagonal of size cells from (x, y) rightwards, down (way 1) or up (way -1)."""
        rise, fall, cross = "/\\X" if ascii else "╱╲╳"
        char = fall if way > 0 else rise
        gappy = dashed and size > 4
        for i in range(size):
            old = self.at(x + i, y + way * i)
            if old in (rise, fall, cross, "."):
                self.put(x + i, y + way * i, char if old == char else cross, role)
            elif not gappy or ascii or i % 2 == 0:
                self.put(x + i, y + way * i, "." if gappy and ascii else char, role)

    def lines(self) -> list[Line]:
        """The rows as lines: neighbours of one role merged, blanks at the end trimmed."""
        return [_merge(c, r) for c, r in zip(self._chars, self._roles, strict=True)]


def _merge(chars: list[str], roles: list[str]) -> Line:
    text = "".join(chars).rstrip()
    spans: list[Span] = []
    start = 0
    for role, same in groupby(roles[: len(text)]):
        stop = start + len(list(same))
        spans.append((text[start:stop], role))
        start = stop
    return tuple(spans)


@lru_cache(maxsize=4096)
def _path(x0: int, y0: int, x1: int, y1: int) -> tuple[tuple[int, int], ...]:
    """The grid points of a straight line, both ends included."""
    n = max(abs(x1 - x0), abs(y1 - y0))
    if n == 0:
        return ((x0, y0),)
    return tuple(
        (x0 + (2 * i * (x1 - x0) + n) // (2 * n), y0 + (2 * i * (y1 - y0) + n) // (2 * n))
        for i in range(n + 1)
    )


@lru_cache(maxsize=4096)
def _segment(
    x0: int, y0: int, x1: int, y1: int, style: int, heavy: bool
) -> tuple[tuple[int, int, int], ...]:
    """The cells of a line in dots, as (x, y, braille mask)."""
    cells: dict[tuple[int, int], int] = {}
    pattern = _PATTERNS[style % len(_PATTERNS)]
    steep = abs(y1 - y0) > abs(x1 - x0)
    for i, (x, y) in enumerate(_path(x0, y0, x1, y1)):
        if not pattern[i % len(pattern)]:
            continue
        for dx, dy in ((0, 0), (1, 0) if steep else (0, 1))[: 2 if heavy else 1]:
            key = (x + dx) >> 1, (y + dy) >> 2
            cells[key] = cells.get(key, 0) | _DOTS[(y + dy) & 3][(x + dx) & 1]
    return tuple((x, y, mask) for (x, y), mask in cells.items())


@lru_cache(maxsize=4096)
def _strokes(x0: int, y0: int, x1: int, y1: int) -> tuple[tuple[int, int, str], ...]:
    """The cells of a line in cells, each with the ASCII character of its direction."""
    path = _path(x0, y0, x1, y1)
    cells = []
    for i, (x, y) in enumerate(path):
        ax, ay = path[max(0, i - 1)]
        bx, by = path[min(len(path) - 1, i + 1)]
        dx, dy = bx - ax, by - ay
        char = "-" if dy == 0 else "|" if dx == 0 else "\\" if (dx > 0) == (dy > 0) else "/"
        cells.append((x, y, char))
    return tuple(cells)
