"""The canvas, as text."""

from __future__ import annotations

import pytest

from tui.text.raster import DASHED, DOTTED, SOLID, Canvas, Line


def text(line: Line) -> str:
    return "".join(part for part, _ in line)


def test_lines_merge_roles_and_trim_blanks() -> None:
    canvas = Canvas(8, 2)
    canvas.put(0, 0, "ab", "pos")
    canvas.put(2, 0, "c", "pos")
    canvas.put(4, 0, "d", "neg")
    assert canvas.lines() == [(("abc", "pos"), (" ", ""), ("d", "neg")), ()]


def test_put_is_clipped_and_keeps_one_cell_per_character() -> None:
    canvas = Canvas(3, 1)
    canvas.put(-1, 0, "xabcd")
    canvas.put(0, 5, "out")
    assert canvas.lines() == [(("abc", ""),)]
    canvas.put(0, 0, "\n\x1b")
    assert canvas.lines() == [(("??c", ""),)]


def test_braille_lines_join_and_leave_text_alone() -> None:
    canvas = Canvas(2, 1)
    canvas.line((0, 0), (3, 3))
    canvas.line((0, 3), (3, 0))
    assert text(canvas.lines()[0]) == "⡱⢎"
    canvas.put(0, 0, "x")
    canvas.line((0, 0), (3, 3))
    assert text(canvas.lines()[0]) == "x⢎"


def test_dashed_and_heavy_lines_differ_in_their_dots() -> None:
    drawn = set()
    for style in (0, DASHED):
        for heavy in (False, True):
            canvas = Canvas(8, 4)
            canvas.line((0, 0), (15, 12), style=style, heavy=heavy)
            drawn.add(tuple(map(text, canvas.lines())))
    assert len(drawn) == 4


def test_ascii_strokes_cross_in_an_x() -> None:
    canvas = Canvas(3, 3)
    canvas.stroke((0, 0), (2, 2))
    canvas.stroke((0, 2), (2, 0))
    assert [text(line) for line in canvas.lines()] == ["\\ /", " X", "/ \\"]


def rows(canvas: Canvas) -> list[str]:
    return [text(line) for line in canvas.lines()]


def test_strokes_go_where_they_lead() -> None:
    canvas = Canvas(5, 3)
    canvas.stroke((0, 0), (4, 2))
    assert rows(canvas) == ["\\", " \\\\", "   \\-"]
    canvas = Canvas(5, 3)
    canvas.stroke((0, 2), (4, 0), dashed=True)
    assert rows(canvas) == ["    .", "  ..", ".."]
    canvas = Canvas(3, 4)
    canvas.stroke((1, 0), (1, 3))
    assert rows(canvas) == [" |"] * 4
    canvas = Canvas(5, 5)
    canvas.stroke((0, 4), (2, 0))
    assert rows(canvas) == ["  |", "  /", " /", " /", "/"]


def test_lines_in_dots_are_solid_dashed_or_dotted_and_thin_or_heavy() -> None:
    drawn = {}
    for heavy in (False, True):
        for style in (SOLID, DASHED, DOTTED):
            flat, steep = Canvas(6, 3), Canvas(3, 3)
            flat.line((0, 0), (11, 9), style=style, heavy=heavy)
            steep.line((1, 0), (3, 11), style=style, heavy=heavy)
            drawn[heavy, style] = [rows(flat), rows(steep)]
    assert drawn == {
        (False, SOLID): [["⠑⠤⡀", "  ⠈⠢⣀", "     ⠑"], ["⠸⡀", " ⡇", " ⢱"]],
        (False, DASHED): [["⠑ ⡀", "  ⠈ ⣀", ""], ["⠘", " ⠃", " ⠑"]],
        (False, DOTTED): [["⠁⠠", "   ⠂⢀", ""], ["⠈⡀", " ⠄", " ⠐"]],
        (True, SOLID): [["⠳⣤⡀", "  ⠙⢦⣀", "    ⠉⠳"], ["⠸⣇", " ⣿", " ⢹⡆"]],
        (True, DASHED): [["⠳ ⡀", "  ⠙ ⣀", "    ⠉"], ["⠘⠃", " ⠛", " ⠙⠂"]],
        (True, DOTTED): [["⠃⢠", "   ⠆⢀", "    ⠈"], ["⠈⣁", " ⠤", " ⠐⠂"]],
    }


@pytest.mark.parametrize(
    ("size", "drawn", "plain"),
    [
        (4, ["╲", " ╲", "  ╲", "   ╲", "", ""], ["\\", " \\", "  \\", "   \\", "", ""]),
        (5, ["╲", "", "  ╲", "", "    ╲", ""], [".", " .", "  .", "   .", "    .", ""]),
        (6, ["╲", "", "  ╲", "", "    ╲", ""], [".", " .", "  .", "   .", "    .", "     ."]),
    ],
)
def test_dashed_diagonals_have_gaps_where_they_are_long(size, drawn, plain) -> None:
    for ascii, expected in ((False, drawn), (True, plain)):
        canvas = Canvas(8, 6)
        canvas.diagonal(0, 0, size, 1, dashed=True, ascii=ascii)
        assert rows(canvas) == expected


def test_diagonals_cross() -> None:
    canvas = Canvas(6, 5)
    canvas.diagonal(0, 0, 5, 1, "pos")
    canvas.diagonal(0, 4, 5, -1, "neg")
    assert rows(canvas) == ["╲   ╱", " ╲ ╱", "  ╳", " ╱ ╲", "╱   ╲"]
    assert canvas.lines()[2] == (("  ", ""), ("╳", "neg"))
    canvas = Canvas(6, 5)
    canvas.diagonal(0, 0, 5, 1, ascii=True)
    canvas.diagonal(0, 4, 5, -1, dashed=True, ascii=True)
    assert rows(canvas) == ["\\   .", " \\ .", "  X", " . \\", ".   \\"]
    canvas.diagonal(0, 0, 5, 1, ascii=True)
    assert rows(canvas) == ["\\   .", " \\ .", "  X", " . \\", ".   \\"]


def test_a_cell_outside_is_blank() -> None:
    canvas = Canvas(2, 1)
    canvas.put(0, 0, "ab")
    assert [canvas.at(x, y) for x, y in ((0, 0), (1, 0), (2, 0), (-1, 0), (0, 1))] == list("ab   ")
