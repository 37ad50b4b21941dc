"""The optimizer pane: state and update of every parameter, and what the other one would do."""

from __future__ import annotations

import numpy as np

from engine.catalog.optimizers import FORMS, OPTIMIZERS
from engine.formula.expr import Index
from tui.draw.parts import MARKS, paragraph, title
from tui.frame.frame import Array, Frame, Update
from tui.text.raster import Line

LABEL = 6


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The pane: the rule, its scalars, then every parameter in full where that fits; else the
    current one in full and of the others what changes; else only what changes, or only the
    current one where the optimizer keeps state.
    """
    text = frame.text
    head: list[Line] = [title(frame, "optimizer", width)]
    rule = text.formula(OPTIMIZERS[frame.rule].formula)
    scalars = _scalars(frame)
    line = "  ".join(scalars)
    if len(rule) + len(line) + 3 <= width:
        head.append(((rule, "own"), (f"   {line}", "")))
    else:
        while len(line) > width and scalars:  # the first is the learning rate of the header
            scalars = scalars[1:]
            line = " ".join(scalars)
        head += [*paragraph(rule, width, "own", 2), ((line, ""),)]
    room = height - len(head)
    first, *rest = _ordered(frame)
    if sum(1 + len(update.rows) for update in frame.updates) <= room:
        blocks = [_block(frame, update, width) for update in (first, *rest)]
        return [*head, *(line for block in blocks for line in block)]
    full = _block(frame, first, width)
    compact: list[Line] = []
    for update in rest:
        if len(compact) < room:
            compact += _changes(frame, update, width)
    if len(full) + len(compact) <= room or frame.keeps_state:
        return [*head, *full, *compact][:height]
    return [*head, *_changes(frame, first, width), *compact][:height]


def _changes(frame: Frame, update: Update, width: int) -> list[Line]:
    """What changes of one parameter, by the own and by the compared optimizer, without a head."""
    rows = [row for row in update.rows if row[0].startswith("Δ")]
    if not rows:
        return [_unknown(frame, update, width)]
    indices = _indices(update.array, 0, (width - LABEL + 1) // (frame.text.width + 1))
    (label, symbol, array), *others = rows
    lines = [_row(frame, update.param.written, symbol, array, indices, (), signed=True)]
    for label, symbol, array in others:
        lines.append(_row(frame, label, symbol, array, indices, ()))
    return lines


def _unknown(frame: Frame, update: Update, width: int) -> Line:
    what = "update" if update.rows else "gradient"
    text = f"{frame.text.name(update.param).ljust(LABEL)} {what} not yet known"
    return ((text[:width], "dim"),)


def _scalars(frame: Frame) -> list[str]:
    text, scalars = frame.text, frame.trace.scalars
    names = [n for n in OPTIMIZERS[frame.rule].shown if n in scalars]
    return [f"{text.name(name)} {text.number(scalars[name])}" for name in names]


def _ordered(frame: Frame) -> list[Update]:
    """The parameters, that of the current step or of the selected element first."""
    current = (frame.step and frame.step.param) or frame.symbol.parameter
    return sorted(frame.updates, key=lambda update: update.param != current)


def _block(frame: Frame, update: Update, width: int) -> list[Line]:
    """One parameter: its elements across, what is known of each below."""
    text = frame.text
    cell = text.width + 1
    count = max(1, (width - LABEL + 1) // cell)
    total, start = update.array.size, 0
    chosen = _chosen(frame, update)
    if chosen and total > count:
        place = int(np.ravel_multi_index(chosen, update.array.shape))
        start = min(max(0, place - count // 2), total - count)
    shown = _indices(update.array, start, count)
    heads = [text.subscript(index, update.array.shape, "W1") for index in shown]
    head = text.name(update.param).ljust(LABEL) + "".join(f"{h:>{cell}}" for h in heads)[1:]
    more = total - len(shown)
    if more:
        head += text.plain(f" …{more}")
    if not update.rows:
        return [_unknown(frame, update, width)]
    lines: list[Line] = [((head[:width], "title"),)]
    for label, symbol, array in update.rows:
        lines.append(_row(frame, label, symbol, array, shown, chosen))
    return lines


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
    name = "g" if label == "grad" else FORMS.get(label, label)
    role = "other" if change and not symbol else mark
    spans = [
        (text.plain(MARKS[mark]), mark),
        (text.plain(name).ljust(LABEL - 1)[: LABEL - 1], role),
    ]
    for i, index in enumerate(shown):
        number = text.cell(float(array[index]), signed=change).rjust(text.width + (i > 0))
        spans.append((number, "select" if index == chosen and not change else role))
    return tuple(spans)
