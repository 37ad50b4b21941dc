"""The screen that a program's output makes, and the fewest bytes from one screen to the next.

It knows what Textual sends: cursor addresses, colours, text, line ends and modes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from unicodedata import east_asian_width

Cell = tuple[str, str]
"""A character, "" for the second half of a wide one, and the SGR parameters it was written with."""
BLANK = (" ", "")

TOKEN = re.compile(
    r"\x1b\[(?P<args>[0-?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_].*?\x1b\\|\x1b[ -/]*[0-~]"
    r"|(?P<control>[\x00-\x1f\x7f])|(?P<text>[^\x00-\x1f\x7f]+)",
    re.DOTALL,
)
IGNORED = frozenset("hlucnpq")
"""Modes, queries and cursor saving: nothing of them is seen in a cell."""


@dataclass
class Screen:
    """A grid of cells that `feed` writes to."""

    columns: int
    rows: int
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    x: int = 0
    y: int = 0
    style: str = ""

    def feed(self, data: bytes) -> None:
        """Write `data`. Raises ValueError for a sequence that is not known here."""
        for match in TOKEN.finditer(data.decode("utf-8", "replace")):
            if text := match["text"]:
                for character in text:
                    self._put(character)
            elif control := match["control"]:
                if control == "\r":
                    self.x = 0
                elif control == "\n":
                    self.y = min(self.y + 1, self.rows - 1)
            elif final := match["final"]:
                self._control(final, match["args"])

    def _put(self, character: str) -> None:
        """A character, in two cells where it is wide; halves that it leaves become blanks."""
        here = (self.y, self.x)
        size = 2 if east_asian_width(character) in "WF" else 1
        if self.x + size <= self.columns:
            if self.cells.get(here, BLANK)[0] == "":
                self.cells[self.y, self.x - 1] = (" ", self.cells[here][1])
            beyond = (self.y, self.x + size)
            if self.cells.get(beyond, BLANK)[0] == "":
                self.cells[beyond] = (" ", self.cells[beyond][1])
            self.cells[here] = (character, self.style)
            if size == 2:
                self.cells[self.y, self.x + 1] = ("", self.style)
        self.x += size

    def _control(self, final: str, arguments: str) -> None:
        if final == "H":
            row, _, column = arguments.partition(";")
            self.y, self.x = int(row or 1) - 1, int(column or 1) - 1
        elif final == "m":
            parameters = arguments.split(";")
            if parameters[0] in {"", "0"}:
                self.style = ""
                parameters = parameters[1:]
            self.style = ";".join(filter(None, (self.style, *parameters)))
        elif final == "J" and arguments == "2":
            self.cells.clear()
        elif final == "l" and arguments == "?1049":
            self.x = 0  # a real terminal goes back to where it was: what is printed is not cut off
        elif final not in IGNORED:
            raise ValueError(f"an escape sequence that the bench does not know: {arguments}{final}")

    def copy(self) -> dict[tuple[int, int], Cell]:
        """The cells as they are now."""
        return dict(self.cells)

    def text(self) -> str:
        """The characters, a line for each row, without trailing spaces."""
        rows = (
            (self.cells.get((y, x), BLANK)[0] for x in range(self.columns))
            for y in range(self.rows)
        )
        return "\n".join("".join(row).rstrip() for row in rows)


def fewest(before: dict[tuple[int, int], Cell], after: dict[tuple[int, int], Cell]) -> int:
    """Bytes to repaint the cells that differ: for each run a cursor address, colours and text.

    A colour is counted where it changes, and unchanged cells are written where that is shorter
    than another address.
    """
    total, style, end = 0, "", (-1, -1)
    for place in sorted(place for place, cell in after.items() if before.get(place) != cell):
        text, wanted = after[place]
        if place != end:
            total += _jump(after, end, place, style)
        if wanted != style:
            total += len(f"\x1b[{wanted}m") if not style else len(f"\x1b[0;{wanted}m")
            style = wanted
        total += len(text.encode())
        end = (place[0], place[1] + 1)
    return total + (len("\x1b[m") if style else 0)


def _jump(
    after: dict[tuple[int, int], Cell], start: tuple[int, int], stop: tuple[int, int], style: str
) -> int:
    """Bytes from one cell to another: a cursor address, or the cells between if these are fewer."""
    jump = len(f"\x1b[{stop[0] + 1};{stop[1] + 1}H")
    gap = stop[1] - start[1]
    if start[0] != stop[0] or gap >= jump:
        return jump
    between = [after.get((stop[0], column)) for column in range(start[1], stop[1])]
    written = "".join(cell[0] for cell in between if cell and cell[1] == style)
    return min(jump, len(written.encode())) if len(written) == gap else jump
