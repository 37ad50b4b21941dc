"""The optimizer pane: what is kept and computed for a parameter, its change, and the other's.

Parameters stand in the order of their updates. In a column the current one has its rows, the
others a line each or one together; across the screen all stand in a table (`across`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from tui.draw import cell, grid
from tui.draw.origins import rate
from tui.draw.parts import MARKS, length, title
from tui.draw.updated import Row, differing, highest, number, order, rows, some, when, with_room
from tui.draw.updated import height as height_of
from tui.frame.frame import Frame
from tui.frame.kept import kept
from tui.frame.updates import Update
from tui.text.format import Text
from tui.text.raster import Line

_NAME = re.compile(r"\{(\w+)\}")
LABEL, NUMBERS = 5, 4
"""A label takes so many columns, or more where so many numbers have room beside it."""
TABLE = 116
"""So wide a pane is a table."""
MOST = 9
"""A column that would be higher has one line for all other parameters."""


def wanted(frame: Frame) -> int:
    """The lines of the pane as a column: a title, the current parameter with its rows, and a line
    for each other one, or one for all; the same in every step of a run.
    """
    most, others = highest(frame), len(frame.updates) - 1
    full, scheduled = 2 + most + others, frame.spec.schedule is not None
    return scheduled + (full if full <= MOST else 2 + most + min(1, others))


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The pane: all parameters with their rows where they fit, else the current one with a line
    for each other or one for all; what the step reads and writes and the changes stay longest.
    """
    head = [_title(frame, width)]
    if width >= TABLE:
        from tui.draw import across  # small screens show none

        return [*head, *grid.within(across.draw(frame, width, height - 1), width)][:height]
    if frame.spec.schedule and height >= wanted(frame):
        head.append(((rate(frame, frame.scalar("lr"))[:width], ""),))
    return [*head, *_blocks(frame, width, height - len(head))][:height]


def _blocks(frame: Frame, width: int, room: int) -> list[Line]:
    """The parameters in at most so many lines."""
    updates, now = frame.updates, order(frame)
    if not updates:
        return []
    if sum(1 + height_of(frame, update) for update in updates) <= room:
        return [line for update in updates for line in _block(frame, update, width)]
    block = _block(frame, updates[now], width)
    if len(block) + len(updates) - 1 <= room:
        before = [_line(frame, update, width) for update in updates[:now]]
        after = [_line(frame, update, width) for update in updates[now + 1 :]]
        return [*before, *block, *after]
    last = [_together(frame, width)] if len(updates) > 1 and room > 3 else []
    return [*_block(frame, updates[now], width, room - 1 - len(last)), *last]


# -- the title -------------------------------------------------------------------------------------


def _title(frame: Frame, width: int) -> Line:
    """The name, the formula, the scalars that it reads, and what letters stand for; as many of
    these as have room, the letters first.
    """
    legend = _legend(frame, width)
    formula = frame.text.formula(frame.chain[-1])
    if frame.text.ascii:
        formula = formula.replace("theta <- theta - ", "theta -= ")
    scheduled = rate(frame, frame.scalar("lr"))
    read = _scalars(frame, _NAME.findall("".join(frame.chain)))
    shown = _scalars(frame, OPTIMIZERS[frame.rule].shown)
    wished = [formula, *read.pop("t", []), *shown.pop("t", []), scheduled]
    wished += [
        *shown.pop("lr", []),
        *(each for one in (shown, read) for e in one.values() for each in e),
    ]
    chosen: list[str] = []
    room = width - 4 - len("optimizer") - (3 + len(legend) if legend else 0)
    for each in dict.fromkeys(wished):
        doubled = each.startswith(f"{frame.text.name('lr')} ") and scheduled in chosen
        if each and not doubled and 3 + len(each) <= room:
            chosen.append(each)
            room -= 3 + len(each)
    between = frame.text.plain(" · ")
    return title(
        frame, "optimizer", width, between.join(["optimizer", *chosen, *filter(None, [legend])])
    )


def _scalars(frame: Frame, names: Iterable[str]) -> dict[str, list[str]]:
    """Those of the names that are scalars of the update, with their numbers."""
    text, scalars = frame.text, frame.trace.scalars
    found = {name: frame.scalar(name) for name in names}
    return {
        name: [f"{text.name(symbol)} {text.number(scalars[symbol])}"]
        for name, symbol in found.items()
        if symbol in scalars
    }


@kept
def _letters(frame: Frame, width: int) -> tuple[str, str] | None:
    """What the changes are called where their names have no room; None where they have."""
    return _short(frame.text, frame.rows[-2:], _compared(frame), width, _label(frame, width))


@lru_cache(maxsize=64)
def _short(
    text: Text, names: tuple[str, ...], compared: bool, width: int, room: int
) -> tuple[str, str] | None:
    own, other = map(text.plain, names)
    if width >= TABLE or (len(own) < room and (not compared or len(other) <= room)):
        return None
    first = own[1:2], other[1:2]
    return first if not compared or first[0] != first[1] else ("1", "2")


def _compared(frame: Frame) -> bool:
    return frame.spec.compare is not None


def _legend(frame: Frame, width: int) -> str:
    """Which letter stands for which optimizer."""
    letters = _letters(frame, width)
    if letters is None:
        return ""
    pairs = zip(letters, (name[1:] for name in frame.rows[-2:]), strict=True)
    said = [f"{letter} {name}" for letter, name in pairs][: 1 + _compared(frame)]
    return frame.text.plain(" · ".join(said))


@kept
def _label(frame: Frame, width: int) -> int:
    """The columns of the labels: wide enough for the names where the numbers still have room."""
    params = tuple(update.param for update in frame.updates)
    return _widest(frame.text, frame.rows, params, width)


@lru_cache(maxsize=64)
def _widest(text: Text, labels: tuple[str, ...], params: tuple[Symbol, ...], width: int) -> int:
    longest = 1 + max(len(text.plain(name)) for name in labels)
    names = max((len(text.name(param)) for param in params), default=0)
    return max(LABEL, min(max(longest, names), width - NUMBERS * cell.width(text)))


# -- a parameter -----------------------------------------------------------------------------------


def _block(frame: Frame, update: Update, width: int, room: int | None = None) -> list[Line]:
    """A parameter: its elements across, what there is of each below, in at most so many rows."""
    text, label = frame.text, _label(frame, width)
    indices, start = _window(frame, update, width - label)
    each = cell.width(text)
    heads = "".join(
        text.place(index, update.array.shape, update.param)[: each - 1].rjust(each)
        for index in indices
    )
    more = update.array.size - len(indices)
    said = text.plain(f" …{more}") if more else ""
    current = frame.updated == update.param or update is frame.updates[order(frame)]
    role = "title" if current else "dim"
    head: Line = ((f"{text.name(update.param).ljust(label)}{heads}{said}"[:width], role),)
    shown = rows(frame, update)
    if room is not None:
        shown = with_room(frame, shown, room)
    return [head, *(_row(frame, update, row, indices, start, width) for row in shown)]


def _window(frame: Frame, update: Update, room: int) -> tuple[list[Index], int]:
    """The indices of the elements that have room, the selected one among them, and the place of
    the first.
    """
    each, total = cell.width(frame.text), update.array.size
    count = room // each
    if total > count:
        count = max(1, (room - len(f" …{total}")) // each)
    return some(frame, update, count)


def _row(
    frame: Frame, update: Update, row: Row, indices: list[Index], start: int, width: int
) -> Line:
    """A row: its mark and label, its numbers, dots where they are not known yet."""
    text, label = frame.text, _label(frame, width)
    mark = grid.mark(frame, row.symbol) if row.symbol and row.array is not None else ""
    role = "other" if row.change and not row.symbol else mark
    values = tuple(None if row.array is None else float(row.array[index]) for index in indices)
    chosen, others = number(frame, update) - start, differing(frame, row, indices)
    cells = cell.row(text, values, None, role, chosen, signed=row.change, differing=others)
    letters = _letters(frame, width)
    name = row.label
    if row.change and letters:
        name = f"Δ {letters[0 if row.symbol else 1]}"
    written = text.plain(MARKS[mark] + name)
    if len(written) > label and not mark:
        written = written[1:]
    return grid.cut(((grid.fitting(text, written, label).ljust(label), role), *cells), width)


# -- the other parameters --------------------------------------------------------------------------


def _line(frame: Frame, update: Update, width: int) -> Line:
    """A parameter in one line: the step that gives its gradient, then how long that is, then its
    change.
    """
    text, label = frame.text, _label(frame, width)
    name, param = text.name(update.param), update.param
    found = {row.label: row for row in rows(frame, update)}
    own, gradient = found[frame.rows[-2]], found["g"]
    if own.array is not None:
        indices, _ = _window(frame, update, width - label)
        values = tuple(float(own.array[index]) for index in indices)
        head = text.plain(f"{name}Δ").ljust(label)[:label]
        more = update.array.size - len(indices)
        said = text.plain(f" …{more}") if more else ""
        mark = grid.mark(frame, param)
        return (
            *grid.cut(((head, mark), *cell.row(text, values, None, mark, signed=True)), width),
            (said, "dim"),
        )
    step = when(frame, param, "update at step")
    each = cell.width(text)
    if gradient.array is None:
        known = f"step {frame.trace.number(param.gradient):2}".rjust(each + 1)
        return (((f"{name.ljust(label)}{known}".ljust(label + each + 5) + step)[:width], "dim"),)
    mark = grid.mark(frame, gradient.symbol)
    sign = text.plain(MARKS[mark])
    with np.errstate(all="ignore"):
        norm = float(np.linalg.norm(gradient.array))
    said = text.plain("‖g‖")
    line: Line = (
        (name.ljust(label - 1)[: label - 1], "dim"),
        (f"{sign}{said}", mark or "dim"),
        *cell.cell(text, norm, None, mark),
    )
    blank = " " * max(1, label + each + 5 - length(line))
    return (*line, ((blank + step)[: max(0, width - length(line))], "dim"))


def _together(frame: Frame, width: int) -> Line:
    """The other parameters in one line, with the steps of their updates: those that come after
    the current one first, in their order.
    """
    now = order(frame)
    others = [*frame.updates[now + 1 :], *frame.updates[:now]]
    chosen: list[Symbol] = []
    for update in others:
        if len(_steps(frame, [*chosen, update.param], len(others))) <= width:
            chosen.append(update.param)
    return ((_steps(frame, chosen, len(others))[:width], "dim"),)


def _steps(frame: Frame, params: list[Symbol], total: int) -> str:
    """Parameters with the steps of their updates, and how many more there are."""
    ordered = [update.param for update in frame.updates if update.param in params]
    said = [f"{frame.text.name(param)} {when(frame, param, '')}" for param in ordered]
    if said and frame.trace.updates:
        said = [said[0].replace(" ", " step ", 1), *said[1:]]
    more = [f"{total - len(params)} more"] if total > len(params) else []
    return "   ".join([*said, *more])
