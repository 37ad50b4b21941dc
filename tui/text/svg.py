"""A screen as a picture (SVG 1.1): every character stands at its own cell, whatever the font is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

from tui.colours import GROUNDS, LOOKS, SAME, look
from tui.text import shapes
from tui.text.cells import MARK
from tui.text.raster import Line
from tui.text.shapes import HEIGHT, WIDTH

MARGIN, BASE, SIZE = 10, 14, 15
"""Around the screen; from the top of a cell to the foot of its letters; of the letters."""
FONTS = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
SELECT = "select"


def svg(rows: Sequence[Line], width: int, title: str, dark: bool) -> str:
    """The rows of a screen that is `width` cells wide, in the colours of a theme."""
    style = rules(rows, dark)
    return "\n".join((*opened(width, len(rows), title, style, dark), *marks(rows), CLOSED))


def opened(width: int, height: int, title: str, style: Iterable[str], dark: bool) -> Iterator[str]:
    """The start of a picture of so many cells, up to what is in them; CLOSED is its end."""
    w, h = width * WIDTH + 2 * MARGIN, height * HEIGHT + 2 * MARGIN
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}"'
        f' height="{h}" role="img">'
    )
    yield f"<title>{escape(title)}</title>"
    yield "<style>"
    yield f"text {{ font: {SIZE}px {FONTS}; white-space: pre; }}"
    yield from style
    yield "</style>"
    yield f'<rect width="{w}" height="{h}" rx="6" fill="{_ground(dark)}"/>'
    yield f'<g transform="translate({MARGIN},{MARGIN})">'


CLOSED = "</g>\n</svg>\n"


def marks(rows: Sequence[Line]) -> Iterator[str]:
    """What is in the rows."""
    yield from _grounds(rows)
    yield from _drawn(rows)
    yield from _texts(rows)


def _ground(dark: bool) -> str:
    return GROUNDS["dark" if dark else "light"]


def _name(role: str) -> str:
    return SAME.get(role, role) or "plain"


def rules(rows: Sequence[Line], dark: bool) -> Iterator[str]:
    """What each role that the picture has looks like."""
    there = {_name(role) for row in rows for _, role in row}
    for role in LOOKS:
        if _name(role) not in there:
            continue
        attributes, ink = look(role, dark)
        bold = " font-weight: bold;" if "bold" in attributes else ""
        if "reverse" in attributes:
            yield f".{_name(role)}-ground {{ fill: {ink}; }}"
            ink = _ground(dark)
        yield f".{_name(role)} {{ fill: {ink}; stroke: none;{bold} }}"
        yield f".{_name(role)}.line {{ fill: none; stroke: {ink}; }}"


def _runs(rows: Sequence[Line]) -> Iterator[tuple[int, int, str, str]]:
    """Column, row, text and role of every part of the rows."""
    for y, row in enumerate(rows):
        x = 0
        for text, role in row:
            yield x, y, text, _name(role)
            x += len(text)


def _grounds(rows: Sequence[Line]) -> Iterator[str]:
    """What is behind the text that is in reversed colours."""
    for x, y, text, role in _runs(rows):
        if role == SELECT:
            yield (
                f'<rect class="{role}-ground" x="{x * WIDTH}" y="{y * HEIGHT}"'
                f' width="{len(text) * WIDTH}" height="{HEIGHT}"/>'
            )


def _drawn(rows: Sequence[Line]) -> Iterator[str]:
    """Lines, blocks and dots, of each role and kind in one path: fonts leave gaps between them."""
    found: dict[tuple[str, shapes.Kind], list[str]] = {}
    for x, y, text, role in _runs(rows):
        for i, character in enumerate(text):
            for kind, path in shapes.drawn(character, (x + i) * WIDTH, y * HEIGHT):
                found.setdefault((role, kind), []).append(path)
    for (role, kind), paths in sorted(found.items()):
        line = f' line" stroke-width="{kind.width}"' if kind.width else '"'
        cap = ' stroke-linecap="round"' if kind.round else ""
        seen = f' opacity="{kind.opacity}"' if kind.opacity < 1 else ""
        yield f'<path class="{role}{line}{cap}{seen} d="{_joined("".join(paths))}"/>'


_NEIGHBOURS = re.compile(r"M(\S+) (\S+)L(\S+) \2M\3 \2L(\S+) \2(?![\d.])")


def _joined(path: str) -> str:
    """The path with level lines that go on in the next cell as one."""
    while (shorter := _NEIGHBOURS.sub(r"M\1 \2L\4 \2", path)) != path:
        path = shorter
    return path


def _texts(rows: Sequence[Line]) -> Iterator[str]:
    """All other characters, word by word."""
    for x, y, text, role in _runs(rows):
        for word in _words(text):
            places = " ".join(str((x + i) * WIDTH) for i, _ in word)
            written = escape("".join(character for _, character in word))
            yield f'<text class="{role}" x="{places}" y="{y * HEIGHT + BASE}">{written}</text>'


def _words(text: str) -> Iterable[list[tuple[int, str]]]:
    """The characters of each word with their places in the text."""
    word: list[tuple[int, str]] = []
    for i, character in enumerate(text):
        if character == MARK:
            continue
        if character != " " and not shapes.is_drawn(character):
            word.append((i, character))
        elif word:
            yield word
            word = []
    if word:
        yield word
