"""Gradients beside central differences, as a page and as lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.analysis.gradcheck import Check, Kink
from engine.catalog.symbols import Symbol
from engine.formula.layout import Shape
from tui.draw.parts import PLOT_WIDTH, paragraph
from tui.text import exact
from tui.text.format import Text
from tui.text.plot import Series, plot
from tui.text.raster import Line

KINKS = 3
"""So many kinks are named."""
HEIGHT = 10
"""The lines of the curve."""
MOST_DECIMALS = 17
LOSS_DIGITS = 10
"""Digits of a loss beside one that differs in the last of them."""


@dataclass(frozen=True)
class Subject:
    """What is checked: the name of the number, and that of its gradient."""

    name: str
    gradient: str


def subject(text: Text, check: Check, shape: Shape, gradient: str | None) -> Subject:
    """The names of a checked number and of its gradient."""
    name = text.element(check.symbol, check.index, shape)
    if gradient is None:
        return Subject(name, text.plain(f"∂L/∂{name}"))
    return Subject(name, text.element(gradient, check.index, shape))


def one(text: Text, check: Check, curve: Sequence[Check], about: Subject, width: int) -> list[Line]:
    """The page of one number."""
    fine = replace(text, digits=max(text.digits, 8))
    name, h = about.name, text.number(check.h)
    found: list[Line] = []
    if check.backprop is None:
        words = f"{about.gradient}: backpropagation computes no such gradient"
        found += paragraph(text.plain(f"{words} ({_without(check)})."), width)
    else:
        by = "differentiation" if check.symbol == "theta" else "backpropagation"
        written = f"{about.gradient} = {fine.number(check.backprop)}  by {by}"
        found += paragraph(text.plain(written), width, "accent", 4)
    written = f"(L({name} + h) − L({name} − h))/2h = {fine.number(check.numeric)}  with h = {h}"
    found += paragraph(text.plain(written), width, "accent", 4)
    found += paragraph(text.plain(f"  {quotient(text, check)}"), width, "", 4)
    found += paragraph(text.plain(verdict(text, check)), width)
    for words in kinks(text, check.kinks):
        found += paragraph(text.plain(words), width)
    return [*found, (), *drawn(text, curve, width)] if check.backprop is not None else found


def _without(check: Check) -> str:
    return "it is frozen" if Symbol(check.symbol).is_parameter else "no step needs it"


def quotient(text: Text, check: Check) -> str:
    """The difference in numbers, the losses with as many digits as it takes to close."""
    h = check.h
    right = text.number(check.numeric).replace("−", "-")
    for decimals in range(text.digits, MOST_DECIMALS + 1):
        above, below = f"{check.above:.{decimals}f}", f"{check.below:.{decimals}f}"
        if not (math.isfinite(check.above) and math.isfinite(check.below)):
            break
        apart = exact.sub(Decimal(above), Decimal(below))
        found = exact.div(apart, exact.mul(Decimal(2), Decimal(repr(h))))
        if exact.prints_as(found, right, text.digits):
            return f"({above} − {below})/(2·{text.number(h)}) = {text.number(check.numeric)}"
    above, below = f"{check.above:.{LOSS_DIGITS}f}", f"{check.below:.{LOSS_DIGITS}f}"
    return f"({above} − {below})/(2·{text.number(h)}) ≈ {text.number(check.numeric)}"


def verdict(text: Text, check: Check) -> str:
    """Whether the two agree, as a sentence."""
    if check.error is None or check.backprop is None:
        return "There is nothing to compare it with."
    if check.error == 0:
        return "The two are one number."
    if check.lost:
        noise = error(check.noise)
        return f"Both are 0 to the rounding of the losses, which is about {noise} here."
    share = f"relative error {error(check.error)}"
    if check.agrees and check.error <= check.close:
        return f"The two agree: {share}."
    if check.agrees:
        noise = error(check.noise)
        return f"The two agree to the rounding of the losses, about {noise} here: {share}."
    if check.kinks:
        return f"The two differ, {share}; but there is a kink, where the difference is no slope."
    return f"The two differ: {share}."


def kinks(text: Text, found: Sequence[Kink]) -> list[str]:
    """What lies between the two losses, a sentence each."""
    words = []
    for kink in found[:KINKS]:
        if kink.symbol == "loss":
            words.append("f has a kink, of abs, relu, max, min or √, between −h and +h.")
            continue
        if Symbol(kink.symbol).is_parameter:
            words.append("It passes the kink of its L1 penalty at 0 between −h and +h.")
            continue
        sample, *unit = (i + 1 for i in kink.index)
        what, which = f"{Symbol(kink.symbol).written} of unit {unit[0]}", "a kink of the loss"
        if kink.at is not None:
            which = f"the kink at {text.number(kink.at)}"
        where = f"{what}, sample {sample},"
        words.append(f"{where} passes {which} between −h and +h.")
    if len(found) > KINKS:
        words.append(f"So do {len(found) - KINKS} more.")
    return words


def error(x: float | None) -> str:
    """A relative error: two digits of it are enough."""
    return "none" if x is None else "0" if x == 0 else f"{x:.1e}".replace("e-0", "e-")


def drawn(text: Text, curve: Sequence[Check], width: int) -> list[Line]:
    """The relative error against h, with what makes it on either side."""
    points = [
        (math.log10(check.h), check.error)
        for check in reversed(curve)
        if check.error and math.isfinite(check.error)
    ]
    if len(points) < 2:
        return paragraph(text.plain("The error is 0 at nearly every h."), width)
    least = min(range(len(points)), key=lambda i: points[i][1])
    rounding, truncation = points[: least + 1], points[least:]
    head = paragraph(text.plain("The relative error by h:"), width, "title")
    picture = plot(
        [Series("rounding", "other", rounding), Series("truncation", "own", truncation)],
        min(width, PLOT_WIDTH),
        HEIGHT,
        ascii=text.ascii,
        x_range=(points[0][0], points[-1][0]),
        x_label=lambda x: text.number(10.0 ** round(x)),
    )
    where, size = text.number(10.0 ** points[least][0]), error(points[least][1])
    bends = " Larger h: the slope bends on the way, the error grows as h²."
    words = (
        f"Least at h = {where}: {size}.{bends * (least + 1 < len(points))} Smaller h: the two"
        " losses differ in their last digits only, it grows as 1/h."
    )
    return [*head, *picture, *paragraph(text.plain(words), width, "dim")]


# -- many ------------------------------------------------------------------------------------------


def table_head(text: Text) -> str:
    """What the columns of a table of checks are."""
    first = "derivative" if text.variables else "backprop"
    cells = (first, "numeric", "error", "L(θ + h)", "L(θ − h)")
    return text.plain(f"{'':13}" + "".join(cell.rjust(15) for cell in cells))


def table_row(text: Text, check: Check, shape: Shape) -> str:
    """A check as a line of a table, marked where the two differ."""
    name = text.element(check.symbol, check.index, shape)
    fine = replace(text, digits=max(text.digits, 8))
    backprop = "frozen" if check.backprop is None else fine.number(check.backprop)
    relative = "rounding" if check.lost and check.error else error(check.error)
    cells = (backprop, fine.number(check.numeric), relative)
    losses = (f"{check.above:.{LOSS_DIGITS}f}", f"{check.below:.{LOSS_DIGITS}f}")
    note = "" if check.agrees else "  kink" if check.kinks else "  differs"
    return text.plain(f"{name:13}" + "".join(cell.rjust(15) for cell in (*cells, *losses)) + note)


@dataclass
class Tally:
    """What many checks come to: how many there were, how many differ, and the worst of them."""

    count: int = 0
    differ: int = 0
    kinked: int = 0
    worst: Check | None = None

    def add(self, check: Check) -> None:
        """Count one."""
        self.count += 1
        self.differ += not check.agrees
        self.kinked += bool(check.kinks)
        known = self.worst.error if self.worst else None
        if check.error is None or (check.lost and self.worst):
            return
        if known is None or check.error > known or (self.worst and self.worst.lost):
            self.worst = check

    def words(self, text: Text, shape_of: dict[str, Shape]) -> str:
        """The sum of it, as sentences."""
        if self.worst is None:
            return text.plain("No gradient is computed here.")
        name = text.element(self.worst.symbol, self.worst.index, shape_of[self.worst.symbol])
        all_of = f"All {self.count} agree" if self.count > 1 else "It agrees"
        judged = f"{self.differ} of {self.count} differ" if self.differ else all_of
        found = f"{judged}; the worst is {name}, relative error {error(self.worst.error)}."
        if self.kinked:
            s = "" if self.kinked == 1 else "s"
            found += f" {self.kinked} number{s} passed a kink, where a difference is no slope."
        return text.plain(found)
