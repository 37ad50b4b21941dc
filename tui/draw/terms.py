"""A sum as a table: its terms, the largest first where they are of samples, then the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import NamedTuple

from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.expr import Expr, Index
from tui.draw import cell, grid
from tui.draw.grid import LABEL
from tui.draw.parts import MARKS
from tui.frame.frame import Frame
from tui.text import exact
from tui.text.characters import SUBSCRIPTS
from tui.text.raster import Line

LEAST = 3
"""Sums of fewer terms are written in a line."""


class Sum(NamedTuple):
    """A sum of products whose factors differ in one place of their indices, or of single numbers.
    `over` is "ₙ" where that place counts samples, else "ₖ"; `labels` are the places, from 1;
    `others` are terms of another kind, such as a bias, or the slope of a penalty; `divisor` is what
    the sum is divided by.
    """

    over: str
    terms: tuple[Expr, ...]
    labels: tuple[int, ...]
    places: tuple[int, ...]
    others: tuple[Expr, ...]
    divisor: Expr | None

    @property
    def penalized(self) -> bool:
        """Whether the others are the slope of a penalty."""
        return any(other.op != "num" for other in self.others)


def read(e: Expr) -> Sum | None:
    """The sum that a tree is; None where it is none, or of few terms."""
    e, divisor = (e.args[0], e.args[1]) if e.op == "div" else (e, None)
    if e.op != "add":
        return None
    terms, others = _alike(e)
    kind = _kind(terms[0])
    if len(terms) < LEAST or not kind or not _are_known(others):
        return None
    places = tuple(_varying([factors(t)[i].index for t in terms]) for i in range(len(kind)))
    labels = tuple(_label(term, places) for term in terms)
    if -1 in places or 0 in labels:
        return None
    sampled = not any(places) and all(Symbol(symbol).batchwise for symbol in kind)
    return Sum("ₙ" if sampled else "ₖ", terms, labels, places, others, divisor)


def _are_known(others: Sequence[Expr]) -> bool:
    """Whether the terms of another kind are none, one number, or the slope of a penalty."""
    number = len(others) == 1 and others[0].op == "num"
    return number or all(map(_is_slope, others))


def _is_slope(term: Expr) -> bool:
    """Whether a term is a λ times a parameter or its sign."""
    return term.op == "mul" and any(_weight(part) for part in term.args)


def _weight(part: Expr) -> bool:
    """Whether a factor is the λ of a penalty, or that divided by the samples."""
    part = part.args[0] if part.op == "div" else part
    return Symbol(part.symbol).family in ("ridge", "lasso")


def _alike(e: Expr) -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
    """The terms of the kind that most are of, and the others."""
    kinds = [_kind(term) for term in e.args]
    kind, _ = Counter(kinds).most_common(1)[0]
    pairs = list(zip(e.args, kinds, strict=True))
    return (
        tuple(term for term, own in pairs if own == kind),
        tuple(term for term, own in pairs if own != kind),
    )


def _label(term: Expr, places: Sequence[int]) -> int:
    """The index of a term, from 1; 0 where its factors have not the same."""
    parts = zip(factors(term), places, strict=True)
    found = {factor.index[place] for factor, place in parts if place >= 0}
    return 1 + found.pop() if len(found) == 1 else 0


def factors(term: Expr) -> tuple[Expr, ...]:
    """What a term is the product of."""
    return term.args if term.op == "mul" else (term,)


def _kind(term: Expr) -> tuple[str, ...]:
    """The symbols of its factors; none where it is no product of elements."""
    parts = factors(term)
    known = all(part.op == "num" and part.symbol and part.index for part in parts)
    return tuple(part.symbol for part in parts) if known else ()


def _varying(indices: Sequence[Index]) -> int:
    """The one place in which indices differ; -1 where there is no such place."""
    found = [i for i in range(len(indices[0])) if len({index[i] for index in indices}) > 1]
    return found[0] if len(found) == 1 else -1


def units(frame: Frame, found: Sum, result: float) -> int:
    """The power of ten that its terms and its result are shown in."""
    if found.others or found.divisor is not None:
        return 0
    scale = grid.units(frame.text, [[result, *(term.value for term in found.terms)]])
    parts = factors(found.terms[0])
    return scale if sum(_small(part, scale) for part in parts) == 1 else 0


def scaled(found: Sum, scale: int) -> Expr:
    """The sum in units of a power of ten: one factor of each term is in them."""
    power = 10.0**scale
    terms = []
    for term in found.terms:
        parts = [
            replace(part, value=part.value / power) if _small(part, scale) else part
            for part in factors(term)
        ]
        terms.append(ex.mul(*parts))
    return ex.add(*terms)


# -- the line --------------------------------------------------------------------------------------


def in_names(frame: Frame, found: Sum) -> str:
    """The sum by its names: Σₙ δ[1]ₙ₁·xₙ₁."""
    text = frame.text
    product = "·".join(
        _general(frame, factor, place, found.over)
        for factor, place in zip(factors(found.terms[0]), found.places, strict=True)
    )
    written = f"Σ{found.over} {product}"
    for other in found.others if not found.penalized else ():
        written += f" + {text.element(other.symbol, other.index, frame.shapes[other.symbol])}"
    written += " + penalty" if found.penalized else ""
    if found.divisor is not None:
        inner = f"({written})" if found.others else written
        divisor = text.in_names(found.divisor, frame.shapes)
        written = f"{inner} / {divisor if found.divisor.op == 'num' else f'({divisor})'}"
    return text.plain(written)


def _general(frame: Frame, factor: Expr, place: int, letter: str) -> str:
    """A factor's name, a letter in the place that counts."""
    index, shape = factor.index, frame.shapes.get(factor.symbol, ())
    written = Symbol(factor.symbol).written
    if len(index) == 1 and written.endswith(letter):
        return written
    parts = [str(i + 1) for i in index]
    parts[place] = letter
    if len(parts) > 1 and Symbol(factor.symbol).batchwise and shape[:1] == (1,):
        parts = parts[1:]
    joined = ("" if all(len(part) == 1 for part in parts) else ",").join(parts)
    return written + joined.translate(SUBSCRIPTS)


# -- the table -------------------------------------------------------------------------------------


class Shown(NamedTuple):
    """The table of a sum, the sign that stands before its result, = where the products that are
    shown add up to the result that is shown, and a row with that result.
    """

    head: Line
    rows: tuple[Line, ...]
    sign: str
    sum: Line


def table(
    frame: Frame, found: Sum, result: float, width: int, height: int, scale: int = 0
) -> Shown | None:
    """The terms in at most so many columns, and lines with the head; None where there is no room
    for one.
    """
    order = _order(found, height - 1 - len(found.others))
    if order is None or LABEL + _before(frame, found) + cell.width(frame.text) > width:
        return None
    made = [_row(frame, str(n), factors(term), term.value, scale) for n, term in order.shown]
    if order.rest:
        rest = sum(term.value for term in order.rest)
        made.append(_together(frame, order.hidden, rest, found, scale))
    made += [_alone(frame, name, value, found, scale) for name, value in _others(frame, found)]
    rows = [line for line, _ in made]
    if order.zeros:
        rows.append(_zeros(frame, found, order.zeros))
    total = reduce(exact.add, (product for _, product in made), exact.read("0"))
    if found.divisor is not None:
        by = frame.text.operand(found.divisor.value, found.divisor.symbol, frame.whole)
        total = exact.div(total, exact.read(by.replace("−", "-")))
    shown = frame.text.number(result / 10.0**scale).replace("−", "-")
    sign = "=" if grid.rounds_to(total, shown) else "≈"
    line, _ = _alone(frame, "sum", result, found, scale, sign)
    return Shown(_head(frame, found, scale), tuple(rows), sign, line)


class _Order(NamedTuple):
    """Which terms are shown, with their labels, which are put together, how many these count with
    zeros among them, and how many zeros are counted in a row of their own.
    """

    shown: list[tuple[int, Expr]]
    rest: list[Expr]
    hidden: int
    zeros: int


def _order(found: Sum, room: int) -> _Order | None:
    """The terms in so many rows: of samples those that are not 0, the largest first, and so of
    units where not all have room; None where there is no room for one.
    """
    every = list(zip(found.labels, found.terms, strict=True))
    sampled = found.over == "ₙ"
    ordered = [pair for pair in every if pair[1].value] if sampled else every
    zeros = len(every) - len(ordered)
    apart = bool(zeros) and room > min(len(ordered), LEAST)
    room -= apart
    if len(ordered) > room or sampled:
        ordered = sorted(ordered, key=lambda pair: -abs(pair[1].value))
    kept = len(ordered) if len(ordered) <= room else room - 1
    if kept < min(1, len(ordered)):
        return None
    rest = [term for _, term in ordered[kept:]]
    return _Order(ordered[:kept], rest, len(rest) + (0 if apart else zeros), zeros if apart else 0)


def _before(frame: Frame, found: Sum) -> int:
    """The columns between the label of a term and its product."""
    wide = _width(found)
    return wide * (cell.width(frame.text) + 2) + 1 if wide > 1 else 0


def _width(found: Sum) -> int:
    return len(factors(found.terms[0]))


def _head(frame: Frame, found: Sum, scale: int) -> Line:
    text, wide = frame.text, cell.width(frame.text)
    spans = [(("n" if found.over == "ₙ" else "").rjust(LABEL - 1).ljust(LABEL), "dim")]
    for factor, place in zip(factors(found.terms[0]), found.places, strict=True):
        what = grid.mark(frame, factor.symbol)
        sign = text.plain(MARKS[what]).strip()
        name = text.plain(_general(frame, factor, place, found.over))
        if text.ascii and len(sign + name) > wide:
            name = name.replace("delta", "d")
        if len(sign + name) > wide:
            name = text.plain(grid.brief(factor.symbol) + found.over)
        spans.append(((sign + name)[:wide].rjust(wide), what or "dim"))
        spans.append(("  ", ""))
    if _width(found) > 1:
        spans.append((" " + "product".rjust(wide), "dim"))
    if scale:
        spans.append((f"  {cell.power(text, scale)}", "dim"))
    return tuple(spans)


def _row(
    frame: Frame, label: str, parts: tuple[Expr, ...], value: float, scale: int
) -> tuple[Line, exact.Exact]:
    """A term, and its product as it is shown."""
    text = frame.text
    cells = [
        grid.number(
            frame,
            part.value,
            grid.mark(frame, part.symbol),
            scale=scale if _small(part, scale) else 0,
        )
        for part in parts
    ]
    shown = [grid.shown_value(spans) for spans in cells]
    start: Line = ((label.rjust(LABEL - 1).ljust(LABEL), "dim"),)
    if len(parts) == 1:
        return (*start, *cells[0]), exact.read(shown[0])
    result = grid.number(frame, value, "", scale=scale)
    product = grid.shown_value(result)
    worked = exact.apply("mul", map(exact.read, shown))
    sign = "=" if grid.rounds_to(worked, product) else "≈"
    spans = list(cells[0])
    for each in cells[1:]:
        spans += [(text.plain(" ·"), "dim"), *each]
    return (
        (*start, *spans, (text.plain(f"  {sign}"), "dim"), *result),
        exact.read(product),
    )


def _small(part: Expr, scale: int) -> bool:
    """Whether a factor is the one that is shown in units of a power of ten."""
    return bool(scale) and Symbol(part.symbol).kind.key in ("delta", "da", "dyhat", "lossn")


def _others(frame: Frame, found: Sum) -> list[tuple[str, float]]:
    """What the terms of another kind are called, and what they add: a penalty's as one."""
    if found.penalized:
        name = "penalty" if _before(frame, found) else "pen."
        return [(name, sum(other.value for other in found.others))]
    return [(grid.name(frame.text, each.symbol, LABEL - 1), each.value) for each in found.others]


def _alone(
    frame: Frame, label: str, value: float, found: Sum, scale: int, sign: str = " "
) -> tuple[Line, exact.Exact]:
    """A number in the column of the products, and what stands before it."""
    result = grid.number(frame, value, "", scale=scale)
    blank = _before(frame, found)
    start = f" {label}" if len(label) < LABEL else label
    start = start.ljust(LABEL + blank)[: LABEL + blank]
    start = f"{start[:-1]}{frame.text.plain(sign)}" if blank else start
    line = ((start, "dim"), *result)
    return line, exact.read(grid.shown_value(result))


def _together(
    frame: Frame, count: int, value: float, found: Sum, scale: int
) -> tuple[Line, exact.Exact]:
    said = frame.text.plain(f"{count} more, together")
    if _width(found) > 1:
        return _alone(frame, said, value, found, scale)
    line, shown = _alone(frame, "", value, found, scale)
    return (*line, (f"  {said}", "dim")), shown


def _zeros(frame: Frame, found: Sum, zeros: int) -> Line:
    """How many terms add nothing, and why, where one factor is 0 in all of them."""
    count = len(found.terms)
    reasons = []
    for i, factor in enumerate(factors(found.terms[0])):
        if all(factors(t)[i].value == 0 for t in found.terms if not t.value):
            reasons.append(grid.brief(factor.symbol))
    said = f"have {reasons[0]} = 0" if reasons else "add exactly 0"
    return ((frame.text.plain(f" {zeros} of {count} {said}"), "dim"),)
