"""A figure: one number that a sheet gives, and which element of the run it stands for."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from engine.sheets.numerals import Numeral


class Verdict(StrEnum):
    """What is said of a figure."""

    RIGHT = "right"
    CARRIED = "carried"
    SLIP = "slip"
    UNBASED = "unbased"
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Figure:
    """A number on a sheet. `given` says that it is told and not worked out: data, a starting
    parameter, the learning rate, or a parameter restated where an iteration begins.
    """

    iteration: int
    symbol: Symbol
    index: Index
    number: Numeral
    line: int
    given: bool = False

    @property
    def value(self) -> float:
        """As written."""
        return self.number.value


@dataclass(frozen=True)
class Unplaced:
    """What could not be placed: the line, the name as written and why."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True)
class Cause:
    """What may have gone wrong: the key of the mistake, what it is called, and what is right.
    `also` are the keys of those that give the same numbers on this run.
    """

    key: str
    name: str
    right: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """A figure, what is true, what follows from the sheet's own figures (`low` to `high` where
    these are taken with half a digit either way), the verdict and the likely causes of a slip.
    """

    figure: Figure
    half: float
    true: float
    expected: float
    low: float
    high: float
    verdict: Verdict
    causes: tuple[Cause, ...] = field(default=())
