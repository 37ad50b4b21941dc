"""What stands right of the ledger where only two panes have room: the loss, the next step, the
optimizer.
"""

from __future__ import annotations

from engine.catalog.symbols import Symbol
from engine.program.step import Phase
from tui.draw import cell, grid
from tui.draw.parts import MARKS, closed, pad
from tui.draw.updated import selects
from tui.frame.frame import Array, Frame
from tui.text.cells import clipped, wrap
from tui.text.format import Text
from tui.text.raster import Line

LEAST = 16
"""The margin needs so many columns, or what a number takes."""
LABEL = 7
FORMULA = 2
"""The lines of the next step's formula, whether it needs them or not."""


def needed(text: Text) -> int:
    """The columns that the margin needs."""
    return max(LEAST, LABEL + cell.width(text))


def beside(frame: Frame, lines: list[Line], at: int, width: int, room: int) -> list[Line]:
    """The lines of a ledger with the margin beside them, from column `at` on. Without a network the
    ledger has the loss itself.
    """
    below = _update(frame) or _ahead(frame, width)
    right = [*([] if frame.spec.instead else [_loss(frame, width)]), *below][:room]
    left = [*lines, *[()] * (len(right) - len(lines))]
    return [
        (*pad(line, at), *right[i]) if i < len(right) and right[i] else line
        for i, line in enumerate(left)
    ]


def _loss(frame: Frame, width: int) -> Line:
    entry = frame.entries.get("loss")
    if entry is None:
        return (("L".ljust(LABEL), "dim"), *cell.cell(frame.text, None))
    before = None if entry.previous is None else (float(entry.previous),)
    chosen = 0 if frame.symbol == "loss" else -1
    head = ("L".ljust(LABEL - 1), "dim"), (frame.text.plain(MARKS[entry.mark]), entry.mark)
    others = frozenset((0,)) if frame.differs(Symbol("loss"), ()) else cell.NONE
    number = (float(entry.array),)
    value = cell.row(frame.text, number, before, entry.mark, chosen, differing=others)
    return closed((*head, *value), width)


def _ahead(frame: Frame, width: int) -> list[Line]:
    """The step that comes next and its formula; the rule of the update, and when it is."""
    text, done = frame.text, frame.position.step
    lines: list[Line] = []
    if done < len(frame.steps):
        step = frame.steps[done]
        lines.append(((f"next   step {step.number:>2}", "dim"),))
        formula = wrap(text.formula(step.formula), width - 2, 2)
    else:
        lines.append((("next   iteration", "dim"),))
        formula = []
    if len(formula) > FORMULA:
        last = formula[FORMULA - 1]
        last = last if len(last) + 2 <= width - 2 else last.rpartition(" ")[0]
        formula[FORMULA - 1] = text.plain(f"{last} …")
    formula = [*formula, *[""] * FORMULA][:FORMULA]
    lines += [((f"  {line}", "dim"),) if line else () for line in formula]
    rule = wrap(f"{frame.optimizer.split()[0]}  {text.formula(frame.chain[-1])}", width, 2)
    lines += [((line, "own"),) for line in rule]
    first = next((step for step in frame.steps[done:] if step.param), None)
    if first and first.param:
        said = f"{text.name(first.param)}  at step {_number_of(frame, first.param)}"
        lines.append(((clipped(said, width, text.ascii), "dim"),))
    return lines


def _number_of(frame: Frame, param: Symbol) -> int:
    """The step that gives a parameter its new value."""
    return next(step.number for step in frame.steps if step.symbol == param)


def _update(frame: Frame) -> list[Line]:
    """In the update phase all that is known of one element of the parameter; nothing before."""
    step, text = frame.step, frame.text
    if step is None or step.phase != Phase.UPDATE or step.param is None:
        return []
    update = next(update for update in frame.updates if update.param == step.param)
    chosen = selects(frame, step.param)
    index = frame.index if chosen else (0,) * update.array.ndim
    lines: list[Line] = [((text.element(step.param, index, update.array.shape), "title"),)]
    known: dict[str, tuple[str, Array]] = {row[0]: row[1:] for row in update.rows}
    for label in dict.fromkeys(frame.rows):
        if label not in known:
            lines.append(((text.plain(label).ljust(LABEL)[:LABEL], "dim"), *cell.cell(text, None)))
            continue
        symbol, array = known[label]
        mark = grid.mark(frame, symbol) if symbol else ""
        reverse = symbol == frame.symbol and chosen
        reverse = reverse or index in frame.operands.get(symbol, ())
        signed = label.startswith("Δ")
        differs = bool(symbol) and frame.differs(symbol, index)
        role = _role(reverse, signed, mark)
        value = cell.cell(text, float(array[index]), None, role, signed, differs=differs)
        head = (text.plain(label).ljust(LABEL - 1)[: LABEL - 1], "dim")
        lines.append((head, (text.plain(MARKS[mark]), mark), *value))
    return lines


def _role(reverse: bool, change: bool, mark: str) -> str:
    """How a number of the update is drawn; what changes is not itself the element."""
    return "operand" if reverse and not change else mark
