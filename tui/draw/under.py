"""What is under a cell of the screen: a pane, and in it a number or a step.

Drawings say nothing of what their cells stand for. A number is found by the drawing itself: it is
the one that is shown as selected there when it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from tui.draw import DRAWINGS, steps
from tui.draw.wants import placed
from tui.frame.frame import Frame
from tui.text.raster import Line, letters

MOST = 40
"""So many numbers are tried that look alike, and so many that the step is about."""
_NUMBER = re.compile(r"([−+-]?)(\d+\.?\d*|\.\d+)(?:e[−+-]?\d+)?")
_MARKS = re.compile(r"[^\w.]")

Element = tuple[Symbol, Index]


class Under(NamedTuple):
    """A pane, "" for none; the number of the step whose row it is, 0 for none; the element."""

    pane: str = ""
    step: int = 0
    element: Element | None = None


def under(frame: Frame, width: int, height: int, x: int, y: int) -> Under:
    """What is at column `x` and row `y` of a screen, both from 0."""
    for pane, (left, top, w, h) in placed(frame, width, height).items():
        if left <= x < left + w and top <= y < top + h:
            x, y = x - left, y - top
            if pane == "steps":
                return Under(pane, step=steps.at(frame, w, h, x, y))
            return Under(pane, element=_element(frame, pane, (w, h), x, y))
    return Under()


def _element(frame: Frame, pane: str, size: tuple[int, int], x: int, y: int) -> Element | None:
    """The element of the number in a cell of a pane: that whose selection shows there, tried first
    with those that look like it, then with those that the step is about, whose changes and earlier
    numbers stand beside them. Else the one operand that looks like it.
    """
    lines = DRAWINGS[pane](frame, *size)
    row = letters(lines[y]) if y < len(lines) else ""
    found = next((each for each in _NUMBER.finditer(row) if each.start() <= x < each.end()), None)
    if found is None:
        return None
    alike = list(islice(_alike(frame, found), MOST))
    about = [frame.symbol, frame.writes, *frame.reads]
    others = islice((each for each in _all(frame) if each[0] in about), MOST)
    for symbol, index in dict.fromkeys((*alike, *others)):
        chosen = replace(frame, symbol=symbol, index=index, way={})
        there = DRAWINGS[pane](chosen, *size)
        if y < len(there) and _role(there[y], x) == "select" and same(letters(there[y]), row):
            return symbol, index
    near = [each for each in alike if each[1] in frame.operands.get(each[0], ())]
    return near[0] if len(near) == 1 else None


def _role(line: Line, x: int) -> str:
    for text, role in line:
        if x < len(text):
            return role
        x -= len(text)
    return ""


def same(one: str, other: str) -> bool:
    """Whether two rows have the same words and numbers, whatever is selected in them."""
    return _MARKS.sub("", one) == _MARKS.sub("", other)


def _all(frame: Frame) -> Iterator[Element]:
    """The known elements, of the sample that is shown: those of what is selected, written and read
    first.
    """
    about = {frame.symbol, frame.writes, *frame.reads}
    for name, entry in sorted(frame.entries.items(), key=lambda each: each[0] not in about):
        symbol = Symbol(name)
        for index in np.ndindex(entry.array.shape):
            if not (symbol.batchwise and index) or index[0] == frame.sample:
                yield symbol, index


def _alike(frame: Frame, shown: re.Match[str]) -> Iterator[Element]:
    """Those that a number may be."""
    negative = shown[1] in ("−", "-")
    digits = shown[2].replace(".", "").lstrip("0")
    for symbol, index in _all(frame):
        value = float(frame.entries[symbol].array[index])
        if begins(abs(value), digits) and not (digits and (value < 0) != negative):
            yield symbol, index


def begins(size: float, digits: str) -> bool:
    """Whether a number, in whatever unit, is shown with those digits."""
    if not digits or not math.isfinite(size) or not size:
        return not digits and size < 1
    shift = len(digits) - 1 - math.floor(math.log10(size))
    whole = size * 10.0**shift if abs(shift) < 300 else 0.0
    return any(abs(whole * unit - int(digits)) <= 1 for unit in (1, 0.1))
