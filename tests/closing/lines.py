"""What `--plain` prints, taken apart: each line of arithmetic with its sign and its result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.closing import exact
from tests.closing.reading import MisreadError, worked_out

HEAD = re.compile(r"iteration (\d+) [·*] step (\d+)/\d+ [·*] ")
ROW = re.compile(r"  (?=\S)")
MORE = re.compile(r"    (?:…|\.\.\.) and \d+ more ")


@dataclass(frozen=True)
class Line:
    """`left` sign `right` at a step; `kind` is "array" or "element"."""

    place: str
    kind: str
    left: str
    sign: str
    right: str

    @property
    def says_equal(self) -> bool:
        return self.sign == "="

    def closes(self, digits: int) -> bool:
        """Whether the left side, worked out, prints as the right one. Raises MisreadError where it
        does not read as arithmetic.
        """
        right = numbers(self.right)
        try:
            left = worked_out(self.left, scalar="(" not in self.right).numbers
        except exact.UnworkableError:
            return False
        except ValueError as error:
            raise MisreadError(str(error)) from error
        if len(left) == 1:
            left *= len(right)
        if len(left) != len(right):
            raise MisreadError(f"{len(left)} numbers for {len(right)}")
        return all(map(lambda x, shown: exact.prints_as(x, shown, digits), left, right))


def numbers(shown: str) -> list[str]:
    """The numbers of a result as they are written."""
    return re.split(r"; |, | ", shown.strip("()"))


def blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each step's place and its rows, put together where they were broken."""
    for block in text.split("\n\n"):
        first, *rows = block.splitlines() or [""]
        match = HEAD.match(first)
        if match is None:
            continue
        whole: list[str] = []
        for row in rows:
            if MORE.match(row):
                continue
            if ROW.match(row) or not whole:
                whole.append(row.strip())
            else:
                whole[-1] += f" {row.strip()}"
        yield f"{match[1]}.{match[2]}", whole


def arithmetic(text: str) -> Iterator[Line]:
    """All lines of arithmetic of a plain output."""
    for place, rows in blocks(text):
        signed = [row for row in rows[1:] if row[:2] in ("= ", "≈ ", "~ ")]
        if len(signed) == 2:
            left, right = signed
            yield Line(place, "array", left[2:], right[0], right[2:])
        for row in rows:
            if row[0] in "▸>":
                _, _, rest = row.partition(" = ")
                if match := re.fullmatch(r"(.*?) ([=≈~]) (.*)", rest):
                    yield Line(place, "element", match[1], match[2], match[3])


def repeated(text: str) -> Iterator[str]:
    """Lines that say nothing: 0 = 0, and those that stand twice in a step."""
    for place, rows in blocks(text):
        seen = set()
        for row in rows:
            said = row[2:] if row[:2] in ("= ", "≈ ", "~ ") else row
            left, _, right = said.rpartition(" = ")
            if said in seen or left.rpartition(" = ")[2] == right:
                yield f"{place} {row}"
            seen.add(said)
