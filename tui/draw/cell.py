"""The number cell that all tables share: a column for ▲▼ or a bracket, then the number."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from tui.text.characters import SUPERSCRIPTS
from tui.text.format import Text
from tui.text.raster import Line

Values = tuple[float | None, ...]
"""Numbers of a row; None for one that is not known yet."""
NONE: frozenset[int] = frozenset()


def width(text: Text) -> int:
    """The columns of a cell: 8 with four digits after the point."""
    return text.width + 1


def dot(text: Text) -> str:
    """What stands for a number that is not known yet."""
    return "." if text.ascii else "·"


def differing(text: Text) -> str:
    """The sign of a number that a record has otherwise."""
    return "!" if text.ascii else "≠"


@lru_cache(maxsize=8192)
def cell(
    text: Text,
    value: float | None,
    previous: float | None = None,
    role: str = "",
    signed: bool = False,
    scale: int = 0,
    differs: bool = False,
) -> Line:
    """A number in a cell, right-aligned; before it whether it `differs` from a record's, else
    whether it rose or fell from `previous`, where that is given. None is a dot under the point.

    `role` is that of its row ("write", "read" or ""), "select" for the selected element, which
    stands in brackets where there is a blank for them, or "operand", which is reverse like it and
    has none; `row` closes the bracket. `signed` prints a plus. The number is shown in units of
    10 to the `scale`.
    """
    if value is None:
        return ((dot(text).rjust(text.width - text.digits + 1).ljust(text.width + 1), "dim"),)
    number = text.cell(value / 10.0**scale if scale else value, signed).rjust(text.width)
    change = " "
    if previous is not None:
        change = text.plain("▲" if value > previous else "▼" if value < previous else " ")
    apart = "dim"
    if differs:
        change, apart = differing(text), "error"
    if role == "operand":
        return ((change, apart), (number, "select"))
    if role != "select":
        return ((change, apart), (number, role))
    if change == " ":
        return ((f"[{number}", "select"),)
    return ((change, apart), (f"[{number[1:]}" if number[0] == " " else number, "select"))


@lru_cache(maxsize=2048)
def row(
    text: Text,
    values: Values,
    before: Values | None = None,
    role: str = "",
    chosen: int = -1,
    operands: frozenset[int] = NONE,
    signed: bool = False,
    scale: int = 0,
    differing: frozenset[int] = NONE,
) -> Line:
    """The cells of a row, `before` what the numbers were; `chosen` is the place of the selected
    element, `operands` are those of what it was computed from, `differing` those that a record has
    otherwise. A bracket closes in the blank of the
    next cell; behind the last one it takes a cell of its own.
    """
    spans: list[tuple[str, str]] = []
    opened = False
    for place, value in enumerate(values):
        own = "select" if place == chosen else "operand" if place in operands else role
        first, *rest = cell(
            text, value, before and before[place], own, signed, scale, place in differing
        )
        if opened and first[0][0] == " ":
            spans.append(("]", "select"))
            first = (first[0][1:], first[1])
        if first[0]:
            spans.append(first)
        spans.extend(rest)
        opened = own == "select" and spans[-1][0][0] == "["
    if opened:
        spans.append(("]", "select"))
    return tuple(spans)


def scale_of(values: Iterable[float | None], digits: int) -> int:
    """The power of ten that a row or block says once, so that its largest number is below 10: 0
    where a number is large enough to be shown with its digits, or none is other than 0.
    """
    largest = max((abs(value) for value in values if value), default=0.0)
    if not 0 < largest < 10.0 ** (1 - digits):
        return 0
    # What rounds up to the next power counts as that.
    return int(f"{largest:.{digits}e}".partition("e")[2])


def power(text: Text, scale: int) -> str:
    """A power of ten as it is said beside a row: 10⁻⁵, or 1e-5 in ASCII."""
    return f"1e{scale}" if text.ascii else "10" + str(scale).translate(SUPERSCRIPTS)
