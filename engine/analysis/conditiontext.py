"""The text of conditions: `loss < 0.1 and not |dW1| > 1 or W2[1,1] changes sign`.

    condition  = both {"or" both}            both  = single {"and" single}
    single     = "not" single | "(" condition ")" | "finite" | value move | value relation value
    value      = number | name | "|" name "|"
    name       = symbol ["[" number {"," number} "]"] | "loss" | "accuracy" | "iteration"
    move       = ("rises" | "falls" | "changes") ["by" "more" "than" number] | "changes" "sign"
    relation   = "<" | "<=" | ">" | ">=" | "=" | "!="

Symbols are written as keys (dW2) or as on screen (∂L/∂W[2]); elements count from 1, also as
subscripts; |…| is the absolute value of an element, and of an array its L2 norm.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn

from engine.analysis.conditions import (
    ACCURACY,
    DERIVED,
    FINITE,
    ITERATION,
    RELATIONS,
    Compare,
    Condition,
    Finite,
    Joined,
    Move,
    Not,
    Quantity,
)
from engine.catalog.names import Names, index_of, subscript
from engine.formula.layout import Shape
from engine.spec.check import nearest, printable
from engine.spec.problem import Problem

MOST_CHARACTERS = 500
MOST_DEPTH = 30
"""How deep parentheses and `not` may be nested."""

_WORDS = (ACCURACY, FINITE, ITERATION, "not")
_MOVES = ("rises", "falls", "changes")
_VALUES = "a value such as loss, W2[1,1], |dW1|, accuracy or iteration"
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+\-−]?[0-9]+)?)"
    r"|(?P<relation><=|>=|==|!=|[<>=≤≥≠])"
    r"|(?P<bar>\|\|?|‖)"
    r"|(?P<subscript>[₀-₉]+(?:,[₀-₉]+)*|_[0-9]+(?:,[0-9]+)*)"
    r"|(?P<sign>[+\-−])"
    r"|(?P<mark>[()\[\],])"
    r"|(?P<word>[^\s0-9<>=!≤≥≠|‖()\[\],+\-−₀-₉][^\s<>=!≤≥≠|‖()\[\],+\-−₀-₉]*(?:\[[0-9]+\])?)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_SAME = {"==": "=", "≤": "<=", "≥": ">=", "≠": "!="}
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789", "_")


class ConditionError(Problem):
    """A text that is no condition: one sentence, and `position`, the column where the mistake
    is, counted from 0; the length of the text where something is missing at its end.
    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int

    @property
    def shown(self) -> str:
        if self.kind == "end":
            return "The text ends too soon"
        short = self.text if len(self.text) <= 30 else f"{self.text[:29]}…"
        return f"{printable(short)} does not belong here"

    def says(self, *words: str) -> bool:
        return self.kind == "word" and self.text.lower() in words


def _tokens(text: str, names: Names) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        if found := names.at(text, position):
            yield _Token("symbol", found[0], position)
            position = found[1]
            continue
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise AssertionError("every character begins a token")
        if match.lastgroup != "space":
            yield _Token(match.lastgroup, match[0], position)
        position = match.end()
    yield _Token("end", "", len(text))


def parse(text: str, symbols: Mapping[str, Shape]) -> Condition:
    """The condition that a text states about a run with these symbols and their shapes.
    Raises ConditionError where it states none.
    """
    if len(text) > MOST_CHARACTERS:
        message = f"A condition has at most {MOST_CHARACTERS} characters; this has {len(text):,}."
        raise ConditionError(message, MOST_CHARACTERS)
    return _Parser(text, symbols).condition()


def parse_element(text: str, symbols: Mapping[str, Shape]) -> Quantity:
    """The element, or the whole array, that a text names: W[2]₁₁. Raises ConditionError."""
    if len(text) > MOST_CHARACTERS:
        raise ConditionError("This is too long for the name of an element.", MOST_CHARACTERS)
    return _Parser(text, symbols).element()


class _Parser:
    """One pass over the tokens, each method one rule of the grammar."""

    def __init__(self, text: str, symbols: Mapping[str, Shape]) -> None:
        self._shapes = symbols
        self._tokens = list(_tokens(text, Names(symbols)))
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._next
        self._at += token.kind != "end"
        return token

    def _fail(self, valid: str, token: _Token | None = None) -> NoReturn:
        token = token or self._next
        raise ConditionError(f"{token.shown}; valid is {valid}.", token.position)

    # -- conditions ----------------------------------------------------------------------------

    def condition(self) -> Condition:
        """The whole text."""
        found = self._joined("or")
        if self._next.kind == "relation":
            self._fail("one comparison at a time, joined as in 0 < loss and loss < 1")
        if self._next.text == ")":
            self._fail("a ) only where a ( is open")
        if self._next.kind != "end":
            self._fail("and, or, or the end")
        return found

    def element(self) -> Quantity:
        """The whole text as one element or array."""
        if self._next.kind != "symbol":
            self._unknown("an element such as W2[1,1]")
        found = self._symbol()
        if self._next.kind != "end":
            self._fail("the end")
        return found

    def _joined(self, word: str) -> Condition:
        def part() -> Condition:
            return self._joined("and") if word == "or" else self._single()

        parts = [part()]
        while self._next.says(word):
            self._take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def _single(self) -> Condition:
        token = self._next
        if token.text == "(" or token.says("not"):
            if self._depth == MOST_DEPTH:
                message = f"Parentheses and not go at most {MOST_DEPTH} deep."
                raise ConditionError(message, token.position)
            self._depth += 1
            self._take()
            found = self._inside() if token.text == "(" else Not(self._single())
            self._depth -= 1
            return found
        if token.says(FINITE):
            self._take()
            return Finite()
        return self._statement()

    def _inside(self) -> Condition:
        found = self._joined("or")
        if self._next.text != ")":
            self._fail("and, or, or a ) that closes the (")
        self._take()
        return found

    def _statement(self) -> Condition:
        start = self._next
        left = self._value()
        token = self._next
        if token.kind == "relation":
            left = self._single_number(left, start)
            return self._comparison(left)
        if isinstance(left, float):
            self._fail("a comparison: < <= > >= = !=")
        if not token.says(*_MOVES):
            self._fail("a comparison (< <= > >= = !=), rises, falls, changes or changes sign")
        verb = self._take().text.lower()
        if verb != "changes":
            return Move(self._number_of(left, start), verb, self._by())
        if self._next.says("sign"):
            self._take()
            return Move(left, "changes sign")
        return Move(left, verb, self._by())

    def _comparison(self, left: Quantity | float) -> Compare:
        relation = self._take().text
        start = self._next
        right = self._single_number(self._value(), start)
        if isinstance(left, float) and isinstance(right, float):
            message = f"Two numbers are compared; one side must be {_VALUES}."
            raise ConditionError(message, start.position)
        relation = _SAME.get(relation, relation)
        if relation not in RELATIONS:
            raise AssertionError(relation)
        return Compare(left, relation, right)

    def _by(self) -> float:
        """The least difference, where one is named."""
        if not self._next.says("by"):
            return 0.0
        for word in ("by", "more", "than"):
            if not self._next.says(word):
                self._fail("by more than and a number")
            self._take()
        token = self._next
        value = self._number()
        if value < 0:
            raise ConditionError("A difference is at least 0.", token.position)
        return value

    # -- values --------------------------------------------------------------------------------

    def _value(self) -> Quantity | float:
        token = self._next
        if token.kind in ("number", "sign"):
            return self._number()
        if token.kind == "bar":
            return self._size()
        if token.says(ACCURACY, ITERATION):
            return Quantity(self._take().text.lower())
        if token.kind == "symbol":
            return self._symbol()
        return self._unknown(_VALUES)

    def _unknown(self, valid: str) -> NoReturn:
        token = self._next
        if token.kind != "word" or token.says("and", "or", *_MOVES, *DERIVED, "not"):
            self._fail(valid)
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

    def _single_number(self, value: Quantity | float, start: _Token) -> Quantity | float:
        return value if isinstance(value, float) else self._number_of(value, start)

    def _number_of(self, value: Quantity, start: _Token) -> Quantity:
        """The quantity, where it is one number and not a whole array."""
        if value.index is None and not value.size:
            key, shape = value.symbol, self._shapes[value.symbol]
            first, sizes = ",".join("1" * len(shape)), "×".join(map(str, shape))
            message = f"{key} is an array ({sizes}): name an element, {key}[{first}], or |{key}|."
            raise ConditionError(message, start.position)
        return value
