"""Changed cells as pieces of one look, in the order in which they are the fewest bytes."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

from tui.screen.looks import Look, change, of_blank

NEAR = 4
"""Cells between two of one look that are written again: a jump costs as much."""


class Row(NamedTuple):
    """A row of cells: "" for the second one of a wide character; looks of blanks as `of_blank`."""

    characters: list[str]
    looks: list[Look]

    def fits(self, x: int, look: Look) -> bool:
        """Whether a cell is right when it is written in that look."""
        own = self.looks[x]
        return own == look or (self.characters[x] == " " and own == of_blank(look))


class Piece(NamedTuple):
    """Cells [x1, x2) of row `y`, right in `look`; those that are all blank in any of its ground."""

    y: int
    x1: int
    x2: int
    look: Look
    is_blank: bool


def pieces(y: int, row: Row, columns: Iterable[int]) -> list[Piece]:
    """Cells of a row: neighbours of one look together, short gaps between them closed."""
    characters, looks = row
    found: list[Piece] = []
    waiting = iter([*columns, len(characters)])
    x = next(waiting)
    end = 0
    while x < len(characters):
        start, look = x, looks[x]
        while characters[start] == "" and start:  # a wide character is written whole
            start -= 1
        blank = look == of_blank(look)
        while x < len(characters) and (looks[x] is look or characters[x] == ""):
            blank = blank and characters[x] == " "
            end = x + 1
            x = next(waiting)
            if x != end:
                break
        while end < len(characters) and characters[end] == "":
            end += 1
        while x < end:
            x = next(waiting)
        run = Piece(y, start, end, looks[start], blank)
        if found and (both := joined(row, found[-1], run)):
            found[-1] = both
        else:
            found.append(run)
    return found


def joined(row: Row, last: Piece, cell: Piece) -> Piece | None:
    """One piece of two and of what is between them; None where that is much, or not of one look."""
    if cell.x1 - last.x2 > NEAR:
        return None
    blank = last.is_blank and cell.is_blank and cell.x1 == last.x2
    if all(row.fits(x, last.look) for x in range(last.x2, cell.x2)):
        return Piece(last.y, last.x1, cell.x2, last.look, blank)
    if all(row.fits(x, cell.look) for x in range(last.x1, cell.x1)):
        return Piece(last.y, last.x1, cell.x2, cell.look, blank)
    return None


def in_order(found: list[Piece], look: Look | None) -> list[Piece]:
    """Pieces look by look, from the one that is set to the one that is nearest to it; blanks with
    the first that leaves their ground.
    """
    inked: dict[Look, list[Piece]] = {}
    blank: dict[Look, list[Piece]] = {}
    for piece in found:
        (blank if piece.is_blank else inked).setdefault(piece.look, []).append(piece)
    order: list[Piece] = []
    while inked or blank:
        if inked or look is None or of_blank(look) not in blank:
            look = min(inked or blank, key=lambda other: len(change(look, other)))
        group = inked.pop(look, []) + blank.pop(of_blank(look), [])
        order += [piece._replace(look=look) for piece in sorted(group, key=itemgetter(0, 1))]
    return order
