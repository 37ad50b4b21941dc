"""The text of a CSV file: its rows, and what its columns are called."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from engine.spec.check import Problems, printable, read_text, shown

MOST_BYTES = 128 << 20
MOST_HEADER = 1 << 20


class CsvText:
    """A file's text, in which every line ends with a line feed: `names` (width,) are those of its
    columns, their numbers where it has no header; `body` is what follows the header. Raises
    SpecError where the file cannot be read or has no rows.
    """

    def __init__(self, path: Path, header: bool) -> None:
        self.header = header
        self.problems = Problems(path.name)
        self.text = _plain_lines(read_text(path, MOST_BYTES))
        first_line, first = next(self._parsed(self.text[:MOST_HEADER]), (1, []))
        if not first:
            self.refuse("has no rows")
        self.width = len(first)
        self.names = first if header else [str(i + 1) for i in range(self.width)]
        self.body = "".join(self.text.split("\n", first_line)[first_line:]) if header else self.text

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row below the header that is not empty, with its number in the file, from 1."""
        return islice(self._parsed(self.text), int(self.header), None)

    def _parsed(self, text: str) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True)
        try:
            for row in reader:
                if row:
                    yield reader.line_num, row
        except csv.Error as error:
            self.refuse(f"row {reader.line_num} is not CSV: {printable(str(error))}")

    def named(self, place: int) -> str:
        """What sentences call the column at a place, from 0."""
        name = self.names[place].strip()
        return f"column {shown(name)}" if self.header and name else f"column {place + 1}"

    def refuse(self, sentence: str) -> None:
        """Raise SpecError with a sentence, and with those said before it."""
        self.problems.say(sentence)
        self.problems.stop()


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
