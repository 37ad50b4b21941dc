"""The loss plot, as text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.text.plot import Series, plot
from tui.text.raster import Line


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


def test_two_curves_differ_without_roles() -> None:
    points = [(x, 5.0) for x in range(20)] + [(20, 0.0)]
    one = text(plot([Series("a", "own", points)], 30, 8))
    other = text(plot([Series("", "own", []), Series("a", "other", points)], 30, 8))
    assert one[1:] != other[1:]


def test_what_is_not_finite_is_a_cross() -> None:
    points = [(1, 1.0), (2, float("nan")), (3, 2.0)]
    assert any("×" in row for row in text(plot([Series("", "own", points)], 30, 8)))


@settings(max_examples=200, deadline=None)
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
