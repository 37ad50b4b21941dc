"""The optimizer pane: state and update of every parameter, and what the other one would do."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from engine.catalog.optimizers import OPTIMIZERS
from engine.formula.expr import Index
from tui.draw.origins import rate
from tui.draw.parts import MARKS, title
from tui.frame.frame import Array, Frame
from tui.frame.updates import Update
from tui.text.cells import wrap
from tui.text.raster import Line

_NAME = re.compile(r"\{([\w#]+)\}")
Known = tuple[str, str, Array]
LABEL = 5
"""A label takes so many cells, or as many as the longest needs."""


def wanted(frame: Frame) -> int:
    """The rows of the pane as a column, which follow from the run: a title, the formula, a head, a
    row for what is computed of one parameter each, and a row for every other parameter.
    """
    return 2 + len(frame.rows) + len(frame.updates)


def wanted_across(frame: Frame) -> int:
    """The rows of the pane where it goes across the screen."""
    return wanted(frame)


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The pane: the rule, its scalars, then every parameter in full where that fits; else the
    current one in full and of the others what changes; else only what changes, or only the
    current one where the optimizer keeps state.
    """
    head: list[Line] = [title(frame, "optimizer", width), *_rule(frame, width, height)]
    room = height - len(head)
    first, *rest = _ordered(frame)
    if sum(1 + len(update.rows) for update in frame.updates) <= room:
        blocks = [_block(frame, update, width) for update in (first, *rest)]
        return [*head, *(line for block in blocks for line in block)]
    full = _block(frame, first, width, room)
    compact: list[Line] = []
    for update in rest:
        if len(compact) < room:
            compact += _changes(frame, update, width)
    if len(full) + len(compact) <= room or frame.keeps_state:
        return [*head, *full, *compact][:height]
    return [*head, *_changes(frame, first, width), *compact][:height]


def _rule(frame: Frame, width: int, height: int) -> list[Line]:
    """The formulas of the update where they and all that is computed by them fit, else that of
    the parameter alone; and the scalars that they read.
    """
    chain, scheduled = frame.chain, rate(frame, frame.scalar("lr"))
    lines = _wrapped(frame, chain, width)
    rows = 3 + len(frame.rows) + 2 * (len(frame.updates) - 1)
    if rows + len(lines) > height:
        chain = chain[-1:]
        lines = _wrapped(frame, chain, width)
    fits = bool(scheduled) and len(scheduled) <= width and rows + len(lines) < height
    above: list[Line] = [((scheduled, ""),)] if fits else []
    shown = _scalars(frame, OPTIMIZERS[frame.rule].shown)
    read = _scalars(frame, _NAME.findall("".join(chain)))
    beside = width - len(lines[-1]) - 3
    fits = len("  ".join(shown)) <= beside
    numbers = _fitting(shown, read, beside if fits else width)
    spans: list[Line] = [*above, *(((line, "own"),) for line in lines)]
    if fits:
        return [*spans[:-1], (*spans[-1], (f"   {numbers}", ""))]
    return [*spans, ((numbers, ""),)]


def _wrapped(frame: Frame, chain: Iterable[str], width: int) -> list[str]:
    return [line for formula in chain for line in wrap(frame.text.formula(formula), width, 2)]


def _fitting(first: list[str], others: list[str], width: int) -> str:
    """The numbers in one line, and as many others as fit. Where the first do not, they are cut
    from their left: the learning rate stands in the header too.
    """
    between = "  "
    line, shown = between.join(first), first
    while len(line) > width and shown:
        shown, between = shown[1:], " "
        line = between.join(shown)
    for other in others:
        if other not in first and len(line) + len(between + other) <= width:
            line += between + other
    return line


def _label(frame: Frame) -> int:
    """The cells of the labels, which are as wide as the longest; with the mark before it."""
    names = [*frame.rows, *(update.param.written for update in frame.updates)]
    return 1 + max(LABEL, *(len(frame.text.plain(name)) for name in names))


def _changes(frame: Frame, update: Update, width: int) -> list[Line]:
    """What changes of one parameter, by the own and by the compared optimizer, without a head."""
    rows = [row for row in update.rows if row[0].startswith("Δ")]
    if not rows:
        return [_unknown(frame, update, width)]
    indices = _indices(update.array, 0, _count(frame, update, width))
    more = _more(frame, update.array.size - len(indices))
    (_, symbol, array), *others = rows
    first = _row(frame, update.param.written, symbol, array, indices, (), signed=True)
    lines: list[Line] = [(*first, (more, "dim"))]
    for name, symbol, array in others:
        lines.append(_row(frame, name, symbol, array, indices, ()))
    return lines


def _count(frame: Frame, update: Update, width: int) -> int:
    """How many numbers of a parameter have room beside its label, one at least; with how many more
    there are, where that is so.
    """
    room, cell, total = width - _label(frame) + 1, frame.text.width + 1, update.array.size
    count = room // cell
    if total > count:
        count = (room - len(_more(frame, total))) // cell
    return max(1, count)


def _more(frame: Frame, hidden: int) -> str:
    """How many numbers of a row are not shown."""
    return frame.text.plain(f" …{hidden}") if hidden else ""


def _unknown(frame: Frame, update: Update, width: int) -> Line:
    what = "update" if update.rows else "gradient"
    text = f"{frame.text.name(update.param).ljust(_label(frame))} {what} not yet known"
    return ((text[:width], "dim"),)


def _scalars(frame: Frame, names: Iterable[str]) -> list[str]:
    """Those of the names that are scalars of the update, with their numbers."""
    text, scalars = frame.text, frame.trace.scalars
    symbols = map(frame.scalar, names)
    known = [name for name in dict.fromkeys(symbols) if name in scalars]
    return [f"{text.name(name)} {text.number(scalars[name])}" for name in known]


def _ordered(frame: Frame) -> list[Update]:
    """The parameters, that of the current step or of the selected element first."""
    current = (frame.step and frame.step.param) or frame.symbol.parameter
    return sorted(frame.updates, key=lambda update: update.param != current)


def _block(frame: Frame, update: Update, width: int, room: int = 0) -> list[Line]:
    """One parameter: its elements across, what is known of each below, in at most `room` lines
    where that is given.
    """
    text = frame.text
    cell = text.width + 1
    count = _count(frame, update, width)
    total, start = update.array.size, 0
    chosen = _chosen(frame, update)
    if chosen and total > count:
        place = int(np.ravel_multi_index(chosen, update.array.shape))
        start = min(max(0, place - count // 2), total - count)
    shown = _indices(update.array, start, count)
    heads = [text.subscript(index, update.array.shape, "W1") for index in shown]
    head = text.name(update.param).ljust(_label(frame)) + "".join(f"{h:>{cell}}" for h in heads)[1:]
    head += _more(frame, total - len(shown))
    if not update.rows:
        return [_unknown(frame, update, width)]
    lines: list[Line] = [((head[:width], "title"),)]
    for label, symbol, array in _kept(frame, update, room - 1) if room else update.rows:
        lines.append(_row(frame, label, symbol, array, shown, chosen))
    return lines


def _kept(frame: Frame, update: Update, room: int) -> list[Known]:
    """The rows for which there is room: those that the step reads or writes and the changes stay
    longest.
    """
    touched = {*frame.reads, frame.writes}
    rows = list(update.rows)
    free = [row for row in rows if row[1] not in touched and not row[0].startswith("Δ")]
    dropped = dict.fromkeys(label for label, *_ in [*free, *rows])
    gone = list(dropped)[: max(0, len(rows) - room)]
    return [row for row in rows if row[0] not in gone]


def _indices(array: Array, start: int, count: int) -> list[Index]:
    """The indices of `count` elements in the array's order, or of as many as there are."""
    places = np.arange(start, min(array.size, start + max(0, count)))
    axes = (axis.tolist() for axis in np.unravel_index(places, array.shape))
    return list(zip(*axes, strict=True))


def _chosen(frame: Frame, update: Update) -> Index:
    return frame.index if frame.symbol.parameter == update.param else ()


def _row(
    frame: Frame,
    label: str,
    symbol: str,
    array: Array,
    shown: list[Index],
    chosen: Index,
    signed: bool = False,
) -> Line:
    text = frame.text
    change = signed or label.startswith("Δ")
    mark = "write" if symbol and symbol == frame.writes else "read" if symbol in frame.reads else ""
    role = "other" if change and not symbol else mark
    spans = [
        (text.plain(MARKS[mark]), mark),
        (text.plain(label).ljust(_label(frame) - 1), role),
    ]
    for i, index in enumerate(shown):
        number = text.cell(float(array[index]), signed=change).rjust(text.width + (i > 0))
        spans.append((number, "select" if index == chosen and not change else role))
    return tuple(spans)
