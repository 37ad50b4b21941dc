"""The step pane: the formula, its numbers, the result, one element's arithmetic, and why."""

from __future__ import annotations

import re

import numpy as np

from tui.draw.parts import paragraph, title
from tui.frame.frame import Frame
from tui.text.format import FULL
from tui.text.raster import Line

CHECKED = 8
"""The arithmetic of a formula is checked element by element up to so many of them."""
_SIDES = re.compile(r"(.*?) (=|←) (.*)", re.DOTALL)


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The pane; where it is too small, the numbers of whole arrays go first, then the reason."""
    step = frame.step
    name = f"step {step.number} · {frame.text.formula(step.title)}" if step else "start"
    head = title(frame, "step", width, name)
    blocks = start(frame, width) if step is None else explain_step(frame, width)
    room = height - 1
    for drop in ("", "numbers", "blank", "why", "formula"):
        blocks = [(name, block) for name, block in blocks if name != drop]
        lines = [line for _, block in blocks for line in block]
        if len(lines) <= room:
            break
    return [head, *lines[:room]]


Block = tuple[str, list[Line]]


def start(frame: Frame, width: int) -> list[Block]:
    """What is shown before the first step."""
    sizes = "-".join(map(str, frame.sizes))
    activations = ", ".join(frame.activations)
    text = [
        f"A {sizes} network ({activations}) before its first iteration: the data and the"
        " starting parameters are known, nothing is computed yet.",
        "",
        "Each press of → computes one formula: forward to the prediction, the loss, backward"
        " to every gradient, then the update. ← goes back.",
    ]
    lines = [line for part in text for line in paragraph(frame.text.plain(part), width)]
    return [("start", lines)]


def explain_step(frame: Frame, width: int) -> list[Block]:
    """The blocks of a step, from the formula to the reason."""
    step, text = frame.step, frame.text
    assert step is not None
    match = _SIDES.match(step.formula)
    assert match is not None
    left, _, right = match.groups()
    result = frame.trace.known(step.symbol, step.number)
    blocks: list[Block] = [
        ("formula", paragraph(text.formula(step.formula), width, "accent", 4)),
    ]
    margin = " " * min(len(text.formula(left)) + 1, 6)
    shown = text.array(result, sample=True)
    numbers = text.formula(right, lambda s: in_numbers(frame, s))
    sign = "="
    if has_numbers(frame) and numbers != shown:
        sign = relation(frame)
        lines = paragraph(f"{margin}= {numbers}", width, "", len(margin) + 2)
        blocks.append(("numbers", lines))
    result_text = f"{margin}{sign} {shown}"
    if result.size > FULL:
        result_text = f"{margin}{text.shape(result.shape)} numbers"
    lines = paragraph(result_text, width, "write", len(margin) + 2)
    blocks.append(("result", lines))
    blocks.append(("blank", [()]))
    blocks.append(("element", element(frame, width)))
    blocks.append(("blank", [()]))
    blocks.append(("why", paragraph(text.formula(step.why), width, "dim")))
    return blocks


def has_numbers(frame: Frame) -> bool:
    """Whether every operand of the formula can be written out."""
    return all(frame.read(symbol).size <= FULL for symbol in frame.reads)


def in_numbers(frame: Frame, symbol: str) -> str:
    """An operand of the current step's formula in numbers."""
    return frame.text.array(frame.read(symbol), sample=True)


def relation(frame: Frame) -> str:
    """= where the arithmetic of every element closes to the digits shown, else ≈."""
    step = frame.step
    assert step is not None
    result = frame.trace.known(step.symbol, step.number)
    if result.size > CHECKED:
        return frame.text.plain("≈")
    for place in range(result.size):
        index = tuple(int(i) for i in np.unravel_index(place, result.shape))
        e = frame.trace.expand(step, index)
        if frame.text.relation(e, float(result[index])) != "=":
            return frame.text.plain("≈")
    return "="


def element(frame: Frame, width: int) -> list[Line]:
    """The arithmetic of the selected element in numbers."""
    text = frame.text
    value = frame.entries[frame.symbol].array
    name = text.element(frame.symbol, frame.index, value.shape)
    number = text.number(float(value[frame.index]))
    found = frame.expansion()
    mark = text.plain("▸ ")
    if found is None:
        given = "given" if frame.symbol in ("x", "y") else "from before this iteration"
        return paragraph(f"{mark}{name} = {number}  ({given})", width, "accent", 4)
    _, e = found
    arithmetic = text.in_numbers(e)
    sign = text.relation(e, float(value[frame.index]))
    written = f"{mark}{name} = {arithmetic}"
    if arithmetic != number:
        written += f" {sign} {number}"
    return paragraph(written, width, "accent", 4)
