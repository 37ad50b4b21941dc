"""The screen as a drawing: every character in its own cell, and lines, blocks and dots drawn."""

from __future__ import annotations

import re
from collections import Counter
from itertools import product
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.keyboard import Keyboard
from tui.colours import GROUNDS, LOOKS, SAME, look
from tui.command.picture import picture
from tui.draw.whole import cut, drawing, screen
from tui.text import shapes
from tui.text.cells import MARK, printed, whole
from tui.text.raster import Line
from tui.text.svg import BASE, svg

SPACE = "{http://www.w3.org/2000/svg}"
SIZES = (40, 12), (80, 24), (120, 40), (200, 60)
ROLES = sorted({*LOOKS, *SAME})


def read(text: str) -> tuple[dict[tuple[int, int], tuple[str, str]], ET.Element]:
    """The characters of a drawing with their classes, by row and column; and all of it."""
    tree = ET.fromstring(text)
    found: dict[tuple[int, int], tuple[str, str]] = {}
    for element in tree.iter(f"{SPACE}text"):
        y, rest = divmod(int(element.attrib["y"]) - BASE, shapes.HEIGHT)
        assert rest == 0
        columns = [int(x) for x in element.attrib["x"].split()]
        assert all(x % shapes.WIDTH == 0 for x in columns)
        for x, character in zip(columns, element.text or "", strict=True):
            found[y, x // shapes.WIDTH] = character, element.attrib["class"]
    return found, tree


def written(rows: list[Line]) -> dict[tuple[int, int], tuple[str, str]]:
    """The characters that are letters to a drawing, of rows of cells."""
    return {
        (y, x): (character, SAME.get(role, role) or "plain")
        for y, row in enumerate(rows)
        for x, (character, role) in enumerate((c, role) for text, role in row for c in text)
        if character not in (" ", MARK) and not shapes.is_drawn(character)
    }


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("keys", ["", "6 right", "2 t x", "?", "2 t G"])
def test_every_letter_of_the_screen_stands_in_its_cell(size, keys):
    board = Keyboard().press(keys)
    board.screen(*size)
    rows = screen(board.actions.frame(), *size)
    found, tree = read(svg(rows, size[0], "a title", dark=True))
    assert found == written(rows)
    assert tree.attrib["viewBox"] == f"0 0 {size[0] * 9 + 20} {size[1] * 19 + 20}"
    assert tree.findtext(f"{SPACE}title") == "a title"


@given(
    st.lists(
        st.lists(st.tuples(st.text(max_size=6), st.sampled_from(ROLES)), max_size=4), max_size=4
    ),
    st.booleans(),
)
def test_whatever_there_is_to_draw_is_a_drawing(drawn, dark):
    rows = [tuple((whole(text), role) for text, role in row) for row in drawn]
    found, tree = read(svg(rows, 30, "<&>", dark))
    assert found == written(rows)
    assert tree.findtext(f"{SPACE}title") == "<&>"


def test_roles_have_the_colours_of_the_theme():
    rows: list[Line] = [tuple(("word ", role) for role in ROLES)]
    for dark in (True, False):
        text = svg(rows, 80, "", dark)
        ground = GROUNDS["dark" if dark else "light"]
        assert f'rx="6" fill="{ground}"' in text
        rules = dict(re.findall(r"^\.(\S+) \{ (.*?) \}$", text, re.MULTILINE))
        for role in {SAME.get(role, role) for role in ROLES} - {"select"}:
            attributes, ink = look(role, dark)
            assert f"fill: {ink};" in rules[role or "plain"]
            assert ("font-weight: bold" in rules[role or "plain"]) == ("bold" in attributes)
        assert f"fill: {ground};" in rules["select"]
        assert f"fill: {look('select', dark)[1]};" in rules["select-ground"]


def test_what_is_selected_has_a_ground_as_wide_as_it_is():
    rows: list[Line] = [(), (("ab", ""), ("cde", "select"))]
    _, tree = read(svg(rows, 10, "", dark=True))
    boxes = [each.attrib for each in tree.iter(f"{SPACE}rect") if "class" in each.attrib]
    assert boxes == [
        {"class": "select-ground", "x": "18", "y": "19", "width": "27", "height": "19"}
    ]


def test_lines_of_one_role_are_one_path_and_lie_in_their_cells():
    rows: list[Line] = [(("━━", "dim"), ("─", "dim"), ("x", ""), ("▂", "own"), ("⣀", "own"))]
    _, tree = read(svg(rows, 10, "", dark=True))
    paths = {
        (each.attrib["class"], each.attrib.get("stroke-width")): each.attrib["d"]
        for each in tree.iter(f"{SPACE}path")
    }
    assert paths == {
        ("dim line", "3"): "M0 9.5L18 9.5",
        ("dim line", "1.3"): "M18 9.5L27 9.5",
        ("own", None): "M36 14.25h9v4.75h-9z",
        ("own line", "2.6"): "M47.25 16L47.25 16M51.75 16L51.75 16",
    }


def test_blocks_grow_and_dots_are_where_braille_has_them():
    heights = [
        float(path.partition("v")[2].partition("h")[0])
        for character in "▁▂▃▄▅▆▇█"
        for _, path in shapes.drawn(character, 0, 0)
    ]
    assert heights == [19 * n / 8 for n in range(1, 9)]
    seen = Counter(
        path for bit in range(8) for _, path in shapes.drawn(chr(0x2800 | 1 << bit), 0, 0)
    )
    columns, rows = (2.25, 6.75), (2.5, 7, 11.5, 16)
    assert seen == Counter(f"M{x:g} {y:g}L{x:g} {y:g}" for x, y in product(columns, rows))
    (low,) = (path for _, path in shapes.drawn("⡀", 0, 0))  # dot 7: the left one of the lowest row
    assert low == "M2.25 16L2.25 16"
    (right,) = (path for _, path in shapes.drawn("⠈", 0, 0))  # dot 4: the right one of the highest
    assert right == "M6.75 2.5L6.75 2.5"


def test_lines_are_drawn_as_fonts_have_them():
    paths = {c: [path for _, path in shapes.drawn(c, 0, 0)] for c in "─━╍┄│┆┤└┘╱╲▒"}
    dotted = "M4.5 0L4.5 4M4.5 6.5L4.5 10.5M4.5 13L4.5 17"
    assert paths == {
        "─": ["M0 9.5L9 9.5"],
        "━": ["M0 9.5L9 9.5"],
        "╍": ["M0 9.5L3 9.5M4.5 9.5L7.5 9.5"],
        "┄": ["M0 9.5L2 9.5M3 9.5L5 9.5M6 9.5L8 9.5"],
        "│": ["M4.5 0L4.5 19"],
        "┆": [dotted],
        "┤": ["M4.5 0L4.5 19M0 9.5L4.5 9.5"],
        "└": ["M4.5 0L4.5 9.5M4.5 9.5L9 9.5"],
        "┘": ["M4.5 0L4.5 9.5M0 9.5L4.5 9.5"],
        "╱": ["M0 19L9 0"],
        "╲": ["M0 0L9 19"],
        "▒": ["M0 0h9v19h-9z"],
    }
    assert [next(iter(shapes.drawn(c, 0, 0)))[0].opacity for c in "░▒▓█"] == [0.25, 0.5, 0.75, 1]
    assert list(shapes.drawn("x", 0, 0)) == []


def test_half_of_what_takes_two_cells_is_a_blank():
    line: Line = (("a", "dim"), ("日本", "read"))
    assert "".join(c for c, _ in cut(line, 9)) == f"a日{MARK}本{MARK}"
    assert cut(line, 4) == [("a", "dim"), ("日", "read"), (MARK, "read"), (" ", "read")]
    assert cut(line, 3) == [("a", "dim"), ("日", "read"), (MARK, "read")]
    assert cut(line, 2) == [("a", "dim"), (" ", "read")]
    assert cut(line, 1) == [("a", "dim")]
    assert cut((), 3) == []


def test_all_shapes_stay_within_their_cell():
    for character in "─━╍┄│┆┤└┘╱╲░▒▓▁▄█⣿":
        for kind, path in shapes.drawn(character, 0, 0):
            numbers = [float(n) for n in re.findall(r"-?[\d.]+", path)]
            if kind.width:
                assert all(0 <= x <= 9 for x in numbers[::2])
                assert all(0 <= y <= 19 for y in numbers[1::2])
            else:
                x, y, across, down, _ = numbers
                assert (x, across) == (0, 9)
                assert y + down == 19


def test_a_drawing_is_golden(snapshot):
    board = Keyboard().press("6 right")
    board.screen(40, 12)
    assert drawing(board.actions.frame(), 40, 12, dark=True) == snapshot


def test_the_rows_of_the_screen_are_as_wide_as_it_is():
    board = Keyboard("iris").press("3 right")
    for size in SIZES:
        board.screen(*size)
        rows = screen(board.actions.frame(), *size)
        assert [sum(len(text) for text, _ in row) for row in rows] == [size[0]] * size[1]
        lines = [printed("".join(text for text, _ in row)).rstrip() for row in rows]
        assert "\n".join(lines) == picture(board.actions.frame(), *size)
