"""The pieces that a formula's template is made of."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"\{(?P<symbol>[^{}]+)\}|(?P<number>\d+(?:\.\d+)?(?:e[+−-]?\d+)?)"
    r"|(?P<sign>e\^|Σₙ|[Σ+−·⊙⊘/²ᵀ^√½(),|<>=])|(?P<word>[A-Za-zσΦφ][a-z0-9]*′?)|(?P<blank> )"
)


class UnreadableError(ValueError):
    """A formula that says less than what it takes to work it out."""


class Tokens:
    """The pieces of a template, each with its kind: symbol, number, sign or word; and the place up
    to which they are read. Raises UnreadableError where something else stands or is needed.
    """

    def __init__(self, template: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.place = place = 0
        while place < len(template):
            match = _TOKEN.match(template, place)
            if match is None:
                raise UnreadableError(template)
            if match.lastgroup and match.lastgroup != "blank":
                self.tokens.append((match.lastgroup, match[match.lastgroup]))
            place = match.end()
        self.tokens.append(("end", ""))

    def sees(self, *texts: str) -> bool:
        """Whether these signs and words stand next."""
        found = self.tokens[self.place : self.place + len(texts)]
        return [text for kind, text in found if kind in ("sign", "word")] == [*texts]

    def takes(self, *texts: str) -> bool:
        """The same, and goes on behind them."""
        seen = self.sees(*texts)
        self.place += len(texts) * seen
        return seen

    def one_of(self, signs: str) -> str:
        """The next sign where it is one of these; else ""."""
        return next((sign for sign in signs if self.takes(sign)), "")

    def need(self, *texts: str) -> None:
        """Go on behind these."""
        if not self.takes(*texts):
            raise UnreadableError(f"{texts} at {self.tokens[self.place]}")

    def name(self) -> str:
        """The next word."""
        kind, text = self.tokens[self.place]
        if kind != "word":
            raise UnreadableError(text)
        self.place += 1
        return text

    def skips_to(self, word: str) -> bool:
        """Go on behind the word, where it stands anywhere."""
        if found := ("word", word) in self.tokens:
            self.place = self.tokens.index(("word", word)) + 1
        return found

    def end(self, word: str = "") -> None:
        """The end, or the word that ends a part, must be next; the first part is read then."""
        if self.tokens[self.place] not in (("end", word), ("word", word)):
            raise UnreadableError(str(self.tokens[self.place]))
        self.place = 0
