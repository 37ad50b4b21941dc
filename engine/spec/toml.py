"""TOML files, within what they may hold: a text is gone through once before it is parsed, since
some that are short take `tomllib` minutes and gigabytes.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from engine.spec.check import printable
from engine.spec.files import read_text
from engine.spec.run import SpecError

MOST_BYTES = 2 << 20
MOST_PARTS = 10
FEW_LISTS, SHORT_LIST = 20_000, 5
"""More lists than these may have no less than so many characters each."""
MOST_DEEP = 100
"""So many times a list in a list may have a list in it: no run has any such."""
LONGEST_WORD = 20_000
LONGEST_REASON = 200
MOST = {
    "keys": 20_000,
    "different names of keys and tables": 120,
    "tables": 2_000,
}
"""What of a file costs more memory than its text is long."""

_PART = r"""(?:[\w+\-]++|"(?:[^"\\\n]|\\.)*+"?|'[^'\n]*+'?)"""
_NAME = rf"(?P<name>{_PART}(?:[ \t]*+\.[ \t]*+{_PART})*+)"
_TOKEN = re.compile(
    rf"""
      \#[^\n]*+
    | \"{{3}}(?:[^"\\]|\\.|"(?!""))*+(?:\"{{3}})?
    | '{{3}}(?:[^']|'(?!''))*+(?:'{{3}})?
    | {_NAME}(?P<key>[ \t]*+=)?
    | (?P<table>\{{)
    | (?P<lists>\[\s*+\[\s*+\[)
    """,
    re.VERBOSE | re.DOTALL,
)
_HEADER = re.compile(
    rf"^[ \t]*+\[\[?[ \t]*+{_NAME}[ \t]*+\]\]?[ \t]*+(?:#|$)", re.MULTILINE | re.DOTALL
)


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file has. Raises SpecError where it cannot be read, is no TOML or too much."""
    text, file = read_text(path, MOST_BYTES), printable(str(path))
    try:
        _Contents(text, file).check()
        return tomllib.loads(text)
    except SpecError:
        raise
    except RecursionError:
        raise SpecError(f"{file}: lists or tables are nested too deeply.") from None
    except tomllib.TOMLDecodeError as error:
        raise SpecError(_syntax_error(str(error), text, file)) from None
    except ValueError as error:  # numbers too long, dates that do not exist
        reason = printable(str(error)[:LONGEST_REASON]).split(";")[0]
        raise SpecError(f"{file}: is not valid TOML: {reason}.") from None


def _syntax_error(message: str, text: str, file: str) -> str:
    """One sentence with the line and column that tomllib names; the end of the file where it
    names none.
    """
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    what = printable(message[: place.start() if place else None][:LONGEST_REASON])
    if place and place[1]:
        line, column = int(place[1]), int(place[2])
    else:
        line, column = _line(text, len(text)), len(text) - text.rfind("\n")
    return f"{file}: line {line}, column {column} is not valid TOML: {what}."


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


class _Contents:
    """What a text has, counted; strings and comments are no more than that."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._counts: Counter[str] = Counter()
        self._names: set[str] = set()

    def check(self) -> None:
        """Raises SpecError for what is more than may be, RecursionError for what is too deep."""
        lists = self._text.count("[")
        if lists > max(FEW_LISTS, len(self._text) // SHORT_LIST):
            raise SpecError(
                f"{self._file}: has {lists:,} lists, hardly a number in each; such data goes into"
                " a CSV file."
            )
        for header in _HEADER.finditer(self._text):
            self._add("tables")
            self._add_name(header)
        deep = 0
        for token in _TOKEN.finditer(self._text):
            if token["key"]:
                self._add("keys")
                self._add_name(token)
            elif token["table"]:
                self._add("tables")
            elif token["lists"]:
                deep += 1
                if deep > MOST_DEEP:
                    raise RecursionError
            elif len(token["name"] or "") > LONGEST_WORD:
                self._refuse(f"a word of more than {LONGEST_WORD:,} characters", token)

    def _add(self, what: str) -> None:
        self._counts[what] += 1
        if self._counts[what] > MOST[what]:
            raise SpecError(f"{self._file}: has more than {MOST[what]:,} {what}.")

    def _add_name(self, match: re.Match[str]) -> None:
        name = match["name"]
        if name not in self._names:
            if name.count(".") >= MOST_PARTS and len(re.findall(_PART, name)) > MOST_PARTS:
                self._refuse(f"a key of more than {MOST_PARTS} parts", match)
            self._names.add(name)
            self._add("different names of keys and tables")

    def _refuse(self, what: str, match: re.Match[str]) -> None:
        where = _line(self._text, match.start())
        raise SpecError(f"{self._file}: has {what} in line {where}.")
