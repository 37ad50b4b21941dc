"""Numbers, vectors and matrices as they are written, in any brackets or none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.sheets.numerals import Numeral, numeral

_OPEN, _CLOSE = "([{", ")]}"
_NUMBER = (
    r"[+-]?(?:\d+(?:{dot}\d*)?|{dot}\d+)(?:[eE][+-]?\d+)?"
    r"(?:\s*[×x*·]\s*10\s*(?:\^|\*\*)\s*[({{]?[+-]?\d+[)}}]?)?%?(?:/\d+(?![\d.,]))?"
)
_POINT = re.compile(_NUMBER.format(dot=r"\."))
_COMMA = re.compile(_NUMBER.format(dot=r","))
_AFTER = re.compile(r"\s*(?:[.,;:!?)\]✓✔|]+\s*)*(?:$|[#(\[]?[A-Za-z✓✔←].*|\(.*)", re.DOTALL)
DEEPEST = 4
"""Brackets within brackets, so many times."""
MOST = 4096
"""A literal has at most so many numbers."""


@dataclass(frozen=True)
class Literal:
    """A number, a vector or a matrix: its rows; a vector and a number have one, `flat` then."""

    rows: tuple[tuple[Numeral, ...], ...]
    flat: bool
    scalar: bool = False

    @property
    def numerals(self) -> tuple[Numeral, ...]:
        """All numbers, row by row."""
        return tuple(each for row in self.rows for each in row)

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return sum(map(len, self.rows))


def literal(text: str, comma: bool = False) -> Literal | None:
    """What a text is from end to end, words after it left aside; None where it is no literal."""
    text = text.strip().rstrip(".").strip()
    if not text:
        return None
    if text[0] in _OPEN:
        if fraction := numeral(text, comma):
            return Literal(((fraction,),), flat=True, scalar=True)
        end = closing(text)
        if end < 0 or not _AFTER.fullmatch(text[end + 1 :].removeprefix("^T").removeprefix("ᵀ")):
            return None
        return bracketed(text[: end + 1], comma)
    return _bare(text, comma)


def closing(text: str, start: int = 0) -> int:
    """Where the bracket at `start` is closed; -1 where it is not."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] in _OPEN) - (text[place] in _CLOSE)
        if depth == 0:
            return place
    return -1


def bracketed(text: str, comma: bool, depth: int = 0) -> Literal | None:
    """A literal in brackets: [1, 2], (1; 2), [[1 2], [3 4]], [1 2; 3 4]."""
    inner = text[1:-1].strip()
    if inner[:1] in tuple(_OPEN):
        return _made(_inner_rows(inner, comma, depth + 1)) if depth < DEEPEST else None
    return _made([_numbers(row, comma) for row in re.split(r"[;┆\n]", inner) if row.strip()])


def _inner_rows(text: str, comma: bool, depth: int) -> list[list[Numeral] | None]:
    """The rows of a matrix that has brackets of their own."""
    rows: list[list[Numeral] | None] = []
    place = 0
    while place < len(text):
        end = closing(text, place) if text[place] in _OPEN else -1
        if end < 0 or len(rows) > MOST:
            return [None]
        found = bracketed(text[place : end + 1], comma, depth)
        if found is None:
            return [None]
        rows += [list(found.numerals)] if found.flat else [list(row) for row in found.rows]
        place = end + 1
        while place < len(text) and text[place] in " ,;\n\t":
            place += 1
    return rows


def _made(rows: list[list[Numeral] | None]) -> Literal | None:
    """A matrix of rows; a vector where there is one row, or one number in each."""
    kept = [tuple(row) for row in rows if row is not None]
    if not kept or len(kept) < len(rows):
        return None
    if len(kept) == 1:
        return Literal((kept[0],), flat=True)
    if all(len(row) == 1 for row in kept):
        return Literal((tuple(row[0] for row in kept),), flat=True)
    return Literal(tuple(kept), flat=False)


def _numbers(text: str, comma: bool) -> list[Numeral] | None:
    """Numbers and what parts them; None where there is anything else."""
    pattern = _COMMA if comma else _POINT
    found: list[Numeral] = []
    place, parted = 0, True
    text = re.sub(r"^([+-])\s+", r"\1", text.strip())
    while place < len(text):
        match = pattern.match(text, place)
        if match is None or not parted or len(found) > MOST:
            return None
        number = numeral(match[0].replace(" ", ""), comma)
        if number is None:
            return None
        found.append(number)
        gap = re.compile(r"[\s,;|&]*").match(text, match.end())
        place = gap.end() if gap else match.end()
        parted = place > match.end()
    return found or None


def _bare(text: str, comma: bool) -> Literal | None:
    """Numbers without brackets, words after them left aside."""
    pattern = _COMMA if comma else _POINT
    text = re.sub(r"^([+-])\s+", r"\1", text)
    match = re.compile(rf"(?:(?:{pattern.pattern})[\s,;|]*)+").match(text)
    if match is None:
        return None
    after = text[match.end() :]
    if after and not _AFTER.fullmatch(after):
        return None
    if after and after[0].isalpha() and match[0][-1:].isdigit():
        return None
    numbers = _numbers(match[0].rstrip(" ,;|\n\t"), comma)
    if numbers is None:
        return None
    return Literal((tuple(numbers),), flat=True, scalar=len(numbers) == 1)
