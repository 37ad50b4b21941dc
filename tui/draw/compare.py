"""The page of two branches side by side at one position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.analysis.compare import Difference
from engine.history.position import Position
from engine.program.step import Step
from tui.draw.parts import PLOT_HEIGHT, PLOT_WIDTH, paragraph
from tui.frame.losses import Losses
from tui.text.cells import cells
from tui.text.format import Text
from tui.text.plot import Series, plot
from tui.text.raster import Line

SHOWN = 4
"""So many elements of a symbol are set side by side."""
LABEL = 11


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
    """The page in lines of `width` cells."""
    lines = [*paragraph(text.plain(_words(found, text)), width), ()]
    label, column = columns(text, width)
    names = [text.plain(cells(side.name)) for side in (found.here, found.there)]
    third = "difference" if column > len("difference") else "differs"
    heads = [*names, third] if label + 3 * column <= width else names
    shown = "".join(f" {head[: column - 1]}".rjust(column) for head in heads)
    lines.append(((f"{'':{label}}{shown}", "title"),))
    for difference in found.differences:
        lines += _rows(difference, text, width)
    return [*lines, (), *_curves(found, names, text, width)]


def columns(text: Text, width: int) -> tuple[int, int]:
    """The cells of a label and of a column of numbers: three of these, or two where not so many
    fit.
    """
    spare = width - LABEL - 3 * (text.width + 1)
    return (LABEL, text.width + 1 + min(3, spare // 3)) if spare >= 0 else (LABEL, text.width + 1)


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
    if found.known < 2 or not all(one.points for one in series):
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
    label, column = columns(text, width)
    lines: list[Line] = []
    for place in chosen:
        index = tuple(int(i) for i in np.unravel_index(place, found.here.shape))
        a, b = float(found.here[index]), float(found.there[index])
        name = text.element(found.symbol, index, found.here.shape).ljust(label)
        both = "".join(text.cell(v).rjust(column) for v in (a, b))
        line: Line = ((name, ""), (both, ""))
        if a == b:
            line = (*line, ("same".rjust(column), "dim"))
        elif label + 3 * column <= width:
            line = (*line, (text.cell(a - b, signed=True).rjust(column), "write"))
        lines.append(line)
    if gap.size > SHOWN:
        rest = "are the same" if not np.delete(gap, list(chosen)).any() else "differ less"
        more = f"  … {gap.size - SHOWN} more of {text.name(found.symbol)} {rest}"
        lines.append(((text.plain(more), "dim"),))
    return lines
