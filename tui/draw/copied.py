"""What can be copied of the selected element, and a page of that alone."""

from __future__ import annotations

from tui.draw import paragraphs
from tui.draw.parts import paragraph
from tui.frame.frame import Frame
from tui.text.raster import Line


def number(frame: Frame) -> str:
    """The selected number, with as many digits as read it back exactly."""
    return repr(float(frame.entries[frame.symbol].array[frame.index]))


def formula(frame: Frame) -> str:
    """Its arithmetic with the numbers put in, as the screen has it."""
    return paragraphs.equation(frame)


def row(frame: Frame) -> str:
    """The row of its array that it is in, or all of a vector: such numbers, between commas."""
    array = frame.entries[frame.symbol].array
    found = array[frame.index[:-1]] if frame.index else array
    return ", ".join(map(repr, found.ravel().tolist()))


def page(frame: Frame, width: int) -> list[Line]:
    """All three, with nothing beside them."""
    lines: list[Line] = []
    for text in (number(frame), formula(frame), row(frame)):
        lines += [(), *paragraph(text, width)]
    return lines[1:]
