"""Derivatives of formulas, as one would write them by hand, by PyTorch's conventions at kinks."""

from __future__ import annotations

from engine.functions.table import FUNCTIONS
from engine.functions.tree import (
    ONE,
    ZERO,
    Node,
    lowered,
    negative,
    num,
    power,
    product,
    quotient,
    total,
)

MOST_PARTS = 20_000
"""A gradient of more parts is refused."""


class TooLongError(ValueError):
    """A derivative that nobody could read."""


def derivative(e: Node, index: int) -> Node:
    """The derivative by the variable at that place in θ. Raises TooLongError."""
    found = _slope(e, index, {})
    if found.size > MOST_PARTS:
        raise TooLongError
    return found


def _slope(e: Node, index: int, known: dict[int, Node]) -> Node:
    if id(e) not in known:
        found = known[id(e)] = _of(e, index, known)
        if found.size > MOST_PARTS:
            raise TooLongError
    return known[id(e)]


def _of(e: Node, index: int, known: dict[int, Node]) -> Node:
    if e.op in ("num", "var"):
        return ONE if e.op == "var" and e.index == index else ZERO
    slopes = [_slope(each, index, known) for each in e.args]
    if all(each == ZERO for each in slopes):
        return ZERO
    match e.op:
        case "add":
            return total(*slopes)
        case "neg":
            return negative(slopes[0])
        case "mul":
            return total(*(_one_of(e.args, i, slope) for i, slope in enumerate(slopes)))
        case "div":
            return _of_quotient(*e.args, *slopes)
        case "pow":
            return _of_power(*e.args, *slopes)
        case "min" | "max":
            return _of_extreme(e, *slopes)
        case _:
            outer = FUNCTIONS[e.op].slope(e, e.args[0])
            inner_first = e.op in _INNER_FIRST
            return product(slopes[0], outer) if inner_first else product(outer, slopes[0])


_INNER_FIRST = ("exp", "log", "sqrt")
"""Of these, what comes of the argument is written in front."""


def _one_of(factors: tuple[Node, ...], i: int, slope: Node) -> Node:
    """A product with the derivative of one factor in its place."""
    return product(*factors[:i], slope, *factors[i + 1 :]) if slope != ZERO else ZERO


def _of_quotient(u: Node, v: Node, du: Node, dv: Node) -> Node:
    if dv == ZERO:
        return quotient(du, v)
    square = power(v, num(2))
    if du == ZERO:
        return negative(quotient(product(u, dv), square))
    return quotient(total(product(du, v), negative(product(u, dv))), square)


def _of_power(u: Node, v: Node, du: Node, dv: Node) -> Node:
    """By the base, v·u^(v − 1)·u′, and by the exponent, u^v·ln u·v′."""
    terms = []
    if du != ZERO:
        outer = Node("powbase", (u, v)) if v.varies else lowered(u, v)
        terms.append(product(outer, du))
    if dv != ZERO:
        terms.append(product(dv, Node("powlog", (u, v))))
    return total(*terms)


def _of_extreme(e: Node, du: Node, dv: Node) -> Node:
    """Half of each where both are as great."""
    u, v = e.args if e.op == "max" else e.args[::-1]
    first, second = (Node("half", (total(a, negative(b)),)) for a, b in ((u, v), (v, u)))
    return total(product(first, du), product(second, dv))
