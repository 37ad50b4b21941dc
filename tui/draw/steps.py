"""The list of the iteration's steps: the formula of each, and what it has come to so far."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engine.catalog.symbols import Symbol
from engine.program.step import Step
from tui.draw.cell import dot
from tui.draw.parts import MARKS, length, pad, title
from tui.frame.frame import Frame
from tui.text.cells import clipped
from tui.text.format import Text
from tui.text.raster import Line

NUMBER, NAME, FORMULA = 5, 11, 44
MOST = 16
"""More numbers of a step have no room."""
BESIDE = 59
"""So many cells are enough for a step without its formula."""


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The pane: a step a row with its formula where they all fit, else in two columns without;
    the current one within what is shown.
    """
    count = len(frame.steps)
    start, columns, room = _shown(frame, width, height)
    shown = frame.steps[start : start + columns * room]
    name = f"steps {start + 1}–{start + len(shown)} of {count}" if len(shown) < count else "steps"
    each = width // columns
    rows = [_row(frame, step, each - 1, formula=columns == 1) for step in shown]
    deep = -(-len(rows) // columns)
    lines = [
        (*pad(row, each), *rows[deep + i]) if deep + i < len(rows) and columns > 1 else row
        for i, row in enumerate(rows[:deep])
    ]
    return [title(frame, "steps", width, name), *lines]


def at(frame: Frame, width: int, height: int, x: int, y: int) -> int:
    """The number of the step whose row is in a cell of the pane, 0 where none is."""
    start, columns, room = _shown(frame, width, height)
    shown = len(frame.steps[start : start + columns * room])
    deep = -(-shown // columns)
    right = columns > 1 and x >= width // columns
    place = y - 1 + deep * right
    return start + place + 1 if 0 < y <= deep and place < shown else 0


def _shown(frame: Frame, width: int, height: int) -> tuple[int, int, int]:
    """Which step is shown first, in how many columns, of how many lines at most."""
    room, count = max(0, height - 1), len(frame.steps)
    columns = 2 if count > room and width >= 2 * BESIDE else 1
    start = 0
    if count > columns * room:
        start = min(max(0, frame.position.step - columns * room // 2), count - columns * room)
    return start, columns, room


def _row(frame: Frame, step: Step, width: int, formula: bool) -> Line:
    """A step: its number, its formula or what it writes, and what that has come to."""
    mark = "write" if step is frame.step else "read" if _read(frame, step) else ""
    words = step.formula if formula and width >= 2 * FORMULA else ""
    head = frame.text, step.number, step.symbol, words, mark, width
    if step.number > frame.position.step:
        return _written(*head, None, 0)
    numbers = frame.trace.known(step.symbol, step.number)
    if step.symbol.batchwise and numbers.ndim > 1:
        numbers = numbers[frame.sample]
    return _written(*head, tuple(np.ravel(numbers)[:MOST].tolist()), numbers.size)


def _read(frame: Frame, step: Step) -> bool:
    """Whether the current step reads what this one has computed in this iteration."""
    return step.symbol in frame.reads and step.number < frame.position.step


@lru_cache(maxsize=1024)
def _written(
    text: Text,
    number: int,
    symbol: Symbol,
    formula: str,
    mark: str,
    width: int,
    numbers: tuple[float, ...] | None,
    size: int,
) -> Line:
    """The same; most rows are at a step what they were at the one before. `numbers` are the first
    of `size`, None while they are not known.
    """
    room = FORMULA if formula else NAME
    words = text.formula(formula) if formula else text.name(symbol)
    line: Line = (
        (text.plain(MARKS[mark]), mark),
        (f"{number:{NUMBER - 2}} ", "dim"),
        (clipped(words, room - 1, text.ascii).ljust(room), mark),
    )
    each = text.width + 1
    if numbers is None:
        return (*line, (dot(text).rjust(each - text.digits), "dim"))
    free = width - length(line)
    count = min(len(numbers), free // each)
    if count < size:
        count = max(1, (free - len(text.plain(f" …{size}"))) // each)
        count = min(count, len(numbers))
    cells = "".join(text.cell(x).rjust(each) for x in numbers[:count])
    more = text.plain(f" …{size - count}") if count < size else ""
    return (*line, (cells, mark), (more, "dim"))
