"""What another number makes of an iteration, as a page."""

from __future__ import annotations

import numpy as np

from engine.analysis.nudge import Nudged
from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from tui.draw.parts import paragraph
from tui.text.format import Text
from tui.text.raster import Line

SHOWN = 2
"""So many elements of a symbol are shown, those that changed most."""


def page(text: Text, found: Nudged, width: int) -> list[Line]:
    """The number, the loss as it was, as it is and as the gradient predicts; and what follows."""
    array = found.plain.value(found.symbol, len(found.plain.steps))
    name = text.element(found.symbol, found.index, () if array is None else array.shape)
    by = text.cell(found.now - found.was, signed=True).strip()
    head = f"{name}: {text.number(found.was)} → {text.number(found.now)}  ({by})"
    lines: list[Line] = [((text.plain(head), "accent"),), ()]
    lines += _row(text, "L", found.before, found.after)
    if found.predicted is not None:
        lines += _row(text, "L by its gradient alone", found.before, found.predicted)
        miss = text.number(found.after - found.predicted)
        slope = text.number(found.gradient or 0)
        words = f"The gradient is {slope}; the bend of the loss makes the rest, {miss}."
        lines += paragraph(text.plain(words), width, "dim")
    lines += [(), ((text.plain("What else is different"), "title"),)]
    for symbol, old, new in found.after_it():
        if symbol != "loss":
            lines += _symbol(text, symbol, old, new)
    return lines


def _symbol(text: Text, symbol: Symbol, old: Array, new: Array) -> list[Line]:
    change = np.abs(np.nan_to_num(new - old, nan=np.inf))
    order = np.argsort(-change, axis=None, kind="stable")[:SHOWN]
    lines: list[Line] = []
    for flat in order:
        index = tuple(int(i) for i in np.unravel_index(int(flat), old.shape))
        if change[index]:
            name = text.element(symbol, index, old.shape)
            lines += _row(text, name, float(old[index]), float(new[index]))
    more = int((change > 0).sum()) - len(lines)
    if more > 0 and lines:
        lines[-1] = (*lines[-1], (f"  and {more} more", "dim"))
    return lines


def _row(text: Text, name: str, old: float, new: float) -> list[Line]:
    arrow = text.plain("→")
    change = text.cell(new - old, signed=True)
    numbers = f"{text.cell(old):>9} {arrow} {text.cell(new):>9}  {change:>10}"
    return [((f"  {text.plain(name):24}", ""), (numbers, ""))]
