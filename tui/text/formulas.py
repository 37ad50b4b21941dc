"""Formulas of whole arrays, worked out on the numbers that stand in them.

What is read is a step's template: {W1}·{x} + {b1}, max(0, {z1}), {z} where {z} > 0, else 0.1·{z}.
max of what stands between bars is the largest of all its numbers.
`·` is the product of matrices, and of a number with anything; ⊙ and ⊘ work element by element, and
so does all else. Σ sums each row of a matrix, or all numbers where the result is one; Σₙ sums each
column, that is, over the samples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, reduce
from typing import Any

import numpy as np

from tui.text import arrays, exact
from tui.text.arrays import Value
from tui.text.exact import Exact
from tui.text.tokens import Tokens, UnreadableError

Put = Mapping[str, Any]
"""What stands for each name: a Value, or a function of one."""
Term = Callable[[Put], Value]

_FUNCTIONS = exact.FUNCTIONS.keys() - {"exp", "sqrt", "abs"}


@lru_cache(maxsize=512)
def read(template: str, one: bool = False) -> Term | None:
    """The formula as a function of its operands; `one` says that the result is one number. None
    where it is not to be worked out.
    """
    try:
        return _Reader(template, one).whole()
    except UnreadableError:
        return None


def numbers(formula: Term, operands: Put) -> list[Exact]:
    """What the formula gives, in the order in which it is written; nothing where the shapes of its
    operands do not fit.
    """
    try:
        return list(np.ravel(formula(operands)))
    except ValueError:
        return []


class _Reader(Tokens):
    """Reads a template from left to right."""

    def __init__(self, template: str, one: bool) -> None:
        super().__init__(template)
        self.sum = arrays.total if one else arrays.row_sums
        self.names: set[str] = set()

    def whole(self) -> Term:
        """The formula, and what it says of its names after "with"."""
        given: list[tuple[str, Callable[[Put], Any]]] = []
        if defines := self.skips_to("with"):
            given.append(self._definition())
            while self.takes(","):
                given.append(self._definition())
            self.end()
        body = self._clause()
        self.end("with" if defines else "")

        def value(put: Put) -> Value:
            for name, define in given:
                put = {**put, name: define(put)}
            return body(put)

        return value

    def _definition(self) -> tuple[str, Callable[[Put], Any]]:
        """Of a name, u = …, or of a function, h(d) = …."""
        name = self.name()
        parameter = ""
        if self.takes("("):
            parameter = self.name()
            self.need(")")
            self.names.add(parameter)
        self.need("=")
        body = self._clause()
        self.names.add(name)
        if not parameter:
            return name, body
        return name, lambda put: lambda value: body({**put, parameter: value})

    def _clause(self) -> Term:
        """A sum; one cut at a limit; or one where a condition holds, else another."""
        first = self._sum()
        if self.takes(",", "at", "most"):
            limit = self._sum()
            self.need("to", "either", "side")
            least, most = arrays.EXTREMES["min"], arrays.EXTREMES["max"]
            return lambda put: most(arrays.negative(limit(put)), least(limit(put), first(put)))
        if not self.takes("where"):
            return first
        left = self._sum()
        above = self.one_of("<>") == ">"
        right = self._sum()
        self.need(",", "else")
        other = self._clause()

        def value(put: Put) -> Value:
            sides = (left(put), right(put)) if above else (right(put), left(put))
            return arrays.chosen(arrays.greater(*sides), first(put), other(put))

        return value

    def _sum(self) -> Term:
        found = self._products()
        while sign := self.one_of("+−"):
            found = _plus(found, self._products(), sign)
        return found

    def _products(self) -> Term:
        found = self._factor()
        while sign := self.one_of("·⊙⊘/"):
            function = arrays.multiply if sign in "·⊙" else arrays.divide
            if sign == "·" and not (self.sees("Σ") or self.sees("Σₙ")):
                function = arrays.product
            found = _joined(function, found, self._factor())
        return found

    def _factor(self) -> Term:
        if self.takes("−"):
            return _joined(arrays.negative, self._factor())
        if self.takes("Σₙ"):
            return _joined(arrays.column_sums, self._products())
        if self.takes("Σ"):
            return _joined(self.sum, self._products())
        found = self._atom()
        while sign := self.one_of("²ᵀ^"):
            if sign == "ᵀ":
                found = _joined(arrays.transposed, found)
            else:
                exponent = _constant("2") if sign == "²" else self._exponent()
                found = _joined(arrays.power, found, exponent)
        return found

    def _exponent(self) -> Term:
        return _joined(arrays.negative, self._exponent()) if self.takes("−") else self._atom()

    def _atom(self) -> Term:
        kind, text = self.tokens[self.place]
        if kind in ("symbol", "number"):
            self.place += 1
            return _put(text) if kind == "symbol" else _constant(text)
        if self.takes("("):
            return _vector(self._list())
        if self.takes("|"):
            inner = self._sum()
            self.need("|")
            return _joined(arrays.named("abs"), inner)
        if self.takes("½"):
            return _constant("0.5")
        if self.takes("√"):
            return _joined(arrays.named("sqrt"), self._atom())
        if self.takes("e^"):
            return _joined(arrays.named("exp"), self._exponent())
        return self._called(self.name())

    def _called(self, name: str) -> Term:
        if name in self.names:
            if not self.sees("("):
                return _put(name)
            inner = self._atom()

            def value(put: Put) -> Value:
                found: Value = put[name](inner(put))
                return found

            return value
        if name == "max" and self.sees("|"):
            return _joined(arrays.greatest, self._atom())
        if name in arrays.EXTREMES:
            self.need("(")
            found = self._list()
            alone = name == "max" and len(found) == 1
            if alone:
                return _joined(arrays.row_most, *found)
            return reduce(lambda a, b: _joined(arrays.EXTREMES[name], a, b), found)
        if name == "diag":
            return _joined(arrays.diagonal, self._atom())
        if name not in _FUNCTIONS:
            raise UnreadableError(name)
        return _joined(arrays.named(name), self._atom())

    def _list(self) -> list[Term]:
        """Up to the closing parenthesis."""
        found = [self._clause()]
        while self.takes(","):
            found.append(self._clause())
        self.need(")")
        return found


def _constant(text: str) -> Term:
    value = arrays.array(exact.read(text.replace("−", "-")))
    return lambda _put: value


def _put(name: str) -> Term:
    def value(put: Put) -> Value:
        found: Value = put[name]
        return found

    return value


def _joined(function: Callable[..., Value], *parts: Term) -> Term:
    return lambda put: function(*(part(put) for part in parts))


def _plus(a: Term, b: Term, sign: str) -> Term:
    return _joined(arrays.add, a, b if sign == "+" else _joined(arrays.negative, b))


def _vector(terms: list[Term]) -> Term:
    if len(terms) == 1:
        return terms[0]
    return lambda put: arrays.array([term(put).item() for term in terms])
