"""Questions and their answers as lines."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.analysis.questions.base import Cell, Line, Question, Say, Scene, Sum, Table
from engine.runfile.read import builtin_names
from tui.draw.derivation import largest_terms
from tui.draw.parts import paragraph
from tui.frame.spelling import whole
from tui.text import closing
from tui.text.cells import wrap
from tui.text.format import Text
from tui.text.raster import Line as Drawn

LONGEST_BAR = 30
LEAST_SIZE = 1e-300


def answer(text: Text, scene: Scene, question: Question, width: int) -> list[Drawn]:
    """The question, and its answer in the numbers of the scene; or what is missing for one."""
    head = paragraph(text.formula(question.asks), width, "accent")
    if missing := question.lacks(scene):
        words = paragraph(text.formula(missing), width)
        return [*head, (), *words, *_more(text, scene, question, width)]
    found = [*head, ()]
    for line in question.answer(scene):
        found += drawn(text, scene, line, width)
    return [*found, *_more(text, scene, question, width)]


def drawn(text: Text, scene: Scene, line: Line, width: int) -> list[Drawn]:
    """A line of an answer."""
    if isinstance(line, Say):
        return paragraph(text.formula(line.text), width)
    if isinstance(line, Sum):
        return _sum(text, scene, line, width)
    return _table(text, line, width)


def sum_line(text: Text, scene: Scene, found: Sum) -> closing.Line:
    """The arithmetic of a line in numbers, with = or ≈."""
    digits = whole(scene.trace, scene.spec, text.digits)
    return text.line(largest_terms(found.e), found.value, digits)


def written(text: Text, scene: Scene, found: Sum) -> str:
    """A line of arithmetic as text."""
    return sum_line(text, scene, found).named(text.formula(found.name))


def _sum(text: Text, scene: Scene, found: Sum, width: int) -> list[Drawn]:
    rows = wrap(text.plain(written(text, scene, found)), max(8, width - 2), 4)
    lines: list[Drawn] = [((f"  {row}", ""),) for row in rows]
    if found.note:
        note = text.formula(f"   {found.note}")
        last = "".join(part for part, _ in lines[-1])
        if len(last) + len(note) <= width:
            lines[-1] = (*lines[-1], (note, "dim"))
        else:
            rows = wrap(note.strip(), max(8, width - 6))
            lines += [((f"      {row}", "dim"),) for row in rows]
    return lines


def _table(text: Text, table: Table, width: int) -> list[Drawn]:
    cells = [
        [_cell(text, cell, i in table.signed) for i, cell in enumerate(row)]
        for row in (table.head, *table.rows)
    ]
    widths = [max(len(row[i]) for row in cells) for i in range(len(table.head))]
    found: list[Drawn] = []
    for number, row in enumerate(cells):
        pairs = enumerate(zip(row, widths, strict=True))
        placed = (c.ljust(size) if i == 0 else c.rjust(size) for i, (c, size) in pairs)
        found.append(((f"  {'  '.join(placed)}".rstrip(), "dim" if number == 0 else ""),))
    if not table.bars:
        return found
    room = min(LONGEST_BAR, width - sum(widths) - 2 * len(widths) - 2)
    bars = [(text.plain("█") * size, "own") for size in _lengths(table.bars, max(1, room))]
    return [found[0], *((*row, ("  ", ""), bar) for row, bar in zip(found[1:], bars, strict=True))]


def _lengths(sizes: Sequence[float], room: int) -> list[int]:
    """The cells of bars, on a logarithmic scale from the least to the largest."""
    logs = [math.log10(x) if LEAST_SIZE < x < math.inf else None for x in sizes]
    known = sorted(each for each in logs if each is not None)

    def cells(log: float) -> int:
        span = known[-1] - known[0]
        return round(1 + (log - known[0]) / span * (room - 1)) if span else room

    return [0 if each is None else cells(each) for each in logs]


def _cell(text: Text, cell: Cell, signed: bool) -> str:
    return text.formula(cell) if isinstance(cell, str) else text.cell(cell, signed)


def places(scene: Scene, question: Question) -> list[str]:
    """The symbols of the iteration at whose steps more of a question is to be seen."""
    if question.lacks(scene):
        return []
    symbols = (step.symbol for step in scene.trace.steps)
    return [s for s in symbols if s.family in question.more]


def _more(text: Text, scene: Scene, question: Question, width: int) -> list[Drawn]:
    """Where more is to be seen: at which steps, and in which built-in runs."""
    names = [name for name in question.more if name in builtin_names()]
    runs = [f"the run {name}" for name in names if name != scene.spec.name]
    more = [*(f":{symbol}" for symbol in places(scene, question)[:2]), *runs]
    if not more:
        return []
    return [(), *paragraph(text.plain(f"More: {', '.join(more)}"), width, "dim")]


def listed(
    text: Text,
    raised: Sequence[Question],
    others: Sequence[Question],
    width: int,
    cursor: int = -1,
) -> list[Drawn]:
    """The questions that a step raises, then all others, each with its number; `cursor` is the
    one that is pointed at.
    """
    found: list[Drawn] = []
    number = 0
    for head, questions in (("This step raises", raised), ("All others", others)):
        if questions:
            found.append(((head, "title"),))
        for question in questions:
            pointed = number == cursor
            number += 1
            before, after = "[]" if pointed else (" ", "")
            first, *rows = wrap(text.formula(question.asks) + after, max(8, width - 5))
            role = "select" if pointed else ""
            found.append(((f" {number:2} ", "dim"), (before + first, role)))
            found += [((f"     {row}", role),) for row in rows]
    return found
