"""Written arithmetic as a reader takes it: what stands in parentheses first, then roots, powers,
products and quotients from left to right, sums and differences from left to right.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

TOKEN = re.compile(
    r"\[\d+ terms: (?P<rest>[^\]]+)\]|(?P<number>\d+(?:\.\d+)?(?:e[+−]\d+)?)|(?P<exp>e\^)"
    r"|(?P<name>[a-z][a-z0-9]*|[σΦφ])|(?P<sign>[+−·/²^√(),])"
)


class Reader:
    """Works arithmetic out. `number` makes one of a text such as "-1.5e-7", `call(name, *args)`
    is the value of a function.
    """

    def __init__(
        self, written: str, number: Callable[[str], Any], call: Callable[..., Any]
    ) -> None:
        self.number, self.call = number, call
        self.tokens: list[tuple[str, str]] = []
        place = 0
        for match in TOKEN.finditer(written):
            assert not written[place : match.start()].strip(), written
            assert match.lastgroup is not None
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            place = match.end()
        assert place == len(written), written
        self.tokens.append(("end", ""))

    def value(self) -> Any:
        """The value of all that is written."""
        found = self.sum()
        assert self.tokens == [("end", "")], self.tokens
        return found

    def taken(self, *signs: str) -> str:
        """The next token, taken where it is one of these signs; else ""."""
        kind, text = self.tokens[0]
        if kind in ("sign", "exp") and text in signs:
            del self.tokens[0]
            return text
        return ""

    def sum(self) -> Any:
        found = self.product()
        while sign := self.taken("+", "−"):
            term = self.product()
            found = found + term if sign == "+" else found - term
        return found

    def product(self) -> Any:
        found = self.signed()
        while sign := self.taken("·", "/"):
            factor = self.signed()
            found = found * factor if sign == "·" else found / factor
        return found

    def signed(self) -> Any:
        return -self.signed() if self.taken("−") else self.power()

    def power(self) -> Any:
        found = self.atom()
        if self.taken("²"):
            return found**2
        if self.taken("^"):
            return found ** self.signed()
        return found

    def atom(self) -> Any:
        if self.taken("("):
            found = self.sum()
            assert self.taken(")")
            return found
        if self.taken("√"):
            return self.call("sqrt", self.atom())
        if self.taken("e^"):
            return self.call("exp", self.atom())
        kind, text = self.tokens.pop(0)
        if kind == "name":
            return self.function(text)
        assert kind in ("number", "rest"), (kind, text)
        return self.number(text.replace("−", "-"))

    def function(self, name: str) -> Any:
        if name in ("log", "tanh"):
            return self.call(name, self.atom())
        assert self.taken("("), name
        arguments = [self.sum()]
        while self.taken(","):
            arguments.append(self.sum())
        assert self.taken(")"), name
        return self.call(name, *arguments)
