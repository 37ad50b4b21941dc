"""Paths through a picture in the plane, with the points where they begin, are and go on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from tui.text.axes import Axes, Point
from tui.text.raster import DOTTED, SOLID

START, NOW, NEXT = "○", "◆", "◇"
ASCII_START, ASCII_NOW, ASCII_NEXT = "S", "@", "N"
POINTS, ASCII_POINTS = "•×", "*x"
"""The points of the path, and of that of a comparison."""
MARKED = 3
"""Points of a path that are so many columns apart are marked."""


class Path(NamedTuple):
    """The points of a path in their order; the reader stands at point `now`, and what follows it
    is the `next` point, None where that is not known.
    """

    role: str
    points: tuple[Point, ...]
    now: Point | None = None
    next: Point | None = None


def legend(ascii: bool) -> str:
    """What the marks of a path mean."""
    marks = (ASCII_START, ASCII_NOW, ASCII_NEXT) if ascii else (START, NOW, NEXT)
    words = zip(marks, ("start", "now", "next"), strict=True)
    return "  ".join(f"{mark} {word}" for mark, word in words)


def drawn(seen: Axes, paths: Sequence[Path], joined: bool = True) -> None:
    """The paths, the first one above the others, and their marks above all; as lines where their
    points are to be `joined`.
    """
    for number, path in reversed([*enumerate(paths)]):
        if joined and not seen.ascii:
            _line(seen, path, number)
        _points(seen, path, number)
    for number, path in reversed([*enumerate(paths)]):
        _marks(seen, path, own=number == 0)


def _line(seen: Axes, path: Path, number: int) -> None:
    """A path as a line, heavy, or dotted where it is that of a comparison."""
    for start, end in pairwise(path.points):
        found = seen.segment(start, end) if _finite(start, end) else None
        if found:
            style = DOTTED if number else SOLID
            seen.canvas.line(*found, path.role, style=style, heavy=not number)


def _points(seen: Axes, path: Path, number: int) -> None:
    """The points of a path, in dots those that are apart."""
    mark = (ASCII_POINTS if seen.ascii else POINTS)[min(number, 1)]
    least = 0 if seen.ascii else MARKED
    last: tuple[int, int] | None = None
    for point in path.points:
        at = seen.cell(point) if _finite(point) else None
        if at and (last is None or abs(at[0] - last[0]) + 2 * abs(at[1] - last[1]) >= least):
            seen.canvas.put(*at, mark, path.role)
            last = at


def _finite(*points: Point) -> bool:
    return all(map(math.isfinite, (each for point in points for each in point)))


def _marks(seen: Axes, path: Path, own: bool) -> None:
    """The start, the point after this one and this one, the last above the others."""
    start, now, after = (ASCII_START, ASCII_NOW, ASCII_NEXT) if seen.ascii else (START, NOW, NEXT)
    marked = [(path.points[:1], start, ""), ((path.next,), after, path.role)]
    if own:
        marked.append(((path.now,), now, "accent"))
    for points, mark, role in marked:
        for point in points:
            at = seen.cell(point) if point is not None and _finite(point) else None
            if at:
                seen.canvas.put(*at, mark, role)
