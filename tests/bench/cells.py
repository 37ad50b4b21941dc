"""The screen that a program's output makes, and the fewest bytes from one screen to the next.

It knows what Textual and gradstep send: cursor movements, colours, text, erasing and modes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple
from unicodedata import combining, east_asian_width


class Style(NamedTuple):
    """SGR parameters: attributes in order, of the text's colour, of the ground's."""

    attributes: tuple[str, ...] = ()
    ink: str = ""
    ground: str = ""


PLAIN = Style()
Cell = tuple[str, Style]
"""A character, "" for the second half of a wide one, and how it looks."""
BLANK = (" ", PLAIN)
LINES = {"4", "7", "9"}
"""Attributes that are seen on blanks."""
OFF = {"22": {"1", "2"}, "23": {"3"}, "24": {"4"}, "25": {"5"}, "27": {"7"}, "29": {"9"}}

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
    """A grid of cells that `feed` writes to; `erases` to the ground that is set, or to its own."""

    columns: int
    rows: int
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    x: int = 0
    y: int = 0
    style: Style = PLAIN
    erases: bool = True

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
        """A character, in two cells where it is wide, in none where it is an accent; halves that it
        leaves become blanks.
        """
        if combining(character):
            return
        here = (self.y, self.x)
        size = 2 if east_asian_width(character) in "WF" else 1
        if self.x + size <= self.columns:
            if self.cells.get(here, BLANK)[0] == "":
                self.cells[self.y, self.x - 1] = (" ", self.cells[here][1])
            beyond = (self.y, self.x + size)
            if self.cells.get(beyond, BLANK)[0] == "":
                self.cells[beyond] = (" ", self.cells[beyond][1])
            self.cells[here] = seen(character, self.style)
            if size == 2:
                self.cells[self.y, self.x + 1] = ("", self.style)
        self.x += size

    def _control(self, final: str, arguments: str) -> None:
        count = int(arguments or 1) if arguments.isdecimal() or not arguments else 0
        if final == "H":
            row, _, column = arguments.partition(";")
            self.y, self.x = int(row or 1) - 1, int(column or 1) - 1
        elif final in "ABCDG":
            self.y += {"A": -count, "B": count}.get(final, 0)
            self.x += {"C": count, "D": -count, "G": count - 1 - self.x}.get(final, 0)
        elif final in "JKX":
            self._erase(final, count if arguments else 0)
        elif final == "m":
            self.style = styled(self.style, arguments.split(";"))
        elif final == "l" and arguments == "?1049":
            self.x = 0  # a real terminal goes back to where it was: what is printed is not cut off
        elif final not in IGNORED:
            raise ValueError(f"an escape sequence that the bench does not know: {arguments}{final}")

    def _erase(self, final: str, count: int) -> None:
        """Cells to a ground: the one that is set where terminfo says bce."""
        rows = [self.y]
        columns = range(self.x, self.columns)
        if final == "J" and count == 2:
            rows, columns = list(range(self.rows)), range(self.columns)
        elif final == "X":
            columns = range(self.x, min(self.x + count, self.columns))
        elif final != "K" or count:
            raise ValueError(f"erasing that the bench does not know: {count}{final}")
        for y in rows:
            for x in columns:
                ground = self.style.ground if self.erases else ""
                self.cells[y, x] = seen(" ", Style(ground=ground))

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


def seen(character: str, style: Style) -> Cell:
    """A cell as it is seen: of a blank only the ground, and lines."""
    if character == " " and not LINES & {*style.attributes}:
        style = Style(ground=style.ground)
    return character, style


def styled(style: Style, parameters: list[str]) -> Style:
    """The style after some SGR parameters."""
    attributes, (_, ink, ground) = {*style.attributes}, style
    rest = iter(parameters)
    for code in rest:
        if code in {"", "0"}:
            attributes, ink, ground = set(), "", ""
        elif code in {"38", "48"}:
            kind = next(rest)
            colour = ";".join([code, kind, *(next(rest) for _ in range(3 if kind == "2" else 1))])
            ink, ground = (colour, ground) if code == "38" else (ink, colour)
        elif 30 <= int(code) < 40 or 90 <= int(code) < 98:
            ink = "" if code == "39" else code
        elif 40 <= int(code) < 50 or 100 <= int(code) < 108:
            ground = "" if code == "49" else code
        elif code in OFF:
            attributes -= OFF[code]
        else:
            attributes.add(code)
    return Style(tuple(sorted(attributes)), ink, ground)


# -- the fewest bytes ------------------------------------------------------------------------------

JUMP, ERASE, REPEAT = 4, 4, 4
"""Bytes of a jump to the right, of erasing and of repeating the last character."""


def fewest(before: dict[tuple[int, int], Cell], after: dict[tuple[int, int], Cell]) -> int:
    """Bytes to repaint the cells that differ: all of a look together, a look at the price of what
    changes of it, cursor addresses or jumps, blanks erased, characters repeated, each where that is
    shorter than writing.
    """
    looks: dict[Style, list[tuple[int, int]]] = {}
    for place in sorted(place for place, cell in after.items() if before.get(place) != cell):
        looks.setdefault(after[place][1], []).append(place)
    blanks = {style for style in looks if not style.ink and not style.attributes}
    total, last = 0, Style()
    for style in sorted(looks.keys() - blanks) + sorted(blanks):
        inked = [other for other in looks if other.ground == style.ground and other != style]
        total += 0 if style in blanks and inked else _dip(last, style)
        last = style
        total += sum(_row(y, list(row), after) for y, row in groupby(looks[style], lambda p: p[0]))
    return total


def _dip(last: Style, style: Style) -> int:
    changed = [b for a, b in zip(last[1:], style[1:], strict=True) if a != b]
    flags = {*last.attributes} ^ {*style.attributes}
    return len(";".join([*changed, *(f"2{flag}" for flag in flags)])) + len("\x1b[m")


def _row(y: int, places: list[tuple[int, int]], after: dict[tuple[int, int], Cell]) -> int:
    """Bytes for some cells of a row in one look."""
    columns = [x for _, x in places]
    total = len(f"\x1b[{y + 1};{columns[0] + 1}H")
    runs = [[columns[0]]]
    for x in columns[1:]:
        gap = range(runs[-1][-1] + 1, x)
        style = after[y, x][1]
        if all(after.get((y, column), BLANK)[1] == style for column in gap) and len(gap) < JUMP:
            runs[-1] += [*gap, x]
        else:
            runs.append([x])
            total += JUMP
    for run in runs:
        for character, same in groupby(after[y, x][0] for x in run):
            size = len(character.encode())
            count = len(list(same))
            total += min(count * size, ERASE if character == " " else size + REPEAT)
    return total
