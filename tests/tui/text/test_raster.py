"""Canvas, sparkline and timeline, as text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.text.raster import DASHED, Canvas, Line, sparkline, timeline


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


def test_sparkline() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], 10) == "▁▂▃▄▅▆▇█"
    assert sparkline([3.0, float("nan"), 1.0], 10) == "█×▁"
    assert sparkline([3.0, float("inf"), 1.0], 10, ascii=True) == "@!_"
    assert sparkline([2.0, 2.0], 10) == "▄▄"
    assert sparkline(list(range(100)), 8) == "▁▂▃▄▅▆▇█"


PHASES = [("forward", 4), ("loss", 1), ("backward", 8), ("update", 4)]


def test_timeline_marks_done_current_and_coming_steps() -> None:
    assert text(timeline(PHASES, 6, 80)) == "forward ━━━━ loss ━ backward ◆─────── update ────"
    assert text(timeline(PHASES, 6, 80, True)) == (
        "forward ==== loss = backward #------- update ----"
    )
    assert text(timeline(PHASES, 6, 30)) == "f ━━━━ l ━ b ◆─────── u ────"
    assert text(timeline(PHASES, 0, 30)) == "f ──── l ─ b ──────── u ────"
    assert text(timeline(PHASES, 17, 12)) == "━━━━━━━━━━━◆"


@given(
    st.lists(st.tuples(st.text(max_size=9), st.integers(-1, 300)), max_size=6),
    st.integers(-2, 400),
    st.integers(-1, 90),
    st.booleans(),
)
def test_timeline_fits_and_shows_the_current_step(
    phases: list[tuple[str, int]], position: int, width: int, ascii: bool
) -> None:
    drawn = text(timeline([(n.replace("◆", ""), c) for n, c in phases], position, width, ascii))
    assert len(drawn) <= max(0, width)
    if not ascii and width > 0 and 1 <= position <= sum(max(0, c) for _, c in phases):
        assert drawn.count("◆") == 1


@given(st.lists(st.floats(), max_size=50), st.integers(-1, 30), st.booleans())
def test_sparkline_fits(values: list[float], width: int, ascii: bool) -> None:
    drawn = sparkline(values, width, ascii)
    assert len(drawn) == min(max(0, width), len(values))
    assert drawn.isascii() or not ascii
