"""Numbers for working lines out: exact fractions, functions to sixty digits, infinities and nan."""

from __future__ import annotations

import decimal
import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import TypeGuard

Number = Fraction | float
"""A float is nan or an infinity, never a finite number."""

PRECISION = 60
PI = Decimal("3.1415926535897932384626433832795028841971693993751058209749445923078164062862")
LARGEST = 8000
"""Beyond this no exponential is taken: it is LEAST, which is not 0, or 1/LEAST."""
LEAST = Fraction(1, 10**3400)
MOST_POWER = 400
"""Beyond this a power is taken to sixty digits only."""


class UnworkableError(ArithmeticError):
    """A number too large or too small to be worked out."""


def context(digits: int = PRECISION) -> decimal.Context:
    """A context of so many digits and any exponent."""
    return decimal.Context(
        prec=digits,
        rounding=decimal.ROUND_HALF_EVEN,
        Emin=decimal.MIN_EMIN,
        Emax=decimal.MAX_EMAX,
        traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
    )


def finite(x: Number) -> TypeGuard[Fraction]:
    """Whether it is a number proper."""
    return isinstance(x, Fraction)


def number(text: str) -> Number:
    """The number that is written."""
    text = text.replace("−", "-")
    return float(text) if text.lstrip("-") in ("nan", "inf") else Fraction(text)


def plain(x: Number) -> float:
    """As a float; infinite where it is too large for one."""
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf


def add(a: Number, b: Number) -> Number:
    return a + b if finite(a) and finite(b) else plain(a) + plain(b)


def negative(a: Number) -> Number:
    return -a


def multiply(a: Number, b: Number) -> Number:
    return a * b if finite(a) and finite(b) else plain(a) * plain(b)


def divide(a: Number, b: Number) -> Number:
    """By 0: an infinity, or nan for 0/0."""
    if finite(a) and finite(b) and b:
        return a / b
    if finite(b) and not b:
        return math.nan if math.isnan(plain(a)) or not a else math.copysign(math.inf, plain(a))
    if math.isinf(plain(b)) and finite(a):
        return Fraction(0)
    return plain(a) / plain(b)


def power(a: Number, b: Number) -> Number:
    if not finite(a) or not finite(b):
        found: float = plain(a) ** plain(b)
        return found
    if b.denominator == 1 and abs(b) <= MOST_POWER:
        return Fraction(a ** int(b)) if a or b >= 0 else math.inf
    if a == 0:
        return Fraction(0)
    digits = context(PRECISION + 20)
    base, exponent = in_decimal(a, digits), in_decimal(b, digits)
    if abs(digits.multiply(digits.ln(abs(base)), exponent)) > LARGEST:
        raise UnworkableError
    return Fraction(digits.power(base, exponent))


def in_decimal(x: Fraction, digits: decimal.Context) -> Decimal:
    """As a decimal of so many digits."""
    return digits.divide(Decimal(x.numerator), Decimal(x.denominator))


def exp(x: Fraction, digits: decimal.Context | None = None) -> Fraction:
    if x == 0:
        return Fraction(1)
    if abs(x) > LARGEST:
        return LEAST if x < 0 else 1 / LEAST
    digits = digits or context()
    return Fraction(digits.exp(in_decimal(x, digits)))


def expm1(x: Fraction) -> Fraction:
    if abs(x) < Fraction(1, 10**20):
        return x + x * x / 2 + x**3 / 6 + x**4 / 24
    return exp(x, context(PRECISION + 40)) - 1


def log(x: Fraction) -> Number:
    if x <= 0:
        return -math.inf if x == 0 else math.nan
    return log1p(x - 1)


def log1p(x: Fraction) -> Number:
    if x <= -1:
        return -math.inf if x == -1 else math.nan
    if x == 0:
        return Fraction(0)
    if abs(x) < Fraction(1, 10**20):
        return x - x * x / 2 + x**3 / 3 - x**4 / 4
    digits = context(PRECISION + 40)
    return Fraction(digits.ln(in_decimal(1 + x, digits)))


def sqrt(x: Fraction) -> Number:
    if x < 0:
        return math.nan
    above, below = math.isqrt(x.numerator), math.isqrt(x.denominator)
    if above**2 == x.numerator and below**2 == x.denominator:
        return Fraction(above, below)
    digits = context()
    return Fraction(digits.sqrt(in_decimal(x, digits)))


def tanh(x: Fraction) -> Fraction:
    if abs(x) > LARGEST / 2:
        return 1 - LEAST if x > 0 else LEAST - 1
    grown = expm1(2 * x)
    return grown / (grown + 2)


def sigmoid(x: Fraction) -> Fraction:
    return 1 - LEAST if x > LARGEST else 1 / (1 + exp(-x))


def density(x: Fraction) -> Fraction:
    """Of the standard normal distribution."""
    digits = context()
    return exp(-x * x / 2) / Fraction(digits.sqrt(digits.multiply(Decimal(2), PI)))


def share_below(x: Fraction) -> Fraction:
    """Of the standard normal distribution: by its series near 0, else by a continued fraction."""
    if abs(x) > 100:
        return 1 - LEAST if x > 0 else LEAST
    if abs(x) <= 6:
        digits = context(PRECISION + 20)
        d = in_decimal(x, digits)
        term, total, k = d, d, 1
        while term and abs(term) > Decimal(10) ** -(PRECISION + 10):
            k += 2
            term = digits.divide(digits.multiply(digits.multiply(term, d), d), Decimal(k))
            total = digits.add(total, term)
        return Fraction(1, 2) + density(x) * Fraction(total)
    digits = context()
    size = in_decimal(abs(x), digits)
    tail = size
    for k in range(300, 0, -1):
        tail = digits.add(size, digits.divide(Decimal(k), tail))
    beyond = density(x) / Fraction(tail)
    return 1 - beyond if x > 0 else beyond


def bfloat16(x: Fraction) -> Number:
    """The nearest number of 24, then of 8 significant binary digits, of two the even one."""
    for digits in (24, 8):
        if x == 0:
            return x
        power = abs(x).numerator.bit_length() - abs(x).denominator.bit_length()
        power += abs(x) >= Fraction(2) ** power
        unit = Fraction(2) ** (max(power, -125) - digits)
        x = round(x / unit) * unit
        if abs(x) >= Fraction(2) ** 128:
            return math.copysign(math.inf, x)
    return x


def turned(x: Fraction) -> tuple[Fraction, Fraction]:
    """Cosine and sine, by the powers of e^(ix) of a small part of the angle, squared again."""
    bits = x.numerator.bit_length() - x.denominator.bit_length()
    halvings = max(0, bits) + 24
    small = x / 2**halvings
    scale = 10 ** (PRECISION + 60 + halvings + max(0, -bits))  # a small sine has its digits, too

    def cut(y: Fraction) -> Fraction:
        return Fraction(round(y * scale), scale)

    c, s = 1 - small**2 / 2, small
    term_c, term_s = -(small**2) / 2, small
    for k in range(3, 40):
        if k % 2:
            term_s = cut(-term_s * small**2 / (k * (k - 1)))
            s += term_s
        else:
            term_c = cut(-term_c * small**2 / (k * (k - 1)))
            c += term_c
    for _ in range(halvings):
        c, s = cut(c * c - s * s), cut(2 * s * c)
    return c, s


def of(
    function: Callable[[Fraction], Number], at_inf: float, at_minus_inf: float
) -> Callable[[Number], Number]:
    """The function, with its limits."""

    def extended(x: Number) -> Number:
        if isinstance(x, Fraction):
            return function(x)
        if math.isnan(x):
            return math.nan
        limit = at_inf if x > 0 else at_minus_inf
        return Fraction(limit) if math.isfinite(limit) else limit

    return extended


INF, NAN = math.inf, math.nan
FUNCTIONS: dict[str, Callable[[Number], Number]] = {
    "exp": of(exp, INF, 0),
    "expm1": of(expm1, INF, -1),
    "log": of(log, INF, NAN),
    "log1p": of(log1p, INF, NAN),
    "sqrt": of(sqrt, INF, NAN),
    "tanh": of(tanh, 1, -1),
    "sin": of(lambda x: turned(x)[1], NAN, NAN),
    "cos": of(lambda x: turned(x)[0], NAN, NAN),
    "tan": of(lambda x: turned(x)[1] / turned(x)[0], NAN, NAN),
    "sigma": of(sigmoid, 1, 0),
    "phi": of(density, 0, 0),
    "Phi": of(share_below, 1, 0),
    "abs": of(abs, INF, INF),
    "bf16": of(bfloat16, INF, -INF),
    "sign": of(lambda x: Fraction((x > 0) - (x < 0)), 1, -1),
    "step": of(lambda x: Fraction(int(x > 0)), 1, 0),
    "half": of(lambda x: Fraction((x > 0) - (x < 0) + 1, 2), 1, 0),
}


def greater(a: Number, b: Number) -> bool:
    """False where one is nan."""
    return bool(a > b) if finite(a) and finite(b) else bool(plain(a) > plain(b))


def most(*xs: Number) -> Number:
    return _extreme(xs, greater)


def least(*xs: Number) -> Number:
    return _extreme(xs, lambda a, b: greater(b, a))


def _extreme(xs: tuple[Number, ...], beats: Callable[[Number, Number], bool]) -> Number:
    if any(not finite(x) and math.isnan(x) for x in xs):
        return math.nan
    found = xs[0]
    for x in xs[1:]:
        found = x if beats(x, found) else found
    return found


def prints_as(value: Number, shown: str, digits: int) -> bool:
    """Whether `value`, printed with `digits` after the point, is the number shown: zeros cut at
    the end count, and what lies halfway between two numbers is neither.

    Numbers below 10^(1 − digits), or too large for a column, have digits + 1 significant ones.
    """
    right = number(shown)
    if not finite(value) or not finite(right):
        return value == right or (value != value and right != right)
    if value == right or value == 0:
        return value == right
    size = abs(value)
    unit = Fraction(1, 10**digits)
    if size < 10 * unit or size >= 10 ** (9 - min(digits, 6)):
        unit = Fraction(10) ** (leading(size) - digits)
    steps = value / unit
    return steps.denominator != 2 and round(steps) * unit == right


def leading(size: Fraction) -> int:
    """The power of ten of the first digit."""
    found = round(math.log10(size.numerator) - math.log10(size.denominator))
    return found if size >= Fraction(10) ** found else found - 1
