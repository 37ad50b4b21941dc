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
MOST_CELLS = 1000
"""Columns or rows that are kept of a terminal that says it has more."""
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
                elif control == "\b":
                    self.x = max(self.x - 1, 0)
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
            self.cells.clear()
            drawn = min(self.rows, MOST_CELLS), min(self.columns, MOST_CELLS)
            rows, columns = list(range(drawn[0])), range(drawn[1])
        elif final == "X":
            columns = range(self.x, min(self.x + count, self.columns))
        elif final != "K" or count:
            raise ValueError(f"erasing that the bench does not know: {count}{final}")
        for y in rows:
            for half, whole in ((columns.start, columns.start - 1), (columns.stop, columns.stop)):
                if self.cells.get((y, half), BLANK)[0] == "":  # of a wide character
                    self.cells[y, whole] = (" ", self.cells[y, half][1])
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

NEAR = 4
"""Cells between two changed ones that are written again: a jump costs as much."""
Cells = dict[tuple[int, int], Cell]


def fewest(before: Cells, after: Cells) -> int:
    """Bytes to repaint the cells that differ: all of a look together, a look at the price of what
    changes of it; for each run of cells a cursor address, or a jump where one of the same look
    stands before it in the row; blanks erased and characters repeated where that is shorter.
    """
    looks: dict[Style, dict[int, list[int]]] = {}
    places = sorted(place for place, cell in after.items() if before.get(place) != cell)
    for (y, x), style in worn(places, after).items():
        looks.setdefault(style, {}).setdefault(y, []).append(x)
    total, last = 0, PLAIN
    for style in sorted(looks):
        total += _dip(last, style)
        last = style
        total += sum(_row(y, columns, style, after) for y, columns in looks[style].items())
    return total


def worn(places: list[tuple[int, int]], after: Cells) -> dict[tuple[int, int], Style]:
    """The look in which each cell is written: a blank's is that of its neighbour, where it has the
    same ground.
    """
    found: dict[tuple[int, int], Style] = {}
    for step, order in ((-1, places), (1, places[::-1])):
        for y, x in order:
            character, style = after[y, x]
            beside = found.get((y, x + step), style)
            bare = character == " " and not style.attributes
            fits = bare and beside.ground == style.ground and not LINES & {*beside.attributes}
            if (y, x) not in found or found[y, x] == style:
                found[y, x] = beside if fits else style
    return found


def _dip(last: Style, style: Style) -> int:
    changed = [b or "39" for a, b in zip(last[1:], style[1:], strict=True) if a != b]
    flags = {*last.attributes} ^ {*style.attributes}
    steps = [*changed, *(flag if flag in style.attributes else f"2{flag}" for flag in flags)]
    return len(f"\x1b[{';'.join(steps)}m") if steps else 0


def _row(y: int, columns: list[int], style: Style, after: Cells) -> int:
    """Bytes for some cells of a row in one look."""
    total = len(f"\x1b[{y + 1};{columns[0] + 1}H")
    runs = [[columns[0]]]
    for x in columns[1:]:
        gap = range(runs[-1][-1] + 1, x)
        same = all(
            after.get((y, column), BLANK) in ((" ", style), seen(" ", style)) for column in gap
        )
        if same and len(gap) < NEAR:
            runs[-1] += [*gap, x]
        else:
            runs.append([x])
            total += len(f"\x1b[{len(gap)}C")
    return total + sum(_text([after[y, x][0] for x in run]) for run in runs)


def _text(characters: list[str]) -> int:
    total = 0
    for character, same in groupby(characters):
        size, count = len(character.encode()), len(list(same))
        shorter = len(f"\x1b[{count}X") if character == " " else size + len(f"\x1b[{count - 1}b")
        total += min(count * size, shorter)
    return total
