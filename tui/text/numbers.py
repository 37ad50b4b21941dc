"""Numbers as text, with a plain minus sign: in a formula, in a column, in so many characters."""

from __future__ import annotations

import math
from functools import lru_cache


# A number is shown in several panes, and again at the next step.
@lru_cache(maxsize=8192)
def number(x: float, digits: int) -> str:
    """A number as it stands in a formula, with `digits` after the point: 0.5, 1.2346e+6."""
    if not math.isfinite(x):
        return repr(x)
    if x == 0:
        return "0"
    size = abs(x)
    if size >= 10 ** (9 - min(digits, 6)) or size < 10 ** (1 - digits):
        return _very_large_or_small(x, digits)
    if round(x, digits) == x:
        return f"{x:.{digits}f}".rstrip("0").rstrip(".")
    return f"{x:.{digits}f}"


def _very_large_or_small(x: float, digits: int) -> str:
    if x == int(x) and abs(x) < 1e7:
        return str(int(x))
    if round(x, digits + 4) == x and abs(x) < 1:
        short = f"{x:.{digits + 4}f}".rstrip("0")
        if len(short) <= digits + 3:
            return short
    return exponent(x, digits)


@lru_cache(maxsize=8192)
def cell(x: float, digits: int, width: int, signed: bool) -> str:
    """A number for a column of `width` characters, with `digits` after the point if they fit."""
    sign = "-" if math.copysign(1, x) < 0 and x else "+" if signed else ""
    if not math.isfinite(x):
        return sign + repr(abs(x))
    room, size = width - 1, abs(x)
    text = f"{size:.{digits}f}"
    whole = len(text.partition(".")[0])
    if whole > room or (size and size < 10 ** (1 - digits)):
        text = _fitting_exponent(size, room)
    elif len(text) > room:
        text = f"{size:.{max(0, room - whole - 1)}f}"
    return sign + text


def short(x: float, width: int) -> str:
    """A signed number in at most `width` characters, 5 or more: +.0885, -12.35, +3e-9."""
    if not math.isfinite(x):
        return f"{x:+}"
    sign, size = "-" if x < 0 else "+", abs(x)
    for decimals in range(width - 2, -1, -1):
        written = f"{size:.{decimals}f}"
        if size < 1 and decimals:
            written = written.removeprefix("0")
        if len(written) < width and (not size or size >= 10 ** (1 - decimals)):
            return sign + written
    return sign + _fitting_exponent(size, width - 1)


def exponent(x: float, digits: int, strip: bool = True) -> str:
    """A number with an exponent of ten: 1.5e-7. Zeros at the end of its digits go by `strip`."""
    mantissa, _, power = f"{x:.{digits}e}".partition("e")
    if strip and "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(power):+d}"


def _fitting_exponent(size: float, room: int) -> str:
    """As many digits of a positive number as fit, one at least: 7.0e-5."""
    for decimals in range(max(0, room - 5), 0, -1):
        text = exponent(size, decimals, strip=False)
        if len(text) <= room:
            return text
    return exponent(size, 0)


def same_as_shown(x: float, shown: str) -> bool:
    """Whether a number, to the decimals of one that is shown, is that one."""
    result = float(shown)
    if not (math.isfinite(x) and math.isfinite(result)):
        return False
    decimals = len(shown.partition("e")[0].partition(".")[2])
    if "e" in shown:
        return exponent(x, decimals) == exponent(result, decimals)
    return round(x, decimals) == round(result, decimals)
