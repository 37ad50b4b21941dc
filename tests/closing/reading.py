"""Printed arithmetic as a reader takes it, element or whole array, in mathematical or plain signs.

What stands in parentheses first, then signs that follow (ᵀ, ²), then functions, products from left
to right, sums from left to right. A Σ takes the whole product after it: of a vector its sum, of a
matrix one for each row, Σₙ one for each column. `·` between arrays is the product of matrices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple

from tests.closing import exact
from tests.closing.tables import Table, lift, product, standing, transposed

NUMBER = r"[−-]?(?:\d+(?:\.\d+)?(?:e[+−-]?\d+)?|nan|inf)"
ARRAY = re.compile(rf"\({NUMBER}(?:(?:, |; | ){NUMBER})*\)")
TOKEN = re.compile(
    r"\[\d+ terms: (?P<rest>[^\]]+)\]"
    r"|(?P<number>(?:\d+(?:\.\d+)?(?:e[+−-]?\d+)?|nan|inf)(?![a-z]))"
    r"|(?P<sign>\(\*\)|\(/\)|e\^|sum_n|sum(?![a-z])|Σₙ|[Σ+−·*⊙⊘/²ᵀ^√½(),|<>=-])"
    r"|(?P<name>[A-Za-zσΦφ][A-Za-z0-9]*[′']?)|(?P<prime>')"
)
SAME = {"*": "·", "(*)": "⊙", "(/)": "⊘", "-": "−", "sum": "Σ", "sum_n": "Σₙ"}
NAMES = {"σ": "sigma", "Φ": "Phi", "φ": "phi"}
WORDS = {"where", "else", "at", "with"}


class Token(NamedTuple):
    """A piece of text, its kind, and where it starts."""

    kind: str
    text: str
    start: int


END = Token("end", "", 0)


class MisreadError(ValueError):
    """A line that does not read as arithmetic."""


def tokens(line: str) -> list[Token]:
    """The pieces of a line; arrays of numbers are one piece."""
    found: list[Token] = []
    place = 0
    while place < len(line):
        if line[place].isspace():
            place += 1
            continue
        if line[place] == "(" and (match := ARRAY.match(line, place)):
            found.append(Token("array", match[0], place))
        elif match := TOKEN.match(line, place):
            kind = match.lastgroup or ""
            text = match[kind]
            if kind == "prime":
                kind, text = "sign", "ᵀ"
            found.append(Token(kind, SAME.get(text, text) if kind == "sign" else text, place))
        else:
            raise MisreadError(line[place:])
        place = match.end()
    return [*found, END]


def worked_out(line: str, scalar: bool = False) -> Table:
    """The value of a line; with `scalar` a Σ is of all numbers, as the result is one."""
    reader = Reader(tokens(line), scalar, definitions={})
    return reader.whole()


class Reader:
    """Works out a list of tokens."""

    def __init__(
        self,
        found: list[Token],
        scalar: bool,
        definitions: Mapping[str, Table | Callable[[Table], Table]],
    ) -> None:
        self.tokens, self.scalar = found, scalar
        self.definitions = dict(definitions)
        self.place = 0

    # -- tokens ------------------------------------------------------------------------------

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def taken(self, *texts: str) -> str:
        """The next token where it is one of these; else ""."""
        if self.next.kind in ("sign", "name") and self.next.text in texts:
            self.place += 1
            return self.tokens[self.place - 1].text
        return ""

    def need(self, *texts: str) -> None:
        for text in texts:
            if not self.taken(text):
                raise MisreadError(f"{text} expected at {self.next}")

    # -- the line ----------------------------------------------------------------------------

    def whole(self) -> Table:
        self.define()
        found = self.clause()
        if self.next.kind != "end":
            raise MisreadError(str(self.next))
        return found

    def define(self) -> None:
        """Take what stands after "with", such as u = 2·x or h(d) = d², in its order."""
        words = [t.text if t.kind == "name" else "" for t in self.tokens]
        if "with" not in words:
            return
        start = words.index("with")
        rest, self.tokens = self.tokens[start + 1 :], [*self.tokens[:start], END]
        equals = [i for i, t in enumerate(rest) if t.text == "="]
        begins = [i - 1 if rest[i - 1].kind == "name" else i - 4 for i in equals]
        ends = [*(begin - 1 for begin in begins[1:]), len(rest) - 1]
        for begin, equal, end in zip(begins, equals, ends, strict=True):
            body = [*rest[equal + 1 : end], END]
            if equal - begin == 1:
                value = Reader(body, self.scalar, self.definitions).whole()
                self.definitions[rest[begin].text] = value
            else:
                self.definitions[rest[begin].text] = self.function(rest[begin + 2].text, body)

    def function(self, parameter: str, body: list[Token]) -> Callable[[Table], Table]:
        known = dict(self.definitions)

        def called(x: Table) -> Table:
            return Reader(body, self.scalar, {**known, parameter: x}).whole()

        return called

    def clause(self) -> Table:
        """A sum, or one that is cut, or one `where` a condition holds and another `else`."""
        found = self.sum()
        if self.next.text == "," and self.tokens[self.place + 1].text == "at":
            self.need(",", "at", "most")
            limit = self.sum()
            self.need("to", "either", "side")
            return found.each(lambda x, m: exact.most(exact.negative(m), exact.least(m, x)), limit)
        if not self.taken("where"):
            return found
        left = self.sum()
        sign = self.taken("<", ">")
        right = self.sum()
        sides = (left, right) if sign == ">" else (right, left)
        holds = sides[0].each(lambda a, b: Fraction(exact.greater(a, b)), sides[1])
        self.need(",", "else")
        other = self.clause()
        return holds.each(lambda h, a, b: a if h else b, found, other)

    def sum(self) -> Table:
        found = self.product()
        while sign := self.taken("+", "−"):
            term = self.product()
            found = standing(found, term)
            found = found.each(exact.add, term if sign == "+" else term.each(exact.negative))
        return found

    def product(self) -> Table:
        found = self.factor()
        while sign := self.taken("·", "⊙", "/", "⊘"):
            factor = self.factor()
            if sign == "·":
                found = product(found, factor)
            else:
                found = found.each(exact.multiply if sign == "⊙" else exact.divide, factor)
        return found

    def factor(self) -> Table:
        if self.taken("−"):
            return self.factor().each(exact.negative)
        if sign := self.taken("Σ", "Σₙ"):
            return self.product().summed(over_rows=sign == "Σₙ", whole=self.scalar)
        found = self.atom()
        while sign := self.taken("²", "ᵀ", "^"):
            if sign == "ᵀ":
                found = transposed(found)
            else:
                exponent = lift(Fraction(2)) if sign == "²" else self.exponent()
                found = found.each(exact.power, exponent)
        return found

    def exponent(self) -> Table:
        return self.exponent().each(exact.negative) if self.taken("−") else self.atom()

    def atom(self) -> Table:
        if self.taken("("):
            found = self.clause()
            self.need(")")
            return found
        if self.taken("|"):
            found = self.sum()
            self.need("|")
            return found.each(exact.FUNCTIONS["abs"])
        if self.taken("½"):
            return lift(Fraction(1, 2))
        if self.taken("√"):
            return self.atom().each(exact.FUNCTIONS["sqrt"])
        if self.taken("e^"):
            return self.exponent().each(exact.FUNCTIONS["exp"])
        token = self.next
        self.place += 1
        if token.kind in ("number", "rest"):
            return lift(exact.number(token.text))
        if token.kind == "array":
            return Table.read(token.text)
        if token.kind != "name" or token.text in WORDS:
            raise MisreadError(str(token))
        return self.named(NAMES.get(token.text, token.text))

    def named(self, name: str) -> Table:
        known = self.definitions.get(name)
        if known is not None:
            return known if isinstance(known, Table) else known(self.atom())
        if name == "max" and self.next.text == "|":
            return self.atom().most()
        if name == "max" and self.next.kind == "array" and ", " not in self.next.text:
            return self.atom().row_most()
        if name in ("max", "min"):
            first, *others = self.arguments()
            return first.each(exact.most if name == "max" else exact.least, *others)
        if name == "sqrt":
            return self.atom().each(exact.FUNCTIONS["sqrt"])
        if name == "diag":
            return self.atom().diagonal()
        if name not in exact.FUNCTIONS:
            raise MisreadError(name)
        return self.atom().each(exact.FUNCTIONS[name])

    def arguments(self) -> list[Table]:
        if self.next.kind == "array":
            table = Table.read(self.next.text)
            self.place += 1
            return [lift(x) for x in table.numbers]
        self.need("(")
        found = [self.clause()]
        while self.taken(","):
            found.append(self.clause())
        self.need(")")
        return found
