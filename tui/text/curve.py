"""A function of one variable as a curve, and the points of paths on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from tui.text.axes import Region, axes
from tui.text.paths import Path, drawn
from tui.text.plot import Points
from tui.text.raster import Canvas, Line


def curve(
    points: Points,
    region: Region,
    names: tuple[str, str],
    paths: Sequence[Path],
    width: int,
    height: int,
    ascii: bool = False,
    marks: str = "",
) -> list[Line]:
    """The picture in `height` lines of at most `width` cells: the function at `points` (x, f), as
    far as they are within the region, and the paths over it. Nothing is drawn between points that
    are not finite.
    """
    canvas = Canvas(width, height)
    seen = axes(canvas, region, names, marks, ascii)
    drawn(seen, paths, joined=False)
    for start, end in pairwise(points):
        if not all(map(math.isfinite, (*start, *end))):
            continue
        found = seen.segment(start, end)
        if found and ascii:
            (x0, y0), (x1, y1) = found
            canvas.stroke((x0 // 2, y0 // 4), (x1 // 2, y1 // 4), "dim", dashed=True)
        elif found:
            canvas.line(*found, "dim")
    return canvas.lines()
