"""Text from files in cells: in every drawing a character is a cell, on the screen all are whole.

A character that takes two cells is followed by MARK, which is dropped when the text is written
out. So drawings may count, cut and pad by `len`, and names are still shown as they are.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category, east_asian_width, normalize

MARK = "\uffff"
"""Stands for the second cell of the character before it; it is no character of any text."""

UNSURE = re.compile(
    "[^ -~¡-¬®-˿Α-ΡΣ-ώ‐-‧‰-⁞⁰⁴-₎ₐ-ₜ←-⌙─-◻⠀-⣿]"  # all others print, in one cell
)
_JOINED = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff\U0001d372-\U0001d376🇦-🇿🏻-🏿]")
"""What terminals may draw over or into the character before it."""


def cells(text: str) -> str:
    """`text` with a character for each cell it takes. What does not print, or has no cell of its
    own even where letters and accents are put together, becomes a dot.
    """
    return text if UNSURE.search(text) is None else _cells(text)


@lru_cache(maxsize=1024)
def _cells(text: str) -> str:
    return "".join(map(_cell, normalize("NFC", text)))


def _cell(character: str) -> str:
    if not character.isprintable() or category(character)[0] == "M" or _JOINED.match(character):
        return "·"
    return character + MARK if is_wide(character) else character


def is_wide(character: str) -> bool:
    """Whether a character takes two cells."""
    return east_asian_width(character) in ("W", "F")


def whole(text: str) -> str:
    """A piece of text in which every wide character has its mark and every mark its character:
    halves that a cut has left become blanks; text that has no marks yet gets them.
    """
    if UNSURE.search(text) is None:
        return text
    if MARK not in text:
        return _cells(text)
    found: list[str] = []
    for i, character in enumerate(text):
        if character == MARK:
            paired = i > 0 and is_wide(text[i - 1])
            found.append("" if paired else " ")
        elif is_wide(character) and i + 1 == len(text):
            found.append(" ")
        else:
            found.append(_cell(character))
    return "".join(found)


def part(text: str, start: int, stop: int) -> str:
    """The cells `start` up to `stop` of whole text, blanks for halves."""
    piece = text[start:stop]
    if piece[:1] == MARK:
        piece = f" {piece[1:]}"
    if text[stop : stop + 1] == MARK and piece:
        piece = f"{piece[:-1]} "
    return piece


def printed(text: str) -> str:
    """Whole text as it is written out."""
    return text.replace(MARK, "")


def wrap(text: str, width: int, indent: int = 0) -> list[str]:
    """Lines of at most `width` characters, broken at spaces where that can be; the second and
    later ones indented.
    """
    lines: list[str] = []
    current = ""
    indent = min(indent, width - 1)
    for word in text.split(" "):
        candidate = f"{current} {word}" if current.strip() else current + word
        if len(candidate) <= width:
            current = candidate
            continue
        if current.strip():
            lines.append(current)
            current = " " * indent
        while len(current) + len(word) > width > indent:
            room = width - len(current)
            room -= room > 1 and word[room : room + 1] == MARK
            lines.append(current + word[:room])
            word = word[room:]
            current = " " * indent
        current += word
    return [*lines, current]


def clipped(text: str, width: int, ascii: bool = False) -> str:
    """Text in at most `width` cells: what is too long is cut before its last word, which names
    what it is about, or at its end where that is too long as well.
    """
    if len(text) <= width:
        return text
    cut = "..." if ascii else "…"
    last = text.rpartition(" ")[2]
    room = width - len(cut) - len(last) - 1
    if room > len(text) // 3:
        return f"{text[:room].rstrip()}{cut} {last}"
    return text[: max(0, width - len(cut))] + cut if width > len(cut) else text[: max(0, width)]
