"""A derivation as rows that unfold downwards: each number unfolds once and is only named after
that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, auto

from engine.analysis.derivation import Derivation, Number

OPERANDS = 12
"""So many operands of a number have a row of their own."""


class Fold(StrEnum):
    """Whether what a number is made of follows below it; or it is given, or stands above; or the
    row is that of the operands that have none.
    """

    OPEN = auto()
    CLOSED = auto()
    GIVEN = auto()
    ABOVE = auto()
    MORE = auto()


@dataclass(frozen=True)
class Row:
    """A number, so many steps below the first one; or `more` operands of it that have no row."""

    depth: int
    number: Number
    fold: Fold
    more: int = 0


def unfolded(
    derivation: Derivation,
    root: Number,
    opens: Callable[[Number, int], bool],
    most: int = OPERANDS,
) -> list[Row]:
    """The rows of a number's derivation, in reading order. `opens` says of a number at a depth
    whether it is unfolded.
    """
    found: list[Row] = []
    done: set[Number] = set()
    waiting: list[Row | tuple[int, Number]] = [(0, root)]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Row):
            found.append(each)
            continue
        depth, number = each
        fold = _fold(derivation, number, number in done, opens(number, depth))
        found.append(Row(depth, number, fold))
        if fold is Fold.OPEN:
            done.add(number)
            operands = derivation.operands(number)
            if len(operands) > most:
                waiting.append(Row(depth + 1, number, Fold.MORE, len(operands) - most))
            waiting += [(depth + 1, operand) for operand in reversed(operands[:most])]
    return found


def _fold(derivation: Derivation, number: Number, done: bool, opens: bool) -> Fold:
    if done:
        return Fold.ABOVE
    if derivation.arithmetic(number) is None:
        return Fold.GIVEN
    return Fold.OPEN if opens else Fold.CLOSED


def to_depth(derivation: Derivation, root: Number, depth: int) -> list[Row]:
    """The rows of a derivation that is unfolded so many times."""
    return unfolded(derivation, root, lambda _number, at: at < depth)
