"""A graded sheet as objects of JSON, as a row of CSV, and as lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING, Any, Protocol

from tui.command import asking
from tui.command.output import show, written

if TYPE_CHECKING:
    from engine.sheets.figures import Judged
    from engine.sheets.grade import Graded
    from tui.text.format import Text

MOST_UNPLACED = 20
"""So many statements that could not be placed are listed; the rest are counted."""
COLUMNS = (
    "sheet",
    "figures",
    "right",
    "carried",
    "slip",
    "unbased",
    "unchecked",
    "not_placed",
    "points",
    "of",
    "iteration",
    "symbol",
    "index",
    "line",
    "written",
    "expected",
    "cause",
    "problem",
)


class Writer(Protocol):
    """Writes sheets as they are graded."""

    def graded(self, file: str, graded: Graded, text: Text) -> None:
        """Write one."""

    def failed(self, file: str, problem: str) -> None:
        """Write of one that could not be graded why."""


def first_slip(graded: Graded) -> Judged | None:
    """The first slip in the order of the training."""
    return graded.sheet.slips[0] if graded.sheet.slips else None


def index_of(judged: Judged) -> list[int]:
    """An element's index, counted from 1, the sample first."""
    return [i + 1 for i in judged.figure.index]


# -- as objects and rows ---------------------------------------------------------------------------


class Objects:
    """An object a figure, and one with the counts after each sheet."""

    def __init__(self, several: bool) -> None:
        self._several = several

    def graded(self, file: str, graded: Graded, _text: Text) -> None:
        """Print them."""
        named: dict[str, Any] = {"sheet": file} if self._several else {}
        for judged in graded.sheet.judged:
            figure = judged.figure
            asking.print_object(
                named
                | {
                    "iteration": figure.iteration,
                    "symbol": str(figure.symbol),
                    "index": index_of(judged),
                    "line": figure.line,
                    "written": figure.value,
                    "true": judged.true,
                    "expected": judged.expected,
                    "verdict": judged.verdict.value,
                    "causes": [cause.name for cause in judged.causes],
                }
            )
        counts: dict[str, Any] = {"figures": len(graded.sheet.judged), **graded.sheet.counts()}
        counts["not_placed"] = [
            {"line": each.line, "text": each.text, "reason": each.reason}
            for each in graded.unplaced
        ]
        if graded.points:
            counts |= {"points": graded.points[0], "of": graded.points[1]}
        asking.print_object(named | {"counts": counts})

    def failed(self, file: str, problem: str) -> None:
        """An object for a sheet that could not be graded."""
        asking.print_object({"sheet": file, "problem": problem})


class Rows:
    """A row a sheet."""

    def __init__(self) -> None:
        self._write(COLUMNS)

    def _write(self, cells: tuple[object, ...]) -> None:
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(cells)
        print(line.getvalue())

    def graded(self, file: str, graded: Graded, text: Text) -> None:
        """Print it: the counts, and the first slip with its likeliest cause."""
        counts = graded.sheet.counts()
        points = tuple(f"{p:g}" for p in graded.points) if graded.points else ("", "")
        slip = first_slip(graded)
        first: tuple[object, ...] = ("",) * 7
        if slip:
            figure = slip.figure
            index = " ".join(map(str, index_of(slip)))
            cause = text.plain(slip.causes[0].name) if slip.causes else ""
            first = (
                figure.iteration,
                str(figure.symbol),
                index,
                figure.line,
                text.plain(figure.number.text),
                f"{slip.expected:.9g}",
                cause,
            )
        told = (len(graded.sheet.judged), *counts.values(), len(graded.unplaced))
        order = ("right", "carried", "slip", "unbased", "unchecked")
        told = (told[0], *(counts[key] for key in order), told[-1])
        self._write((_cell(file), *told, *points, *first, ""))

    def failed(self, file: str, problem: str) -> None:
        """A row for a sheet that could not be graded."""
        self._write((_cell(file), *("",) * (len(COLUMNS) - 2), _cell(problem)))


def _cell(text: str) -> str:
    """Text from outside, in no form that a spreadsheet would work out."""
    return f"'{written(text)}" if text[:1] in tuple("=+-@") and text != "-" else written(text)


# -- as lines --------------------------------------------------------------------------------------


class Lines:
    """A line a symbol, what is said of a slip under it, and the counts."""

    def __init__(self, several: bool) -> None:
        self._several = several

    def graded(self, file: str, graded: Graded, text: Text) -> None:
        """Print it."""
        if self._several:
            show(text, f"== {file}")
        for line in lines(graded, text):
            show(text, line)

    def failed(self, file: str, problem: str) -> None:
        """Nothing: the sentence stands on standard error."""


def lines(graded: Graded, text: Text) -> Iterator[str]:
    """The sheet as judged, iteration by iteration."""
    told = [each for each in graded.sheet.judged if each.figure.given and each.verdict != "slip"]
    worked = [each for each in graded.sheet.judged if each not in told]
    for t, figures in groupby(sorted(worked, key=lambda j: j.figure.iteration), _iteration):
        yield f"iteration {t}"
        for _, of_symbol in groupby(figures, lambda j: (j.figure.symbol, j.figure.given)):
            yield from _symbol(list(of_symbol), text)
    if graded.unplaced:
        yield "not placed"
        for each in graded.unplaced[:MOST_UNPLACED]:
            yield f"  line {each.line}, {each.text}: {each.reason}"
        if (more := len(graded.unplaced) - MOST_UNPLACED) > 0:
            yield f"  … and {more} more"
    yield summary(graded)


def _iteration(judged: Judged) -> int:
    return judged.figure.iteration


def _symbol(figures: list[Judged], text: Text) -> Iterator[str]:
    name = text.name(figures[0].figure.symbol)
    numbers = "  ".join(each.figure.number.text.replace("-", "−") for each in figures)
    verdicts = list(dict.fromkeys(each.verdict.value for each in figures))
    yield f"  {name:<9} {numbers:<36} {', '.join(verdicts)}"
    slips = [each for each in figures if each.verdict == "slip"]
    for each, following in zip_longest(slips, slips[1:]):
        yield _said(each, text)
        if following is None or following.causes != each.causes:
            yield from _why(each)


def _said(judged: Judged, text: Text) -> str:
    """What is said of a slip: the place, and what follows from the sheet's own figures."""
    figure = judged.figure
    name = text.element(figure.symbol, figure.index, (1,) * len(figure.index))
    written = figure.number.text.replace("-", "−")
    follows = text.number(judged.expected)
    return f"    ▸ {name}, line {figure.line}: {written}, but your own figures give {follows}"


def _why(judged: Judged) -> Iterator[str]:
    """The likely causes, and what is right."""
    if not judged.causes:
        yield "      no mistake that is known gives this"
    for number, cause in enumerate(judged.causes):
        right = f" (right: {cause.right})" if cause.right else ""
        yield f"      {'or' if number else 'likely'}: {cause.name}{right}"


def summary(graded: Graded) -> str:
    """The counts in one line."""
    counts = graded.sheet.counts()
    words = {
        "right": "right",
        "carried": "carried from figures before",
        "slip": "slips" if counts["slip"] != 1 else "slip",
        "unbased": "right but not from your figures",
        "unchecked": "not checked",
    }
    parts = [f"{counts[key]} {word}" for key, word in words.items() if counts[key]]
    told = f"{len(graded.sheet.judged)} figures: {', '.join(parts)}"
    if graded.points:
        told += f"; {graded.points[0]:g} of {graded.points[1]:g} points"
    return told
