"""A derivation as rows that unfold: down to what a number is made of, or up to what it feeds. Each
number unfolds once and is only named after that.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum, auto

from engine.analysis.derivation import Derivation, Number
from engine.analysis.feeds import first_readers

OPERANDS = 12
"""So many operands of a number have a row of their own."""
READERS = 6
"""So many numbers that one feeds have one."""


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
    """A number, so many steps from the first one; or `more` operands of it that have no row, -1
    where they are not counted. `up` says that what follows is what it feeds.
    """

    depth: int
    number: Number
    fold: Fold
    more: int = 0
    up: bool = False


Opens = Callable[[Number, int], bool]
"""Whether a number at a depth is unfolded."""
Most = Callable[[Number], int]
"""How many rows a number's operands may have."""


def unfolded(
    derivation: Derivation, root: Number, opens: Opens, most: Most = lambda _number: OPERANDS
) -> list[Row]:
    """The rows of a number's derivation, in reading order."""

    def parts(number: Number) -> tuple[tuple[Number, ...], int]:
        operands, count = derivation.operands(number), most(number)
        return operands[:count], max(0, len(operands) - count)

    return _rows(root, opens, parts, lambda n: derivation.arithmetic(n) is None, False)


def fed(
    derivation: Derivation, root: Number, opens: Opens, most: Most = lambda _number: READERS
) -> list[Row]:
    """The rows of what a number feeds, and what that feeds, up to the loss and across the update;
    without the number itself.
    """

    def parts(number: Number) -> tuple[tuple[Number, ...], int]:
        found, further = first_readers(derivation, number, most(number))
        return found, -1 if further else 0

    rows = _rows(
        root,
        lambda number, depth: depth == 0 or opens(number, depth - 1),
        parts,
        lambda number: number.symbol == "loss",
        True,
    )
    return [replace(row, depth=row.depth - 1) for row in rows[1:]]


def to_depth(derivation: Derivation, root: Number, depth: int) -> list[Row]:
    """The rows of a derivation that is unfolded so many times."""
    return unfolded(derivation, root, lambda _number, at: at < depth)


def all_rows(_number: Number) -> int:
    """No limit."""
    return sys.maxsize


def _rows(
    root: Number,
    opens: Opens,
    parts: Callable[[Number], tuple[tuple[Number, ...], int]],
    ends: Callable[[Number], bool],
    up: bool,
) -> list[Row]:
    found: list[Row] = []
    done: set[Number] = set()
    waiting: list[Row | tuple[int, Number]] = [(0, root)]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Row):
            found.append(each)
            continue
        depth, number = each
        fold = _fold(number in done, ends(number), opens(number, depth))
        found.append(Row(depth, number, fold, up=up))
        if fold is Fold.OPEN:
            done.add(number)
            below, more = parts(number)
            if more:
                waiting.append(Row(depth + 1, number, Fold.MORE, more, up))
            waiting += [(depth + 1, part) for part in reversed(below)]
    return found


def _fold(done: bool, ends: bool, opens: bool) -> Fold:
    if done:
        return Fold.ABOVE
    if ends:
        return Fold.GIVEN
    return Fold.OPEN if opens else Fold.CLOSED
