"""The help: all keys, and how to read the screen."""

from __future__ import annotations

from collections.abc import Mapping

from tui.draw.parts import COLUMN, GAP, beside, columns, flowed, paragraph
from tui.frame.frame import Frame
from tui.keys import KEYS, Key
from tui.text.raster import Line

BRIEF = 25
"""A column of brief words takes so many cells, its keys so many of them."""
KEYS_WIDE, KEYS_BRIEF = 10, 7
MARKS = (
    ("▸ •", "step writes, reads"),
    ("▲ ▼", "rose, fell"),
    ("[ ]", "selected"),
    ("·", "not known yet"),
    ("=", "closes as printed"),
    ("≈", "needs more digits"),
    ("━ ─ ╍", "big, small, minus"),
    ("12→", "twelve steps"),
    ("", "All count from 1."),
)
"""How to read the screen."""


def help_page(written: Mapping[str, str], frame: Frame, width: int) -> list[Line]:
    """All keys by group, then how to read the screen. `written` are the keys of each action. In
    sentences where there are three columns for them, else in a few words.
    """
    if columns(width) > 2:
        blocks = flowed(_all(written, frame, COLUMN, brief=False), columns(width))
        return beside(blocks, COLUMN)
    count = max(1, (width + 1) // (BRIEF + 1))
    lines = _all(written, frame, BRIEF if count > 1 else width, brief=True)
    return beside(flowed(lines, count), BRIEF + 1 - GAP)


def _all(written: Mapping[str, str], frame: Frame, width: int, brief: bool) -> list[Line]:
    lines: list[Line] = []
    for group in dict.fromkeys(row.group for row in KEYS):
        lines.append(((group, "title"),))
        rows = [row for row in KEYS if row.group == group]
        lines += (
            _brief(written, frame, rows, width) if brief else _full(written, frame, rows, width)
        )
        if not brief:
            lines.append(())
    lines.append((("Reading the screen", "title"),))
    room = KEYS_BRIEF if brief else KEYS_WIDE
    for mark, meaning in MARKS:
        mark = mark.replace("·", ".") if frame.text.ascii else mark
        lines += _said(frame, mark, meaning, room, width)
    return lines


def _brief(written: Mapping[str, str], frame: Frame, rows: list[Key], width: int) -> list[Line]:
    """The rows of a group that have keys, those that belong together in one line."""
    together: list[tuple[str, list[str]]] = []
    for row in rows:
        own = written[row.id].split()[:1]
        if row.brief or not own:
            together.append((row.brief if own else "", []))
        for _, keys in together[-1:]:
            keys += own
    lines: list[Line] = []
    for said, keys in together:
        if said:
            lines += _said(frame, " ".join(keys), said, KEYS_BRIEF, width)
    return lines


def _full(written: Mapping[str, str], frame: Frame, rows: list[Key], width: int) -> list[Line]:
    """Every row of a group, with all its keys and its sentence."""
    lines: list[Line] = []
    for row in rows:
        lines += _said(frame, written[row.id], row.tooltip, KEYS_WIDE, width)
    return lines


def _said(frame: Frame, keys: str, words: str, room: int, width: int) -> list[Line]:
    """Keys or marks, and what they are, beside them."""
    text = frame.text
    head = text.plain(keys).ljust(room - 1) + " "
    first, *rest = paragraph(text.plain(words), max(8, width - len(head)))
    return [((head, "key"), *first), *(((" " * len(head), ""), *line) for line in rest)]
