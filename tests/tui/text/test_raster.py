"""The canvas, as text."""

from __future__ import annotations

from tui.text.raster import DASHED, Canvas, Line


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
