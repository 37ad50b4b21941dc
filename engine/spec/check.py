"""Checks of what a file says: every mistake becomes one sentence, and all of them are collected."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

import numpy as np

from engine.spec.run import SpecError

MOST_PROBLEMS = 100
MOST_ALIKE = 10
"""So many mistakes of a file, and of one array or table in it, are named; the rest are counted."""


def printable(text: str) -> str:
    """The text with every control, formatting or unassigned character as �, and every kind of
    space as a plain one, so that a terminal shows it and obeys none of it.
    """
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(character: str) -> str:
    kind = unicodedata.category(character)[0]
    if kind == "Z":
        return " " if unicodedata.category(character) == "Zs" else "�"
    return "�" if kind == "C" else character


def shown(value: Any) -> str:
    """A value as a sentence names it, short and printable."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{printable(value if len(value) <= 40 else value[:39] + "…")}"'
        case int() if value.bit_length() > 64:
            return "a whole number beyond 64 bits"
        case int() | float():
            return str(value)
        case Mapping():
            return "a table"
        case Sequence():
            return f"a list of {len(value)}" if value else "an empty list"
        case _:
            return "a date or time"


def nearest(name: str, valid: Iterable[str], alike: float = 0.5) -> str:
    """The most similar of the valid names, "" where none is `alike`, from 0 to 1."""
    known = {each.lower(): each for each in valid}
    found = get_close_matches(name[:60].lower(), known, 1, alike)
    return known[found[0]] if found else ""


def one_of(name: str, valid: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: what is valid, and what is nearest."""
    names = list(valid)
    near = nearest(name, names)
    return f"must be one of {', '.join(names)}" + (f"; the nearest is {near}" if near else "")


FLOAT_MOST = float(np.finfo(np.float64).max)


class Problems:
    """Collects sentences about one file. `largest` is the largest number that it may have."""

    def __init__(self, file: str) -> None:
        self.file = printable(file)
        self.found: list[str] = []
        self.largest = FLOAT_MOST
        self._more = 0

    def add(self, place: str, what: str) -> None:
        """One mistake: where it stands and what is wrong, put together as a sentence."""
        self.say(f"{printable(place)} {what}" if place else what)

    def say(self, sentence: str) -> None:
        """One mistake, named by file."""
        if len(self.found) < MOST_PROBLEMS:
            self.found.append(f"{self.file}: {sentence}.")
        else:
            self._more += 1

    def include(self, error: SpecError) -> None:
        """Mistakes of another file."""
        self.found.extend(error.problems)

    def stop(self) -> None:
        """Raise SpecError where there are any."""
        if self.found:
            more = [f"{self.file}: and {self._more} more."] if self._more else []
            raise SpecError(*self.found, *more)


class Check(NamedTuple):
    """What a value must be. `accept(value)` gives the value to use, or None where it is wrong;
    `valid` completes "and must be …"; `names` are all that it can be, where they can be listed.
    """

    valid: str
    accept: Callable[[Any], Any]
    names: tuple[str, ...] = ()

    def wrong(self, value: Any) -> str:
        """The sentence, without its place, on a value that is not accepted."""
        if self.names and isinstance(value, str):
            return f"is {shown(value)}, and {one_of(value, self.names)}"
        return f"is {shown(value)}, and must be {self.valid}"


def whole(low: int, high: int) -> Check:
    """A whole number from low to high."""
    return Check(
        f"a whole number from {low:,} to {high:,}",
        lambda v: v if type(v) is int and low <= v <= high else None,
    )


def fits(value: Any, most: float) -> bool:
    """Whether a value is a finite number, at most `most` either way; true and false are none."""
    return type(value) in (int, float) and abs(value) <= most


def number(valid: str, test: Callable[[float], bool] = lambda _: True) -> Check:
    """A finite number that passes a test."""
    return Check(valid, lambda v: float(v) if fits(v, FLOAT_MOST) and test(float(v)) else None)


def text(most: int) -> Check:
    """A text of at most `most` characters, made printable."""
    return Check(
        f"a text of 1 to {most} characters",
        lambda v: printable(v) if isinstance(v, str) and v.strip() and len(v) <= most else None,
    )


def choice(names: Iterable[str]) -> Check:
    """One of some names."""
    known = tuple(names)
    return Check(f"one of {', '.join(known)}", lambda v: v if v in known else None, known)


FLAG = Check("true or false", lambda v: v if isinstance(v, bool) else None)
POSITIVE = number("a number above 0", lambda v: v > 0)

_MISSING = object()


class Table:
    """A TOML table under check: keys are taken, and `close` names those that nobody took."""

    def __init__(self, values: Mapping[str, Any], place: str, problems: Problems) -> None:
        self.values = values
        self.place = place
        self.problems = problems
        self._known: list[str] = []
        self._excused: set[str] = set()

    def at(self, key: str) -> str:
        """The place of a key, as sentences name it."""
        return f"{self.place}.{key}" if self.place else key

    def has(self, key: str) -> bool:
        """Whether the table says anything for the key; the key counts as known from then on."""
        self._known.append(key)
        return key in self.values

    def excuse(self, keys: Iterable[str]) -> None:
        """Blame none of these keys: whether they are valid is not known, as what says so is wrong
        itself.
        """
        self._excused.update(keys)

    def wrong(self, key: str, what: str) -> None:
        """A mistake at a key."""
        self.problems.add(self.at(key), what)

    def take(self, key: str, check: Check, default: Any = _MISSING) -> Any:
        """The value of a key; None, and a sentence, where it is wrong or is missing and there
        is no default.
        """
        if not self.has(key):
            if default is _MISSING:
                self._missing(key, check)
                return None
            return default
        accepted = check.accept(self.values[key])
        if accepted is None:
            self.wrong(key, check.wrong(self.values[key]))
        elif not self._held(accepted):
            self.wrong(key, "is too large a number for float32")
            return None
        return accepted

    def _held(self, accepted: Any) -> bool:
        values = accepted if isinstance(accepted, tuple) else (accepted,)
        most = self.problems.largest  # what may be infinite holds in any dtype
        return all(abs(v) <= most or v == math.inf for v in values if isinstance(v, float))

    def _missing(self, key: str, check: Check) -> None:
        near = nearest(key, self.values, 0.6)
        instead = f" ({near} stands there)" if near and near not in self._known else ""
        self.wrong(key, f"is missing{printable(instead)}, and must be {check.valid}")

    def table(self, key: str, required: bool = True) -> Table | None:
        """The table under a key; None where there is none."""
        if not self.has(key):
            if required:
                self.wrong(key, f"is missing; a run file has a table [{key}]")
            return None
        value = self.values[key]
        if not isinstance(value, Mapping):
            self.wrong(key, f"is {shown(value)}, and must be a table, written [{key}]")
            return None
        return Table(value, self.at(key), self.problems)

    def tables(self, key: str, most: int) -> list[Table] | None:
        """The tables of a list under a key; None where it is no such list, [] where missing."""
        if not self.has(key):
            return []
        value = self.values[key]
        listed = isinstance(value, list | tuple)
        if not listed or not all(isinstance(each, Mapping) for each in value):
            self.wrong(
                key,
                f"is {shown(value)}, and must be a list of tables, each written [[{key}]]",
            )
            return None
        if len(value) > most:
            self.wrong(key, f"is a list of {len(value):,}, and must have at most {most:,}")
            return None
        return [Table(each, f"{self.at(key)}[{i}]", self.problems) for i, each in enumerate(value)]

    def close(self) -> None:
        """Name every key that nobody took."""
        known = list(dict.fromkeys(self._known))
        unknown = [key for key in self.values if key not in known and key not in self._excused]
        for key in unknown[:MOST_ALIKE]:
            free = [each for each in known if each not in self.values]
            near = nearest(key, free) or nearest(key, known)
            hint = f"the nearest is {near}, and " if near else ""
            self.wrong(_short(key), f"is not a key here; {hint}valid are {', '.join(known)}")
        if len(unknown) > MOST_ALIKE:
            self.problems.add(self.place, f"and {len(unknown) - MOST_ALIKE} more unknown keys")


def _short(key: str) -> str:
    return key if len(key) <= 40 else key[:39] + "…"
