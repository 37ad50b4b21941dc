"""The loss plot, as text."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tui.text.plot import Series, plot
from tui.text.raster import Line
from tui.text.scale import Scale, along, fitting, written


def text(lines: list[Line]) -> list[str]:
    return ["".join(part for part, _ in line) for line in lines]


def test_a_plot_has_ticks_a_legend_and_the_position() -> None:
    series = Series("SGD", "own", [(1, 10.0), (2, 5.0), (3, 0.0)])
    assert text(plot([series], 24, 9, True, (1, 3), 2)) == [
        "     * SGD",
        " 10+*",
        "   |",
        "   |          @",
        "   |",
        "   |",
        "  0+                   *",
        "   +----------^---------",
        "    1         2        3",
    ]


def test_the_axis_is_logarithmic_beyond_two_decades() -> None:
    wide = Series("", "own", [(1, 1000.0), (2, 1.0)])
    labels = [row.split("┤")[0].strip() for row in text(plot([wide], 30, 12)) if "┤" in row]
    assert labels == ["1000", "100", "10", "1"]


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([1.0, 100.0], Scale(1.0, 100.0)),
        ([1.0, 100.1], Scale(1.0, 100.1, log=True)),
        ([0.0, 1000.0], Scale(0.0, 1000.0)),
        ([-1.0, 1000.0], Scale(-1.0, 1000.0)),
        ([2.0, 2.0], Scale(1.8, 2.2)),
        ([-2.0], Scale(-2.2, -1.8)),
        ([0.0], Scale(-1.0, 1.0)),
        ([1.0, 1.0 + 1e-13], Scale(0.9, 1.1 + 1e-13)),
        ([], Scale(0.0, 1.0)),
    ],
)
def test_the_scale_of_values(values, scale):
    found = fitting(values)
    assert (found.low, found.high) == pytest.approx((scale.low, scale.high), rel=1e-12)
    assert found.log == scale.log


def test_where_values_stand() -> None:
    straight, by_decades = Scale(-1.0, 3.0), Scale(0.01, 100.0, log=True)
    assert [straight(x) for x in (-1.0, 0.0, 3.0, 5.0, -2.0)] == [0.0, 0.25, 1.0, 1.0, 0.0]
    assert [by_decades(x) for x in (0.01, 0.1, 1.0, 100.0)] == pytest.approx([0.0, 0.25, 0.5, 1.0])
    assert Scale(-1e308, 1e308)(0.0) == 0.5
    assert Scale(2.0, 2.0)(7.0) == 0.5
    assert (along(2.0, 2.0).high, along(-40.0, -40.0).high, along(0.0, 0.0).high) == (4.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("scale", "most", "ticks"),
    [
        (Scale(0.0, 1.0), 6, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (Scale(0.0, 1.0), 3, [0.0, 0.5, 1.0]),
        (Scale(-0.3, 0.9), 4, [0.0, 0.5]),
        (Scale(-7.0, 12.0), 5, [-5.0, 0.0, 5.0, 10.0]),
        (Scale(0.31, 0.34), 2, [0.31, 0.34]),
        (Scale(2e-3, 3e3, log=True), 6, [0.01, 0.1, 1.0, 10.0, 100.0, 1000.0]),
        (Scale(2e-3, 3e3, log=True), 3, [0.01, 1.0, 100.0]),
        (Scale(0.0, 5e-324), 4, [0.0, 5e-324]),
        (Scale(-1.5e308, 1.5e308), 3, [-1.5e308, 1.5e308]),
    ],
)
def test_ticks_are_round_numbers_within_the_scale(scale, most, ticks):
    assert scale.ticks(most) == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("value", "text", "plain"),
    [
        (0.0, "0", "0"),
        (-0.25, "−0.25", "-0.25"),
        (1000.0, "1000", "1000"),
        (9999999.0, "9999999", "9999999"),
        (1e7, "1e7", "1e7"),
        (1.5e-7, "1.5e−7", "1.5e-7"),
        (0.123456, "0.1235", "0.1235"),
        (-0.0012345, "−1.2e−3", "-1.2e-3"),
    ],
)
def test_numbers_beside_an_axis_are_short(value, text, plain):
    assert written(value, ascii=False) == text
    assert written(value, ascii=True) == plain


def test_two_curves_differ_without_roles() -> None:
    points = [(x, 5.0) for x in range(20)] + [(20, 0.0)]
    one = text(plot([Series("a", "own", points)], 30, 8))
    other = text(plot([Series("", "own", []), Series("a", "other", points)], 30, 8))
    assert one[1:] != other[1:]


def test_two_curves_in_dots() -> None:
    own = Series("SGD", "own", [(1, 10.0), (2, 5.0), (3, 0.0)])
    other = Series("Adam", "other", [(1, 10.0), (2, 2.0), (3, 1.0)])
    assert text(plot([own, other], 30, 9, x_range=(1, 3), position=2)) == [
        "     ━━ SGD   ┄┄ Adam",
        " 10┤•⠲⠤⣀",
        "   │   ⠁⠩⠒⠤⢄⡀",
        "   │      ⠁⠠⠈⠑⠢⢄⡀",
        "   │         ⠁⢀ ⠈●⠒⠤⣀",
        "   │            ⠂●⠠ ⡀⢉⠑⡢⢄⣀",
        "  0┤                    ⠈ ⠉⠒⠤•",
        "   └─────────────▲────────────",
        "    1            2           3",
    ]


def test_a_single_point_is_a_place_to_be_seen() -> None:
    own = Series("SGD", "own", [(1, 1.0), (2, 2.0)])
    now = Series("now", "other", [(2, 1.5)])
    drawn = plot([own, now], 24, 7, position=1)
    assert text(drawn) == [
        "    ━━ SGD   ◆ now",
        " 2┤                ⣀⡠⠔⠒•",
        "  │          ⢀⣀⠤⠒⠊⠉",
        "  │     ⣀⡠⠤⠒⠉⠁         ◆",
        " 1┤●⠤⠔⠊⠉",
        "  └▲────────────────────",
        "   1                   2",
    ]
    assert ("◆", "other") in drawn[3]


def test_what_is_not_finite_is_a_cross_and_parts_the_curve() -> None:
    points = [(0, 3.0), (1, 0.0), (2, 1.0), (3, math.inf), (4, 2.0)]
    drawn = plot([Series("", "own", points)], 24, 8)
    assert text(drawn) == [
        " 3┤⢣              ×",
        "  │ ⢣",
        "  │ ⠈⢆                 ⠈",
        "  │  ⠈⢆      ⢀",
        "  │   ⠘⡄  ⢀⡠⠊⠁",
        " 0┤    ⠘⡤⠔⠁",
        "  └─────────────────────",
        "   0                   4",
    ]
    assert ("×", "error") in drawn[0]


def test_the_position_is_shown_where_curves_go_on() -> None:
    curve = Series("SGD", "own", [(x, float(x)) for x in range(1, 101)])

    def at(position: float) -> list[str]:
        return text(plot([curve], 40, 6, True, (1, 120), position, lambda x: f"it {x:.0f}"))

    assert at(60)[2:] == [
        "    |       **********@****",
        "   1+********",
        "    +-----------------^-----------------",
        "     it 1           it 60         it 120",
    ]
    assert "@" in "".join(at(100)[:4])
    assert "@" not in "".join(at(101)[:4])
    assert "^" in at(101)[4]
    assert "^" not in "".join(at(121) + at(0.5) + at(math.nan))
    assert at(5)[5] == at(118)[5] == "     it 1                         it 120"


def test_what_stands_below_the_x_axis_is_a_blank_apart() -> None:
    curve = Series("", "own", [(1, 1.0), (120, 2.0)])

    def below(width: int, position: float) -> str:
        label = "<{:.0f}>".format
        return text(plot([curve], width, 6, False, None, position, label))[5]

    rows = [below(39, position) for position in range(1, 121)]
    assert not any("><" in row for row in rows)
    assert any("<1> <" in row for row in rows)
    assert any("> <120>" in row for row in rows)
    assert below(39, 60) == "   <1>            <60>            <120>"
    assert below(10, 60) == "<1>  <120>"
    assert below(9, 60) == "<1>"


def test_with_one_row_for_the_x_axis_its_numbers_stand_in_it() -> None:
    curve = Series("", "own", [(1, 1.0), (120, 2.0)])

    def axis(position: float) -> str:
        return text(plot([curve], 30, 5, position=position))[4]

    assert axis(60) == "  └1───────────60──────────120"
    assert axis(120) == axis(1) == axis(math.nan) == "  └1───────────────────────120"
    assert axis(105) == "  └1──────────────────────▲120"


def test_points_are_marked_where_they_are_apart() -> None:
    curve = Series("", "own", [(0, 1.0), (1, 2.0)])
    assert "•" in "".join(text(plot([curve], 12, 3)))
    assert "•" not in "".join(text(plot([curve], 11, 3)))


@pytest.mark.parametrize(
    ("width", "height", "axis", "foot", "legend"),
    [(15, 9, True, True, True), (14, 9, False, True, True), (30, 5, True, True, True),
     (30, 4, True, False, True),
     (30, 3, True, False, False), (30, 2, False, False, False)],
)  # fmt: skip
def test_what_has_no_room_is_left_out(width, height, axis, foot, legend) -> None:
    own = Series("SGD", "own", [(1, 10.0), (2, 5.0), (3, 0.0)])
    rows = text(plot([own], width, height))
    assert len(rows) == height
    assert any("┤" in row for row in rows) == axis
    assert any("──" in row for row in rows) == foot
    assert ("SGD" in rows[0]) == legend


@settings(max_examples=examples(200), deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.floats(), st.floats()), max_size=8), max_size=3),
    st.integers(-1, 70),
    st.integers(-1, 20),
    st.booleans(),
    st.none() | st.tuples(st.floats(), st.floats()),
    st.none() | st.floats(),
)
def test_a_plot_never_raises_and_fits(
    curves: list[list[tuple[float, float]]],
    width: int,
    height: int,
    ascii: bool,
    x_range: tuple[float, float] | None,
    position: float | None,
) -> None:
    series = [Series("name", "own", points) for points in curves]
    rows = text(plot(series, width, height, ascii, x_range, position))
    assert len(rows) <= max(0, height)
    assert all(len(row) <= max(0, width) for row in rows)


@pytest.mark.parametrize(
    ("ascii", "shown"),
    [
        (
            True,
            ["    * c0   o c1   + c2   x c3", " 3+x     x", "  |+     +", "  |o     o",
             " 0+*     *"],
        ),
        (
            False,
            ["    ━━ c0   ┄┄ c1   ╺╺ c2   ━━ c3", " 3┤•⠉⠉⠉⠉⠉•", "  │• ⠉ ⠉ •", "  │•⢀ ⡀⢀ •",
             " 0┤•⣀⣀⣀⣀⣀•"],
        ),
    ],
)  # fmt: skip
def test_each_of_some_curves_looks_as_its_legend_says(ascii: bool, shown: list[str]) -> None:
    curves = [Series(f"c{n}", "own", [(0, float(n)), (6, float(n))]) for n in range(4)]
    lines = text(plot(curves, 34, 9, ascii=ascii, x_range=(0, 30)))
    assert [line for line in lines[:-2] if line.strip() not in ("|", "│")] == shown
