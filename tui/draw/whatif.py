"""The page of what one update would do in part, or at another learning rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.analysis.whatif import Partial, Sweep
from engine.program.parameters import THETA
from tui.draw.parts import (
    COLUMN,
    GAP,
    PLOT_HEIGHT,
    PLOT_WIDTH,
    beside,
    columns,
    paragraph,
)
from tui.text.format import Text
from tui.text.plot import Series, plot
from tui.text.raster import Line


@dataclass(frozen=True, eq=False)
class Answers:
    """What there is to say of the update of iteration t: the loss on its mini-batch before it,
    after parts of it, and after it at other learning rates than its own `rate`.
    """

    t: int
    before: float
    parts: tuple[Partial, ...]
    sweep: Sweep
    rate: float


def draw(answers: Answers, text: Text, width: int) -> list[Line]:
    """The page in lines of `width` cells: the parts, and beside them, where there is room, the
    learning rates.
    """
    if columns(width) == 1:
        return [*_parts(answers, text, width), (), *_sweep(answers, text, width)]
    plot_width = min(width - COLUMN - GAP, PLOT_WIDTH)
    return beside([_parts(answers, text, COLUMN), _sweep(answers, text, plot_width)], COLUMN)


def _parts(answers: Answers, text: Text, width: int) -> list[Line]:
    before = answers.before
    names = [", ".join(map(text.name, part.parameters)) for part in answers.parts[:-1]]
    names.append("all of them")
    if answers.parts[-1].parameters == (THETA,):
        names[-1] = text.name(THETA)
    column = max(map(len, names))
    intro = (
        f"The loss on iteration {answers.t}'s mini-batch is {text.number(before)};"
        " after updating only"
    )
    if answers.parts[-1].parameters == (THETA,):
        intro = f"f is {text.number(before)} at iteration {answers.t}; after its update of"
    lines = paragraph(text.plain(intro), width)
    for name, part in zip(names, answers.parts, strict=True):
        change = text.cell(part.loss - before, signed=True)
        lines.append(
            (
                (f"  {name.ljust(column)}  ", ""),
                (text.number(part.loss), "own"),
                (f"  {change}", ""),
            )
        )
    return lines


def _sweep(answers: Answers, text: Text, width: int) -> list[Line]:
    sweep, rate = answers.sweep, answers.rate
    points = [
        (math.log10(x), float(y))
        for x, y in zip(sweep.rates.tolist(), sweep.losses.tolist(), strict=True)
        if math.isfinite(y)
    ]
    curves = [Series("loss", "own", points)]
    if sweep.overshoot is not None:
        least = [(x, y) for x, y in points if x >= math.log10(sweep.overshoot) - 1e-9][:1]
        curves.append(Series("least: overshoot begins", "write", least))
    ends = math.log10(sweep.rates[0]), math.log10(sweep.rates[-1])
    drawn = plot(
        curves,
        min(width, PLOT_WIDTH),
        PLOT_HEIGHT,
        ascii=text.ascii,
        x_range=ends,
        position=min(max(math.log10(rate), ends[0]), ends[1]) if rate > 0 else None,
        x_label=lambda x: text.number(10.0**x),
    )
    head = paragraph("After this one update, by its learning rate:", width)
    said = [line for words in _words(answers) for line in paragraph(text.plain(words), width)]
    return [*head, *drawn, *said]


def _words(answers: Answers) -> list[str]:
    sweep = answers.sweep
    if not math.isfinite(answers.before):
        words = ["The loss is not finite before the update; no rate mends that."]
    elif sweep.overshoot is None:
        words = ["No overshoot from 0.001 to 10: the loss goes one way."]
    else:
        words = [f"Overshoot begins at a rate of ≈ {sweep.overshoot:.2g}: least loss there."]
    if sweep.worse is not None:
        words.append(f"From ≈ {sweep.worse:.2g} on it is worse than no update.")
    return words
