"""Arithmetic on numbers as they are shown: sums and products exact, all else to sixty digits."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache, reduce

Exact = Decimal
"""A decimal number; infinities and nan behave as those of floats do."""

DIGITS = 60


def _context(digits: int) -> decimal.Context:
    return decimal.Context(digits, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX, traps=[])


_FINE, _FINER = _context(DIGITS), _context(2 * DIGITS)
_WIDE = _context(4000)
"""No sum or product of a few floats has more digits."""
_TINY = Decimal(10) ** -DIGITS
IN_THE_MIDDLE = Decimal(10) ** -(DIGITS // 2)
"""So near to the middle between two numbers is in the middle."""
_WHOLE_POWER = 64
_FAR, _LEAST, _GREATEST = map(Decimal, ("8000", "1e-3400", "1e3400"))
"""Of larger numbers an exponential is one of these two, which neither vanish beside others."""
_ROOT_OF_2_PI = Decimal("2.50662827463100050241576528481104525300698674060993831662992357634229")
_NAN, _0, _HALF, _1, _2 = map(Decimal, ("nan", "0", "0.5", "1", "2"))


read = lru_cache(maxsize=4096)(Decimal)
"""The number that a text shows, with a plain minus sign."""

add, mul = _WIDE.add, _WIDE.multiply
neg, sub = _WIDE.minus, _WIDE.subtract


def div(a: Exact, b: Exact) -> Exact:
    """Return a / b: 1 only where the two are equal."""
    found = _FINE.divide(a, b)
    return sub(_1, _FINE.divide(sub(b, a), b)) if found == _1 and a != b else found


def greater(a: Exact, b: Exact) -> bool:
    """Whether a > b; not where one is nan."""
    return _WIDE.compare(a, b) == 1


def power(a: Exact, b: Exact) -> Exact:
    """Return a to the power b: of finite numbers never infinite, and 0 only where a is."""
    if b == 2:
        return mul(a, a)
    if b == b.to_integral_value() and 0 < b <= _WHOLE_POWER:
        return reduce(mul, [a] * int(b))
    found = _FINE.power(a, b)
    if a and a.is_finite() and b.is_finite() and (found.is_infinite() or not found):
        return (_GREATEST if found else _LEAST).copy_sign(found)
    return found


# -- functions -------------------------------------------------------------------------------------


def _exp(x: Exact) -> Exact:
    """Never 0 or infinite: a number that is neither stands for what is too small or too large."""
    if x.is_infinite() or not greater(_WIDE.abs(x), _FAR):
        return _FINE.exp(x)
    return _LEAST if x < 0 else _GREATEST


def _less_than_1(by: Exact) -> Exact:
    """1 less a number, so that it is not 1."""
    return sub(_1, max(by, _LEAST) if by else by)


def _expm1(x: Exact) -> Exact:
    if x and greater(_TINY, _WIDE.abs(x)):
        return add(x, mul(mul(x, x), _HALF))
    return sub(_FINER.exp(x), _1)


def _log1p(x: Exact) -> Exact:
    if x and greater(_TINY, _WIDE.abs(x)):
        return sub(x, mul(mul(x, x), _HALF))
    return _FINER.ln(add(_1, x))


def _log(x: Exact) -> Exact:
    """Never 0 but of 1."""
    beyond = sub(x, _1)
    return _log1p(beyond) if beyond and greater(_TINY, _WIDE.abs(beyond)) else _FINER.ln(x)


def _tanh(x: Exact) -> Exact:
    size = _WIDE.abs(x)
    if greater(_1, size):
        grown = _expm1(add(size, size))
        found = _FINER.divide(grown, add(grown, _2))
    else:
        left = _exp(neg(add(size, size)))
        found = _less_than_1(div(add(left, left), add(_1, left)))
    return found if x > 0 else neg(found)


def _sigmoid(x: Exact) -> Exact:
    left = _exp(neg(_WIDE.abs(x)))
    share = div(left, add(_1, left))
    return _less_than_1(share) if x > 0 else share


def _density(x: Exact) -> Exact:
    return div(_exp(neg(mul(mul(x, x), _HALF))), _ROOT_OF_2_PI)


def _share_below(x: Exact) -> Exact:
    """Φ: near 0 by ½ + φ·(x + x³/3 + x⁵/(3·5) + …), else by the continued fraction of its tail,
    φ/(x + 1/(x + 2/(x + …))).
    """
    size = _WIDE.abs(x)
    if not greater(Decimal(5), size):
        tail = size
        for k in range(5 * DIGITS, 0, -1):
            tail = _FINE.add(size, div(Decimal(k), tail))
        beyond = div(_density(x), tail)
        return beyond if x < 0 else _less_than_1(beyond)
    term = total = x
    square, k = _FINER.multiply(x, x), 1
    while term and term.adjusted() > -DIGITS - 20:
        k += 2
        term = _FINER.divide(_FINER.multiply(term, square), Decimal(k))
        total = _FINER.add(total, term)
    return add(_HALF, mul(_density(x), total))


def _bf16(x: Exact) -> Exact:
    from engine.formula.bfloat import nearest  # hardly any run computes in it

    return Decimal(nearest(float(x)))


@lru_cache(maxsize=8)
def _pi(digits: int) -> Exact:
    """π by Machin's formula, 16·arctan 1/5 − 4·arctan 1/239, in whole units of the last digit."""
    unit = 10 ** (digits + 10)

    def arctan(below: int) -> int:
        total: int = unit // below
        term = total
        k, square = 1, below * below
        while term:
            k, term = k + 2, -term // square
            total += term // k
        return total

    return _context(digits).scaleb(Decimal(16 * arctan(5) - 4 * arctan(239)), -(digits + 10))


def _turned(x: Exact) -> tuple[Exact, Exact]:
    """Cos x and sin x: of an angle within π/4 by their series, turned by quarters."""
    if not x.is_finite():
        return _NAN, _NAN
    context = _context(DIGITS + 40 + max(0, x.adjusted()))
    quarter = context.divide(_pi(context.prec), _2)
    turns = context.divide(x, quarter).to_integral_value()
    angle = context.subtract(x, context.multiply(turns, quarter))
    square = _FINER.multiply(angle, angle)
    sums = []
    for term, k in ((_1, 0), (angle, 1)):
        total = term
        while term and term.adjusted() > -2 * DIGITS:
            k += 2
            term = _FINER.divide(_FINER.multiply(neg(term), square), Decimal(k * (k - 1)))
            total = _FINER.add(total, term)
        sums.append(total)
    cos, sin = sums
    for _ in range(int(turns) % 4):
        cos, sin = neg(sin), cos
    return cos, sin


def _tan(x: Exact) -> Exact:
    cos, sin = _turned(x)
    return _FINE.divide(sin, cos)


def _sign(x: Exact) -> Exact:
    return _WIDE.compare(x, _0)


FUNCTIONS: dict[str, Callable[[Exact], Exact]] = {
    "exp": _exp,
    "expm1": _expm1,
    "log": _log,
    "log1p": _log1p,
    "sqrt": _FINE.sqrt,
    "tanh": _tanh,
    "sin": lambda x: _turned(x)[1],
    "cos": lambda x: _turned(x)[0],
    "tan": _tan,
    "σ": _sigmoid,
    "φ": _density,
    "Φ": _share_below,
    "abs": _WIDE.abs,
    "bf16": _bf16,
    "sign": _sign,
    "step": lambda x: _sign(x) if x.is_nan() else Decimal(greater(x, _0)),
    "half": lambda x: mul(add(_sign(x), _1), _HALF),
}
"""The functions of arithmetic, of finite numbers and of infinities."""


@lru_cache(maxsize=1024)
def _of(name: str, x: Exact) -> Exact:
    return x if x.is_nan() else FUNCTIONS[name](x)


def _extreme(values: tuple[Exact, ...], choose: Callable[..., Exact]) -> Exact:
    return _NAN if any(x.is_nan() for x in values) else choose(values)


def apply(op: str, values: Iterable[Exact]) -> Exact:
    """The value of an operation or function of arithmetic."""
    v = tuple(values)
    match op:
        case "add":
            return reduce(add, v)
        case "sub":
            return sub(*v)
        case "mul":
            return reduce(mul, v)
        case "div":
            return div(*v)
        case "neg":
            return neg(v[0])
        case "pow":
            return power(*v)
        case "max" | "min":
            return _extreme(v, max if op == "max" else min)
        case _:
            return _of(op, v[0])


# -- rounding --------------------------------------------------------------------------------------


def prints_as(x: Exact, shown: str, digits: int) -> bool:
    """Whether x, written with `digits` after the point, is the number that is shown, with a plain
    minus sign. In the middle between two such numbers it is neither.
    """
    right = read(shown)
    if x == right or not (x.is_finite() and right.is_finite()):
        return x == right or (x.is_nan() and right.is_nan())
    decimals = _decimals(x, digits)
    nearest = _WIDE.scaleb(_whole(_WIDE.scaleb(x, decimals)), -decimals)
    return bool(x) and nearest == right and off_middle(x, digits) > IN_THE_MIDDLE


def off_middle(x: Exact, digits: int) -> Exact:
    """How far a number is from the middle between two numbers with `digits` after the point, as a
    share of their distance: 0 to ½.
    """
    units = _WIDE.scaleb(x, _decimals(x, digits))
    return sub(_HALF, _WIDE.abs(sub(units, _whole(units))))


def _decimals(x: Exact, digits: int) -> int:
    """So many a number has; `digits` in a column, more or fewer beside a power of ten."""
    in_column = not x or 1 - digits <= x.adjusted() < 9 - min(digits, 6)
    return digits if in_column else digits - x.adjusted()


def _whole(x: Exact) -> Exact:
    return x.to_integral_value(decimal.ROUND_HALF_EVEN, _WIDE)
