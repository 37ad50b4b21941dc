"""The number cell of all tables: what stands in which column."""

from __future__ import annotations

import math

import pytest

from tui.draw.cell import cell, power, row, scale_of, width
from tui.draw.parts import length
from tui.text.format import Text
from tui.text.raster import Line

TEXT = Text()


def written(line: Line) -> str:
    return "".join(text for text, _ in line)


def roles(line: Line) -> list[tuple[str, str]]:
    return [(text, role) for text, role in line if text.strip()]


@pytest.mark.parametrize(
    ("value", "before", "role", "shown"),
    [
        (0.5, None, "", "  0.5000"),
        (-0.5, None, "", " −0.5000"),
        (7e-5, None, "", "  7.0e−5"),
        (0.5, 0.4, "", "▲ 0.5000"),
        (-0.5, 0.4, "", "▼−0.5000"),
        (0.5, 0.5, "", "  0.5000"),
        (math.nan, 0.4, "", "     nan"),
        (0.5, None, "select", "[ 0.5000"),
        (-0.5, None, "select", "[−0.5000"),
        (0.5, 0.4, "select", "▲[0.5000"),
        (-0.5, 0.4, "select", "▼−0.5000"),
        (0.5, None, "operand", "  0.5000"),
        (None, None, "", "   ·    "),
    ],
)
def test_the_columns_of_a_cell(value, before, role, shown):
    assert written(cell(TEXT, value, before, role)) == shown


@pytest.mark.parametrize("digits", [2, 3, 4, 6, 12])
def test_the_dot_of_what_is_not_known_is_under_the_point(digits):
    text = Text(digits=digits)
    number, unknown = (written(cell(text, value)) for value in (0.5, None))
    assert len(number) == len(unknown) == width(text)
    assert number.index(".") == unknown.index("·")


def test_reverse_is_the_selected_and_its_operands_alone():
    line = row(TEXT, (0.1, -0.2, 0.3), None, "read", 1, frozenset([2]))
    assert written(line) == "  0.1000[−0.2000] 0.3000"
    assert roles(line) == [
        (" 0.1000", "read"), ("[−0.2000", "select"), ("]", "select"), (" 0.3000", "select"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "before", "chosen", "shown"),
    [
        ((0.1, 0.2), None, 1, "  0.1000[ 0.2000]"),
        ((0.1, -0.2), (0.1, 0.1), 0, "[ 0.1000▼−0.2000"),
        ((0.1, None), None, 0, "[ 0.1000]  ·    "),
        ((0.1, 0.2), (0.0, 0.2), 0, "▲[0.1000] 0.2000"),
        ((-0.1, 0.2), (0.0, 0.2), 0, "▼−0.1000  0.2000"),
    ],
)
def test_a_bracket_closes_where_there_is_a_blank(values, before, chosen, shown):
    assert written(row(TEXT, values, before, "", chosen)) == shown


def test_more_digits_make_wider_cells_and_ascii_has_all():
    assert written(row(Text(digits=6), (0.5, 0.25))) == "  0.500000  0.250000"
    assert written(row(Text(ascii=True), (0.5, -1e-9), (0.4, 0.0))) == "^ 0.5000v-1.0e-9"
    assert length(row(TEXT, (0.1,) * 4, None, "", 3)) == 4 * width(TEXT) + 1


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ((1.5135e-5, -3e-7), -5),
        ((-1.5135e-5, 3e-7), -5),
        ((9.99999e-5,), -4),
        ((9.9999e-5,), -5),
        ((0.001, 1e-9), 0),
        ((0.0, 0.0, None), 0),
        ((), 0),
        ((None, 2e-12), -12),
    ],
)
def test_the_power_of_ten_of_a_row_leaves_its_largest_number_below_ten(values, scale):
    assert scale_of(values, 4) == scale


def test_numbers_in_units_of_a_power_of_ten():
    assert written(row(TEXT, (1.5135e-5, -3.85e-7, 0.0), scale=-5)) == "  1.5135 −0.0385  0.0000"
    assert [power(Text(ascii=ascii), -12) for ascii in (False, True)] == ["10⁻¹²", "1e-12"]


def test_changes_are_signed():
    assert written(row(TEXT, (0.0787, -0.0787), signed=True)) == " +0.0787 −0.0787"
