"""Numbers as text, with a plain minus sign: in a formula, in a column, in so many characters."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

_LARGEST_SINGLE = float(np.finfo(np.float32).max)


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
    below = math.copysign(1, x) < 0 and x and not math.isnan(x)
    sign = "-" if below else "+" if signed else ""
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


# -- operands --------------------------------------------------------------------------------------


@lru_cache(maxsize=16384)
def operand(x: float, digits: int, figures: int) -> str:
    """A number with `digits` after the point as above, or more to have so many significant ones."""
    text = number(x, digits)
    if not figures or float(text) == x or not math.isfinite(x):
        return text
    if "e" in text:
        return exponent(x, max(digits, figures - 1))
    decimals = max(digits, figures - 1 - math.floor(math.log10(abs(x))))
    text = f"{x:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if float(text) == x else text


@lru_cache(maxsize=8192)
def whole(x: float, digits: int, most: int) -> str:
    """All significant digits of a number, where these are `most` at the most; else "". A number
    that is one of single precision has those that tell it from the others of these.
    """
    if not math.isfinite(x) or not x:
        return number(x, digits)
    candidates = [x]
    if abs(x) < _LARGEST_SINGLE and float(single := np.float32(x)) == x:
        candidates.append(float(str(single)))
    for each in candidates:
        figures = len(repr(abs(each)).partition("e")[0].replace(".", "").strip("0"))
        if figures <= most:
            text = number(each, digits)
            return text if float(text) == each else _all_digits(each, figures)
    return ""


def _all_digits(x: float, figures: int) -> str:
    power = math.floor(math.log10(abs(x)))
    if -5 < power < 7:
        return f"{x:.{max(0, figures - 1 - power)}f}"
    return exponent(x, figures - 1)
