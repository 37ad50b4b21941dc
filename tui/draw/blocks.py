"""A step as a paragraph of text, for pipes, screen readers and tests."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from operator import mul

import numpy as np

from engine.program.parameters import is_rate
from engine.program.step import Step
from tui.draw.origins import rate
from tui.draw.paragraphs import element, explain_step
from tui.frame.frame import Frame
from tui.text.raster import Line, letters

WIDTH = 100
ELEMENTS = 8
"""So many elements of a step's result have their arithmetic printed."""


def block(frame: Frame, width: int = WIDTH) -> list[str]:
    """A step in lines: place, formula, numbers, result, each element's arithmetic, reason."""
    text, lines = frame.text, [place(frame)]
    if frame.step is None:
        return lines
    for name, rows in explain_step(frame, width - 2):
        if name == "element":
            lines += _elements(frame, width)
        elif name != "blank":
            lines += [f"  {_written(row)}" for row in rows]
    lines += _of_pass(frame, frame.step)
    for symbol in filter(is_rate, frame.trace.scalars):
        if first_by_rate(frame, symbol) and (scheduled := rate(frame, symbol)):
            lines.append(f"  {text.plain('▸')} {scheduled}")
    return [*lines, *_of_test(frame, width)]


def _of_pass(frame: Frame, step: Step) -> list[str]:
    """What the losses of a pass come to, where it ends."""
    own = frame.of_pass
    if own is None or not (own.ended and own.known and step.symbol == "loss"):
        return []
    from tui.draw.passes import at_end  # most runs take all their data at once

    return [f"  {frame.text.plain('▸')} {said}" for said in at_end(frame.text, own)]


def _of_test(frame: Frame, width: int) -> list[str]:
    """What the samples that are held out score, where the iteration ends."""
    if frame.tested is None or frame.step is not frame.steps[-1]:
        return []
    from tui.draw.tested import after  # most runs hold nothing out

    return [f"  {line}" for line in after(frame, width - 2)]


def place(frame: Frame) -> str:
    """Where the frame stands: iteration, step, phase, and what the step is."""
    text, step, t = frame.text, frame.step, frame.position.iteration
    if step is None:
        return text.plain(f"iteration {t} · start")
    where = f"iteration {t} · step {step.number}/{len(frame.steps)} · {step.phase} · "
    return text.plain(where) + text.formula(step.title)


def first_by_rate(frame: Frame, symbol: str) -> bool:
    """Whether the current step is the first of its iteration that goes by this η."""
    first = next((step for step in frame.steps if f"{{{symbol}}}" in step.formula), None)
    return frame.step is first


def has_selected(frame: Frame) -> bool:
    """Whether the block has the arithmetic of the selected element; that of a start misses none."""
    if frame.step is None:
        return True
    behind = (prod(frame.step.shape[axis + 1 :]) for axis in range(len(frame.index)))
    place = sum(map(mul, frame.index, behind))
    return frame.symbol == frame.step.symbol and place < ELEMENTS


def _elements(frame: Frame, width: int) -> list[str]:
    """The arithmetic of the first elements of the step's result."""
    assert frame.step is not None
    text = frame.text
    size = frame.entries[frame.step.symbol].array.size
    lines = []
    for place in range(min(size, ELEMENTS)):
        index = tuple(int(i) for i in np.unravel_index(place, frame.step.shape))
        rows = element(replace(frame, symbol=frame.step.symbol, index=index), width - 2)
        lines += [f"  {_written(row)}" for row in rows]
    if size > ELEMENTS:
        more = size - ELEMENTS
        lines.append(text.plain(f"    … and {more} more element{'s' * (more != 1)}"))
    return lines


def _written(line: Line) -> str:
    return letters(line).rstrip()
