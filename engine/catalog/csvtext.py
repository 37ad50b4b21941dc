"""A CSV file: its rows, and what its columns are called."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NoReturn

from engine.spec.check import Problems, printable, shown
from engine.spec.files import not_utf8, read_bytes
from engine.spec.run import SpecError

MOST_BYTES = 64 << 20
MOST_CELLS = 10_000_000
MOST_COLUMNS = 20_000
LONGEST_LINE = 1 << 20
PIECE = 1 << 18
"""So many characters are read together."""


class CsvText:
    """A file of which every line ends with a line feed: `names` (width,) are those of its columns,
    their numbers where it has no header; of `cells` it has at most so many. Raises SpecError where
    the file cannot be read, is too large or has no rows.
    """

    def __init__(self, path: Path, header: bool) -> None:
        self.header = header
        self.problems = Problems(path.name)
        self._data = _plain_lines(read_bytes(path, MOST_BYTES).removeprefix(b"\xef\xbb\xbf"))
        self._start = 0
        self.cells = self._data.count(b",") + self._data.count(b"\n") + 1
        self._check_bounds()
        self._check_text(path)
        first_line, first = next(self._parsed(), (1, []))
        if not first:
            self.refuse("has no rows")
        self.width = len(first)
        self.names = first if header else [str(i + 1) for i in range(self.width)]
        for _ in range(first_line if header else 0):
            self._start = self._data.find(b"\n", self._start) + 1 or len(self._data)
        if not re.compile(rb"\S").search(self._data, self._start):
            self.refuse("has no rows of data")

    @property
    def most_rows(self) -> int:
        """At most so many rows follow the header."""
        commas, lines = self._data.count(b","), self._data.count(b"\n") + 1
        return min(lines, commas // (self.width - 1)) if self.width > 1 else lines

    def pieces(self) -> Iterator[str]:
        """What follows the header, some lines at a time."""
        text = self._text(self._start)
        while piece := text.read(PIECE) + text.readline():
            if not piece.isspace():
                yield piece

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row below the header that is not empty, with its number in the file, from 1."""
        return islice(self._parsed(), int(self.header), None)

    def named(self, place: int) -> str:
        """What sentences call the column at a place, from 0."""
        name = self.names[place].strip()
        return f"column {shown(name)}" if self.header and name else f"column {place + 1}"

    def refuse(self, sentence: str) -> NoReturn:
        """Raise SpecError with a sentence, and with those said before it."""
        self.problems.say(sentence)
        raise SpecError(*self.problems.found)

    def _text(self, start: int) -> io.TextIOWrapper:
        data = io.BytesIO(self._data)
        data.seek(start)
        return io.TextIOWrapper(data, "utf-8", newline="\n")

    def _parsed(self) -> Iterator[tuple[int, list[str]]]:
        commas = 0

        def lines() -> Iterator[str]:
            nonlocal commas
            for line in self._text(0):
                commas += line.count(",")
                if commas >= MOST_COLUMNS:
                    self.refuse(f"has a row of more than {MOST_COLUMNS:,} cells, the most")
                yield line

        reader = csv.reader(lines(), skipinitialspace=True, strict=True)
        try:
            for row in reader:
                commas = 0
                if row:
                    yield reader.line_num, row
        except csv.Error as error:
            self.refuse(f"row {reader.line_num} is not CSV: {printable(str(error))}")

    def _check_bounds(self) -> None:
        if self.cells > MOST_CELLS:
            self.refuse(f"has more than {MOST_CELLS:,} lines and commas, the most")
        start = 0
        while start + LONGEST_LINE < len(self._data):
            start = self._data.rfind(b"\n", start, start + LONGEST_LINE) + 1
            if not start:
                self.refuse(f"has a line of more than {LONGEST_LINE >> 20} MB, the most")

    def _check_text(self, path: Path) -> None:
        try:
            if not self._data.isascii():
                self._data.decode()
        except UnicodeDecodeError as error:
            raise SpecError(not_utf8(path, error)) from None


def _plain_lines(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data
