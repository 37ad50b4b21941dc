"""Curves over iterations, drawn with axes, ticks, a legend and the current position."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui.text.raster import DASHED, DOTTED, SOLID, Canvas, Line

_MARKERS = "*o+x"
_STYLES = (SOLID, DOTTED, DASHED)
APART = 6
"""Points that are so many columns apart, or more, are marked on their curve."""


@dataclass(frozen=True)
class Series:
    """A curve: its name, its role, and its points (x, y) in the order of x."""

    name: str
    role: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class _Scale:
    """Values to the unit interval, straight or by the logarithm."""

    low: float
    high: float
    log: bool

    def __call__(self, value: float) -> float:
        low, high = (math.log10(v) if self.log else v for v in (self.low, self.high))
        value = math.log10(value) if self.log else value
        span = high / 2 - low / 2
        return min(1.0, max(0.0, (value / 2 - low / 2) / span)) if span > 0 else 0.5


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
    points = [[p for p in s.points if math.isfinite(p[0])] for s in series]
    xs = [x for each in points for x, _ in each]
    first, last = x_range or (min(xs, default=0), max(xs, default=1))
    if not (math.isfinite(first) and math.isfinite(last)) or canvas.height == 0:
        return canvas.lines()
    x_scale = _Scale(first, last if last > first else first + max(1.0, abs(first)), False)
    points = [[p for p in each if first <= p[0] <= last] for each in points]
    y_scale = _y_scale([y for each in points for _, y in each if math.isfinite(y)])
    legend = 1 if height >= 4 and any(s.name for s in series) else 0
    foot = 2 if height >= 6 else 0
    rows = height - legend - foot
    ticks = _ticks(y_scale, max(2, min(6, (rows + 2) // 3)))
    margin = max((len(_number(t, ascii)) for t in ticks), default=0) + 1
    margin = margin if width >= margin + 12 and rows >= 3 else -1
    left = margin + 1
    columns = max(1, width - left)
    if margin >= 0:
        bar, tick_mark = ("|", "+") if ascii else ("│", "┤")
        for row in range(rows):
            canvas.put(margin, legend + row, bar, "dim")
        for tick in ticks:
            row = legend + _down(tick, y_scale, rows, ascii)
            canvas.put(0, row, _number(tick, ascii).rjust(margin), "dim")
            canvas.put(margin, row, tick_mark, "dim")
    if foot:
        label = x_label or (lambda x: _number(x, ascii))
        _x_axis(canvas, x_scale, last, left, columns, height - 2, position, ascii, label)
    if legend:
        _legend(canvas, series, left, ascii)
    area = (left, legend, columns, rows)
    for n, (each, one) in enumerate(zip(points, series, strict=True)):
        _curve(canvas, each, one.role, n, x_scale, y_scale, area, ascii)
    if position is not None and math.isfinite(position) and first <= position <= last:
        for each, one in zip(points, series, strict=True):
            here = [y for x, y in each if x <= position][-1:]
            if here and each[-1][0] >= position and _drawable(here[0], y_scale):
                row = legend + _down(here[0], y_scale, rows, ascii)
                x = left + min(columns - 1, int(x_scale(position) * columns))
                canvas.put(x, row, "@" if ascii else "●", one.role)
    return canvas.lines()


def _y_scale(ys: list[float]) -> _Scale:
    low, high = min(ys, default=0.0), max(ys, default=1.0)
    if low > 0 and high / low > 100:
        return _Scale(low, high, True)
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        pad = abs(high) / 10 or 1.0
        return _Scale(low - pad, high + pad, False)
    return _Scale(low, high, False)


def _drawable(y: float, scale: _Scale) -> bool:
    return math.isfinite(y) and (y > 0 or not scale.log)


def _down(y: float, scale: _Scale, rows: int, ascii: bool) -> int:
    """The row of a value from the top: that of its dot, four to a row in braille."""
    high = rows if ascii else 4 * rows
    return round((1 - scale(y)) * (high - 1)) * rows // high


def _ticks(scale: _Scale, most: int) -> list[float]:
    """Round numbers within the scale, or its ends where no two round numbers fit."""
    ticks = _round_numbers(scale, most)
    return ticks if len(ticks) > 1 else [scale.low, scale.high]


def _round_numbers(scale: _Scale, most: int) -> list[float]:
    if scale.log:
        low, high = math.ceil(math.log10(scale.low)), math.floor(math.log10(scale.high))
        apart = max(1, math.ceil((high - low + 1) / most))
        return [10.0**k for k in range(low, high + 1, apart) if 10.0**k > 0]
    rough = (scale.high / 2 - scale.low / 2) / max(1, most - 1) * 2
    if not (math.isfinite(rough) and rough > 1e-300):
        return []
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999), rough)
    start = math.ceil(scale.low / step - 1e-9)
    ticks = ((start + k) * step for k in range(most + 1))
    return [t for t in ticks if scale.low <= t <= scale.high]


def _number(value: float, ascii: bool) -> str:
    text = f"{value:.0f}" if value == round(value) and abs(value) < 1e7 else f"{value:.4g}"
    if len(text) > 7 or "e" in text:
        text = f"{value:.1e}".replace(".0e", "e").replace("e-0", "e-").replace("e+0", "e")
    return f"−{text[1:]}" if text.startswith("-") and not ascii else text


def _x_axis(
    canvas: Canvas,
    scale: _Scale,
    last: float,
    left: int,
    columns: int,
    row: int,
    position: float | None,
    ascii: bool,
    label: Callable[[float], str],
) -> None:
    if left:
        canvas.put(left - 1, row, "+" if ascii else "└", "dim")
    canvas.put(left, row, ("-" if ascii else "─") * columns, "dim")
    first_text, last_text = label(scale.low), label(last)
    canvas.put(left, row + 1, first_text, "dim")
    if last > scale.low and len(first_text) + len(last_text) + 2 <= columns:
        canvas.put(left + columns - len(last_text), row + 1, last_text, "dim")
    if position is None or not math.isfinite(position) or not scale.low <= position <= last:
        return
    x = left + min(columns - 1, int(scale(position) * columns))
    canvas.put(x, row, "^" if ascii else "▲", "accent")
    text = label(position)
    at = max(left, min(x - len(text) // 2, left + columns - len(text)))
    near_first = at <= left + len(first_text)
    near_last = at + len(text) >= left + columns - len(last_text)
    if not (near_first or near_last):
        canvas.put(at, row + 1, text, "accent")


def _legend(canvas: Canvas, series: Sequence[Series], left: int, ascii: bool) -> None:
    x = left + 1
    for n, one in enumerate(series):
        sample = _MARKERS[n % 4] if ascii else ("━━", "┄┄", "╺╺")[n % 3]
        if len(one.points) == 1 and not ascii:
            sample = "◆"
        text = f"{sample} {one.name}"
        if x + len(text) > canvas.width:
            break
        canvas.put(x, 0, text, one.role)
        x += len(text) + 3


def _curve(
    canvas: Canvas,
    points: list[tuple[float, float]],
    role: str,
    style: int,
    x_scale: _Scale,
    y_scale: _Scale,
    area: tuple[int, int, int, int],
    ascii: bool,
) -> None:
    """A curve in the area (left, top, columns, rows); the style is its number among the curves."""
    left, top, columns, rows = area
    wide, high = (columns, rows) if ascii else (2 * columns, 4 * rows)
    old: tuple[int, int] | None = None
    marked: list[tuple[int, int]] = []
    for x, y in points:
        across = min(wide - 1, int(x_scale(x) * wide))
        if not _drawable(y, y_scale):
            column = left + (across if ascii else across // 2)
            canvas.put(column, top, "!" if ascii else "×", "error")
            old = None
            continue
        down = round((1 - y_scale(y)) * (high - 1))
        if ascii:
            if (across, down) != old:
                canvas.put(left + across, top + down, _MARKERS[style % 4], role)
            old = (across, down)
            continue
        dot = (2 * left + across, 4 * top + down)
        if len(points) == 1:  # a place to be seen, not a curve
            canvas.put(left + across // 2, top + down // 4, "◆", role)
        elif dot != old:
            # Only the way between two points is dotted, the points themselves are always there.
            canvas.line(dot, dot, role)
            canvas.line(old or dot, dot, role, style=_STYLES[style % 3])
        old = dot
        if 1 < len(points) <= columns // APART:
            marked.append((left + across // 2, top + down // 4))
    for column, row in marked:
        canvas.put(column, row, "•", role)
