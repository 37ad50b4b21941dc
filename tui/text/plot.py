"""Curves over iterations, drawn with axes, ticks, a legend and the current position."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tui.text.raster import DASHED, DOTTED, SOLID, Canvas, Line
from tui.text.scale import Scale, along, fitting, written

_MARKERS = "*o+x"
_STYLES = (SOLID, DOTTED, DASHED)
_SAMPLES = ("━━", "┄┄", "╺╺")
APART = 6
"""Points that are so many columns apart, or more, are marked on their curve."""

Points = Sequence[tuple[float, float]]


class Series(NamedTuple):
    """A curve: its name, its role, and its points (x, y) in the order of x."""

    name: str
    role: str
    points: Points


def plot(
    series: Sequence[Series],
    width: int,
    height: int,
    ascii: bool = False,
    x_range: tuple[float, float] | None = None,
    position: float | None = None,
    x_label: Callable[[float], str] | None = None,
) -> list[Line]:
    """The curves in height lines of at most width cells.

    The y axis is logarithmic where positive values span more than two decades. What is not
    finite is a cross at the top. The position is an arrow on the x axis and a dot on each curve.
    `x_label` writes a place on the x axis where it is not the number itself.
    """
    canvas = Canvas(width, height)
    first, last = x_range or _span(series)
    if not (math.isfinite(first) and math.isfinite(last)) or not canvas.height:
        return canvas.lines()
    shown = [_between(first, last, one) for one in series]
    here = position if position is not None and first <= position <= last else None
    chart = _chart(canvas, shown, first, last, ascii)
    chart.y_axis()
    if chart.foot:
        chart.x_axis(here, x_label or (lambda x: written(x, ascii)))
    if chart.top:
        _legend(canvas, series, chart.left, ascii)
    for number, one in enumerate(shown):
        chart.curve(one, number)
    if here is not None:
        for one in shown:
            chart.here(one, here)
    return canvas.lines()


def _span(series: Sequence[Series]) -> tuple[float, float]:
    """The first and the last place of the curves."""
    xs = [x for one in series for x, _ in one.points if math.isfinite(x)]
    return min(xs, default=0), max(xs, default=1)


def _between(first: float, last: float, one: Series) -> Series:
    return one._replace(points=[(x, y) for x, y in one.points if first <= x <= last])


_LEAST_WITH_LEGEND, _LEAST_WITH_AXIS, _LEAST_WITH_FOOT = 4, 5, 6
"""So many rows leave room for a legend above the curves, for the x axis below them, and for its
numbers below that; with one row less these stand in the axis.
"""
_LEAST_BESIDE_AXIS = 3, 11
"""So many rows and columns of curves leave room for the y axis beside them."""


def _chart(
    canvas: Canvas, series: Sequence[Series], first: float, last: float, ascii: bool
) -> _Chart:
    """Where the parts go: a legend on top, numbers to the left, the x axis below."""
    x = along(first, last)
    y = fitting([y for one in series for _, y in one.points if math.isfinite(y)])
    named = any(one.name for one in series)
    top = 1 if canvas.height >= _LEAST_WITH_LEGEND and named else 0
    foot = sum(canvas.height >= least for least in (_LEAST_WITH_AXIS, _LEAST_WITH_FOOT))
    rows = canvas.height - top - foot
    ticks = {tick: written(tick, ascii) for tick in y.ticks(max(2, min(6, (rows + 2) // 3)))}
    left = max(map(len, ticks.values()), default=0) + 2
    least_rows, least_columns = _LEAST_BESIDE_AXIS
    if rows < least_rows or canvas.width < left + least_columns:
        left, ticks = 0, {}
    columns = max(1, canvas.width - left)
    return _Chart(canvas, x, last, y, ticks, left, top, columns, rows, foot, ascii)


class _Chart(NamedTuple):
    """The cells of a canvas that curves go to, from `left` and `top` on, and what values stand
    there: x from the left to `last`, y from below. `ticks` are the numbers on the y axis, `foot`
    the rows of the x axis.
    """

    canvas: Canvas
    x: Scale
    last: float
    y: Scale
    ticks: dict[float, str]
    left: int
    top: int
    columns: int
    rows: int
    foot: int
    ascii: bool

    def column(self, x: float) -> int:
        """The column of a place on the x axis."""
        return self.left + min(self.columns - 1, int(self.x(x) * self.columns))

    def row(self, y: float) -> int:
        """The row of a value: that of its dot, four to a row in braille."""
        high = self.rows if self.ascii else 4 * self.rows
        return self.top + round((1 - self.y(y)) * (high - 1)) * self.rows // high

    def dot(self, x: float, y: float) -> tuple[int, int]:
        """A point in dots, 2 x 4 to a cell."""
        across = min(2 * self.columns - 1, int(self.x(x) * 2 * self.columns))
        down = round((1 - self.y(y)) * (4 * self.rows - 1))
        return 2 * self.left + across, 4 * self.top + down

    # -- axes ----------------------------------------------------------------------------------

    def y_axis(self) -> None:
        """The line left of the curves, with its numbers, where there is room for them."""
        if not self.ticks:
            return
        bar, mark = ("|", "+") if self.ascii else ("│", "┤")
        for row in range(self.top, self.top + self.rows):
            self.canvas.put(self.left - 1, row, bar, "dim")
        for tick, number in self.ticks.items():
            self.canvas.put(0, self.row(tick), number.rjust(self.left - 1), "dim")
            self.canvas.put(self.left - 1, self.row(tick), mark, "dim")

    def x_axis(self, position: float | None, label: Callable[[float], str]) -> None:
        """The line below the curves with the first and last place, and the position if any."""
        row, end = self.top + self.rows, self.left + self.columns
        below = row + self.foot - 1
        if self.left:
            self.canvas.put(self.left - 1, row, "+" if self.ascii else "└", "dim")
        self.canvas.put(self.left, row, ("-" if self.ascii else "─") * self.columns, "dim")
        first, last = label(self.x.low), label(self.last)
        self.canvas.put(self.left, below, first, "dim")
        if self.last > self.x.low and len(first) + len(last) + 2 <= self.columns:
            self.canvas.put(end - len(last), below, last, "dim")
        if position is None:
            return
        at = self.column(position)
        text = label(position)
        start = max(self.left, min(at - len(text) // 2, end - len(text)))
        said = start > self.left + len(first) and start + len(text) < end - len(last)
        if said:
            self.canvas.put(start, below, text, "accent")
        if below > row or (not said and self.left + len(first) <= at < end - len(last)):
            self.canvas.put(at, row, "^" if self.ascii else "▲", "accent")

    # -- curves --------------------------------------------------------------------------------

    def curve(self, one: Series, number: int) -> None:
        """A curve in the style of its number among the curves, from 0."""
        if self.ascii:
            self._characters(one.points, one.role, _MARKERS[number % len(_MARKERS)])
        else:
            self._dots(one.points, one.role, _STYLES[number % len(_STYLES)])

    def _characters(self, points: Points, role: str, marker: str) -> None:
        """A curve in ASCII: each of its points as a character."""
        for x, y in points:
            if math.isfinite(y):
                self.canvas.put(self.column(x), self.row(y), marker, role)
            else:
                self.canvas.put(self.column(x), self.top, "!", "error")

    def _dots(self, points: Points, role: str, style: int) -> None:
        """A curve in dots, with its points marked where they are few."""
        old: tuple[int, int] | None = None
        for x, y in points:
            if not math.isfinite(y):
                self.canvas.put(self.column(x), self.top, "×", "error")
                old = None
                continue
            dot = self.dot(x, y)
            if dot != old and len(points) > 1:
                # Only the way between two points is dotted, the points themselves always show.
                self.canvas.line(dot, dot, role)
                self.canvas.line(old or dot, dot, role, style=style)
            old = dot
        if len(points) == 1 or len(points) <= self.columns // APART:
            mark = "◆" if len(points) == 1 else "•"  # one is a place to be seen, not a curve
            for x, y in points:
                if math.isfinite(y):
                    self.canvas.put(self.column(x), self.row(y), mark, role)

    def here(self, one: Series, position: float) -> None:
        """The position on a curve, at the height of the point there or of the one before it."""
        before = [y for x, y in one.points if x <= position]
        if before and one.points[-1][0] >= position and math.isfinite(before[-1]):
            mark = "@" if self.ascii else "●"
            self.canvas.put(self.column(position), self.row(before[-1]), mark, one.role)


def _legend(canvas: Canvas, series: Sequence[Series], left: int, ascii: bool) -> None:
    x = left + 1
    for n, one in enumerate(series):
        sample = _MARKERS[n % len(_MARKERS)] if ascii else _SAMPLES[n % len(_SAMPLES)]
        if len(one.points) == 1 and not ascii:
            sample = "◆"
        text = f"{sample} {one.name}"
        if x + len(text) > canvas.width:
            break
        canvas.put(x, 0, text, one.role)
        x += len(text) + 3
