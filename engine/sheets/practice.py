"""Practice: the numbers of a run asked one by one, each judged as soon as it is given."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from engine.history.history import History
from engine.history.position import Position
from engine.program.step import Step
from engine.sheets.figures import Cause, Figure, Verdict
from engine.sheets.judge import judge
from engine.sheets.numerals import NUMERAL, Numeral, numeral, plain_signs
from engine.sheets.wanted import check_wanted, is_wanted
from engine.spec.check import printable
from engine.spec.problem import Problem

MOST_ITERATIONS = 10
MOST_FIGURES = 1_000
"""So many numbers the iterations that are practised have at the most: each answer is judged by all
of them, while the reader waits.
"""
MOST_ANSWERS = 100_000
LONGEST = 200
_EACH = re.compile(rf"[+-]?\d{{1,15}}\s*/\s*\d{{1,15}}|{NUMERAL.pattern}")
_BETWEEN = " \t,;()[]"
_HALF = 0.0005
_ZERO = 1e-12


class RoughError(Problem):
    """A number of too few digits to tell whether it is right."""


class Outcome(StrEnum):
    """What became of a number that was asked for: `WRONG` where a wrong one was kept, `GIVEN`
    where it was given up.
    """

    RIGHT = "right"
    CARRIED = "carried"
    WRONG = "wrong"
    GIVEN = "given"


@dataclass(frozen=True)
class Element:
    """A number that is asked for."""

    iteration: int
    symbol: Symbol
    index: Index


class Answer(NamedTuple):
    """A number that is settled: as it was typed, "" where it was given, and what became of it."""

    element: Element
    text: str
    outcome: Outcome


class Miss(NamedTuple):
    """A wrong number that was typed, and its likely cause; the key is "" where none is known."""

    element: Element
    text: str
    key: str
    name: str


class Reply(NamedTuple):
    """What is said of a typed number: its outcome, None where it may be tried again, and the likely
    causes of a wrong one.
    """

    outcome: Outcome | None
    causes: tuple[Cause, ...] = ()


class Again(NamedTuple):
    """A symbol to look at again: so many of its numbers went wrong, or were given."""

    symbol: Symbol
    wrong: int
    given: int


@dataclass(eq=False)
class Practice:
    """A reader's practice on a branch: the symbols or phases that are `wanted`, all where there are
    none; the `front`, up to which everything is known; the `last` iteration that is asked for.
    """

    branch: int
    wanted: tuple[str, ...]
    front: Position
    last: int
    on: bool = True
    answers: list[Answer] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)

    # -- what is asked ---------------------------------------------------------------------------

    def coming(self, history: History) -> tuple[Position, Step] | None:
        """The next step that is asked for, and where it is; None at the end."""
        place = self._after(history, self.front)
        while place is not None:
            step = history.steps_of(place.iteration)[place.step - 1]
            if is_wanted(step, self.wanted):
                return place, step
            place = self._after(history, place)
        return None

    def _after(self, history: History, place: Position) -> Position | None:
        t, done = place.iteration, place.step
        if done < len(history.steps_of(t)):
            return Position(t, done + 1)
        return Position(t + 1, 1) if t < self.last else None

    def asked(self, history: History) -> Element | None:
        """The number that is asked for now, with the front just before it. Where a step has all of
        its numbers, the front goes on to it; None then, and at the end.
        """
        if (found := self.coming(history)) is None:
            return None
        place, step = found
        if left := self.left(place.iteration, step):
            self.front = _before(history, place)
            return left[0]
        self.front = place
        return None

    def left(self, iteration: int, step: Step) -> list[Element]:
        """The numbers of a step that are not settled, in their order."""
        settled = {answer.element for answer in self.answers}
        every = (Element(iteration, step.symbol, index) for index in np.ndindex(step.shape))
        return [element for element in every if element not in settled]

    # -- answers ---------------------------------------------------------------------------------

    def answer(self, history: History, element: Element, text: str) -> Reply:
        """Judge a typed number by all that were typed before. A wrong one may be tried again; typed
        a second time, it is kept. Raises Problem for what is no number, RoughError for one of too
        few digits to tell.
        """
        number, true = read(text), _true(history, element)
        figure = _figure(element, number, true)
        sheet = judge(history, [*self._figures(history), figure])
        judged = next(each for each in sheet.judged if each.figure is figure)
        if judged.verdict is not Verdict.SLIP:
            carried = judged.verdict is Verdict.CARRIED
            return self._settled(element, text, Outcome.CARRIED if carried else Outcome.RIGHT)
        if said := _too_rough(number, figure.number.half, true):
            raise RoughError(
                f"{number.text} {said}; three digits after the point are needed, of a small"
                " number two that are not 0."
            )
        before = next((each for each in reversed(self.misses) if each.element == element), None)
        if before is not None and before.text == text:
            return self._settled(element, text, Outcome.WRONG)
        first = judged.causes[0] if judged.causes else Cause("", "")
        self.misses.append(Miss(element, text, first.key, first.name))
        return Reply(None, judged.causes)

    def give(self, history: History, element: Element) -> float:
        """The number itself, which is given up; nothing is taken for it."""
        self._settled(element, "", Outcome.GIVEN)
        return _true(history, element)

    def _settled(self, element: Element, text: str, outcome: Outcome) -> Reply:
        self.answers.append(Answer(element, text, outcome))
        return Reply(outcome)

    def _figures(self, history: History) -> Iterator[Figure]:
        """What stands on this sheet so far; what was given is as it truly is."""
        for element, text, _ in self.answers:
            true = _true(history, element)
            number = read(text) if text else Numeral(repr(true), true, 0.0)
            yield _figure(element, number, true)

    # -- the summary -----------------------------------------------------------------------------

    def count(self, outcome: Outcome) -> int:
        """How many numbers came out so."""
        return sum(answer.outcome is outcome for answer in self.answers)

    def causes(self) -> list[tuple[str, int, list[Symbol]]]:
        """What went wrong: its name, "" for no known mistake, how often, and in which symbols; the
        most frequent first.
        """
        counts = Counter(miss.name for miss in self.misses)
        return [
            (
                name,
                count,
                list(dict.fromkeys(m.element.symbol for m in self.misses if m.name == name)),
            )
            for name, count in counts.most_common()
        ]

    def again(self) -> list[Again]:
        """What to look at again: the symbols with wrong or given numbers, the worst first."""
        wrong = Counter(miss.element.symbol for miss in self.misses)
        given = Counter(a.element.symbol for a in self.answers if a.outcome is Outcome.GIVEN)
        found = [Again(s, wrong[s], given[s]) for s in dict.fromkeys((*wrong, *given))]
        return sorted(found, key=lambda each: -each.wrong - each.given)


def begin(
    history: History, branch: int, front: Position, last: int, wanted: Sequence[str]
) -> Practice:
    """Practice from a position on, to the end of iteration `last` or of the last that can be
    practised, of these symbols or phases.

    Raises Problem where the run has no such step, or is too large or too far on.
    """
    steps = history.owner(1).steps
    check_wanted(steps, wanted)
    numbers = sum(int(np.prod(step.shape)) for step in steps)
    if numbers > MOST_FIGURES:
        raise Problem(
            f"An iteration of this run has more than {MOST_FIGURES:,} numbers; practise a run of"
            " fewer units, such as exercise:2-2-2."
        )
    most = min(MOST_ITERATIONS, MOST_FIGURES // numbers)
    if front.iteration > most:
        raise Problem(f"Of this run only the first {most} iterations can be practised.")
    last = min(max(last, front.iteration), most)
    practice = Practice(branch, tuple(wanted), front, last)
    if practice.coming(history) is None:
        raise Problem(f"Up to the end of iteration {last} there is nothing left to practise.")
    return practice


def _before(history: History, place: Position) -> Position:
    """The position one step before."""
    if place.step > 1 or place.iteration == 1:
        return Position(place.iteration, place.step - 1)
    return Position(place.iteration - 1, len(history.steps_of(place.iteration - 1)))


def numbers(text: str) -> list[str]:
    """The numbers of a line, as they stand there, with blanks, commas or brackets between them; the
    line itself where it is one number, or none.
    """
    plain = plain_signs(text.strip())[:LONGEST]
    if numeral(plain, comma="." not in plain) is not None:
        return [text]
    if "," in plain and "." in plain:
        plain = plain.replace(",", " ")
    spans = [
        (each.end() - len(each[0].lstrip()), each.start() + len(each[0].rstrip()))
        for each in _EACH.finditer(plain)
    ]
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(plain)]
    gaps = [plain[end:start] for end, start in zip(ends, starts, strict=True)]
    sums = re.search(r"[\d)]\s*[-+]\s+[\d(]", plain)
    found = [plain[start:end].rstrip(",") for start, end in spans]
    if len(found) < 2 or sums or not all(gaps[1:-1]) or "".join(gaps).strip(_BETWEEN):
        return [text]
    return found


def read(text: str) -> Numeral:
    """A typed number, in any notation that sheets may have. Raises Problem."""
    plain = plain_signs(text.strip())
    found = numeral(plain, comma="," in plain and "." not in plain)
    if found is None or len(text) > LONGEST:
        raise Problem(
            f"{printable(text[:40])}: no number, such as 0.4372, −4.4e−1 or 7/16; ? shows a hint."
        )
    return found


def _true(history: History, element: Element) -> float:
    trace = history.trace(element.iteration)
    return float(trace.known(element.symbol, trace.number(element.symbol))[element.index])


def _figure(element: Element, number: Numeral, true: float) -> Figure:
    """A typed number as a figure: of one with few digits more of them are taken to be 0."""
    need = _HALF
    if abs(true) > _ZERO:
        need = max(min(_HALF, 0.1 * abs(true)), _HALF * abs(true))
    half = min(0.5 if number.whole else number.half, need)
    sharp = replace(number, half=half, whole=False)
    return Figure(element.iteration, element.symbol, element.index, sharp, 0)


def _too_rough(number: Numeral, enough: float, true: float) -> str:
    """What a number is that has fewer digits than are `enough`: the true one rounded to them, or
    cut off there; "" where it is neither.
    """
    half = 0.5 if number.whole else number.half
    off = abs(number.value - true)
    if half <= enough:
        return ""
    if off <= half:
        return "is right as far as it goes"
    cut = not number.whole and abs(number.value) < abs(true) and off < 2 * half
    return "is cut off, not rounded" if cut else ""


# -- saved -----------------------------------------------------------------------------------------


def document(practice: Practice) -> dict[str, Any]:
    """A practice as plain data."""
    front = practice.front
    return {
        "branch": practice.branch,
        "wanted": list(practice.wanted),
        "front": [front.iteration, front.step],
        "last": practice.last,
        "on": practice.on,
        "answers": [[*_plain(a.element), a.text, a.outcome.value] for a in practice.answers],
        "misses": [[*_plain(m.element), m.text, m.key, m.name] for m in practice.misses],
    }


def _plain(element: Element) -> list[Any]:
    return [element.iteration, str(element.symbol), list(element.index)]


def from_document(found: Any, history: History, branch: int) -> Practice | None:
    """The practice that plain data are of, on that branch and its iterations; None where they are
    of none.
    """
    try:
        if found["branch"] != branch or type(found["on"]) is not bool:
            return None
        front = Position(*map(_whole, found["front"]))
        practice = begin(history, branch, Position(), _whole(found["last"]), found["wanted"])
        inside = 1 <= front.iteration <= practice.last
        if not inside or not 0 <= front.step <= len(history.steps_of(front.iteration)):
            return None
        practice.front, practice.on = front, found["on"]
        for t, symbol, index, text, outcome in found["answers"][:MOST_ANSWERS]:
            element = _element(history, practice.last, t, symbol, index)
            if text:
                read(text)
            practice.answers.append(Answer(element, text, Outcome(outcome)))
        for t, symbol, index, *told in found["misses"][:MOST_ANSWERS]:
            text, key, name = (_text(each) for each in told)
            element = _element(history, practice.last, t, symbol, index)
            practice.misses.append(Miss(element, text, key, name))
    except (Problem, LookupError, TypeError, ValueError, AttributeError):
        return None
    return practice


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise ValueError("no whole number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r".{0,1000}", printable(value)):
        raise ValueError("no text")
    return printable(value)


def _element(history: History, last: int, t: Any, symbol: Any, index: Any) -> Element:
    """An element that the run has."""
    if not 1 <= _whole(t) <= last:
        raise ValueError("no iteration")
    steps = {step.symbol: step for step in history.steps_of(t)}
    step, place = steps[Symbol(symbol)], tuple(map(_whole, index))
    if place not in set(np.ndindex(step.shape)):
        raise ValueError("no element")
    return Element(t, step.symbol, place)
