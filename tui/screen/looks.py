"""Styles as a terminal takes them (SGR, ECMA-48), and the fewest parameters between two."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeVar

K = TypeVar("K")
V = TypeVar("V")

OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28"} | {
    "9": "29",
    "21": "24",
    "51": "54",
    "52": "54",
    "53": "55",
}
"""What takes an attribute back."""
SEEN_ON_BLANKS = frozenset({"4", "7", "9", "21", "51", "52", "53"})
"""Attributes that show where there is no character: lines, and colours that are exchanged."""


class Look(NamedTuple):
    """Attributes, and the parameters of the colours of text and ground: "" for the terminal's."""

    attributes: frozenset[str] = frozenset()
    ink: str = ""
    ground: str = ""


PLAIN = Look()


@lru_cache(maxsize=1024)
def look_of(parameters: str) -> Look:
    """The look that some SGR parameters give, such as "1;38;5;254;48;5;233"."""
    rest = iter(parameters.split(";") if parameters else ())
    attributes, ink, ground = set(), "", ""
    for code in rest:
        if code in OFF:
            attributes.add(code)
        elif code in {"38", "48"}:
            kind = next(rest)
            colour = ";".join([code, kind, *(next(rest) for _ in range(3 if kind == "2" else 1))])
            ink, ground = (colour, ground) if code == "38" else (ink, colour)
        elif code.startswith(("3", "9")) and code != "39":
            ink = code
        elif code.startswith(("4", "10")) and code != "49":
            ground = code
    return Look(frozenset(attributes), ink, ground)


@lru_cache(maxsize=1024)
def of_blank(look: Look) -> Look:
    """The look of a blank: blanks that cannot be told apart have the same."""
    return look if look.attributes & SEEN_ON_BLANKS else Look(ground=look.ground)


@lru_cache(maxsize=4096)
def change(before: Look | None, after: Look) -> str:
    """The shortest sequence that has a terminal write in `after`; None before: in any look."""
    anew = [*sorted(after.attributes), *filter(None, (after.ink, after.ground))]
    found = f"\x1b[{';'.join(['0', *anew])}m" if anew else "\x1b[m"
    if before is None:
        return found
    if before == after:
        return ""
    taken = {OFF[code] for code in before.attributes - after.attributes}
    kept = {code for code in before.attributes if OFF[code] not in taken}
    steps = [*sorted(taken), *sorted(after.attributes - kept)]
    if before.ink != after.ink:
        steps.append(after.ink or "39")
    if before.ground != after.ground:
        steps.append(after.ground or "49")
    return min(f"\x1b[{';'.join(steps)}m", found, key=len)


class Lazily(dict[K, V]):
    """What a function gives, worked out once for each key: a look-up costs no call."""

    def __init__(self, make: Callable[[K], V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> V:
        found = self[key] = self._make(key)
        return found


class Looks:
    """Looks and their numbers: `all` of them, and for each in `blanks` the number of `of_blank`."""

    def __init__(self) -> None:
        self.all: list[Look] = []
        self.blanks: list[int] = []
        self._numbers: dict[Look, int] = {}

    def number(self, look: Look) -> int:
        """The number of a look, a new one where it has none."""
        if (number := self._numbers.get(look)) is None:
            number = self._numbers[look] = len(self.all)
            self.all.append(look)
            self.blanks.append(number)
            self.blanks[number] = self.number(of_blank(look))
        return number
