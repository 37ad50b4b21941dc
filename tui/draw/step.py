"""The step pane: the formula, its table, the arithmetic of one element, and why.

Where each of them stands follows from the run and the size, never from the step: nothing moves.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import NamedTuple

from engine.catalog.symbols import Symbol
from engine.program.step import Step
from tui.arrange import PAIR_WIDTH
from tui.draw import cell, filled, grid, noted, recorded, sheet, tables, terms, worked
from tui.draw.paragraphs import Block, explain_step, reason, sentences, start
from tui.draw.parts import clipped_line, length, pad, paragraph, title
from tui.frame.frame import Frame
from tui.frame.kept import kept_of_steps
from tui.text.cells import wrap
from tui.text.format import Text
from tui.text.raster import Line

LEAST = 9
"""In fewer lines there is no table."""
BESIDE = 56
"""From this width on, a low pane has its table beside the formula."""
LEAST_TABLE = 37
REASON, ELEMENT = 2, 3
"""So many lines a reason and an element's arithmetic have at the least."""
MOST_ROWS, MOST_TERMS = 6, 8
FITTED: tuple[tuple[tuple[str, ...], int | None], ...] = (
    (("numbers",), None),
    (("numbers",), 2),
    (("numbers",), 1),
    (("numbers", "blank"), 1),
    (("numbers", "blank", "why"), 1),
    (("numbers", "blank", "why", "formula"), 1),
)
"""What a pane without tables leaves out, and how many sentences it shows, until a step fits."""


class Plan(NamedTuple):
    """Where things begin in the pane and how many lines they have; the title is line 0."""

    table: int
    table_lines: int
    element: int
    element_lines: int
    reason: int
    reason_lines: int


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The pane; where it is too small for tables, the reason goes first."""
    step = frame.step
    name = _name(frame.text, step, width) if step else "start"
    head, room = title(frame, "step", width, name), height - 1
    if step is None:
        lines = [line for _, block in start(frame, width) for line in block]
        lines = noted.at_start(frame, lines, width, room)
        if len(lines) > room:
            lines = [line for line in lines if length(line)]
    elif (frame.told or frame.note) and not (frame.marking or recorded.lines(frame, width, 1)):
        lines = _noted(frame, width, room)
    elif room < LEAST and width < BESIDE:
        lines = _low(frame, width, room)
    else:
        lines = _placed(frame, width, room)
    return [head, *grid.within(lines[:room], width)]


def _noted(frame: Frame, width: int, room: int) -> list[Line]:
    """The step with what a note or practice says here: in the place of the reason where that has
    room for it; else below all that there is, closed up; else below the formula and the element.
    """
    said = noted.lines(frame, width)
    assert frame.step is not None
    if room >= LEAST or width >= BESIDE:
        where = plan(frame.steps, frame.text, width, room, 1 if _alone(frame) else 2)
        placed = _placed(frame, width, room)
        if len(said) <= where.reason_lines:
            return placed
        above = [line for line in placed[: where.reason - 1] if length(line)]
        if len(above) + len(said) <= room:
            return [*above, *([()] if len(above) + len(said) < room else []), *said]
    formula = _accented(frame.text, frame.step, width, 4)
    return noted.below(frame, formula, said, width, room)


def _name(text: Text, step: Step, width: int) -> str:
    """The step's number and name, and between them its phase where the screen's title has no room
    for that.
    """
    phase = f" · {step.phase.upper()}" if BESIDE <= width < PAIR_WIDTH else ""
    return f"step {step.number}{phase} · {text.formula(step.title)}"


def _low(frame: Frame, width: int, room: int) -> list[Line]:
    """Formula, result, element and reason, as much as fits."""
    blocks = explain_step(frame, width)
    lines: list[Line] = []
    for dropped, said in FITTED:
        kept: list[Block] = [
            (n, reason(frame, width, said) if n == "why" else block)
            for n, block in blocks
            if n not in dropped
        ]
        lines = [line for _, block in kept for line in block]
        if len(lines) <= room:
            break
    return lines


# -- where things stand ----------------------------------------------------------------------------


@kept_of_steps
def plan(steps: tuple[Step, ...], text: Text, width: int, room: int, batch: int) -> Plan:
    """Where things stand in a pane of so many lines below its title, in every step of a run."""
    formula = max(len(formula_lines(text, step, width)) for step in steps)
    rows = min(MOST_ROWS, max(map(_rows, steps)))
    spare = 1 if room >= 12 else 0
    if room < LEAST:
        element = room - REASON if room < 7 else room - REASON - 1
        return Plan(1, element - 1, element, room - REASON - element + 1, room - 1, REASON)
    if batch == 1:
        above = room - ELEMENT - REASON - spare
        most = rows + 3
        if formula > 1 and above > most:
            most = min(above, rows + formula + 2)
        left = max(0, above - most)
        above -= left
        more = min(left, max(map(_terms, steps)) - ELEMENT) if left else 0
        more = max(0, more)
        element, lines = 1 + above, ELEMENT + more
        first = element + lines + spare
        return Plan(1, above, element, lines, first, room - first + 1)
    above = formula + spare
    lines = ELEMENT - 1
    below = room - above - lines - spare - REASON
    most = max(rows + 1, MOST_TERMS + 10)
    left = max(0, below - most)
    below -= left
    first = above + lines + below + spare + 1
    return Plan(1 + above + lines, below, 1 + above, lines, first, room - first + 1)


def _rows(step: Step) -> int:
    """How many rows the table of a step has below its head."""
    shape = step.shape[1:] if step.symbol.batchwise else step.shape
    if step.param or not shape:
        return prod(shape)
    return shape[0]


def _terms(step: Step) -> int:
    """How many lines the terms of an element of a step would have."""
    inputs = step.shape[-1] if step.shape else 0
    return min(MOST_TERMS, inputs + 3) if step.symbol.batchwise and inputs > 2 else ELEMENT


def formula_lines(text: Text, step: Step, width: int) -> list[str]:
    """The formula; in an update, where room is short, without the parameter that the title has."""
    return _formula_lines(text, step.formula, step.param, width, 4)


def _accented(text: Text, step: Step, width: int, indent: int) -> list[Line]:
    lines = _formula_lines(text, step.formula, step.param, width, indent)
    return [((line, "accent"),) for line in lines]


@lru_cache(maxsize=1024)
def _formula_lines(
    text: Text, formula: str, param: Symbol | None, width: int, indent: int
) -> list[str]:
    written = text.formula(formula)
    if len(written) > width and param:
        short = text.formula(formula, lambda name: _own_name(param, name))
        if len(short) < len(written):
            written = short
    if len(written) > width:
        written = written.replace(" with ", ", ")
    return wrap(written, width, indent)


def _own_name(param: Symbol, name: str) -> str:
    known = Symbol(name)
    return grid.brief(known, of=True) if known.parameter == param else known.written


# -- the blocks ------------------------------------------------------------------------------------


def _placed(frame: Frame, width: int, room: int) -> list[Line]:
    """The blocks, each in its place."""
    step, text = frame.step, frame.text
    assert step is not None
    where = plan(frame.steps, text, width, room, 1 if _alone(frame) else 2)
    lines: list[Line] = [()] * room
    formula = _shortened(_accented(text, step, width, 4), where.element - 1, width, text)
    if room < LEAST:
        formula = _beside(frame, formula, width, where)
        _put(lines, 1, formula[: where.element - 1])
        element = worked.lines(frame, width, where.element_lines)
    elif _alone(frame):
        above, element = _of_one(frame, formula, width, where)
        _put(lines, 1, above)
    else:
        element, table = _of_batch(frame, width, where)
        formula[0] = _with_shape(frame, formula[0], width)
        _put(lines, 1, formula)
        _put(lines, where.table, table)
    _put(lines, where.element, element[: where.element_lines])
    _put(lines, where.reason, _reason(frame, width, where.reason_lines))
    return lines


def _shortened(formula: list[Line], room: int, width: int, text: Text) -> list[Line]:
    """A formula in so many lines; where it is longer, the last one says so."""
    if len(formula) <= max(1, room):
        return formula
    kept = formula[: max(1, room)]
    return [*kept[:-1], clipped_line((*kept[-1], (" " * width, "")), width, text.ascii)]


def _alone(frame: Frame) -> bool:
    """Whether the run takes one sample at a time."""
    return min(frame.spec.data.batch_size, frame.spec.data.samples) == 1


def _put(lines: list[Line], first: int, block: list[Line]) -> None:
    for i, line in enumerate(block[: len(lines) - first + 1]):
        lines[first - 1 + i] = line


def _of_one(
    frame: Frame, formula: list[Line], width: int, where: Plan
) -> tuple[list[Line], list[Line]]:
    """What stands above the element's lines, and these. Where the step has no table, its terms are
    one, if the element is a sum.
    """
    table, room = tables.table(frame, width), where.table_lines - len(formula)
    found = None if table else _sum(frame)
    if found is not None:
        x = _selected(frame)
        scale = terms.units(frame, found, x)
        if shown := terms.table(frame, found, x, width, room, scale):
            blank: list[Line] = [()] if len(shown.rows) + 1 < room else []
            element = _equation(frame, found, shown.sign, scale, width)
            return [*formula, *blank, shown.head, *shown.rows], element
    return _above(frame, formula, table, width, where), _detailed(frame, width, where)


def _above(
    frame: Frame, formula: list[Line], table: grid.Table | None, width: int, where: Plan
) -> list[Line]:
    """The formula and below it the table, with a blank line before and one after where there is
    room.
    """
    room = where.table_lines - len(formula)
    if table is None:
        return formula
    blank: list[Line] = [()] if table.height < room else []
    shown, more = grid.fitted(frame, table, width, room - len(blank))
    return [*_with_more(formula, more, width), *blank, *shown]


def _with_more(formula: list[Line], more: str, width: int) -> list[Line]:
    """The formula with how many rows its table leaves out, where its last line has room."""
    last = formula[-1]
    if not more or length(last) + 2 + len(more) > width:
        return formula
    return [*formula[:-1], (*pad(last, width - len(more)), (more, "dim"))]


def _beside(frame: Frame, formula: list[Line], width: int, where: Plan) -> list[Line]:
    """The formula and at its right the table, where both have room; it is broken for that."""
    for least in (max(map(length, formula)), width - LEAST_TABLE - 2):
        table = tables.table(frame, width - least - 2) if least + 2 < width else None
        broken = _accented(frame.text, filled.current(frame), least, 2)
        if table is None or len(broken) > where.table_lines or max(map(length, broken)) > least:
            continue
        shown, more = grid.fitted(frame, table, width - least - 2, where.table_lines)
        if more and len(broken) < where.table_lines:
            broken = [*broken, ((more, "dim"),)]
        elif more:
            broken = _with_more(broken, more, least)
        left = width - max((length(line) for line in shown if line[-1][0] != "]"), default=0)
        left -= left - 1 >= max(map(length, broken)) + 2  # for the bracket that closes
        return [
            (
                *pad(broken[i] if i < len(broken) else (), left),
                *(shown[i] if i < len(shown) else ()),
            )
            for i in range(max(len(broken), len(shown)))
        ]
    return formula


def _detailed(frame: Frame, width: int, where: Plan) -> list[Line]:
    """The element's arithmetic, a long sum as a table of its terms where there is room."""
    found = _sum(frame)
    if found is None or where.element_lines < len(found.terms) + len(found.others) + 2:
        return worked.lines(frame, width, where.element_lines)
    x = _selected(frame)
    scale = terms.units(frame, found, x)
    shown = terms.table(frame, found, x, width, where.element_lines - 1, scale)
    if shown is None:
        return worked.lines(frame, width, where.element_lines)
    head = wrap(_start(frame, found), width, 4)
    if len(head) + len(shown.rows) + 1 > where.element_lines:
        return worked.lines(frame, width, where.element_lines)
    lines: list[Line] = [((each, "accent"),) for each in head]
    if scale:
        power = cell.power(frame.text, scale)
        lines[0] = (*pad(lines[0], width - len(power)), (power, "dim"))
    return [*lines, *shown.rows, shown.sum]


def _sum(frame: Frame) -> terms.Sum | None:
    """The sum that the selected element is, where it is one."""
    expansion = frame.expansion()
    return terms.read(expansion[1]) if expansion else None


def _selected(frame: Frame) -> float:
    return float(frame.entries[frame.symbol].array[frame.index])


def _start(frame: Frame, found: terms.Sum) -> str:
    """The selected element as a sum, by its names."""
    text, value = frame.text, frame.entries[frame.symbol].array
    start = text.plain("▸ ") + text.element(frame.symbol, frame.index, value.shape)
    return f"{start} = {terms.in_names(frame, found)}"


def _equation(frame: Frame, found: terms.Sum, sign: str, scale: int, width: int) -> list[Line]:
    """The line of a sum with its names, and its result, in one line where that has room."""
    text = frame.text
    power = f" · {cell.power(text, scale)}" if scale else ""
    result = text.plain(f"{sign} {text.number(_selected(frame) / 10.0**scale)}{power}")
    head = _start(frame, found)
    if len(f"{head} {result}") <= width:
        return [((f"{head} {result}", "accent"),)]
    indent = head.index(" = ") + 1
    indent = indent if indent + len(result) <= width else 2
    lines = wrap(head, width, 4)
    if found.penalized and len(lines) > 1:
        lines[-1], result = f"{lines[-1]} {result}", ""
    more = [" " * indent + result] if result else []
    return [((each, "accent"),) for each in (*lines, *more)]


def _of_batch(frame: Frame, width: int, where: Plan) -> tuple[list[Line], list[Line]]:
    """The element's lines and, below them, the table of its terms or of the step."""
    found = _sum(frame)
    table = tables.table(frame, width)
    room = where.table_lines
    if found is not None:
        below = 5 if table and room >= MOST_TERMS + 6 else 0
        x = _selected(frame)
        scale = terms.units(frame, found, x)
        shown = terms.table(frame, found, x, width, min(room - below, MOST_TERMS + 4), scale)
        if shown is not None:
            lines = [shown.head, *shown.rows]
            if below and table:
                lines += [(), *grid.fitted(frame, table, width, below - 1)[0]]
            return _equation(frame, found, shown.sign, scale, width), lines
    element = worked.lines(frame, width, where.element_lines)
    blank: list[Line] = [()] if table and table.height < room else []
    return element, [*blank, *grid.fitted(frame, table, width, room)[0]] if table else []


def _with_shape(frame: Frame, line: Line, width: int) -> Line:
    """The formula's first line, with the shape of what is computed at its right."""
    step, text = frame.step, frame.text
    assert step is not None
    shape, samples = text.shape(step.shape) if step.shape else "", f"{frame.batch} samples"
    said = shape
    if len(step.shape) == step.symbol.batchwise:
        said = samples
    elif not step.symbol.batchwise and not step.param:
        said = f"{shape}, {samples}"
    for each in (said, shape):
        if each and length(line) + 2 + len(each) <= width:
            return (*pad(line, width - len(each)), (each, "dim"))
    return line


def _reason(frame: Frame, width: int, room: int) -> list[Line]:
    """As many sentences as fit in so many lines; the first one, cut, where it does not. A graded
    sheet, a record, practice or a note is what is said instead.
    """
    if frame.marking:
        return sheet.lines(frame, width, room)
    if found := recorded.lines(frame, width, room):
        return found
    if frame.told or frame.note:
        return noted.lines(frame, width)[:room]
    said = sentences(frame)
    for count in range(len(said), 0, -1):
        lines = paragraph(" ".join(said[:count]), width, "dim")
        if len(lines) <= room:
            return lines
    if not said or room < 1:
        return []
    cut = lines[room - 1][0][0][: width - 1].rstrip(" ,.:;")
    return [*lines[: room - 1], ((frame.text.plain(f"{cut}…")[:width], "dim"),)]
