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
    assert text(timeline(PHASES, 17, 12)) == "━━━━━━━━━━━◆"


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


def test_steps_share_cells_where_they_are_more_than_room() -> None:
    many = [("forward", 40), ("loss", 1), ("backward", 80)]
    assert text(timeline(many, 0, 100)) == f"forward {'─' * 25} loss ─ backward {'─' * 50}"
    assert text(timeline(many, 21, 100)) == (
        f"forward {'━' * 12}◆{'─' * 12} loss ─ backward {'─' * 50}"
    )
    assert text(timeline(many, 121, 100)) == f"forward {'━' * 25} loss ━ backward {'━' * 49}◆"
    assert text(timeline([("a", 30), ("b", 1), ("c", 1), ("d", 1)], 31, 27)) == (
        "a ━━━━━━━━━━━━━ b ◆ c ─ d ─"
    )
    assert text(timeline([("a", 5), ("b", 1), ("c", 1)], 0, 11)) == "a ─ b ─ c ─"
    assert text(timeline([("a", 41)], 0, 22)) == f"a {'─' * 20}"
    assert text(timeline([("a", 41)], 0, 21)) == "─" * 21


@given(st.lists(st.integers(1, 300), min_size=1, max_size=6), st.integers(1, 90))
def test_each_phase_has_its_share_of_the_cells(counts: list[int], width: int) -> None:
    drawn = text(timeline([("x", count) for count in counts], 0, width))
    bars = [len(bar) for bar in re.findall("─+", drawn)]
    total, room = sum(counts), width - 3 * len(counts) + 1
    if "x" not in drawn:
        assert bars == [min(width, total)]
        assert room < max(len(counts), total // 2)
    elif total <= room:
        assert bars == counts
    else:
        assert len(drawn) == width
        assert len(bars) == len(counts)
        assert all(
            abs(bar - count * room / total) < max(2, counts.count(1) + 1) or bar == 1
            for bar, count in zip(bars, counts, strict=True)
        )


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
