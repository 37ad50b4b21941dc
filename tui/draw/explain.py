"""The explanation of one element: its arithmetic, where each operand comes from, what uses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from engine.formula.expr import Expr
from tui.draw.origins import scalar
from tui.draw.paragraphs import array_line
from tui.draw.parts import GAP, beside, columns, paragraph
from tui.frame import reasons
from tui.frame.frame import Frame
from tui.text.arithmetic import operands
from tui.text.raster import Line

MOST_WIDE = 78
"""The cells of a part of the page."""

Block = Callable[[int], list[Line]]
"""Lines of so many cells."""


def page(frame: Frame, width: int, made_of: Block, feeds: Block) -> list[Line]:
    """The page for the selected element: its number, formula and constants, and what its step
    means; beside it, where there is room, what it is `made_of` and what it `feeds`.
    """
    each = min(MOST_WIDE, (width - GAP) // 2)
    if columns(width) == 1 or each < MOST_WIDE // 2 + GAP:
        return [*explanation(frame, width), (), *_trees(width, made_of, feeds)]
    return beside([explanation(frame, each), _trees(each, made_of, feeds)], each)


def _trees(width: int, made_of: Block, feeds: Block) -> list[Line]:
    found: list[Line] = [(("Where it comes from", "title"),), *made_of(width)]
    if below := feeds(width):
        found += [(), (("What it does next", "title"),), *below]
    return found


def explanation(frame: Frame, width: int) -> list[Line]:
    """What the selected element is: its number, its arithmetic, its constants, what it means."""
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
        return [*head, (), *paragraph(_given(frame), width)]
    step, e = found
    return [
        *head,
        (),
        *paragraph(f"step {step.number}: {text.formula(step.title)}", width, "title"),
        *paragraph(text.formula(step.formula), width, "", 4),
        *paragraph(f"{name} = {text.in_names(e, frame.shapes)}", width, "", 4),
        *_worked(frame, e, x, width),
        (),
        *paragraph(" ".join(reasons.why(frame, step, frame.index)), width, "dim"),
        *_constants(frame, e, width),
    ]


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
    t = frame.position.iteration
    began = "It is what the run began with" if t == 1 else f"It is what iteration {t} began with"
    if any(step.symbol == frame.symbol for step in frame.steps):
        return f"{began}; this iteration has not updated it yet."
    return f"{began}; it is frozen, and no update changes it."


def _constants(frame: Frame, e: Expr, width: int) -> list[Line]:
    """The numbers in the arithmetic that no step computes, and what gives them."""
    scalars = frame.trace.scalars
    names = dict.fromkeys(node.symbol for node in operands(e) if node.symbol in scalars)
    lines = [line for name in names for line in scalar(frame, name, width)]
    return [(), (("Its constants", "title"),), *lines] if lines else []
