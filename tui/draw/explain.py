"""The explanation of one element: its arithmetic, where each operand comes from, what uses it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.expr import Expr, Index
from tui.draw.origins import scalar
from tui.draw.paragraphs import array_line
from tui.draw.parts import GAP, beside, columns, paragraph
from tui.frame import reasons
from tui.frame.frame import Frame
from tui.text.raster import Line

MOST_WIDE = 78
"""The cells of a part of the page."""
OPERANDS = 12
"""So many operands are traced one step further back."""


def page(frame: Frame, width: int) -> list[Line]:
    """The page for the selected element: its arithmetic, and beside it, where there is room, where
    that comes from and what it does next.
    """
    if columns(width) == 1:
        return explanation(frame, width)
    each = min(MOST_WIDE, (width - GAP) // 2)
    return beside(_parts(frame, each), each)


def explanation(frame: Frame, width: int) -> list[Line]:
    """The same with one part below the other."""
    above, below = _parts(frame, width)
    return [*above, (), *below]


def _parts(frame: Frame, width: int) -> tuple[list[Line], list[Line]]:
    """What the selected element is, and what it comes from and goes to."""
    text = frame.text
    value = frame.entries[frame.symbol].array
    name = text.element(frame.symbol, frame.index, value.shape)
    x = float(value[frame.index])
    shown, exact = f"{name} = {text.number(x)}", f"exactly {text.exact(x)} in {value.dtype}"
    head: list[Line] = [((shown, "accent"), (f"   {exact}", "dim"))]
    if len(shown) + len(exact) + 3 > width:
        head = [((shown, "accent"),), *paragraph(exact, width, "dim")]
    found = frame.expansion()
    if found is None:
        return [*head, (), *paragraph(_given(frame), width)], _uses(frame, width)
    step, e = found
    lines = [
        *head,
        (),
        *paragraph(f"step {step.number}: {text.formula(step.title)}", width, "title"),
        *paragraph(text.formula(step.formula), width, "", 4),
        *paragraph(f"{name} = {text.in_names(e, frame.shapes)}", width, "", 4),
        *_worked(frame, e, x, width),
        (),
        *paragraph(" ".join(reasons.why(frame, step, frame.index)), width, "dim"),
    ]
    sources = _sources(frame, e, width)
    return lines, [*sources, *([()] if sources else []), *_uses(frame, width)]


def _worked(frame: Frame, e: Expr, x: float, width: int) -> list[Line]:
    """The arithmetic in numbers, with the digits of the screen and, where it then is another line,
    with more; and what keeps it from closing.
    """
    text = frame.text
    fine = replace(text, digits=min(12, text.digits + 4))
    rough, exact = text.line(e, x, frame.whole), fine.line(e, x, frame.whole)
    lines: list[Line] = []
    for line in (rough, exact) if exact != rough else (rough,):
        lines += paragraph(f"  = {line}", width, "", 4)
    if rough.sign != "=":
        dtype = str(frame.entries[frame.symbol].array.dtype)
        lines += paragraph(f"  {text.doubt(e, x, dtype, frame.whole)}", width, "dim", 4)
    elif frame.writer(frame.symbol) is frame.step:
        lines += paragraph(doubt, width, "dim", 4) if (doubt := _doubt_of_all(frame)) else []
    return lines


def _doubt_of_all(frame: Frame) -> str:
    """Why the line of the whole array says ≈ where that of the selected element does not."""
    step, text = frame.step, frame.text
    all_numbers = array_line(frame)
    if step is None or all_numbers is None or all_numbers.sign == "=":
        return ""
    value = frame.trace.known(step.symbol, step.number)
    for index in np.ndindex(value.shape):
        line = text.line(frame.trace.expand(step, index), float(value[index]), frame.whole)
        if line.sign != "=":
            name = text.element(step.symbol, index, value.shape)
            return f"  The line of all numbers says {line.sign} for the sake of {name}."
    return f"  The line of all numbers says {all_numbers.sign}: no number of digits closes it."


def _given(frame: Frame) -> str:
    if frame.symbol in ("x", "y"):
        return "It is given by the data."
    if frame.position.iteration == 1:
        return "It is the starting value of the parameter; this iteration has not updated it yet."
    t = frame.position.iteration - 1
    return f"It is what the update of iteration {t} made it; this iteration has not updated it yet."


def _operands(e: Expr) -> list[tuple[str, Index, float]]:
    """The elements that the arithmetic reads, in order, each once."""
    found: dict[tuple[str, Index], float] = {}

    def visit(node: Expr) -> None:
        if node.op == "num" and node.symbol:
            found.setdefault((node.symbol, node.index), node.value)
        for part in node.args:
            visit(part)

    visit(e)
    return [(symbol, index, value) for (symbol, index), value in found.items()]


def _sources(frame: Frame, e: Expr, width: int) -> list[Line]:
    text, shapes = frame.text, frame.shapes
    operands = _operands(e)
    if not operands:
        return []
    lines: list[Line] = [(("Its operands", "title"),)]
    for symbol, index, value in operands[:OPERANDS]:
        name = text.element(symbol, index, shapes.get(symbol, ()))
        step = frame.writer(symbol)
        written = f"{name} = {text.operand(value, symbol, frame.whole)}"
        if symbol == frame.symbol:
            written += "  its value before this step"
        elif step is None:
            if symbol in frame.trace.scalars:
                lines += scalar(frame, symbol, width)
                continue
            written += f"  {_origin(symbol)}"
        else:
            line = text.line(frame.trace.expand(step, index), value, frame.whole)
            written = f"{name} = {line}  step {step.number}"
        lines += paragraph(written, width, "", 4)
    if len(operands) > OPERANDS:
        lines.append(((f"and {len(operands) - OPERANDS} more", "dim"),))
    return lines


def _origin(symbol: str) -> str:
    """Where a number comes from that no step of the iteration has computed."""
    if symbol in ("x", "y"):
        return "data"
    return "parameter" if Symbol(symbol).is_parameter else ""


def _uses(frame: Frame, width: int) -> list[Line]:
    text = frame.text
    done = frame.writer(frame.symbol)
    after = done.number if done else 0
    users = [
        step
        for step in frame.steps
        if frame.symbol in step.reads and (step.number > after) and step.symbol != frame.symbol
    ]
    lines: list[Line] = [(("What it does next", "title"),)]
    if not users:
        end = "The next iteration starts from it." if done and done.param else "Nothing uses it."
        return [*lines, ((end, ""),)]
    for step in users:
        lines += paragraph(f"step {step.number}  {text.formula(step.formula)}", width, "", 4)
    return lines
