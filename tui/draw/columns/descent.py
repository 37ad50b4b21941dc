"""The column of the loss along the update's step, and beyond."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.program.parameters import trained
from engine.program.step import Phase
from engine.program.trace import Trace
from engine.spec.run import RunSpec
from tui.draw.columns.column import STEP, Column
from tui.draw.parts import paragraph, title
from tui.frame.frame import Frame
from tui.frame.kept import kept
from tui.text.plot import Series, plot
from tui.text.raster import Line

if TYPE_CHECKING:
    from engine.analysis.descent import Descent

HEIGHT = 12
FIRST, LAST, PLACES = -0.5, 2.5, 31
"""From half a step back to two and a half on the loss is worked out at so many places."""
MOST_NUMBERS = 2_000_000
"""So many multiplications by the data are quick enough for a column."""


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The column: the curve, the straight line of the slope, and what they say."""
    text = frame.text
    head = title(frame, "descent", width, "loss along the update")
    first = next((s.number for s in frame.steps if s.phase is Phase.UPDATE), 0)
    if not first or frame.position.step < first:
        known = f"known at step {first}" if first else "nothing is updated"
        return [head, *paragraph(text.plain(known), width, "dim")]
    curve, seen = _along(frame.trace, frame.spec)
    series = _series([(s, x) for s, x in curve if math.isfinite(x)], seen)
    if not series:
        return [head, *paragraph(text.plain("The losses along it are no numbers."), width, "dim")]
    drawn = plot(
        series,
        width,
        min(HEIGHT, height - 1),
        ascii=text.ascii,
        x_range=(FIRST, LAST),
        position=1.0,
    )
    said = [row for words in _words(frame, seen) for row in paragraph(words, width)]
    return [head, *drawn, *said]


def _series(points: list[tuple[float, float]], seen: Descent) -> list[Series]:
    """The curve, and its slope as far down as the curve goes; none where they are no numbers."""
    if len(points) < 2 or not math.isfinite(seen.slope):
        return []
    low = min(x for _, x in points)
    line = [(s, seen.before + seen.slope * s) for s, _ in points]
    return [
        Series("loss", "own", points),
        Series("slope", "other", [(s, x) for s, x in line if x >= low]),
    ]


def _words(frame: Frame, seen: Descent) -> list[str]:
    text = frame.text
    change = text.number(seen.after - seen.before)
    words = [f"s = 0 before the update, 1 after it: the loss changes by {change}."]
    words.append(f"Slope {text.number(seen.slope)}, bend {text.number(seen.bend)} in steps.")
    if seen.lowest is not None:
        rate = frame.trace.scalars["lr"] * seen.lowest
        words.append(f"Least near s = {text.number(seen.lowest)}, at η = {text.number(rate)}.")
    return [text.plain(each) for each in words]


@kept
def _along(trace: Trace, spec: RunSpec) -> tuple[list[tuple[float, float]], Descent]:
    """The losses along the update of a trace."""
    from engine.analysis.descent import Along, descent  # the first picture does not wait for it

    shares = [FIRST + (LAST - FIRST) * i / (PLACES - 1) for i in range(PLACES)]
    losses = Along(trace, spec).losses(shares)
    return list(zip(shares, losses, strict=True)), descent(trace, spec)


@kept
def _worth(spec: RunSpec) -> int:
    if not spec.has_loss:
        return 0
    numbers = sum(layer.W.size for layer in spec.layers) * spec.data.largest
    return STEP if trained(spec) and numbers <= MOST_NUMBERS else 0


COLUMN = Column(
    id="descent",
    shows="the loss along the update",
    lines=draw,
    worth=lambda frame: _worth(frame.spec),
)
