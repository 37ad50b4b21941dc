"""The column on the selected element: its exact value, what it comes from, what uses it, and what
it is in the other run.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.catalog.symbols import GIVEN, Symbol
from engine.formula.expr import Expr, Index
from engine.program.step import Step
from tui.draw.cell import width as cell_width
from tui.draw.columns.column import ELEMENT, Column
from tui.draw.parts import MARKS, paragraph, title
from tui.frame.frame import Frame
from tui.text.arithmetic import operands
from tui.text.cells import clipped
from tui.text.raster import Line

ORIGIN = 11
"""So many cells at the right say where a number comes from."""
FINER = 4
"""So many digits more the arithmetic has than the step's."""
MOST_LINES = 6
MOST_INNER, MOST_BESIDE = 4, 6
MOST_FACTORS = 4
"""So many factors of a term are named."""
MOST_OPERANDS = 16
"""Arithmetic of more than that is more than a column can hold."""
Source = tuple[str, Index, float]


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The column: sections from the most to the least needed, as many rows as there is room for;
    what the operands come from themselves, where that fits too.
    """
    text = frame.text
    shape = frame.entries[frame.symbol].array.shape
    name = text.element(frame.symbol, frame.index, shape)
    head = title(frame, "explain", width, f"explain {name}")
    top, uses, other = _number(frame, width), _uses(frame, width), _other(frame, width)
    room = height - 1 - len(top) - len(uses) - len(other)
    sources = _sources(frame, width, room)
    lines = [head, *top, *sources, *uses, *other]
    beside = _beside(frame, width, height - len(lines))
    return [*lines, *beside][:height]


def _number(frame: Frame, width: int) -> list[Line]:
    """The number with all its digits, and its arithmetic with more of them than the step shows."""
    text = frame.text
    array = frame.entries[frame.symbol].array
    x = float(array[frame.index])
    exact = text.exact(x)
    known = f"exactly {exact} in {array.dtype}"
    lines: list[Line] = [((known if len(known) <= width else f"exactly {exact}", "dim"),)]
    found = frame.expansion()
    if found is None or len(_read(found[1])) > MOST_OPERANDS:
        return lines
    fine = replace(text, digits=min(12, text.digits + FINER)).line(found[1], x, frame.whole)
    written = [f"= {fine.left}", f"{fine.sign} {fine.right}"]
    for each in written:
        rows = [(("  ", ""), *row) for row in paragraph(each, width - 2, "", 2)]
        if len(lines) + len(rows) <= MOST_LINES or each is written[-1]:
            lines += rows
    return lines


def _row(frame: Frame, mark: str, name: str, x: float | None, origin: str, width: int) -> Line:
    """A number with where it comes from."""
    text = frame.text
    cell = "" if x is None else text.cell(x)
    each = cell_width(text) if cell else 0
    room = max(1, width - 1 - each - 2 - ORIGIN)
    over = min(len(name) - room, each - len(cell) - 1)
    if cell and over > 0:  # a long name takes the blanks before the number
        each, room = each - over, room + over
    return (
        (text.plain(MARKS[mark]), mark),
        (clipped(name, room, text.ascii).ljust(room), mark),
        (cell.rjust(each), mark),
        (f"  {text.plain(origin)}"[: ORIGIN + 2], "dim"),
    )


def _sources(frame: Frame, width: int, room: int) -> list[Line]:
    """What the number comes from, in so many rows, and what that comes from where it fits."""
    found = frame.expansion()
    if found is None:
        return [(), ((_given(frame), ""),)]
    step, tree = found
    first = _read(tree)
    if tree.op == "add" and len(first) > MOST_OPERANDS:
        return _terms(frame, tree, width, room)
    lines: list[Line] = [(), (("comes from", "title"),)]
    spare = room - len(lines) - len(first)
    for i, (symbol, index, value) in enumerate(first):
        if spare < 0 and len(lines) >= room - 1:
            return [*lines, ((frame.text.plain(f" … {len(first) - i} more"), "dim"),)]
        lines.append(_source(frame, step, (symbol, index, value), width, 0))
        own = _writer(frame, step, symbol)
        if own is None:
            continue
        inner = _read(frame.trace.expand(own, index))
        if len(inner) <= min(spare, MOST_INNER):
            spare -= len(inner)
            lines += [_source(frame, own, each, width, 2) for each in inner]
    return lines


def _terms(frame: Frame, tree: Expr, width: int, room: int) -> list[Line]:
    """A long sum: its terms, the largest first, and how many are 0."""
    terms = sorted((term for term in tree.args if term.value), key=lambda term: -abs(term.value))
    zeros = len(tree.args) - len(terms)
    rows = max(0, room - 3 - bool(zeros))
    lines: list[Line] = [(), (("is the sum of, largest first", "title"),)]
    named = ((_named(frame, term), term.value) for term in terms[:rows])
    lines += [_row(frame, "", name, value, "", width) for name, value in named]
    if len(terms) > rows:
        rest = sum(term.value for term in terms[rows:])
        more = f"{len(terms) - rows} more, together"
        lines.append(_row(frame, "", more, rest, "", width))
    if zeros:
        lines.append(((f" {zeros} of {len(tree.args)} are 0", "dim"),))
    return lines


def _named(frame: Frame, term: Expr) -> str:
    """A term by its factors; one that reads very many numbers, such as the penalty on a layer, by
    their array.
    """
    read, names = _read(term), []
    if len(read) > MOST_FACTORS:
        arrays = dict.fromkeys(frame.text.name(symbol) for symbol, index, _ in read if index)
        return f"that of {', '.join(arrays)}"
    for symbol, index, _ in read:
        entry = frame.entries.get(symbol)
        names.append(frame.text.element(symbol, index, entry.array.shape if entry else ()))
    return frame.text.plain("·").join(names)


def _source(frame: Frame, step: Step, source: Source, width: int, indent: int) -> Line:
    """An operand of what `step` computed."""
    symbol, index, value = source
    own = _writer(frame, step, symbol)
    entry = frame.entries.get(symbol)
    name = frame.text.element(symbol, index, entry.array.shape if entry else ())
    origin = f"step {own.number:2}" if own else _origin(frame, symbol)
    if symbol == step.symbol:
        name, origin = f"{name} before", _origin(frame, symbol)
    mark = entry.mark if entry and entry.mark == "read" and not indent else ""
    return _row(frame, mark, " " * indent + name, value, origin, width)


def _writer(frame: Frame, step: Step, symbol: str) -> Step | None:
    """The step before `step` that has computed a symbol in this iteration."""
    found = frame.writer(symbol)
    return found if found and found.number < step.number else None


def _origin(frame: Frame, symbol: str) -> str:
    """Where a number comes from that no step of this iteration has computed before."""
    if symbol in GIVEN:
        return "data"
    if symbol in frame.trace.scalars:
        return "scheduled" if symbol == "lr" and frame.spec.schedule else "given"
    if symbol not in frame.entries:
        return ""
    t, writer = frame.position.iteration, frame.trace.writer(symbol)
    return "start" if t == 1 or writer is None else f"step {t - 1}.{writer}"


def _given(frame: Frame) -> str:
    """Where a number comes from that no step of this iteration has computed."""
    if frame.symbol in ("x", "y"):
        return "given by the data"
    origin = _origin(frame, frame.symbol)
    return "the starting value" if origin == "start" else f"made by {origin}"


def _read(tree: Expr) -> list[Source]:
    """The elements that arithmetic reads, in order, each once."""
    found: dict[tuple[str, Index], float] = {}
    for node in operands(tree):
        if node.symbol:
            found.setdefault((node.symbol, node.index), node.value)
    return [(symbol, index, value) for (symbol, index), value in found.items()]


def _uses(frame: Frame, width: int) -> list[Line]:
    """The steps that read the number as it is now: of this iteration, else of the next."""
    done = frame.writer(frame.symbol)
    after = done.number if done else 0
    reads = [step for step in frame.steps if frame.symbol in step.reads]
    users = [step for step in reads if step.number > after and step.symbol != frame.symbol]
    when = ""
    if not users and done and done.param:
        when = f" of iteration {frame.position.iteration + 1:,}"
        users = [step for step in reads if step.number < after]
    rows = [
        _row(frame, "", frame.text.name(step.symbol) + when, None, f"step {step.number:2}", width)
        for step in users[:3]
    ]
    if len(users) > 3:
        rows.append(((frame.text.plain(f" … {len(users) - 3} more"), "dim"),))
    return [(), (("is used by", "title"),), *rows] if rows else []


def _other(frame: Frame, width: int) -> list[Line]:
    """What the same element is in the other run."""
    rival = frame.rival
    if rival is None or rival.trace is None:
        return []
    theirs = rival.trace.value(frame.symbol, rival.position.step)
    own = frame.entries[frame.symbol].array
    if theirs is None or theirs.shape != own.shape:
        return []
    x, at = float(theirs[frame.index]), rival.position
    place = f"{rival.name} {at.iteration}.{at.step}"
    same = "the same" if x == float(own[frame.index]) else ""
    words = frame.text.plain(f"the {frame.other_label} run has here")
    return [(), ((words, "title"),), _row(frame, "", f" {same}", x, place, width)]


def _beside(frame: Frame, width: int, room: int) -> list[Line]:
    """The arithmetic of the other elements that the step computed, a row each, where it fits."""
    step, text = frame.step, frame.text
    if step is None or step.symbol != frame.symbol or frame.expansion() is None:
        return []
    array = frame.trace.known(step.symbol, step.number)
    rows: list[Line] = []
    for index in np.ndindex(array.shape):
        if index == frame.index or (step.symbol.batchwise and index[:1] != frame.index[:1]):
            continue
        if len(rows) + 2 >= room or len(rows) == MOST_BESIDE:
            break
        line = text.line(frame.trace.expand(step, index), float(array[index]), frame.whole)
        name = text.place(index, array.shape, Symbol(step.symbol))
        if len(written := f" {name} {line}") > width:
            return []  # the others are as long
        rows.append(((written, ""),))
    return [(), (("other elements of this step", "title"),), *rows] if len(rows) > 1 else []


COLUMN = Column(
    id="explain",
    shows="where the selected number comes from and goes",
    lines=draw,
    worth=lambda _frame: ELEMENT,
)
