"""The values that a condition names: numbers, symbols and their elements, absolute values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NoReturn

from engine.analysis.conditions import ACCURACY, DERIVED, FINITE, ITERATION, PASS, TESTED, Quantity
from engine.analysis.conditiontokens import ConditionError, Cursor, Token
from engine.catalog.names import Names, index_of, subscript
from engine.formula.layout import Shape
from engine.spec.check import nearest, printable

_WORDS = (ACCURACY, FINITE, ITERATION, PASS, "not")
VERBS = ("rises", "falls", "changes")
ANY_VALUE = "a value such as loss, W2[1,1], |dW1|, accuracy or iteration"
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789", "_")


class ValueParser(Cursor):
    """Reads values, each method one rule of the grammar in `engine.analysis.conditiontext`."""

    def __init__(self, text: str, symbols: Mapping[str, Shape]) -> None:
        super().__init__(text, Names(symbols))
        self._shapes = symbols

    def element(self) -> Quantity:
        """The whole text as one element or array."""
        if self._next.kind != "symbol":
            self._unknown("an element such as W2[1,1]")
        found = self._symbol()
        if self._next.kind != "end":
            self._fail("the end")
        return found

    def _value(self) -> Quantity | float:
        token = self._next
        if token.kind in ("number", "sign"):
            return self._number()
        if token.kind == "bar":
            return self._size()
        if token.says(ACCURACY, ITERATION, PASS):
            return Quantity(self._take().text.lower())
        if token.kind == "symbol":
            return self._symbol()
        return self._unknown(ANY_VALUE)

    def _unknown(self, valid: str) -> NoReturn:
        token = self._next
        if token.kind != "word" or token.says("and", "or", *VERBS, *DERIVED, "not"):
            self._fail(valid)
        if token.text.lower() in TESTED:
            message = f"{token.text.lower()}: this run holds nothing out; [data] test = 0.2 does."
            raise ConditionError(message, token.position)
        key = token.text.replace("[", "").replace("]", "")
        near = nearest(key, [*self._shapes, *_WORDS])
        name = printable(token.text if len(token.text) <= 30 else f"{token.text[:29]}…")
        hint = f"the nearest is {near}; " if near else ""
        raise ConditionError(f"{name}: no such name; {hint}valid is {valid}.", token.position)

    def _number(self) -> float:
        token = self._next
        signs = {"-": -1.0, "−": -1.0, "+": 1.0}
        sign = signs[self._take().text] if token.kind == "sign" else 1.0
        if self._next.kind != "number":
            self._fail("a number")
        written = self._take()
        value = float(written.text.replace("−", "-"))
        if math.isinf(value):
            raise ConditionError("This number is too large.", written.position)
        return sign * value

    def _size(self) -> Quantity:
        """An absolute value or a norm."""
        self._take()
        if self._next.kind != "symbol":
            self._unknown("a symbol between the bars, such as |dW1| or |W2[1,1]|")
        inner = self._symbol()
        if self._next.kind != "bar":
            self._fail("a second |")
        self._take()
        return Quantity(inner.symbol, inner.index, size=True)

    def _symbol(self) -> Quantity:
        """A symbol or an element of it; the one number where it has no more."""
        symbol = self._take().text
        shape = self._shapes[symbol]
        token = self._next
        if token.kind == "subscript":
            self._take()
            numbers = subscript(token.text.translate(_DIGITS), symbol, shape)
        elif token.text == "[":
            numbers = self._brackets()
        else:
            return Quantity(symbol, (0,) * len(shape) if math.prod(shape) == 1 else None)
        try:
            return Quantity(symbol, index_of(numbers, symbol, shape))
        except ValueError as error:
            raise ConditionError(str(error), token.position) from None

    def _brackets(self) -> tuple[int, ...]:
        numbers: list[int] = []
        while not numbers or self._next.text == ",":
            self._take()
            if self._next.kind != "number" or not self._next.text.isdecimal():
                self._fail("the number of an element, counted from 1")
            numbers.append(int(self._take().text))
        if self._next.text != "]":
            self._fail("a comma or a ]")
        self._take()
        return tuple(numbers)

    def _single_number(self, value: Quantity | float, start: Token) -> Quantity | float:
        return value if isinstance(value, float) else self._number_of(value, start)

    def _number_of(self, value: Quantity, start: Token) -> Quantity:
        """The quantity, where it is one number and not a whole array."""
        if value.index is None and not value.size:
            key, shape = value.symbol, self._shapes[value.symbol]
            first, sizes = ",".join("1" * len(shape)), "×".join(map(str, shape))
            message = f"{key} is an array ({sizes}): name an element, {key}[{first}], or |{key}|."
            raise ConditionError(message, start.position)
        return value
