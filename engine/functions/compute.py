"""Formulas computed: as calls over arrays of one number, and as the arithmetic of an element."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.functions.table import FUNCTIONS
from engine.functions.tree import Node, lowered, signed

_SMALL = {"add": np.add, "mul": np.multiply, "div": np.divide, "min": np.minimum, "max": np.maximum}


def _power_log(u: Array, v: Array, out: Array) -> None:
    """u^v·ln u, which is 0 where u is 0 and v is not below, as PyTorch has it."""
    if u == 0 and v >= 0:
        out[...] = 0
    else:
        np.log(u, out)
        np.multiply(np.power(u, v), out, out)


def _power_base(u: Array, v: Array, out: Array) -> None:
    """v·u^(v − 1), which is 0 where v is, as PyTorch has it."""
    if v == 0:
        out[...] = 0
    else:
        np.multiply(np.power(u, v - 1), v, out)


class Compiled:
    """Emits the calls that compute formulas of `theta` (variables,), each part once."""

    def __init__(self, emit: Emit, theta: Array) -> None:
        self._emit, self._theta = emit, theta
        self._known: dict[Node, Array] = {}

    def into(self, e: Node, out: Array) -> None:
        """The value of a formula, into an array of one number."""
        found = self._of(e, out)
        if found is not out:
            self._emit(np.positive, found, out)

    def _of(self, e: Node, out: Array | None = None) -> Array:
        if e not in self._known:
            self._known[e] = self._made(e, self._emit.scratch(()) if out is None else out)
        return self._known[e]

    def _made(self, e: Node, out: Array) -> Array:
        emit = self._emit
        match e.op:
            case "num":
                return emit.const(e.value)
            case "var":
                return self._theta[e.index, ...]
            case "neg":
                emit(np.negative, self._of(e.args[0]), out)
            case "add":
                self._sum(e.args, out)
            case "mul" | "div" | "min" | "max":
                self._joined(e, out)
            case "pow":
                base, exponent = e.args
                if exponent.plain and exponent.value == 2:
                    emit(np.square, self._of(base), out)
                else:
                    emit(np.power, self._of(base), self._of(exponent), out)
            case "powlog" | "powbase":
                function = _power_log if e.op == "powlog" else _power_base
                emit(function, self._of(e.args[0]), self._of(e.args[1]), out)
            case _:
                emit(FUNCTIONS[e.op].compute, self._of(e.args[0]), out)
        return out

    def _sum(self, terms: Sequence[Node], out: Array) -> None:
        parts = [(each.op == "neg", self._of(each.args[0] if each.op == "neg" else each))
                 for each in terms]  # fmt: skip
        (minus, first), *others = parts
        if minus:
            self._emit(np.negative, first, out)
            first = out
        for subtracted, other in others:
            self._emit(np.subtract if subtracted else np.add, first, other, out)
            first = out

    def _joined(self, e: Node, out: Array) -> None:
        first, *others = (self._of(each) for each in e.args)
        for other in others:
            self._emit(_SMALL[e.op], first, other, out)
            first = out


Element = Callable[[int, str], Expr]
"""A variable of a formula, by its place in θ and its name, as an operand."""


def arithmetic(e: Node, element: Element) -> Expr:
    """The arithmetic of a formula with its numbers."""
    minus, rest = signed(e)
    if minus and rest.op != "num":
        return ex.neg(arithmetic(rest, element))
    args = [arithmetic(each, element) for each in e.args] if e.op not in ("add", "num") else []
    match e.op:
        case "num":
            return ex.num(e.value)
        case "var":
            return element(e.index, e.name)
        case "add":
            return _sum(e.args, element)
        case "mul":
            return ex.mul(*args)
        case "div":
            return ex.div(*args)
        case "pow" | "powbase" | "powlog":
            return _power(e, args[0], args[1], element)
        case "relu":
            return ex.fn("max", ex.num(0), *args)
        case _:
            row = FUNCTIONS.get(e.op)
            return ex.fn(row.arithmetic or e.op if row else e.op, *args)


def _power(e: Node, u: Expr, v: Expr, element: Element) -> Expr:
    """A power, or a part of its derivative."""
    if e.op == "pow":
        return ex.raised(u, v)
    if e.op == "powbase":
        return arithmetic(lowered(*e.args), element) if v.value else ex.num(0)
    if u.value == 0 and v.value >= 0:
        return ex.num(0)
    return ex.mul(ex.raised(u, v), ex.fn("log", u))


def _sum(terms: Sequence[Node], element: Element) -> Expr:
    """Terms with a plus sign together, those with a minus sign taken away one by one."""
    found: Expr | None = None
    together: list[Expr] = []
    for term in terms:
        minus, rest = signed(term)
        if minus and not found and not together:
            together.append(arithmetic(term, element))
        elif minus:
            found = ex.add(*([found] if found else []), *together)
            found, together = ex.sub(found, arithmetic(rest, element)), []
        else:
            together.append(arithmetic(rest, element))
    return ex.add(*([found] if found else []), *together)
