"""Where the terminal's cursor stands: braille lines, magnifiers and screen readers follow it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from tui.arrange import PANES, Box
from tui.draw.parts import MARKS
from tui.frame.frame import Frame
from tui.text.raster import Line, letters

DIALOG = ("footer", "timeline")
"""Where what is typed may stand."""
TYPED = "█"
"""What stands behind what is typed."""


class Drawn(NamedTuple):
    """A pane on the screen: its box, and its rows."""

    box: Box
    rows: Sequence[Line]


def caret(frame: Frame, drawn: Mapping[str, Drawn]) -> tuple[int, int] | None:
    """The column and row of what is typed while a question is open; of the item that a page points
    at, else of its first line; or of the selected element, in the active pane where that shows it,
    else in the first that does, else where it is worked out. None where it is nowhere.
    """
    if TYPED in frame.footer:
        mark = frame.text.plain(TYPED)
        return _first(drawn, DIALOG, partial(_typed, mark=mark))
    if frame.page is not None:
        page = drawn.get("page")
        top = page and (page.box[0] + 1, page.box[1] + 1)
        return _first(drawn, ("page",), _reversed) or top
    panes = (frame.pane, *PANES)
    mark = frame.text.plain(MARKS["write"])
    return _first(drawn, panes, _selected) or _first(
        drawn, ("step",), lambda row: _named(row, mark)
    )


def _first(
    drawn: Mapping[str, Drawn], names: Iterable[str], column: Callable[[Line], int]
) -> tuple[int, int] | None:
    """The first cell of these panes, in which a row has a column for it."""
    for name in names:
        if name in drawn:
            (x, y, _, height), rows = drawn[name]
            for i, row in enumerate(rows[:height]):
                if (at := column(row)) >= 0:
                    return x + at, y + i
    return None


def _typed(row: Line, mark: str) -> int:
    """The column of the mark behind what is typed, -1 where there is none."""
    shown = letters(row).rstrip()
    return len(shown) - len(mark) if shown.endswith(mark) else shown.find(f"{mark}  ")


def _selected(row: Line) -> int:
    """The column of the selected number in a row, -1 where there is none. It is in brackets; what
    it was computed from is drawn like it, without them.
    """
    at = 0
    for (text, role), (after, other) in zip(row, (*row[1:], ("", "")), strict=False):
        closed = after[:1] == "]" and other == role
        if role == "select" and (text[:1] == "[" or closed):
            return at + _blanks(text)
        at += len(text)
    return -1


def _named(row: Line, mark: str) -> int:
    """The column of the name in the row that works a number out, -1 in any other."""
    begins = bool(row) and row[0][0].startswith(f"{mark} ")
    return len(mark) + 1 if begins else -1


def _reversed(row: Line) -> int:
    """The column of what is drawn as selected in a row, -1 where nothing is."""
    at = 0
    for text, role in row:
        if role == "select":
            return at + _blanks(text)
        at += len(text)
    return -1


def _blanks(text: str) -> int:
    """What stands before a number or a name: blanks, and a bracket."""
    return min(len(text) - len(text.lstrip("[ ")), len(text) - 1)
