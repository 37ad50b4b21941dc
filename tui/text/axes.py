"""The frame of a picture in the plane: which part of it is seen, and numbers along its axes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from tui.text.raster import Canvas
from tui.text.scale import Scale, written

Point = tuple[float, float]
LEAST_WITH_NUMBERS, LEAST_WITH_NAMES = 5, 7
"""So many rows leave room for the axis below with its numbers, and for a line of names above."""
APART = 7
"""Numbers below the x axis stand so many columns from each other, about."""
LEAST_BESIDE = 24
"""A picture of so many columns has numbers beside it."""


class Region(NamedTuple):
    """A part of the plane: x from `left` to `right`, y from `low` to `high`."""

    left: float
    right: float
    low: float
    high: float

    def holds(self, point: Point) -> bool:
        """Whether a point is in it."""
        x, y = point
        return self.left <= x <= self.right and self.low <= y <= self.high


class Axes(NamedTuple):
    """The cells of a canvas that a picture is drawn in, from `left` and `top` on, and the part of
    the plane that is seen in them.
    """

    canvas: Canvas
    region: Region
    left: int
    top: int
    columns: int
    rows: int
    ascii: bool

    def dots(self, point: Point) -> tuple[float, float]:
        """Where a point is, in dots of the canvas, 2 x 4 to a cell; not rounded, and of a point
        outside somewhere outside.
        """
        left, right, low, high = self.region
        x, y = point
        across = (x / 2 - left / 2) / (right / 2 - left / 2)
        down = (high / 2 - y / 2) / (high / 2 - low / 2)
        return 2 * (self.left + across * self.columns), 4 * (self.top + down * self.rows)

    def cell(self, point: Point) -> tuple[int, int] | None:
        """The cell of a point; None outside."""
        if not self.region.holds(point):
            return None
        x, y = self.dots(point)
        column, row = int(x / 2), int(y / 4)
        return min(column, self.left + self.columns - 1), min(row, self.top + self.rows - 1)

    def segment(self, start: Point, end: Point) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """What is seen of a straight line between two points, in dots; None of one outside."""
        box = (2 * self.left, 2 * (self.left + self.columns), 4 * self.top)
        bottom = 4 * (self.top + self.rows)
        found = _clipped(self.dots(start), self.dots(end), Region(*box, bottom))
        if found is None:
            return None
        limit = box[1] - 1, bottom - 1
        (x0, y0), (x1, y1) = found
        return _dot(x0, y0, limit), _dot(x1, y1, limit)


def _dot(x: float, y: float, limit: tuple[int, int]) -> tuple[int, int]:
    return min(int(x), limit[0]), min(int(y), limit[1])


def _clipped(start: Point, end: Point, box: Region) -> tuple[Point, Point] | None:
    """The part of a line that is within a box (Liang and Barsky); None where none is."""
    (x0, y0), (x1, y1) = start, end
    if not all(map(math.isfinite, (x0, y0, x1, y1))):
        return None
    first, last = 0.0, 1.0
    dx, dy = x1 - x0, y1 - y0
    edges = ((-dx, x0 - box.left), (dx, box.right - x0), (-dy, y0 - box.low), (dy, box.high - y0))
    for way, room in edges:
        if way == 0:
            if room < 0:
                return None
        elif way < 0:
            first = max(first, room / way)
        else:
            last = min(last, room / way)
    if first > last:
        return None
    return (x0 + first * dx, y0 + first * dy), (x0 + last * dx, y0 + last * dy)


def axes(canvas: Canvas, region: Region, names: tuple[str, str], marks: str, ascii: bool) -> Axes:
    """The axes drawn on a canvas with their numbers and `names`, as far as there is room for them;
    `marks`, what the characters in the picture mean, stand above.
    """
    width, height = canvas.width, canvas.height
    top = 1 if height >= LEAST_WITH_NAMES else 0
    foot = 2 if height >= LEAST_WITH_NUMBERS else 0
    rows = max(0, height - top - foot)
    y = Scale(region.low, region.high)
    ticks = {tick: written(_near_zero(tick, y), ascii) for tick in y.ticks(max(3, rows // 2))}
    left = max(map(len, ticks.values()), default=0) + 2
    if width < LEAST_BESIDE or rows < 2:
        left, ticks = 0, {}
    seen = Axes(canvas, region, left, top, max(1, width - left), rows, ascii)
    if top:
        name = names[1].rjust(max(len(names[1]), left - 1))
        canvas.put(0, 0, name, "")
        said = marks if len(name) + 2 + len(marks) <= width else marks[: width - len(name) - 2]
        canvas.put(len(name) + 2, 0, said, "dim")
    _beside(seen, ticks)
    if foot:
        _below(seen, names[0])
    return seen


def _near_zero(tick: float, scale: Scale) -> float:
    """A tick, 0 where it is that but for rounding."""
    return 0.0 if abs(tick) < 1e-9 * (scale.high / 2 - scale.low / 2) else tick


def _beside(seen: Axes, ticks: dict[float, str]) -> None:
    if not ticks:
        return
    bar, mark = ("|", "+") if seen.ascii else ("│", "┤")
    for row in range(seen.top, seen.top + seen.rows):
        seen.canvas.put(seen.left - 1, row, bar, "dim")
    for tick, number in ticks.items():
        at = seen.cell((seen.region.left, tick))
        if at:
            seen.canvas.put(0, at[1], number.rjust(seen.left - 1), "dim")
            seen.canvas.put(seen.left - 1, at[1], mark, "dim")


def _below(seen: Axes, name: str) -> None:
    """The line below with its numbers, and the name of its variable at the end."""
    row, end = seen.top + seen.rows, seen.left + seen.columns
    line, mark = ("-", "+") if seen.ascii else ("─", "┴")
    if seen.left:
        seen.canvas.put(seen.left - 1, row, "+" if seen.ascii else "└", "dim")
    seen.canvas.put(seen.left, row, line * seen.columns, "dim")
    scale = Scale(seen.region.left, seen.region.right)
    free, last = seen.left, end - len(name) - 1
    for tick in scale.ticks(max(2, seen.columns // APART)):
        at = seen.cell((tick, seen.region.low))
        if at is None:
            continue
        number = written(_near_zero(tick, scale), seen.ascii)
        start = max(seen.left, at[0] - len(number) // 2)
        if start >= free and start + len(number) <= last:
            seen.canvas.put(at[0], row, mark, "dim")
            seen.canvas.put(start, row + 1, number, "dim")
            free = start + len(number) + 1
    seen.canvas.put(end - len(name), row + 1, name, "")


MARGIN = 0.15
"""So much of the extent of what is seen is left free around it."""
FLATTEST = 0.2
"""No extent is less than this share of the other one."""


def around(points: Iterable[Point]) -> Region | None:
    """The region with these points in it, those that are not finite left out, and room around
    them; None where there are none.
    """
    found = [(float(x), float(y)) for x, y in points if math.isfinite(x) and math.isfinite(y)]
    if not found:
        return None
    ways = [(min(side), max(side)) for side in zip(*found, strict=True)]
    most = max(high / 2 - low / 2 for low, high in ways)
    ways = [_widened(low, high, most * FLATTEST) for low, high in ways]
    (left, right), (low, high) = ways
    return Region(left, right, low, high)


def _widened(low: float, high: float, least: float) -> tuple[float, float]:
    """An extent with room at both ends; halves are reckoned with, as the whole may overflow."""
    middle, half = low / 2 + high / 2, max(high / 2 - low / 2, least)
    half = half or max(1.0, abs(middle)) / 2
    half *= 1 + 2 * MARGIN
    return middle - half, middle + half


FURTHEST = 1e200
"""No region is wider."""


def grown(region: Region, points: Iterable[Point]) -> Region:
    """A region whose sides are doubled about their middles until all points are in it, but for
    those that are not finite or too far away. So it is the same for as long as they stay within.
    """
    todo = [point for point in points if all(abs(value) < FURTHEST for value in point)]
    left, right, low, high = region
    left, right = _doubled(left, right, [x for x, _ in todo])
    low, high = _doubled(low, high, [y for _, y in todo])
    return Region(left, right, low, high)


def _doubled(low: float, high: float, values: list[float]) -> tuple[float, float]:
    while not all(low <= value <= high for value in values):
        half = (high - low) / 2
        low, high = low - half, high + half
    return low, high
