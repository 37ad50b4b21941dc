"""The steps as lines of text or JSON, for pipes, screen readers and tests."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from engine.history.position import Position
from engine.program.step import Step
from engine.program.trace import Trace
from engine.session.session import Session
from tui.arrange import arrange
from tui.draw import DRAWINGS
from tui.draw.step import explain_step
from tui.frame.frame import Frame, build
from tui.text.cells import part, printed, whole
from tui.text.format import Text
from tui.text.raster import Line

WIDTH = 100
ELEMENTS = 8
"""So many elements of a step's result have their arithmetic printed."""

Write = Callable[[str], Any]


def positions(session: Session, first: int, last: int) -> Iterator[tuple[Trace, Step]]:
    """Every step of the iterations first to last."""
    for t in range(first, last + 1):
        trace = session.branch.history.trace(t)
        for step in trace.steps:
            yield trace, step


def one(session: Session, position: Position) -> Iterator[tuple[Trace, Step]]:
    """The step of a position; none at the start."""
    trace = session.branch.history.trace(position.iteration)
    if position.step:
        yield trace, trace.steps[position.step - 1]


def record(session: Session, trace: Trace, step: Step) -> str:
    """A step as one line of JSON. Numbers read back exactly; what is not finite is a string,
    since JSON has no number for it.
    """
    value = trace.known(step.symbol, step.number)
    finite = bool(np.all(np.isfinite(value)))
    return json.dumps(
        {
            "branch": session.branch.name,
            "optimizer": session.branch.optimizer(trace.t),
            "iteration": trace.t,
            "step": step.number,
            "phase": str(step.phase),
            "symbol": step.symbol,
            "shape": list(value.shape),
            "value": value.tolist() if finite else _spelled(value.tolist()),
        },
        ensure_ascii=True,
    )


def _spelled(value: Any) -> Any:
    if isinstance(value, list):
        return [_spelled(part) for part in value]
    return value if math.isfinite(value) else str(value)


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
    return "\n".join(lines)


def _elements(frame: Frame, text: Text) -> list[str]:
    """The arithmetic of the first elements of the step's result."""
    assert frame.step is not None
    size = frame.entries[frame.step.symbol].array.size
    lines = []
    for place in range(min(size, ELEMENTS)):
        index = tuple(int(i) for i in np.unravel_index(place, frame.step.shape))
        chosen = replace(frame, index=index)
        blocks = dict(explain_step(chosen, WIDTH - 2))
        lines += [f"  {_written(row)}" for row in blocks["element"]]
    if size > ELEMENTS:
        lines.append(text.plain(f"    … and {size - ELEMENTS} more elements"))
    return lines


def _written(line: Line) -> str:
    return "".join(text for text, _ in line).rstrip()


def screen(frame: Frame, width: int, height: int) -> str:
    """The screen of the app as text."""
    rows = [[" "] * width for _ in range(height)]
    for name, (x, y, w, h) in arrange(width, height, frame.view, frame.pane).items():
        for i, line in enumerate(DRAWINGS[name](frame, w, h)[:h]):
            cut = part("".join(whole(text) for text, _ in line), 0, w)
            rows[y + i][x : x + len(cut)] = cut
    return "\n".join(printed("".join(row)).rstrip() for row in rows)
