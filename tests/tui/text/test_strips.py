"""Sparkline and timeline, as text."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tui.text.raster import Line
from tui.text.strips import sparkline, timeline


def text(line: Line) -> str:
    return "".join(part for part, _ in line)


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
    assert text(timeline(PHASES, 17, 17)) == "━━━━━━━━━━━━━━━━◆"
    assert text(timeline(PHASES, 17, 12)) == "17/17"


def test_timeline_roles_say_where_the_step_is() -> None:
    roles = [(piece, role) for piece, role in timeline(PHASES, 5, 80) if piece.strip()]
    assert roles == [
        ("forward ", ""),
        ("━━━━", "accent"),
        ("loss", "active"),
        ("◆", "write"),
        ("backward", "dim"),
        ("────────", "dim"),
        ("update", "dim"),
        ("────", "dim"),
    ]


def test_where_not_each_step_has_a_cell_the_steps_are_counted() -> None:
    many = [("forward", 40), ("loss", 1), ("backward", 80)]
    assert text(timeline(many, 0, 100)) == "forward  0/40  loss 0/1  backward  0/80"
    assert text(timeline(many, 41, 100)) == "forward 40/40  loss 1/1  backward  0/80"
    assert text(timeline(many, 50, 100)) == "forward 40/40  loss 1/1  backward  9/80"
    assert text(timeline(many, 50, 30)) == "f 40/40  l 1/1  b  9/80"
    assert text(timeline(many, 50, 20)) == " 50/121"
    assert text(timeline([("a", 41)], 3, 43)) == "a ━━◆" + "─" * 38
    assert text(timeline([("a", 41)], 3, 42)) == "a  3/41"
    counted = [(piece, role) for piece, role in timeline(many, 41, 100) if piece.strip()]
    assert counted[2:4] == [("loss ", "active"), ("1/1", "write")]


@given(st.lists(st.integers(1, 300), min_size=1, max_size=6), st.integers(1, 90))
def test_a_bar_has_a_cell_for_each_step(counts: list[int], width: int) -> None:
    drawn = text(timeline([("x", count) for count in counts], 0, width))
    bars = [len(bar) for bar in re.findall("─+", drawn)]
    assert bars in ([], counts, [sum(counts)])
    assert bars or sum(counts) + 3 * len(counts) - 1 > width


@given(st.lists(st.integers(1, 40), min_size=1, max_size=5), st.integers(1, 90), st.data())
def test_nothing_moves_in_a_timeline(counts: list[int], width: int, data: st.DataObject) -> None:
    """Its names and its fields stand at every step where they stand before the first."""
    phases = [(f"{'pqrst'[i]}name", count) for i, count in enumerate(counts)]
    number = data.draw(st.integers(0, sum(counts)))
    still = [re.sub(r"[─━◆]", "─", text(timeline(phases, n, width))) for n in (0, number)]
    first, other = (re.sub(r" *\d+/", "_", each) for each in still)
    assert len(still[0]) == len(still[1])
    assert first == other


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
        assert (
            drawn.count("◆") == 1
            or "/" in drawn
            or "/" in "".join(n for n, _ in phases)
            or (len(str(sum(max(0, c) for _, c in phases))) * 2 >= width)
        )


@given(st.lists(st.floats(), max_size=50), st.integers(-1, 30), st.booleans())
def test_sparkline_fits(values: list[float], width: int, ascii: bool) -> None:
    drawn = sparkline(values, width, ascii)
    assert len(drawn) == min(max(0, width), len(values))
    assert drawn.isascii() or not ascii
