"""Mistakes in writing a number down: its sign, its point, two digits, the last ones cut."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from engine.sheets.figures import Cause, Figure

MOST_PLACES = 4
TRUNCATED = Cause("truncated", "cut off instead of rounded", "the last digit is rounded")
SIGN = Cause("sign", "the sign is turned", "the same number with the other sign")


def slips(figure: Figure, half: float, expected: float, loose: float) -> Iterator[Cause]:
    """What may have happened to one number that should have been `expected`, give or take
    `loose`.
    """
    written = figure.value
    room = (half + loose) * (1 + 1e-9)
    if 0 < abs(written - expected) < 2 * half + loose and abs(written) < abs(expected) + loose:
        yield TRUNCATED
    if expected and abs(written + expected) <= room:
        yield SIGN
    for places in range(1, MOST_PLACES + 1):
        for factor in (10.0**places, 10.0**-places):
            if abs(expected) * max(factor, 1 / factor) < 2 * half:
                continue
            moved = expected * factor
            if abs(moved) > half and abs(written - moved) <= max(half, loose * factor) * (1 + 1e-9):
                where = "right" if factor > 1 else "left"
                plural = "places" if places > 1 else "place"
                yield Cause("point", f"the decimal point is {places} {plural} too far {where}")
    if _exchanged(figure, expected, room):
        yield Cause("digits", "two digits exchanged")


def _exchanged(figure: Figure, expected: float, room: float) -> bool:
    """Whether two neighbouring digits exchanged give the number that should be there."""
    text = figure.number.text.replace(",", ".")
    places = [i for i, character in enumerate(text) if character.isdigit()]
    for one, two in pairwise(places):
        if text[one] == text[two]:
            continue
        letters = list(text)
        letters[one], letters[two] = letters[two], letters[one]
        try:
            value = float("".join(letters))
        except ValueError:
            return False
        if math.isfinite(value) and abs(value - expected) <= room:
            return True
    return False
