"""Pictures of functions: lines of equal value, curves, paths over them, as text."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.formula.calls import Array
from tests.examples import examples
from tui.text.axes import Region, around, axes, grown
from tui.text.contour import contour, levels, places
from tui.text.curve import curve
from tui.text.paths import Path, legend
from tui.text.raster import Canvas, letters

SQUARE = Region(-3.0, 3.0, -3.0, 3.0)
NAMES = "x₁", "x₂"


def quadratic(x: Array, y: Array) -> Array:
    found: Array = 0.1 * x**2 + 2 * y**2
    return found


def rosenbrock(x: Array, y: Array) -> Array:
    found: Array = (1 - x) ** 2 + 100 * (y - x * x) ** 2
    return found


def drawn(
    f: Callable[[Array, Array], Array],
    region: Region | None,
    paths: list[Path],
    width: int,
    height: int,
    ascii: bool = False,
    marks: str = "",
) -> list[str]:
    assert region
    x, y = places(region, width, height, ascii)
    values = f(x[None, :], y[:, None])
    lines = contour(values, region, NAMES, paths, width, height, ascii, marks)
    assert len(lines) == height
    assert all(len(letters(line)) <= width for line in lines)
    return [letters(line) for line in lines]


STEPS = ((-5.0, -2.0), (-4.6, 1.2), (-4.2, -0.7), (-3.9, 0.4), (-3.6, -0.25), (-3.3, 0.15))
PATH = Path("own", STEPS, STEPS[4], STEPS[5])
BESIDE = Path("other", (STEPS[0], (-4.0, -1.0), (-3.0, 0.0), (-2.0, 0.5)))


def test_a_narrow_quadratic_in_a_pane(snapshot):
    region = around((*STEPS, (0.0, 0.0)))
    assert drawn(quadratic, region, [PATH, BESIDE], 41, 12, marks=legend(False)) == snapshot


def test_the_same_in_ascii(snapshot):
    region = around((*STEPS, (0.0, 0.0)))
    found = drawn(quadratic, region, [PATH, BESIDE], 41, 12, True, legend(True))
    assert found == snapshot
    assert all(row.replace("₁", "").replace("₂", "").isascii() for row in found)


def test_the_valley_of_rosenbrock_shows(snapshot):
    assert drawn(rosenbrock, Region(-2, 2, -1, 3), [], 50, 14) == snapshot


@pytest.mark.parametrize(("width", "height"), [(1, 1), (5, 2), (24, 4), (40, 6), (3, 30)])
@pytest.mark.parametrize("ascii", [False, True])
def test_every_size_is_kept_to(width, height, ascii):
    drawn(quadratic, SQUARE, [PATH], width, height, ascii, legend(ascii))


def test_the_reader_is_told_from_start_and_next_without_colours():
    rows = "\n".join(drawn(quadratic, SQUARE, [PATH._replace(points=STEPS[2:])], 60, 20))
    assert not {"○", "◆", "◇"} & {*rows}, "all of them are outside"
    shown = Path("own", ((-2.0, 1.0), (0.0, 0.0), (1.0, -1.0)), (0.0, 0.0), (1.0, -1.0))
    rows = "\n".join(drawn(quadratic, SQUARE, [shown], 60, 20))
    assert [rows.count(mark) for mark in "○◆◇"] == [1, 1, 1]
    assert rows.index("○") < rows.index("◆") < rows.index("◇"), "down and to the right"
    rows = "\n".join(drawn(quadratic, SQUARE, [shown], 60, 20, True))
    assert [rows.count(mark) for mark in "S@N"] == [1, 1, 1]


def test_a_level_is_a_round_number_within_the_values():
    x, y = places(Region(-2, 2, -1, 3), 60, 20, False)
    values = rosenbrock(x[None, :], y[:, None])
    found = levels(values, 8)
    assert found == tuple(sorted(found))
    assert values.min() < found[0] < 10 < 500 < found[-1] < values.max()
    assert all(float(f"{level:.0e}") == level for level in found)
    far = levels(values * 1e-3 + 1000, 6)
    assert len(far) >= 4, "with more digits where one tells nothing apart"
    assert levels(np.zeros((4, 4)), 6) == levels(np.full((4, 4), np.nan), 6) == ()


def test_what_is_not_finite_is_left_out():
    def hole(x: Array, y: Array) -> Array:
        found: Array = np.where(x < 0, np.nan, np.where(y > 2, np.inf, x + y))
        return found

    rows = drawn(hole, SQUARE, [PATH._replace(points=((math.nan, 1.0), (math.inf, 0.0)))], 60, 20)
    assert all(not row[6:31].strip() for row in rows[1:-2]), "the half that has no values"
    assert any(row[33:].strip() for row in rows[1:-2])


def test_a_path_is_cut_at_the_edge_however_far_it_goes():
    away = Path("own", ((0.0, 0.0), (1e300, 1e300), (-1e300, 0.0)))
    rows = drawn(quadratic, SQUARE, [away], 60, 20)
    assert rows != drawn(quadratic, SQUARE, [away._replace(points=away.points[:1])], 60, 20)


def test_the_curve_of_one_variable(snapshot):
    points = [(x / 10, (x / 10) ** 2) for x in range(-30, 31)]
    path = Path("own", ((-2.0, 4.0), (-1.0, 1.0), (0.5, 0.25)), (-1.0, 1.0), (0.5, 0.25))
    region = Region(-3.0, 3.0, -1.0, 9.0)
    for ascii in (False, True):
        lines = curve(points, region, ("x", "f"), [path], 40, 10, ascii, legend(ascii))
        assert [letters(line) for line in lines] == snapshot


coordinate = st.floats(-1e150, 1e150) | st.floats(-5, 5)
pairs = st.tuples(coordinate, coordinate)


@settings(max_examples=examples(200))
@given(st.lists(pairs, min_size=1, max_size=6), st.lists(pairs, max_size=4))
def test_a_region_holds_its_points_and_stays_while_they_stay(points, more):
    region = around(points)
    assert region is not None
    assert all(region.holds(point) for point in points)
    assert region.left < region.right
    assert region.low < region.high
    assert grown(region, points) == region
    wider = grown(region, more)
    assert all(wider.holds(point) for point in more)
    assert grown(wider, points) == wider
    seen = axes(Canvas(60, 20), wider, NAMES, "", False)
    for point in (*points, *more):
        at = seen.cell(point)
        assert at
        x, y = at
        assert seen.left <= x < 60
        assert seen.top <= y < seen.top + seen.rows


def test_a_region_of_nothing():
    assert around([]) is None
    assert around([(math.nan, 1.0), (1.0, math.inf)]) is None
    one = around([(2.0, 2.0)])
    assert one
    assert one.holds((2.0, 2.0))
    strange = [(math.nan, 1.0), (math.inf, 0.0), (0.5, math.nan), (0.5, -math.inf)]
    assert grown(SQUARE, strange) == SQUARE
    assert grown(SQUARE, [(1e308, 0.0)]).right < math.inf
