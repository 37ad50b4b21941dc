"""The page of two branches side by side at one position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.analysis.compare import Difference
from engine.catalog.symbols import Symbol
from engine.history.position import Position
from engine.program.step import Step
from tui.draw.columns import table
from tui.draw.columns.table import Element
from tui.draw.loss import CURVE
from tui.draw.parts import (
    COLUMN,
    PLOT_HEIGHT,
    PLOT_WIDTH,
    beside,
    columns,
    flowed,
    paragraph,
)
from tui.frame.losses import Losses
from tui.text.cells import cells
from tui.text.format import Text
from tui.text.plot import Series, plot
from tui.text.raster import Line

SHOWN = 4
"""So many elements of a symbol are set side by side."""
DIGITS = 5
"""More digits after the point have no room in a column."""


@dataclass(frozen=True, eq=False)
class Side:
    """A branch: its name, its optimizer's label and its losses up to the position."""

    name: str
    label: str
    losses: Losses


@dataclass(frozen=True, eq=False)
class Comparison:
    """What there is to say of two branches, with the losses up to iteration `known`. They part at
    the position `parting` in the step `step`; None where they do not up to iteration `searched`.
    """

    known: int
    here: Side
    there: Side
    parting: Position | None
    step: Step | None
    searched: int
    differences: Sequence[Difference]


def draw(found: Comparison, text: Text, width: int) -> list[Line]:
    """The page in lines of `width` cells: what differs in columns, and in their head from where on,
    then what does not, then the losses as curves.
    """
    if text.digits > DIGITS:
        text = replace(text, digits=DIGITS)
    names = [text.plain(cells(side.name)) for side in (found.here, found.there)]
    count, each = columns(width), min(width, COLUMN)
    differ = [one for one in found.differences if one.here.tobytes() != one.there.tobytes()]
    same = [text.name(one.symbol) for one in found.differences if one not in differ]
    twice = _repeated(differ)
    rows = [line for one in differ if one not in twice for line in _rows(one, text, each)]
    heads = (*names, table.difference(text, *names))
    labels = [_label(found, each - text.width * 3 - 4), *[""] * count]
    blocks = [
        [table.head(text, heads, each, label), *block]
        for label, block in zip(labels, flowed(rows, count), strict=False)
        if block
    ]
    lines = [*beside(blocks, each), *paragraph(text.plain(_words(found, text)), width)]
    if twice:
        alike = (f"{text.name(one.symbol)} = {text.name(twice[one])}" for one in twice)
        lines += paragraph(text.plain(f"in both: {', '.join(alike)}"), width, "dim")
    if same:
        lines += paragraph(text.plain(f"the same: {', '.join(same)}"), width, "dim")
    return [*lines, (), *_curves(found, names, text, width)]


def _label(found: Comparison, room: int) -> str:
    """Where the branches part, as a label above the rows."""
    place = found.parting
    said = f" part at {place.iteration}.{place.step}" if place else ""
    return said if len(said) <= room else ""


def _repeated(differ: Sequence[Difference]) -> dict[Difference, Symbol]:
    """The gradients of biases that are in both branches, to the bit, the errors that they are the
    sums of, as of one sample; and these.
    """
    found = {}
    for one in differ:
        if Symbol(one.symbol).kind.key == "db":
            for other in differ:
                both = ((one.here, other.here), (one.there, other.there))
                if Symbol(other.symbol).kind.key == "delta" and all(
                    a.tobytes() == b.tobytes() for a, b in both
                ):
                    found[one] = Symbol(other.symbol)
    return found


def _words(found: Comparison, text: Text) -> str:
    names = [f"{side.name} ({side.label})" for side in (found.here, found.there)]
    if found.parting is None or found.step is None:
        both = f"{names[0]} and {names[1]} compute the same numbers"
        return f"{both}, bit for bit, up to {found.searched:,}."
    place = f"{found.parting.iteration}.{found.parting.step}"
    return f"{names[0]} and {names[1]} part at {place}, {text.name(found.step.symbol)}."


def _curves(found: Comparison, names: list[str], text: Text, width: int) -> list[Line]:
    series = []
    for side, name, role in zip((found.here, found.there), names, ("own", "other"), strict=True):
        losses = side.losses
        points = list(zip(losses.iterations.tolist(), losses.low.tolist(), strict=True))
        series.append(Series(name, role, points[:: max(1, len(points) // 200)]))
    if found.known < CURVE or not all(one.points for one in series):
        return []
    return plot(
        series,
        min(width, PLOT_WIDTH),
        PLOT_HEIGHT,
        ascii=text.ascii,
        x_range=(1, found.known),
        position=found.known,
    )


def _rows(found: Difference, text: Text, width: int) -> list[Line]:
    """The elements of a symbol in both branches, those that differ most if not all are shown."""
    with np.errstate(all="ignore"):
        difference = np.abs(found.here - found.there)
    gap = np.where(np.isnan(difference), np.inf, difference).ravel()
    chosen = range(gap.size) if gap.size <= SHOWN else sorted(np.argsort(-gap)[:SHOWN].tolist())
    lines: list[Line] = []
    for place in chosen:
        index = tuple(int(i) for i in np.unravel_index(place, found.here.shape))
        name = text.element(found.symbol, index, found.here.shape)
        element = Element(name, float(found.here[index]), float(found.there[index]))
        lines.append(table.row(text, element, width, change=False))
    if gap.size > SHOWN:
        rest = "are the same" if not np.delete(gap, list(chosen)).any() else "differ less"
        more = f" … {gap.size - SHOWN} more of {text.name(found.symbol)} {rest}"
        lines.append(((text.plain(more)[:width], "dim"),))
    return lines
