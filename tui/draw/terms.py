"""A sum as a table: its terms, the largest first where they are of samples, then the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.expr import Expr, Index
from tui.draw import cell, grid
from tui.draw.grid import LABEL
from tui.frame.frame import Frame
from tui.text import exact
from tui.text.characters import SUBSCRIPTS
from tui.text.raster import Line

LEAST = 3
"""Sums of fewer terms are written in a line."""


class Sum(NamedTuple):
    """A sum of products whose factors differ in one place of their indices, or of single numbers.
    `over` is "ₙ" where that place counts samples, else "ₖ"; `labels` are the places, from 1;
    `others` are terms of another kind, such as a bias; `divisor` is what the sum is divided by.
    """

    over: str
    terms: tuple[Expr, ...]
    labels: tuple[int, ...]
    places: tuple[int, ...]
    others: tuple[Expr, ...]
    divisor: Expr | None


def read(e: Expr) -> Sum | None:
    """The sum that a tree is; None where it is none, or of few terms."""
    divisor = None
    if e.op == "div" and e.args[0].op == "add":
        e, divisor = e.args[0], e.args[1]
    if e.op != "add" or len(e.args) < LEAST:
        return None
    kinds = Counter(map(_kind, e.args))
    kind, found = kinds.most_common(1)[0]
    if not kind or found < LEAST:
        return None
    terms = tuple(term for term in e.args if _kind(term) == kind)
    others = tuple(term for term in e.args if _kind(term) != kind)
    if any(term.op != "num" for term in others) or len(others) > 1:
        return None
    places = tuple(_varying([factors(t)[i].index for t in terms]) for i in range(len(kind)))
    if -1 in places:
        return None
    labels = [{factor.index[place] for factor, place in zip(factors(t), places, strict=True)}
              for t in terms]  # fmt: skip
    if any(len(each) > 1 for each in labels):
        return None
    sampled = all(
        place == 0 and Symbol(s).batchwise for s, place in zip(kind, places, strict=True)
    )
    numbers = tuple(1 + each.pop() for each in labels)
    return Sum("ₙ" if sampled else "ₖ", terms, numbers, places, others, divisor)


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
    for other in found.others:
        written += f" + {text.element(other.symbol, other.index, frame.shapes[other.symbol])}"
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


def table(frame: Frame, found: Sum, result: float, height: int, scale: int = 0) -> Shown | None:
    """The terms in at most so many lines with the head; None where there is no room for one."""
    every = list(zip(found.labels, found.terms, strict=True))
    ordered = [pair for pair in every if pair[1].value] if found.over == "ₙ" else every
    zeros = len(every) - len(ordered)
    room = height - 1 - len(found.others)
    dropped = 0
    if zeros and room - 1 < min(len(ordered), LEAST):
        zeros, dropped = 0, zeros
    room -= bool(zeros)
    if len(ordered) > room or found.over == "ₙ":
        ordered.sort(key=lambda pair: -abs(pair[1].value))
    kept = len(ordered) if len(ordered) <= room else room - 1
    if kept < min(1, len(ordered)):
        return None
    rows, total = [], exact.read("0")
    for label, term in ordered[:kept]:
        line, product = _row(frame, str(label), factors(term), term.value, scale)
        rows.append(line)
        total = exact.add(total, product)
    if rest := [term.value for _, term in ordered[kept:]]:
        line, product = _together(frame, dropped + len(rest), sum(rest), found, scale)
        rows.append(line)
        total = exact.add(total, product)
    for other in found.others:
        name = grid.name(frame, other.symbol, LABEL - 1)
        line, product = _alone(frame, name, other.value, _width(found), scale)
        rows.append(line)
        total = exact.add(total, product)
    if zeros:
        rows.append(_zeros(frame, found, zeros))
    if found.divisor is not None:
        total = exact.div(total, exact.read(frame.text.operand(
            found.divisor.value, found.divisor.symbol, frame.whole).replace("−", "-")
        ))  # fmt: skip
    shown = frame.text.number(result / 10.0**scale).replace("−", "-")
    sign = "=" if grid.rounds_to(total, shown) else "≈"
    line, _ = _alone(frame, "sum", result, _width(found), scale, sign)
    return Shown(_head(frame, found, scale), tuple(rows), sign, line)


def _width(found: Sum) -> int:
    return len(factors(found.terms[0]))


def _head(frame: Frame, found: Sum, scale: int) -> Line:
    text, wide = frame.text, cell.width(frame.text)
    line = "n" if found.over == "ₙ" else ""
    written = line.rjust(LABEL - 1).ljust(LABEL)
    for factor, place in zip(factors(found.terms[0]), found.places, strict=True):
        name = text.plain(_general(frame, factor, place, found.over))
        if len(name) >= wide:
            name = text.plain(grid.brief(factor.symbol) + found.over)
        written += name[:wide].rjust(wide) + (" " * 2 if _width(found) > 1 else "")
    if _width(found) > 1:
        written = f"{written[:-2]}   {'product'.rjust(wide)}"
    if scale:
        written = f"{written.rstrip()}  {cell.power(text, scale)}"
    return ((written, "dim"),)


def _row(
    frame: Frame, label: str, parts: tuple[Expr, ...], value: float, scale: int
) -> tuple[Line, exact.Exact]:
    """A term, and its product as it is shown."""
    text = frame.text
    cells = [
        grid.number(frame, part.value, "", scale=scale if _small(part, scale) else 0)
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


def _alone(
    frame: Frame, label: str, value: float, wide: int, scale: int, sign: str = " "
) -> tuple[Line, exact.Exact]:
    """A number in the column of the products, and what stands before it."""
    result = grid.number(frame, value, "", scale=scale)
    each = cell.width(frame.text)
    blank = (each + 2) * (wide - 1) + each + 3 if wide > 1 else 0
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
        return _alone(frame, said, value, _width(found), scale)
    line, shown = _alone(frame, "", value, 1, scale)
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
