"""Options of the tables' rows, by PyTorch's names: a default, what is valid, what each does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.spec.check import FLAG, POSITIVE, Check, number, whole
from engine.spec.run import MOST_ITERATIONS

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Option:
    """One option: `default`, None where it must be given; `check`, what a value must be; `does`,
    a sentence.
    """

    default: Any
    check: Check
    does: str


def defaults(options: Mapping[str, Option]) -> dict[str, Any]:
    """The defaults of those options that have one."""
    return {name: row.default for name, row in options.items() if row.default is not None}


def any_number(default: float | None, does: str) -> Option:
    """A number of any sign."""
    return Option(default, number("a number"), does)


BELOW_1 = number("a number from 0 to below 1", lambda value: 0 <= value < 1)


def at_least_0(default: float | None, does: str) -> Option:
    """A number of at least 0."""
    return Option(default, number("a number of at least 0", lambda value: value >= 0), does)


def positive(default: float | None, does: str) -> Option:
    """A number above 0."""
    return Option(default, POSITIVE, does)


def up_to_1(default: float | None, does: str) -> Option:
    """A number from 0 to 1."""
    return Option(default, number("a number from 0 to 1", lambda value: 0 <= value <= 1), does)


def share(default: float | None, does: str) -> Option:
    """A number above 0, at most 1."""
    valid = "a number above 0, at most 1"
    return Option(default, number(valid, lambda value: 0 < value <= 1), does)


def count(default: int | None, does: str) -> Option:
    """A number of iterations."""
    return Option(default, whole(1, MOST_ITERATIONS), does)


def flag(default: bool, does: str) -> Option:
    """Either true or false."""
    return Option(default, FLAG, does)


def pair_below_1(default: tuple[float, float], does: str) -> Option:
    """Two numbers, each from 0 to below 1."""

    def accept(value: Any) -> tuple[float, ...] | None:
        if not isinstance(value, list | tuple) or len(value) != 2:
            return None
        pair = tuple(BELOW_1.accept(each) for each in value)
        return None if None in pair else pair

    return Option(default, Check("two numbers, each from 0 to below 1", accept), does)
