"""What the terminal shows and what it is to show, cell by cell; the difference is what is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import compress
from operator import ne, or_
from unicodedata import category

from tui.screen.looks import PLAIN, SEEN_ON_BLANKS, Look, of_blank
from tui.screen.pen import Pen
from tui.screen.pieces import Piece, Row, in_order, pieces
from tui.text.cells import UNSURE, is_wide


class Canvas:
    """A grid of cells. `put` writes to it; `changes` is what has to be sent to a terminal that
    shows the last picture, or nobody knows what. `erases` says whether the terminal erases to the
    ground that is set (terminfo's bce), not to its own.
    """

    def __init__(self, erases: bool) -> None:
        self._erases = erases
        self._pen = Pen()
        self.size = (0, 0)
        self._rows: list[Row] = []
        self._shown: list[Row] | None = None
        self._touched: set[int] = set()

    def fit(self, width: int, height: int) -> None:
        """Have so many cells; where that is another number, blank ones, and all to be sent."""
        if (width, height) != self.size:
            self.size = width, height
            self._rows = [Row([" "] * width, [PLAIN] * width) for _ in range(height)]
            self.forget()

    def forget(self) -> None:
        """The terminal may show anything, and write anywhere."""
        self._shown = None
        self._pen = Pen()
        self._touched = set(range(self.size[1]))

    def put(self, x: int, y: int, texts: Iterable[tuple[str, Look]]) -> None:
        """Write texts one after the other from a cell on, as far as there are cells."""
        width, height = self.size
        if not 0 <= y < height:
            return
        self._touched.add(y)
        characters, looks = self._rows[y]
        for text, look in texts:
            found = split(text)
            blank = of_blank(look)
            if blank == look or " " not in found:
                these = [look] * len(found)
            else:
                these = [blank if character == " " else look for character in found]
            room = max(width - x, 0)
            characters[x : x + len(found)] = found[:room]
            looks[x : x + len(found)] = these[:room]
            x += len(found)

    def changes(self) -> str:
        """What has the terminal show this; from now on it is taken to do so."""
        width = self.size[0]
        start, shown = ("", self._shown) if self._shown is not None else self._cleared()
        found: list[Piece] = []
        for y in sorted(self._touched):
            row, before = self._rows[y], shown[y]
            if row != before:
                other = map(ne, row.characters, before.characters)
                differs = map(or_, other, map(ne, row.looks, before.looks))
                found += pieces(y, row, compress(range(width), differs))
                shown[y] = Row(row.characters[:], row.looks[:])
        self._touched.clear()
        self._shown = shown
        return start + "".join(self._written(piece) for piece in in_order(found, self._pen.look))

    def _written(self, piece: Piece) -> str:
        y, x1, x2, look, _ = piece
        cells = self._rows[y].characters[x1:x2]
        erases = self._leaves(look)
        return self._pen.dip(look) + self._pen.write(y, x1, cells, self.size[0], erases)

    def _leaves(self, look: Look) -> bool:
        """Whether what is erased in a look is blank in it."""
        return not look.attributes & SEEN_ON_BLANKS and (self._erases or not look.ground)

    def _cleared(self) -> tuple[str, list[Row]]:
        """What clears a terminal to the ground that is most of the picture, and what it shows then;
        nothing, and cells that are like none, where it does not clear to a ground.
        """
        width, height = self.size
        counts = Counter(look for row in self._rows for look in row.looks if self._leaves(look))
        if not counts:
            return "", [Row([""] * width, [PLAIN] * width) for _ in range(height)]
        ground = of_blank(counts.most_common(1)[0][0])
        blank = Row([" "] * width, [ground] * width)
        return self._pen.dip(ground) + "\x1b[2J", [blank] * height


def split(text: str) -> list[str]:
    """A string for each cell, with its accents: "" for the second one of a wide character, blanks
    for what does not print.
    """
    if UNSURE.search(text) is None:
        return list(text)
    found: list[str] = []
    for character in text:
        accent = category(character)[0] == "M"
        if accent and found:
            found[-2 if found[-1] == "" else -1] += character
        elif accent or not character.isprintable():
            found.append(" ")
        else:
            found += (character, "") if is_wide(character) else (character,)
    return found
