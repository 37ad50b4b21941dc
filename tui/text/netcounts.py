"""A deep network in three rows: its layers, how many units each has, what the step touches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.text.raster import Canvas, Line


class Count(NamedTuple):
    """A layer: its name and number of units, and how it is marked."""

    name: str
    units: int
    mark: str = ""
    role: str = ""


def counts(
    layers: Sequence[Count], focus: int, width: int, height: int, ascii: bool = False
) -> list[Line]:
    """The layers from the first to the last, as many around `focus` as there is room for; then the
    targets.
    """
    canvas = Canvas(width, height)
    size = max(2, *(len(str(layer.units)) for layer in layers)) + 1
    room = max(1, (width - size - 3) // size)
    first = min(max(0, focus - room // 2), max(0, len(layers) - room))
    shown = layers[first : first + room]
    x = 0
    for place, layer in enumerate(shown):
        number = str(layer.units)
        at = x + size - 1 - len(number)
        if place:
            canvas.put(x - 1, 1, ("-" if ascii else "─") * (at - x + 1), "dim")
        elif first:
            canvas.put(0, 1, "-" if ascii else "─", "dim")
        canvas.put(at, 1, number, layer.role)
        canvas.put(x + size - 1 - len(layer.name), 0, layer.name, layer.role or "dim")
        canvas.put(x + size - 2, 2, layer.mark, layer.role)
        x += size
    if first + room >= len(layers):
        canvas.put(x + size - 2, 0, "y", "dim")
        canvas.put(x + size - 1 - len(str(layers[-1].units)), 1, str(layers[-1].units), "dim")
    return canvas.lines()
