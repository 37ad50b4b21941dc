"""The list of the iteration's steps: the formula of each, and what it has come to so far."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engine.program.step import Step
from tui.draw.parts import MARKS, length, pad, title
from tui.draw.same import Same
from tui.frame.frame import Array, Frame
from tui.text.cells import clipped
from tui.text.format import Text
from tui.text.raster import Line

NUMBER, NAME, FORMULA = 5, 11, 44
BESIDE = 59
"""So many cells are enough for a step without its formula."""


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The pane: a step a row with its formula where they all fit, else in two columns without;
    the current one within what is shown.
    """
    room = max(0, height - 1)
    count = len(frame.steps)
    columns = 2 if count > room and width >= 2 * BESIDE else 1
    start = 0
    if count > columns * room:
        start = min(max(0, frame.position.step - columns * room // 2), count - columns * room)
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


def _row(frame: Frame, step: Step, width: int, formula: bool) -> Line:
    """A step: its number, its formula or what it writes, and what that has come to."""
    mark = "write" if step is frame.step else "read" if _read(frame, step) else ""
    array: Same | None = None
    if step.number <= frame.position.step:
        array = Same(frame.trace.known(step.symbol, step.number))
    return _written(frame.text, step, mark, array, frame.sample, width, formula)


def _read(frame: Frame, step: Step) -> bool:
    """Whether the current step reads what this one has computed in this iteration."""
    return step.symbol in frame.reads and step.number < frame.position.step


@lru_cache(maxsize=1024)
def _written(
    text: Text,
    step: Step,
    mark: str,
    array: Same | None,
    sample: int,
    width: int,
    formula: bool,
) -> Line:
    """The same; most rows are at a step what they were at the one before."""
    head = f"{step.number:{NUMBER - 2}} "
    room = FORMULA if formula and width >= 2 * FORMULA else NAME
    words = text.formula(step.formula) if room == FORMULA else text.name(step.symbol)
    words = clipped(words, room - 1, text.ascii).ljust(room)
    line: Line = ((text.plain(MARKS[mark]), mark), (head, "dim"), (words, mark))
    if array is None:
        each = text.width + 1
        return (*line, (text.plain("·").rjust(each - text.digits), "dim"))
    numbers = array.array
    if step.symbol.batchwise and numbers.ndim > 1:
        numbers = numbers[sample]
    return (*line, *_numbers(text, np.ravel(numbers), mark, width - length(line)))


def _numbers(text: Text, numbers: Array, mark: str, width: int) -> Line:
    """As many numbers as fit, and how many more there are."""
    each = text.width + 1
    count = min(numbers.size, width // each)
    more = text.plain(f" …{numbers.size - count}")
    if count < numbers.size:
        count = max(1, (width - len(more)) // each)
        more = text.plain(f" …{numbers.size - count}")
    cells = "".join(text.cell(x).rjust(each) for x in numbers[:count].tolist())
    return ((cells, mark), (more if count < numbers.size else "", "dim"))
