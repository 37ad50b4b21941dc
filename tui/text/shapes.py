"""Lines, blocks and dots that a picture draws itself, in cells of one size."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

WIDTH, HEIGHT = 9, 19
"""Of a cell."""
MIDDLE = 9.5
_THIN, _THICK, _DOT = 1.3, 3, 2.6
_COLUMNS, _ROWS = (2.25, 6.75), (2.5, 7, 11.5, 16)
"""Where braille dots stand."""


class Kind(NamedTuple):
    """How a shape is drawn: as a line of that width, which has round ends or not, or 0, filled."""

    width: float
    round: bool = False
    opacity: float = 1


Part = tuple[float, float, float, float]
"""A line from a point to another; a box's corner, width and height."""
_LINES: dict[str, tuple[float, tuple[Part, ...]]] = {
    "─": (_THIN, ((0, MIDDLE, WIDTH, MIDDLE),)),
    "━": (_THICK, ((0, MIDDLE, WIDTH, MIDDLE),)),
    "╍": (_THICK, ((0, MIDDLE, 3, MIDDLE), (4.5, MIDDLE, 7.5, MIDDLE))),
    "┄": (_THIN, ((0, MIDDLE, 2, MIDDLE), (3, MIDDLE, 5, MIDDLE), (6, MIDDLE, 8, MIDDLE))),
    "│": (_THIN, ((4.5, 0, 4.5, HEIGHT),)),
    "┆": (_THIN, ((4.5, 0, 4.5, 4), (4.5, 6.5, 4.5, 10.5), (4.5, 13, 4.5, 17))),
    "┤": (_THIN, ((4.5, 0, 4.5, HEIGHT), (0, MIDDLE, 4.5, MIDDLE))),
    "└": (_THIN, ((4.5, 0, 4.5, MIDDLE), (4.5, MIDDLE, WIDTH, MIDDLE))),
    "┘": (_THIN, ((4.5, 0, 4.5, MIDDLE), (0, MIDDLE, 4.5, MIDDLE))),
    "╱": (_THIN, ((0, HEIGHT, WIDTH, 0),)),
    "╲": (_THIN, ((0, 0, WIDTH, HEIGHT),)),
}
_SHADES = {"░": 0.25, "▒": 0.5, "▓": 0.75}


def is_drawn(character: str) -> bool:
    """Whether it is a line, a block or a pattern of dots."""
    return bool(_parts(character))


def drawn(character: str, x: float, y: float) -> Iterator[tuple[Kind, str]]:
    """The paths of a character in the cell that begins at a point; none of one that is written."""
    for kind, parts in _parts(character):
        path = "".join(_path(kind, x + a, y + b, c, d, x, y) for a, b, c, d in parts)
        yield kind, path


def _path(kind: Kind, x: float, y: float, c: float, d: float, left: float, top: float) -> str:
    if kind.width:
        return f"M{x:g} {y:g}L{left + c:g} {top + d:g}"
    return f"M{x:g} {y:g}h{c:g}v{d:g}h{-c:g}z"


@lru_cache(maxsize=512)
def _parts(character: str) -> tuple[tuple[Kind, tuple[Part, ...]], ...]:
    if character in _LINES:
        width, parts = _LINES[character]
        return ((Kind(width), parts),)
    if character in _SHADES:
        return ((Kind(0, opacity=_SHADES[character]), ((0, 0, WIDTH, HEIGHT),)),)
    if "▁" <= character <= "█":
        high = HEIGHT * (ord(character) - ord("▁") + 1) / 8
        return ((Kind(0), ((0, HEIGHT - high, WIDTH, high),)),)
    if _dots(character):
        dots = tuple((x, y, x, y) for x, y in _places(ord(character) - 0x2800))
        return ((Kind(_DOT, round=True), dots),)
    return ()


def _dots(character: str) -> bool:
    return "⠀" <= character <= "⣿"


def _places(pattern: int) -> Iterator[tuple[float, float]]:
    """The dots of a braille pattern: three and three, then the two of the lowest row."""
    for bit in range(8):
        if pattern >> bit & 1:
            column, row = divmod(bit, 3) if bit < 6 else (bit - 6, 3)
            yield _COLUMNS[column], _ROWS[row]
