"""A step as a paragraph of text, for pipes, screen readers and tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.history.position import Position
from engine.program.parameters import is_rate
from engine.session.session import Session
from tui.draw.origins import rate
from tui.draw.paragraphs import element, explain_step
from tui.frame.frame import Frame, build
from tui.text.format import Text
from tui.text.raster import Line

WIDTH = 100
ELEMENTS = 8
"""So many elements of a step's result have their arithmetic printed."""


def block(session: Session, position: Position, text: Text) -> str:
    """A step as a paragraph: place, formula, numbers, result, each element's arithmetic, reason."""
    session.go(position)
    frame = build(session, text)
    step = frame.step
    if step is None:
        return text.plain(f"iteration {position.iteration} · start")
    place = f"iteration {position.iteration} · step {step.number}/{len(frame.steps)}"
    lines = [text.plain(f"{place} · {step.phase} · ") + text.formula(step.title)]
    for name, rows in explain_step(frame, WIDTH - 2):
        if name == "element":
            lines += _elements(frame, text)
        elif name != "blank":
            lines += [f"  {_written(row)}" for row in rows]
    for symbol in filter(is_rate, frame.trace.scalars):
        if first_by_rate(frame, symbol) and (scheduled := rate(frame, symbol)):
            lines.append(f"  {text.plain('▸')} {scheduled}")
    return "\n".join(lines)


def first_by_rate(frame: Frame, symbol: str) -> bool:
    """Whether the current step is the first of its iteration that goes by this η."""
    first = next((step for step in frame.steps if f"{{{symbol}}}" in step.formula), None)
    return frame.step is first


def _elements(frame: Frame, text: Text) -> list[str]:
    """The arithmetic of the first elements of the step's result."""
    assert frame.step is not None
    size = frame.entries[frame.step.symbol].array.size
    lines = []
    for place in range(min(size, ELEMENTS)):
        index = tuple(int(i) for i in np.unravel_index(place, frame.step.shape))
        rows = element(replace(frame, index=index), WIDTH - 2)
        lines += [f"  {_written(row)}" for row in rows]
    if size > ELEMENTS:
        more = size - ELEMENTS
        lines.append(text.plain(f"    … and {more} more element{'s' * (more != 1)}"))
    return lines


def _written(line: Line) -> str:
    return "".join(text for text, _ in line).rstrip()
