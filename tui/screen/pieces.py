"""Changed cells as pieces of one look, in the order in which they are the fewest bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui.screen.looks import Looks, change

BLANK, HALF = " ", "\uffff"
"""A cell without ink, and the second one of a wide character."""
ENCODING, CODE, NUMBER = "utf-32-le", np.dtype("<u4"), np.dtype("<u2")
"""Characters as code points, these in an array, and the numbers of looks."""
NEAR = 4
"""Bytes between two pieces of one look that are written again: a jump costs as much, and behind
other characters than ASCII, where the pen has to be told its column, one more.
"""

Numbers = npt.NDArray[np.uint16]


class Cells(NamedTuple):
    """Cells: the code points of their characters, and the numbers of their looks."""

    characters: npt.NDArray[np.uint32]
    looks: Numbers

    def at(self, places: npt.NDArray[np.intp]) -> Cells:
        """Some of them."""
        return Cells(self.characters[places], self.looks[places])

    def seen(self, blanks: Numbers) -> Numbers:
        """Their looks as they are seen, of blanks as `of_blank`, which is in `blanks`."""
        return np.where(self.characters == ord(BLANK), blanks[self.looks], self.looks)


Piece = tuple[int, int, int, int, bool]
"""Cells that are right in a look: their row, the columns [x1, x2), the number of the look, and
whether they are all blank, and so right in any look of its ground.
"""


def changed(now: Cells, before: Cells, width: int, looks: Looks) -> list[Piece]:
    """The cells that differ, in rows of `width`: neighbours of one look together."""
    blanks = np.array(looks.blanks, NUMBER)
    other = now.characters != before.characters
    places = (other | (now.looks != before.looks)).nonzero()[0]
    seen = now.at(places).seen(blanks) != before.at(places).seen(blanks)
    places = whole(places[other[places] | seen], now.characters == ord(HALF))
    if not len(places):
        return []
    cells = now.at(places)
    own = cells.seen(blanks)
    y, x = np.divmod(places, width)
    begins = np.ones(len(places), bool)
    begins[1:] = (np.diff(places) != 1) | (x[1:] == 0) | (own[1:] != own[:-1])
    first = begins.nonzero()[0]
    last = np.append(first[1:], len(places)) - 1
    blank = np.logical_and.reduceat(cells.characters == ord(BLANK), first)
    columns = y[first], x[first], x[last] + 1, own[first], blank
    return list(zip(*[column.tolist() for column in columns], strict=True))


def whole(places: npt.NDArray[np.intp], half: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Places, and those of the second halves of what is there."""
    if not half.any():
        return places
    return np.union1d(places, places[np.append(half[1:], False)[places]] + 1)


def joined(found: Iterable[Piece], rows: Sequence[str], now: Cells, looks: Looks) -> list[Piece]:
    """The same with those together that are right in one look, if no more than a short gap is
    between them.
    """
    blanks = looks.blanks
    pieces: list[Piece] = []
    y, start, end, look, blank = -1, 0, 0, 0, False
    for piece in found:
        row, x, stop, own, is_blank = piece
        if row == y and x - end <= NEAR + 1:  # cells, of which each is a byte or more
            if own == look or (is_blank and own == blanks[look]):
                both = look
            else:
                both = own if blank and look == blanks[own] else -1
            gap = rows[y][end:x]
            if both >= 0 and (
                not gap
                or (
                    len(gap.encode()) <= NEAR + (not rows[y][start:end].isascii())
                    and _fits(gap, now.looks, y * len(rows[y]) + end, both, blanks)
                )
            ):
                blank = blank and is_blank and not gap.strip(BLANK)
                look, end = both, stop
                pieces[-1] = y, start, end, look, blank
                continue
        pieces.append(piece)
        y, start, end, look, blank = piece
    return pieces


def _fits(text: str, numbers: Numbers, place: int, look: int, blanks: Sequence[int]) -> bool:
    """Whether the cells of a text, which begin at a place, are right in a look."""
    for i, character in enumerate(text, place):
        own = numbers[i]
        if own != look and (character != BLANK or blanks[own] != blanks[look]):
            return False
    return True


def by_look(
    found: Iterable[Piece], look: int, looks: Looks
) -> Iterator[tuple[int, dict[int, list[tuple[int, int]]]]]:
    """The pieces of each look, by their rows: from the look that is set, -1 for none, to the one
    that is nearest to it; blanks with the first that leaves their ground.
    """
    inked: dict[int, list[tuple[int, int, int]]] = {}
    blank: dict[int, list[tuple[int, int, int]]] = {}
    for y, x1, x2, own, is_blank in found:
        (blank if is_blank else inked).setdefault(own, []).append((y, x1, x2))
    while inked or blank:
        if look in inked or look < 0 or looks.blanks[look] not in blank:
            before = looks.all[look] if look >= 0 else None
            look = min(inked or blank, key=lambda other: len(change(before, looks.all[other])))
        rows: dict[int, list[tuple[int, int]]] = {}
        for y, x1, x2 in sorted(inked.pop(look, []) + blank.pop(looks.blanks[look], [])):
            rows.setdefault(y, []).append((x1, x2))
        yield look, rows
