"""The optimizer's table across the screen: a row a parameter, or, where much is kept, a column an
element.
"""

from __future__ import annotations

from engine.catalog.optimizers import OPTIMIZERS
from engine.formula.expr import Index
from engine.spec.run import OptimizerSpec
from tui.draw import cell, grid
from tui.draw.grid import LABEL
from tui.draw.parts import MARKS, length, pad, window
from tui.draw.updated import Row, differing, highest, number, order, rows, some, when, with_room
from tui.frame.frame import Frame
from tui.frame.updates import Update
from tui.text.format import Text
from tui.text.raster import Line

NAME, STEP, GAP, MOST = 8, 8, 4, 4
"""The columns of a parameter's name and of its step, between two groups of numbers; the numbers
of a group.
"""
GROUPS = 4
"""So many rows of a parameter stand beside each other; more stand below each other."""
PARAMETERS = 8
"""The table wants at most so many rows for parameters."""


def wanted(frame: Frame) -> int:
    """The lines of the pane with its title; the same in every step of a run."""
    most = highest(frame)
    return 2 + (min(PARAMETERS, len(frame.updates)) if most <= GROUPS else most + 1)


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The table in at most so many lines, the current parameter within what is shown."""
    if not frame.updates:
        return []
    if highest(frame) > GROUPS:
        return _columns(frame, width, height)[:height]
    return _rows(frame, width, height)


# -- a row a parameter -----------------------------------------------------------------------------


def _rows(frame: Frame, width: int, height: int) -> list[Line]:
    """What is known of a parameter in groups beside each other: gradient, change, the other's."""
    updates, now = frame.updates, order(frame)
    groups = len(rows(frame, updates[now]))
    each = cell.width(frame.text)
    room = (width - NAME - STEP - GAP * (groups - 1)) // groups
    count = max(1, min(MOST, room // each))
    wide = count * each + GAP
    seen = [updates[place] for place in window(len(updates), height - 1, now)]
    heads = "".join(f"  {_heading(frame, row)}".ljust(wide) for row in rows(frame, updates[now]))
    lines: list[Line] = [((f"{'':{NAME}}{heads}"[:width], "dim"),)]
    lines += [_parameter(frame, update, count, wide) for update in seen]
    if len(seen) < len(updates):
        more = f"{len(updates) - len(seen)} more"
        lines[0] = (*pad(((lines[0][0][0].rstrip(), "dim"),), width - len(more)), (more, "dim"))
    return lines


def _heading(frame: Frame, row: Row) -> str:
    """What a group is: of the changes, by which optimizer."""
    text, spec = frame.text, frame.spec
    if not row.change:
        return text.plain(row.label)
    optimizer = spec.optimizer if row.symbol else spec.compare
    assert optimizer is not None
    lr = frame.trace.scalars[frame.scalar("lr")] if row.symbol else optimizer.options["lr"]
    name = OPTIMIZERS[optimizer.name].label
    said = f"Δ {name} {text.name('lr')} {text.number(float(lr))}"
    if spec.compare and _alike(spec.optimizer, spec.compare) and row.label != f"Δ{name}":
        said = f"{said} {row.label[1:]}"
    return text.plain(said if row.symbol else f"{said}, same g")


def _alike(own: OptimizerSpec, other: OptimizerSpec) -> bool:
    """Whether two optimizers have one learning rate."""
    return bool(own.options["lr"] == other.options["lr"])


def _parameter(frame: Frame, update: Update, count: int, wide: int) -> Line:
    """The row of a parameter."""
    text, param = frame.text, update.param
    mark = "write" if frame.writes == param else ""
    indices, start = some(frame, update, count)
    label = f"{MARKS[mark]}{param.written}"
    line: Line = ((text.plain(label).ljust(NAME - 1)[: NAME - 1], mark or "dim"),)
    more = update.array.size - len(indices)
    for row in rows(frame, update):
        line = pad(line, _length(line, NAME - 1, wide))
        if row.array is None and not row.change:
            line = (*line, (f"   {when(frame, row.symbol)}", "dim"))
        else:
            line = (*line, *_cells(frame, update, row, indices, start))
            if more and row.label == "g":
                line = (*line, (_more(text, more)[line[-1][0] == "]" :], "dim"))
    line = pad(line, NAME + len(rows(frame, update)) * wide - GAP)
    return (*line, (f" {when(frame, param)}", "dim"))


def _more(text: Text, more: int) -> str:
    """How many elements a row leaves out, in the columns between two groups; that there are some
    where the number has no room.
    """
    said = text.plain(f" …{more}")
    return said if len(said) < GAP else " ~" if text.ascii else " …"


def _length(line: Line, first: int, wide: int) -> int:
    """The column at which the next group begins."""
    used = length(line)
    return first + -(-max(0, used - first) // wide) * wide


# -- a column an element ---------------------------------------------------------------------------


def _columns(frame: Frame, width: int, height: int) -> list[Line]:
    """One element's life in a column: what is kept and computed of it, one below the other."""
    text, each = frame.text, cell.width(frame.text)
    shares = _shares(frame, width)
    shown = [(update, count) for update, count in zip(frame.updates, shares, strict=True) if count]
    some_rows = rows(frame, frame.updates[order(frame)])
    labels = [row.label for row in with_room(frame, some_rows, height - 1)]
    label = max(LABEL, *(len(text.plain(name)) + 1 for name in labels))
    head: Line = ((" " * label, ""),)
    last: Line = ((text.plain(" step").ljust(label), "dim"),)
    lines: list[Line] = [(((f" {text.plain(name)}").ljust(label), "dim"),) for name in labels]
    for update, count in shown:
        indices, start = some(frame, update, count)
        role = "title" if update is frame.updates[order(frame)] else "dim"
        names = (_name(frame, update, index, each) for index in indices)
        head = (*head, (" " + "".join(names), role))
        found = {row.label: row for row in rows(frame, update)}
        for i, name in enumerate(labels):
            cells = _cells(frame, update, found.get(name), indices, start)
            lines[i] = _behind(lines[i], cells)
        at = when(frame, update.param, "").rjust(each)
        last = (*last, (" " + at.ljust(each * len(indices)), "dim"))
    hidden = sum(update.array.size for update in frame.updates) - sum(shares)
    if hidden:
        more = text.plain(f"…{hidden}")
        head = (*pad(head, width - len(more)), (more, "dim"))
    return [head, *lines, last]


def _behind(line: Line, cells: Line) -> Line:
    """Cells behind those of a line: a bracket that closes there takes the place of their mark,
    where they have none, and is left out, where they have one.
    """
    if line[-1] != ("]", "select"):
        return (*line, *cells)
    (first, role), *rest = cells
    return (*line, (first[1:], role), *rest) if first[0] == " " else (*line[:-1], *cells)


def _name(frame: Frame, update: Update, index: Index, wide: int) -> str:
    """An element's name in a column, or its index alone."""
    name = frame.text.element(update.param, index, update.array.shape)
    if len(name) >= wide:
        name = frame.text.place(index, update.array.shape, update.param)
    return name[: wide - 1].rjust(wide)


def _cells(frame: Frame, update: Update, row: Row | None, indices: list[Index], start: int) -> Line:
    """What is known of some elements, with a mark before it."""
    text = frame.text
    if row is None:
        return ((" " * (1 + len(indices) * cell.width(text)), ""),)
    what = grid.mark(frame, row.symbol) if row.symbol and row.array is not None else ""
    values = tuple(None if row.array is None else float(row.array[i]) for i in indices)
    role = "other" if row.change and not row.symbol else what
    chosen, others = number(frame, update) - start, differing(frame, row, indices)
    cells = cell.row(text, values, None, role, chosen, signed=row.change, differing=others)
    return ((text.plain(MARKS[what]), what), *cells)


def _shares(frame: Frame, width: int) -> list[int]:
    """How many elements of each parameter are shown: all where they have room, else some of the
    current one and of those after it.
    """
    each, updates, now = cell.width(frame.text), frame.updates, order(frame)
    free = width - LABEL - 4
    shares = [0] * len(updates)
    for at in (*range(now, len(updates)), *range(now)):
        wished = updates[at].array.size
        if sum(update.array.size for update in updates) * each + len(updates) > free:
            wished = min(MOST, wished)
        shares[at] = max(0, min(wished, (free - 1) // each))
        free -= shares[at] * each + 1 if shares[at] else 0
    return shares
