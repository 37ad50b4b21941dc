"""Expression trees: the arithmetic of one element, with every operand's number and where it stands.

A tree carries values only; how many digits are shown, and whether the shown arithmetic closes,
is for whoever draws it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Expr:
    """A node: `op` is "num", "add", "sub", "mul", "div", "neg", "pow" or the name of a function.

    `value` is the node's true value. A "num" may carry `symbol` and `index`, the element it
    comes from; with an empty symbol it is a plain constant.
    """

    op: str
    args: tuple[Expr, ...]
    value: float
    symbol: str = ""
    index: Index = ()


def _overflow(value: float) -> float:
    return math.inf if value > 0 else 0.0


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return _overflow(x)


def _expm1(x: float) -> float:
    try:
        return math.expm1(x)
    except OverflowError:
        return _overflow(x)


def _sum(terms: tuple[float, ...]) -> float:
    try:
        return math.fsum(terms) if all(map(math.isfinite, terms)) else sum(terms)
    except OverflowError:  # of numbers that add up to more than there is
        return sum(terms)


def _power(base: float, exponent: float) -> float:
    try:
        return float(base**exponent)
    except ZeroDivisionError:
        return math.copysign(math.inf, base) if exponent % 2 == 1 else math.inf
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf


def _round(function: Callable[[float], float], x: float) -> float:
    """A function of angles, which the infinite have not."""
    return function(x) if math.isfinite(x) else math.nan


def _half(x: float) -> float:
    return 0.5 if x == 0 else _sign(x) / 2 + 0.5


def _log(x: float) -> float:
    if math.isnan(x) or x < 0:
        return math.nan
    return math.log(x) if x else -math.inf


def _sqrt(x: float) -> float:
    return math.sqrt(x) if x >= 0 else math.nan


def _max(*xs: float) -> float:
    return math.nan if any(math.isnan(x) for x in xs) else max(xs)


def _min(*xs: float) -> float:
    return math.nan if any(math.isnan(x) for x in xs) else min(xs)


def _sigmoid(x: float) -> float:
    return math.nan if math.isnan(x) else 1 / (1 + _exp(-x))


def _sign(x: float) -> float:
    return math.nan if math.isnan(x) else float(x > 0) - float(x < 0)


def _bf16(x: float) -> float:
    from engine.formula.bfloat import nearest  # hardly any run computes in it

    return nearest(x)


def _normal(x: float) -> float:
    return _exp(-x * x / 2) / math.sqrt(2 * math.pi)


FUNCTIONS: dict[str, Callable[..., float]] = {
    "exp": _exp,
    "log": _log,
    "sqrt": _sqrt,
    "tanh": math.tanh,
    "sin": lambda x: _round(math.sin, x),
    "cos": lambda x: _round(math.cos, x),
    "tan": lambda x: _round(math.tan, x),
    "max": _max,
    "min": _min,
    "abs": abs,
    "sign": _sign,
    "step": lambda x: math.nan if math.isnan(x) else float(x > 0),
    "half": _half,
    "log1p": lambda x: math.log1p(x) if x > -1 else math.nan,
    "expm1": _expm1,
    "σ": _sigmoid,
    "Φ": lambda x: math.erfc(-x * math.sqrt(0.5)) / 2,
    "φ": _normal,
    "bf16": _bf16,
}
"""The functions of arithmetic beside sums, products and powers: σ is the sigmoid, Φ the standard
normal distribution's share below x and φ its density, step and sign 1 above 0, bf16 the nearest
number of bfloat16."""


def apply(op: str, values: Iterable[float]) -> float:
    """The value of `op` on plain numbers; nan or an infinity where arithmetic gives none."""
    v = tuple(values)
    try:
        match op:
            case "add":
                return _sum(v)
            case "sub":
                return v[0] - v[1]
            case "mul":
                return math.prod(v)
            case "div":
                return v[0] / v[1]
            case "neg":
                return -v[0]
            case "pow":
                return _power(*v)
            case _:
                return FUNCTIONS[op](*v)
    except ZeroDivisionError:
        if v[0] == 0 or math.isnan(v[0]):
            return math.nan
        return math.copysign(math.inf, v[0]) * math.copysign(1.0, v[-1])
    except (OverflowError, ValueError, TypeError):
        return math.nan


def _node(op: str, *args: Expr) -> Expr:
    return Expr(op, args, apply(op, (a.value for a in args)))


def num(value: float, symbol: str = "", index: Index = ()) -> Expr:
    """A number, by itself or as the element `index` of `symbol`."""
    return Expr("num", (), float(value), symbol, index)


def add(*terms: Expr) -> Expr:
    """The sum; of one term, the term."""
    return terms[0] if len(terms) == 1 else _node("add", *terms)


def sub(a: Expr, b: Expr) -> Expr:
    """The difference a − b."""
    return _node("sub", a, b)


def mul(*factors: Expr) -> Expr:
    """The product; of one factor, the factor."""
    return factors[0] if len(factors) == 1 else _node("mul", *factors)


def times(factor: float, e: Expr) -> Expr:
    """The product with a number; a factor 1 is left out."""
    return e if factor == 1 else mul(num(factor), e)


def div(a: Expr, b: Expr) -> Expr:
    """The quotient a / b."""
    return _node("div", a, b)


def neg(a: Expr) -> Expr:
    """−a"""
    return _node("neg", a)


def power(a: Expr, exponent: float) -> Expr:
    """The power of a with a constant exponent."""
    return _node("pow", a, num(exponent))


def raised(a: Expr, exponent: Expr) -> Expr:
    """The power of a with an exponent that is itself an operand."""
    return _node("pow", a, exponent)


def fn(name: str, *args: Expr) -> Expr:
    """A function of `FUNCTIONS` applied to the arguments."""
    return _node(name, *args)
