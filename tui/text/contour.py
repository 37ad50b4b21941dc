"""A function of two variables from above: lines of equal value, and paths over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.text.axes import Axes, Region, axes
from tui.text.paths import Path, drawn
from tui.text.raster import Canvas, Line
from tui.text.scale import written

Array = npt.NDArray[np.floating[Any]]
Bands = npt.NDArray[np.intp]

SHADES = " .:-="
"""In ASCII, from low to high."""
LABELLED = 12
"""A picture of so many columns has one line more with its number on it."""
LOWEST = 1.7
"""The lines lie closer to the lowest values, the more so the larger this is."""
Label = tuple[int, int, str]
_WEIGHTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])


def places(region: Region, width: int, height: int, ascii: bool) -> tuple[Array, Array]:
    """Where the function is wanted for a picture of so many cells: x (points,) and y (points,) of
    the middle of each dot, of each cell in ASCII.
    """
    seen = axes(Canvas(width, height), region, ("", ""), "", ascii)
    high, wide = _shape(seen)
    left, right, low, high_end = region
    share_x, share_y = (np.arange(wide) + 0.5) / wide, (np.arange(high) + 0.5) / high
    return left * (1 - share_x) + right * share_x, high_end * (1 - share_y) + low * share_y


def _shape(seen: Axes) -> tuple[int, int]:
    """The rows and columns of a picture's values."""
    down, across = (1, 1) if seen.ascii else (4, 2)
    return down * seen.rows, across * seen.columns


def contour(
    values: Array,
    region: Region,
    names: tuple[str, str],
    paths: Sequence[Path],
    width: int,
    height: int,
    ascii: bool = False,
    marks: str = "",
) -> list[Line]:
    """The picture in `height` lines of at most `width` cells: `values` (down, across) of the
    function at the `places`, y from above; paths over its lines, the first one above the others.
    """
    canvas = Canvas(width, height)
    seen = axes(canvas, region, names, marks, ascii)
    drawn(seen, paths)
    rows, labels = _ground(values.tobytes(), values.shape, ascii)
    for x, y, text in labels:  # where no path crosses one
        cells = range(seen.left + x, seen.left + x + len(text))
        if all(canvas.at(cell, seen.top + y) == " " for cell in cells):
            canvas.put(seen.left + x, seen.top + y, text, "dim")
    for row, text in enumerate(rows):
        canvas.beneath(seen.left, seen.top + row, text, "dim")
    return canvas.lines()


# -- the lines -------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _ground(
    raw: bytes, shape: tuple[int, int], ascii: bool
) -> tuple[tuple[str, ...], tuple[Label, ...]]:
    """The rows of the lines of equal value, or of shades, and the numbers on some of them."""
    values = np.frombuffer(raw).reshape(shape)
    high, wide = shape
    if not values.size:
        return (), ()
    if ascii:
        bands = _bands(values, levels(values, len(SHADES) - 1))
        shades = ("".join(SHADES[max(0, each)] for each in row) for row in bands.tolist())
        return tuple(shades), ()
    steps = levels(values, max(4, min(9, wide // 12)))
    bands = _bands(values, steps)
    edges = np.zeros(shape, bool)
    edges[:, :-1] |= bands[:, :-1] != bands[:, 1:]
    edges[:-1] |= bands[:-1] != bands[1:]
    cells = edges.reshape(high // 4, 4, wide // 2, 2)
    codes = (cells * _WEIGHTS[:, None, :]).sum(axis=(1, 3))
    rows = ("".join(chr(0x2800 + code) if code else " " for code in row) for row in codes.tolist())
    return tuple(rows), tuple(_labels(bands, steps))


def _bands(values: Array, steps: Sequence[float]) -> Bands:
    """Between which two levels each value is, counted from the lowest; −1 where it is nan."""
    found = np.searchsorted(np.array(steps), values)
    return np.where(np.isnan(values), -1, found)


def levels(values: Array, most: int) -> tuple[float, ...]:
    """At most so many values at which lines are drawn: round numbers, closer to the lowest of the
    values, each of which is at home in about as much of the picture; so a narrow valley shows, too.
    """
    finite = np.sort(values[np.isfinite(values)], axis=None)
    if not finite.size or finite[0] == finite[-1]:
        return ()
    shares = ((np.arange(most) + 0.5) / most) ** LOWEST
    wanted = finite[(shares * (finite.size - 1)).astype(int)].tolist()
    found: list[float] = []
    for digits in range(1, 17):
        found = sorted({float(f"{value:.{digits - 1}e}") for value in wanted})
        found = [value for value in found if finite[0] < value < finite[-1]]
        if len(found) > most / 2:
            break
    return tuple(found)


def _spread(total: int, count: int) -> list[int]:
    """So many of the numbers below `total`, the first and the last among them."""
    return sorted({round(i * (total - 1) / max(1, count - 1)) for i in range(count)})


def _labels(bands: Bands, steps: Sequence[float]) -> Iterator[Label]:
    """Numbers for some of the lines, far from each other: the column, the row, the number."""
    high, wide = bands.shape[0] // 4, bands.shape[1] // 2
    places: list[tuple[int, int]] = []
    for number in _spread(len(steps), min(len(steps), wide // LABELLED)):
        text = written(steps[number], ascii=False)
        above = (bands > number).reshape(high, 4, wide, 2)
        on = np.logical_and(above.any(axis=(1, 3)), ~above.all(axis=(1, 3)))
        on[:, : len(text)] = on[:, wide - len(text) :] = False
        ys, xs = np.nonzero(on)
        if not len(ys):
            continue
        far = np.full(len(ys), np.inf)
        for y, x in places:
            far = np.minimum(far, np.abs(ys - y) * 2 + np.abs(xs - x))
        best = int(far.argmax()) if places else len(ys) // 2
        if far[best] >= len(text) + 4:
            y, x = int(ys[best]), int(xs[best])
            places.append((y, x))
            yield x - len(text) // 2, y, text
