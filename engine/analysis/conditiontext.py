"""The text of conditions: `loss < 0.1 and not |dW1| > 1 or W2[1,1] changes sign`.

    condition  = both {"or" both}            both  = single {"and" single}
    single     = "not" single | "(" condition ")" | "finite" | "pass" "ends"
                 | value move | value relation value
    value      = number | name | "|" name "|"
    name       = symbol ["[" number {"," number} "]"] | "loss" | "accuracy" | "iteration" | "pass"
                 | "test_loss" | "test_accuracy"
    move       = ("rises" | "falls" | "changes") ["by" "more" "than" number] | "changes" "sign"
    relation   = "<" | "<=" | ">" | ">=" | "=" | "!="

Symbols are written as keys (dW2) or as on screen (∂L/∂W[2]); elements count from 1, also as
subscripts; |…| is the absolute value of an element, and of an array its L2 norm.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.analysis.breakpoints import Breakpoint
from engine.analysis.conditions import (
    FINITE,
    PASS,
    RELATIONS,
    Compare,
    Condition,
    Finite,
    Joined,
    Move,
    Not,
    PassEnds,
    Quantity,
)
from engine.analysis.conditiontokens import ConditionError
from engine.analysis.conditionvalues import ANY_VALUE, VERBS, ValueParser
from engine.formula.layout import Shape

MOST_CHARACTERS = 500
MOST_DEPTH = 30
"""How deep parentheses and `not` may be nested."""

_SAME = {"==": "=", "≤": "<=", "≥": ">=", "≠": "!="}


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


def condition_of(point: Breakpoint, symbols: Mapping[str, Shape]) -> Condition | None:
    """The condition that a breakpoint sets on an iteration; None where it stops in every one.
    Raises ConditionError where the run with these symbols cannot have it.
    """
    if point.kind == "step":
        return None
    if point.kind == "change":
        return Move(parse_element(point.text, symbols), "changes")
    return parse(point.text, symbols)


class _Parser(ValueParser):
    """One pass over the tokens, each method one rule of the grammar."""

    _depth = 0

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
        if left == Quantity(PASS) and token.says("ends"):
            self._take()
            return PassEnds()
        if token.kind == "relation":
            left = self._single_number(left, start)
            return self._comparison(left)
        if isinstance(left, float):
            self._fail("a comparison: < <= > >= = !=")
        if not token.says(*VERBS):
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
            message = f"Two numbers are compared; one side must be {ANY_VALUE}."
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
