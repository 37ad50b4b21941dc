"""A formula read: a small parser for what one writes by hand, in bounded time and depth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from engine.functions.names import MOST_NAME, TAKEN, canonical
from engine.functions.table import CONSTANTS, OF_TWO, OTHER_NAMES, READ
from engine.functions.tree import Node, num
from engine.functions.words import MistakeError, UnknownError, Word, words
from engine.spec.check import nearest

MOST_LETTERS = 2_000
MOST_DEPTH = 40
MOST_PARTS = 600
MOST_VARIABLES = 100


_GLUED = re.compile(rf"({'|'.join((*READ, 'ln', 'log'))})([^\W\d_]?[0-9₀-₉]+|[^\W\d_])")
"""A function's name with what it is of, and no parentheses between: sinx."""


class Formula(NamedTuple):
    """A formula read, its variables in the order in which it first names them, and which of the
    constants that are given it has.
    """

    tree: Node
    names: tuple[str, ...]
    constants: frozenset[str] = frozenset()


def read(formula: str, constants: Mapping[str, float], names: tuple[str, ...] = ()) -> Formula:
    """The formula of variables, which are all names that are not `constants`; in the order of
    `names` where these are given, which then are all that it may have. Raises MistakeError.
    """
    if len(formula) > MOST_LETTERS:
        raise MistakeError(
            MOST_LETTERS + 1, f"the formula has {len(formula):,} characters, and may have at"
            f" most {MOST_LETTERS:,}",
        )  # fmt: skip
    reader = _Reader(words(formula), constants, names)
    tree = reader.whole()
    if tree.size > MOST_PARTS:
        raise MistakeError(
            1, f"the formula has {tree.size:,} parts, and may have at most {MOST_PARTS}"
        )
    return Formula(tree, tuple(reader.names), frozenset(reader.used))


class _Reader:
    def __init__(
        self, found: list[Word], constants: Mapping[str, float], names: tuple[str, ...]
    ) -> None:
        self.words, self.place, self.depth = found, 0, 0
        self.constants, self.fixed, self.names = constants, bool(names), list(names)
        self.used: set[str] = set()

    @property
    def next(self) -> Word:
        return self.words[self.place]

    def take(self, *signs: str) -> Word | None:
        """The next word where it is one of these signs."""
        if self.next.kind == "sign" and self.next.text in signs:
            self.place += 1
            return self.words[self.place - 1]
        return None

    def whole(self) -> Node:
        if self.next.kind == "end":
            raise MistakeError(1, "there is no formula")
        tree = self.sum()
        if self.next.kind != "end":
            raise MistakeError(self.next.column, self._stray())
        return tree

    def _stray(self) -> str:
        if self.next.text == ")":
            return "there is no ( for this )"
        if self.next.text == ",":
            return "a comma stands here; numbers have a point, 0.1"
        return f"{self.next.written} cannot stand here"

    def _deeper(self, column: int) -> None:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise MistakeError(column, f"more than {MOST_DEPTH} things stand within each other")

    def _held(self, node: Node, column: int) -> Node:
        if node.depth > MOST_DEPTH:
            raise MistakeError(column, f"more than {MOST_DEPTH} things stand within each other")
        return node

    # -- from what binds least to what binds most ----------------------------------------------

    def sum(self) -> Node:
        column = self.next.column
        self._deeper(column)
        terms = [self.product()]
        while sign := self.take("+", "-"):
            term = self.product()
            terms.append(term if sign.text == "+" else Node("neg", (term,)))
        self.depth -= 1
        return self._held(terms[0] if len(terms) == 1 else Node("add", tuple(terms)), column)

    def product(self) -> Node:
        column, divided, minus = self.next.column, False, self._minus()
        found = self.factor()
        while True:
            if sign := self.take("*", "/"):
                minus_too = self._minus()
                other = self.factor()
                if minus_too:
                    other = Node("neg", (other,))
                divided = sign.text == "/"
            elif self._implicit(divided):
                sign, other = None, self.factor()
            else:
                break
            found = self._held(_over(found, other) if divided else _times(found, other), column)
            if sign is None:
                divided = False
        return Node("neg", (found,)) if minus else found

    def _minus(self) -> bool:
        minus = False
        while sign := self.take("+", "-"):
            minus ^= sign.text == "-"
        return minus

    def _implicit(self, divided: bool) -> bool:
        """Whether a factor stands next without a sign: 2x, 3(x + 1)."""
        word, before = self.next, self.words[self.place - 1]
        if not (word.kind == "name" or word.text in ("(", "√")):
            if word.kind == "number" and before.kind != "sign":
                raise MistakeError(word.column, f"write · between {before.written} and the number")
            if word.kind == "number":
                raise MistakeError(word.column, "write · before the number")
            return False
        after_power = self.place > 1 and self.words[self.place - 2].text in ("^", "√")
        if divided or after_power:
            raise MistakeError(
                word.column,
                f"what stands before {word.written} can be read in two ways; write ·, and"
                " parentheses where they are meant",
            )
        return True

    def factor(self) -> Node:
        """A power; −x² is −(x²)."""
        column = self.next.column
        base = self.atom()
        while self.next.kind == "raised":
            base = self._held(Node("pow", (base, num(float(self.next.text)))), column)
            self.place += 1
        if not self.take("^"):
            return base
        self._deeper(column)
        minus = self._minus()
        exponent = self.factor()
        self.depth -= 1
        if minus:
            plain = exponent.plain
            exponent = num(-exponent.value) if plain else Node("neg", (exponent,))
        natural = base.op == "num" and base.name == "e"
        made = Node("exp", (exponent,)) if natural else Node("pow", (base, exponent))
        return self._held(made, column)

    def atom(self) -> Node:
        word = self.next
        self.place += 1
        match word.kind, word.text:
            case "number", text:
                return num(float(text))
            case "name", text:
                return self._named(word, text)
            case "sign", "(":
                inner = self.sum()
                self._close(word)
                return inner
            case "sign", "√":
                self._deeper(word.column)
                inner = self.atom()
                self.depth -= 1
                return Node("sqrt", (inner,))
        self.place -= 1
        if word.kind == "end":
            raise MistakeError(word.column, "the formula ends where something is missing")
        if word.text in (")", ","):
            raise MistakeError(word.column, f"something is missing before {word.written}")
        raise MistakeError(word.column, f"{word.written} cannot stand here")

    def _close(self, opened: Word) -> None:
        if not self.take(")"):
            if self.next.kind == "end":
                raise MistakeError(opened.column, "there is no ) for this (")
            raise MistakeError(self.next.column, self._stray())

    # -- names ---------------------------------------------------------------------------------

    def _named(self, word: Word, text: str) -> Node:
        known = OTHER_NAMES.get(text, text)
        if known in READ or known in OF_TWO:
            return self._called(word, known)
        name = canonical(text)
        if not name:
            raise MistakeError(
                word.column, f"{text[:20]} is no name: letters and a number, at most {MOST_NAME}"
            )
        if name in self.constants:
            found = num(self.constants[name], name)
            self.used.add(name)
        elif name in CONSTANTS:
            found = num(CONSTANTS[name], name)
        else:
            found = self._variable(word, name)
        if self.next.text == "(" and self.next.kind == "sign":
            near = nearest(text, (*READ, *OF_TWO, "ln"))
            hint = f"; the nearest function is {near}" if near else ""
            raise MistakeError(
                word.column, f"{text} is no function{hint}; a product is written {text}·(…)"
            )
        if found.op == "var" and not self.fixed and (glued := _GLUED.fullmatch(text)):
            raise MistakeError(
                word.column,
                f"{text} looks like {glued[1]}({glued[2]}); a variable of that name is one that"
                " start names",
            )
        return found

    def _variable(self, word: Word, name: str) -> Node:
        if name not in self.names:
            if self.fixed:
                known = (*self.names, *self.constants)[:8]
                said = f"{'are' if known[1:] else 'is'} {', '.join(known)}"
                raise UnknownError(word.column, name, said)
            if len(self.names) == MOST_VARIABLES:
                raise MistakeError(word.column, f"there are more than {MOST_VARIABLES} variables")
            self.names.append(name)
        return Node("var", name=name, index=self.names.index(name))

    def _called(self, word: Word, name: str) -> Node:
        opened = self.take("(")
        if not opened:
            raise MistakeError(word.column, f"{word.written} needs parentheses: {word.written}(x)")
        args = [self.sum()]
        while name in OF_TWO and self.take(","):
            args.append(self.sum())
        self._close(opened)
        if name not in OF_TWO:
            return self._held(Node(name, (args[0],)), word.column)
        if len(args) < 2:
            raise MistakeError(word.column, f"{name} needs two numbers: {name}(x, 0)")
        found = args[0]
        for other in args[1:]:
            found = self._held(Node(name, (found, other)), word.column)
        return found


def _times(a: Node, b: Node) -> Node:
    return Node("mul", (*(a.args if a.op == "mul" else (a,)), b))


def _over(a: Node, b: Node) -> Node:
    return Node("div", (a, b))


def usable(name: str) -> bool:
    """Whether a variable or a constant may have that name."""
    return bool(name) and name not in TAKEN
