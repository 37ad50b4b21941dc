"""What the terminal shows and what it is to show, cell by cell; the difference is what is sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from unicodedata import category

import numpy as np

from tui.screen.looks import PLAIN, Lazily, Look, Looks
from tui.screen.pen import Pen
from tui.screen.pieces import BLANK, CODE, ENCODING, HALF, NUMBER, Cells, by_look, changed, joined
from tui.screen.strokes import Strokes
from tui.text.cells import UNSURE, is_wide

FIRST, LAST = 0x100000, 0x10FFFF
"""Code points that are no characters stand for characters with accents."""
STAND_IN = re.compile(f"[{chr(FIRST)}-{chr(LAST)}]")


class Canvas:
    """A grid of cells. `put` writes to it; `changes` is what has to be sent to a terminal that
    shows the last picture, or nobody knows what. `erases` says whether the terminal erases to the
    ground that is set (terminfo's bce), not to its own.
    """

    def __init__(self, erases: bool) -> None:
        self._erases = erases
        self.size = (0, 0)
        self._looks = Looks()
        self._codes = Lazily(self._coded)
        self._accented: list[str] = []
        self._texts: list[str] = []
        self._worn: list[bytes] = []
        self.forget()

    def fit(self, width: int, height: int) -> None:
        """Have so many cells; where that is another number, blank ones, and all to be sent."""
        if (width, height) != self.size:
            self.size = width, height
            self._texts = [BLANK * width] * height
            self._worn = [self._codes[PLAIN] * width] * height
            self.forget()

    def forget(self) -> None:
        """The terminal may show anything, and write anywhere."""
        self._shown: Cells | None = None
        self._caret: tuple[int, int] | None = None
        self._pen = Pen()
        self._strokes = Strokes(self._pen, self._looks, self._printed, self._erases)

    def _coded(self, look: Look) -> bytes:
        """The number of a look as it is in a row of them."""
        return self._looks.number(look).to_bytes(NUMBER.itemsize, "little")

    def code(self, look: Look) -> bytes:
        """What stands for a look in `put_coded`."""
        return self._codes[look]

    def put(self, x: int, y: int, texts: Iterable[tuple[str, Look]]) -> None:
        """Write texts one after the other from a cell on, as far as there are cells."""
        self.put_coded(x, y, [(text, self._codes[look]) for text, look in texts])

    def put_coded(self, x: int, y: int, texts: Sequence[tuple[str, bytes]]) -> None:
        """The same with looks as `code` gives them."""
        width, height = self.size
        if not 0 <= y < height:
            return
        text = "".join([text for text, _ in texts])
        if UNSURE.search(text):
            texts = [(self._in_cells(text), code) for text, code in texts]
            text = "".join([text for text, _ in texts])
        looks = b"".join([code * len(text) for text, code in texts])
        end = x + len(text)
        if end > width:
            end, text = width, text[: max(width - x, 0)]
        size = NUMBER.itemsize
        row, worn = self._texts[y], self._worn[y]
        self._texts[y] = row[:x] + text + row[end:]
        self._worn[y] = worn[: x * size] + looks[: len(text) * size] + worn[end * size :]

    def changes(self, caret: tuple[int, int] | None = None) -> str:
        """What has the terminal show this, and its cursor stand at a column and row; from now on it
        is taken to do so.
        """
        rows, looks, width = self._texts, self._looks, self.size[0]
        now = Cells(
            np.frombuffer("".join(rows).encode(ENCODING), CODE),
            np.frombuffer(b"".join(self._worn), NUMBER),
        )
        start, before = ("", self._shown) if self._shown is not None else self._cleared(now)
        self._shown = now
        self._strokes.begin(rows, now.looks, width)
        found = joined(changed(now, before, width, looks), rows, now, looks)
        out = [start]
        for look, pieces in by_look(found, self._dipped(), looks):
            out.append(self._strokes.dip(look))
            out += [self._strokes.write(y, spans) for y, spans in pieces.items()]
        drawn = "".join(out)
        if caret is None or not (drawn or caret != self._caret):
            return drawn
        self._caret = caret
        return drawn + self._pen.move(caret[1], caret[0])

    def _dipped(self) -> int:
        """The number of the look that is set, -1 where nobody knows it."""
        return -1 if self._pen.look is None else self._looks.number(self._pen.look)

    def _cleared(self, now: Cells) -> tuple[str, Cells]:
        """What clears a terminal to the ground that is most of the picture, and what it shows then;
        nothing, and cells that are like none, where it does not clear to a ground.
        """
        blanks = np.array(self._looks.blanks, NUMBER)
        counts = np.bincount(blanks[now.looks]).tolist()
        present = (number for number, count in enumerate(counts) if count)
        leaving = [number for number in present if self._strokes.leaves(number)]
        if not leaving:
            return "", Cells(np.zeros_like(now.characters), now.looks)
        ground = max(leaving, key=counts.__getitem__)
        blank = Cells(np.full_like(now.characters, ord(BLANK)), np.full_like(now.looks, ground))
        return self._pen.dip(self._looks.all[ground]) + "\x1b[2J", blank

    def _in_cells(self, text: str) -> str:
        """A character for each cell: those with accents by a stand-in."""
        return "".join([cell if len(cell) == 1 else self._stand_in(cell) for cell in split(text)])

    def _stand_in(self, cell: str) -> str:
        if not cell:
            return HALF
        if cell not in self._accented:
            self._accented.append(cell)
        return chr(min(FIRST + self._accented.index(cell), LAST))

    def _printed(self, text: str) -> str:
        """What prints such cells."""
        if text.isascii():
            return text
        text = text.replace(HALF, "")
        if self._accented:
            text = STAND_IN.sub(lambda found: self._accented[ord(found[0]) - FIRST], text)
        return text


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
