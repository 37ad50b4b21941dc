"""Grading a sheet from its text: what was read, what was judged, what could not be placed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.history.history import History
from engine.sheets.figures import Unplaced
from engine.sheets.judge import Sheet, judge
from engine.sheets.place import Placer
from engine.sheets.read import statements
from engine.sheets.scheme import Scheme
from engine.sheets.variables import translated
from engine.spec.problem import Problem

MOST_BYTES = 1 << 20
"""A sheet has at most so many bytes."""
MOST_LINES = 20_000
_LONGEST = 20_000
"""The most characters of a line that is looked at."""


@dataclass(frozen=True)
class Graded:
    """A sheet as judged, what of it could not be placed, and the points it has earned of those it
    could, None where no scheme gives any.
    """

    sheet: Sheet
    unplaced: tuple[Unplaced, ...]
    points: tuple[float, float] | None


def run_of(text: str) -> str:
    """The run that a sheet names, as worksheets do; "" where it names none."""
    match = re.search(r"^\W*run:\s*(?:\\texttt\{)?([^\s{}`]{1,200})", text, re.MULTILINE)
    return match[1].replace("\\", "") if match else ""


def grade(history: History, text: str, scheme: Scheme) -> Graded:
    """Grade a sheet against the first iterations of a run.

    Raises Problem, one sentence, where nothing on it can be graded.
    """
    if text.count("\n") > MOST_LINES or any(len(line) > _LONGEST for line in text.split("\n")):
        raise Problem(
            f"This is no sheet: more than {MOST_LINES:,} lines, or one of more than"
            f" {_LONGEST:,} characters."
        )
    spec = history.spec_of(1)
    usual = translated(spec) if spec.instead else str
    found = list(statements(text, scheme.names, usual))
    if not re.search(r"\d", text):
        raise Problem("There is no number on this sheet; write a line such as z1 = 0.5, 1.1.")
    placer = Placer(history.trace(spec.data.accumulate), spec, scheme.transposed, usual)
    placer.place(found)
    worked = [figure for figure in placer.figures if not figure.given]
    if not worked:
        raise Problem(_nothing(placer, history))
    sheet = judge(history, placer.figures)
    points = None
    if scheme.points:
        each = [scheme.points.of(judged) for judged in sheet.judged]
        points = (sum(earned for earned, _ in each), sum(most for _, most in each))
    return Graded(sheet, tuple(placer.unplaced), points)


def _nothing(placer: Placer, history: History) -> str:
    """Why there is nothing to grade."""
    with_numbers = [u for u in placer.unplaced if not u.reason.startswith("no number")]
    spec = history.spec_of(1)
    sizes = "-".join(map(str, spec.sizes)) if not spec.instead else "without a network"
    if with_numbers:
        first = with_numbers[0]
        return (
            f"No figure fits this run ({sizes}); line {first.line}, {first.text}: {first.reason}."
            " Is it a sheet of another run?"
        )
    if placer.figures:
        return "Only what is given stands on this sheet; nothing on it is worked out."
    return (
        "No name of this run stands beside a number; write a line such as z1 = 0.5, 1.1, or map"
        " your own names with --scheme FILE."
    )
