"""The tokens of a condition's text: symbols, numbers, relations, words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from engine.catalog.names import Names
from engine.spec.check import printable
from engine.spec.problem import Problem

_PATTERN = re.compile(
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


class ConditionError(Problem):
    """A text that is no condition: one sentence, and `position`, the column where the mistake
    is, counted from 0; the length of the text where something is missing at its end.
    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True)
class Token:
    """A piece of the text from `position` on, and its kind, a group of the pattern above, "symbol"
    or "end".
    """

    kind: str
    text: str
    position: int

    @property
    def shown(self) -> str:
        """The beginning of the sentence that it is wrong here."""
        if self.kind == "end":
            return "The text ends too soon"
        short = self.text if len(self.text) <= 30 else f"{self.text[:29]}…"
        return f"{printable(short)} does not belong here"

    def says(self, *words: str) -> bool:
        """Whether it is one of these words."""
        return self.kind == "word" and self.text.lower() in words


def tokens(text: str, names: Names) -> Iterator[Token]:
    """The tokens of a text, and the end."""
    position = 0
    while position < len(text):
        if found := names.at(text, position):
            yield Token("symbol", found[0], position)
            position = found[1]
            continue
        match = next(_PATTERN.finditer(text, position))  # every character begins a token
        if match.lastgroup != "space":
            yield Token(str(match.lastgroup), match[0], position)
        position = match.end()
    yield Token("end", "", len(text))


class Cursor:
    """Goes over the tokens once."""

    def __init__(self, text: str, names: Names) -> None:
        self._tokens = list(tokens(text, names))
        self._at = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += token.kind != "end"
        return token

    def _fail(self, valid: str, token: Token | None = None) -> NoReturn:
        token = token or self._next
        raise ConditionError(f"{token.shown}; valid is {valid}.", token.position)
