"""Pictures of one row: a sparkline of values, and a timeline of the phases of an iteration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise

from tui.text.raster import Canvas, Line


def sparkline(values: Sequence[float], width: int, ascii: bool = False) -> str:
    """The values as bars in at most width cells, evenly picked where there are more.

    The first and the last value are always among them; what is not finite shows as a cross.
    """
    levels, cross = ("_.-=+*#%@", "!") if ascii else ("▁▂▃▄▅▆▇█", "×")
    n = len(values)
    if width <= 0 or n == 0:
        return ""
    if n > width:
        values = [values[n - 1 - (n - 1) * i // max(1, width - 1)] for i in range(width)][::-1]
    finite = [v for v in values if math.isfinite(v)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    span = high / 2 - low / 2
    top = len(levels) - 1

    def bar(value: float) -> str:
        if not math.isfinite(value):
            return cross
        return levels[round((value / 2 - low / 2) / span * top) if span > 0 else top // 2]

    return "".join(map(bar, values))


Phases = Sequence[tuple[str, int]]
"""Names, and numbers of steps."""


def timeline(phases: Phases, position: int, width: int, ascii: bool = False) -> Line:
    """The phases of an iteration with their steps: done, current and still to come.

    position: the current step from 1, 0 before the first. Names shrink to initials and then go;
    steps share cells where there are more than room.
    """
    phases = [(name, count) for name, count in phases if count > 0]
    canvas = Canvas(width, 1)
    if not canvas.width:
        return ()
    names, room = _names(phases, width)
    if not names:
        total = sum(count for _, count in phases)
        _bar(canvas, 0, min(width, total), position, total, ascii)
        return canvas.lines()[0]
    x = 0
    for name, (_, count), cells in zip(names, phases, _share(phases, room), strict=True):
        role = "dim" if position <= 0 else "active" if position <= count else ""
        canvas.put(x, 0, name, role)
        x += len(name) + 1
        _bar(canvas, x, cells, position, count, ascii)
        x += cells + 1
        position -= count
    return canvas.lines()[0]


def _names(phases: Phases, width: int) -> tuple[list[str], int]:
    """The names of the phases or their initials, and how many cells they leave to the steps; no
    names where that is less than one for each phase and for two steps.
    """
    least = max(len(phases), sum(count for _, count in phases) // 2)
    full = [name for name, _ in phases]
    for names in (full, [name[:1] for name in full]):
        room = width - sum(map(len, names)) - 2 * len(phases) + 1
        if room >= least:
            return names, room
    return [], width


def _share(phases: Phases, room: int) -> list[int]:
    """How many of room cells each phase gets: one a step, or in proportion to its steps, but at
    least one where there is one for each phase.
    """
    counts = [count for _, count in phases]
    total = sum(counts)
    if total <= room:
        return counts
    ends = [seen * room // total for seen in accumulate(counts, initial=0)]
    cells = [b - a for a, b in pairwise(ends)]
    for i in range(len(cells)):
        widest = max(range(len(cells)), key=cells.__getitem__)
        if not cells[i] and cells[widest] > 1:
            cells[widest] -= 1
            cells[i] = 1
    return cells


def _bar(canvas: Canvas, x: int, cells: int, position: int, count: int, ascii: bool) -> None:
    done, current, undone = ("=", "#", "-") if ascii else ("━", "◆", "─")
    if cells <= 0:
        return
    at = cells if position > count else -1 if position < 1 else (position - 1) * cells // count
    canvas.put(x, 0, done * min(at, cells), "accent")
    canvas.put(x + max(0, at + 1), 0, undone * (cells - max(0, at + 1)), "dim")
    if 0 <= at < cells:
        canvas.put(x + at, 0, current, "write")
