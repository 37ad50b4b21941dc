"""Formulas as text: 0.1·x₁² + 2·x₂²."""

from __future__ import annotations

from engine.catalog.row import digits
from engine.functions.names import subscripted
from engine.functions.tree import Node, lowered, signed

SUM, PRODUCT, POWER, ATOM = range(4)
"""How tightly a text binds."""


def written(e: Node) -> str:
    """The formula of a tree."""
    return _bound(e)[0]


def _bound(e: Node) -> tuple[str, int]:
    minus, rest = signed(e)
    if minus:
        return f"−{_part(rest, PRODUCT)}", SUM
    match e.op:
        case "var":
            return subscripted(e.name), ATOM
        case "num":
            return (e.name or digits(e.value)), ATOM
        case "add":
            return _sum(e.args), SUM
        case "mul":
            first, *others = e.args
            return "·".join([_part(first, PRODUCT), *(_part(f, POWER) for f in others)]), PRODUCT
        case "div":
            return f"{_part(e.args[0], PRODUCT)}/{_part(e.args[1], POWER)}", PRODUCT
        case "pow":
            return _power(*e.args), POWER
        case "powbase":
            return _bound(lowered(*e.args))
        case "powlog":
            base = e.args[0]
            return f"{_power(*e.args)}·{_bound(Node('log', (base,)))[0]}", PRODUCT
        case _:
            return _function(e)


def _sum(terms: tuple[Node, ...]) -> str:
    text = ""
    for term in terms:
        minus, rest = signed(term)
        part = _part(rest, PRODUCT)
        sign = (" − " if minus else " + ") if text else "−" if minus else ""
        text += sign + part
    return text


def _power(base: Node, exponent: Node) -> str:
    start = _part(base, ATOM)
    if exponent.plain and exponent.value == 2:
        return f"{start}²"
    return f"{start}^{_exponent(exponent)}"


def _exponent(e: Node) -> str:
    if e.op in ("num", "var") and not signed(e)[0]:
        return _part(e, ATOM)
    return f"({written(e)})"


def _function(e: Node) -> tuple[str, int]:
    inner = written(e.args[0])
    match e.op:
        case "exp":
            return f"e^{_exponent(e.args[0])}", POWER
        case "sqrt":
            return f"√{_part(e.args[0], ATOM)}", ATOM
        case "abs":
            return f"|{inner}|", ATOM
        case "sigmoid":
            return f"σ({inner})", ATOM
        case "relu":
            return f"max(0, {inner})", ATOM
        case _:
            return f"{e.op}({', '.join(map(written, e.args))})", ATOM


def _part(e: Node, level: int) -> str:
    """A part of another formula: in parentheses unless it binds as tightly as `level`."""
    text, own = _bound(e)
    return text if own >= level else f"({text})"
