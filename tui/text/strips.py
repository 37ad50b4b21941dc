"""Pictures of one row: a sparkline of values, and a timeline of the phases of an iteration."""

from __future__ import annotations

import math
from collections.abc import Sequence

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
    """The phases of an iteration with a cell for each of their steps: done, current and still to
    come; where there is no room for that, how many of each phase are done.

    position: the current step from 1, 0 before the first. Names shrink to initials and then go.
    """
    phases = [(name, count) for name, count in phases if count > 0]
    brief = [(name[:1], count) for name, count in phases]
    for form, draw in ((phases, _bars), (brief, _bars), (phases, _counters)):
        if line := draw(form, position, width, ascii):
            return line
    total = sum(count for _, count in phases)
    canvas = Canvas(width, 1)
    if not canvas.width or not phases:
        return ()
    if total <= width:
        _bar(canvas, 0, position, total, ascii)
        return canvas.lines()[0]
    counter = f"{max(0, min(position, total)):>{len(str(total))}}/{total}"
    counted = _counters(brief, position, width, ascii)
    return counted or (((counter, "write"),) if len(counter) <= width else ())


def _bars(phases: Phases, position: int, width: int, ascii: bool) -> Line:
    """Each phase with its name and a cell for each step; nothing where that does not fit."""
    needed = sum(len(name) + count + 2 for name, count in phases) - 1
    if not phases or needed > width:
        return ()
    canvas = Canvas(needed, 1)
    x = 0
    for name, count in phases:
        canvas.put(x, 0, name, _role(position, count))
        _bar(canvas, x + len(name) + 1, position, count, ascii)
        x += len(name) + count + 2
        position -= count
    return canvas.lines()[0]


def _counters(phases: Phases, position: int, width: int, _ascii: bool) -> Line:
    """Each phase with how many of its steps are done; nothing where that does not fit."""
    spans: list[tuple[str, str]] = []
    for name, count in phases:
        done = f"{max(0, min(position, count)):>{len(str(count))}}/{count}"
        role = _role(position, count)
        spans += [(f"{name} ", role), (done, "write" if role == "active" else "dim"), ("  ", "")]
        position -= count
    spans = spans[:-1]
    return tuple(spans) if sum(len(text) for text, _ in spans) <= width else ()


def _role(position: int, count: int) -> str:
    """How the name of a phase is drawn: still to come, under way, done."""
    return "dim" if position <= 0 else "active" if position <= count else ""


def _bar(canvas: Canvas, x: int, position: int, count: int, ascii: bool) -> None:
    done, current, undone = ("=", "#", "-") if ascii else ("━", "◆", "─")
    before = max(0, min(position - 1, count)) if position <= count else count
    canvas.put(x, 0, done * before, "accent")
    canvas.put(x + before, 0, undone * (count - before), "dim")
    if 1 <= position <= count:
        canvas.put(x + before, 0, current, "write")
