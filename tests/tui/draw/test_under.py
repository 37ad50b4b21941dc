"""What is under a cell of the screen."""

from __future__ import annotations

import math
import re
from functools import partial

import numpy as np
import pytest

from tests.tui.keyboard import Keyboard
from tui.arrange import PANES
from tui.draw.under import Under, begins, same, under
from tui.draw.wants import placed
from tui.frame.frame import Frame
from tui.text.format import Text

NUMBER = re.compile(r"[−-]?\d*\.\d+(?:e[−+-]\d+)?")


def shown(keys: str, size: tuple[int, int], run: str = "worked-example") -> tuple[Frame, list[str]]:
    """The frame after some keys, and the rows of its screen."""
    board = Keyboard(run).press(keys)
    rows = board.screen(*size).splitlines()
    return board.actions.frame(), rows


@pytest.mark.parametrize(
    ("keys", "size"), [("6 right", (120, 40)), ("o t 9 right", (80, 24))], ids=["6", "adam"]
)
def test_numbers_of_the_values_pane_are_the_elements_that_they_show(keys, size):
    frame, rows = shown(keys, size)
    x, y, width, height = placed(frame, *size)["values"]
    count = 0
    at = partial(under, frame, size[0], size[1])
    for row in range(y + 1, y + height):
        for match in NUMBER.finditer(rows[row][x : x + width]):
            found = at(x + match.end() - 1, row)
            assert found.pane == "values"
            assert found.element is not None, (match[0], rows[row])
            symbol, index = found.element
            value = float(frame.entries[symbol].array[index])
            assert frame.text.cell(value).strip() == match[0]
            assert found == at(x + match.start(), row)
            count += 1
    assert count > 15


def test_every_element_is_somewhere_on_the_screen_and_found_there():
    size = 80, 24
    frame, rows = shown("9 right 8 right", size)
    found = {
        element
        for y, row in enumerate(rows)
        for match in NUMBER.finditer(row)
        if (element := under(frame, *size, match.end() - 1, y).element)
    }
    known = {
        (symbol, index)
        for symbol, entry in frame.entries.items()
        for index in np.ndindex(entry.array.shape)
    }
    assert known - found == {("loss", ())}


def test_a_number_is_one_and_no_other_cell():
    frame, rows = shown("6 right", (80, 24))
    y = next(i for i, row in enumerate(rows) if row.startswith("x, y"))
    found = [under(frame, 80, 24, x, y).element for x in range(26)]
    one, two = ("x", (0, 0)), ("x", (0, 1))
    assert found == [None] * 10 + [one] * 6 + [None] * 2 + [two] * 6 + [None] * 2


def test_in_ascii_too():
    board = Keyboard(text=Text(ascii=True)).press("6 right")
    rows = board.screen(80, 24).splitlines()
    y = next(i for i, row in enumerate(rows) if "-0.5628" in row and "delta" not in row)
    x = rows[y].index("0.5628")
    found = under(board.actions.frame(), 80, 24, x, y)
    assert found.element == ("delta2", (0, 0))


def test_changes_beside_an_element_are_that_element():
    size = 80, 24
    frame, rows = shown("9 right 5 right", size)
    assert frame.writes == "W2"
    y = next(i for i, row in enumerate(rows) if "ΔAdam" in row)
    places = [match.end() - 1 for match in NUMBER.finditer(rows[y][43:])]
    found = [under(frame, *size, 43 + x, y).element for x in places]
    assert found == [("W2", index) for index in ((0, 0), (0, 1), (1, 0), (1, 1))]


def test_a_step_of_the_list():
    size = 200, 60
    frame, rows = shown("t 4 right", size)
    x, top, width, height = placed(frame, *size)["steps"]
    for y in range(top + 1, top + height):
        number = re.match(r"\W*(\d+) ", rows[y][x : x + width])
        assert under(frame, *size, x + 5, y) == Under("steps", int(number[1]) if number else 0)
    assert under(frame, *size, x + 5, top) == Under("steps")


def test_a_step_of_a_list_in_two_columns():
    size = 200, 60
    frame, rows = shown("5 0 right", size, "ten-layers")
    x, top, width, height = placed(frame, *size)["steps"]
    half, seen = width // 2, 0
    for y in range(top + 1, top + height):
        for left in (0, half):
            number = re.match(r"\W*(\d+) ", rows[y][x + left : x + left + half])
            found = under(frame, *size, x + left + 4, y)
            assert found == Under("steps", int(number[1]) if number else 0)
            seen += number is not None
    assert seen > height - 1


def test_panes_are_under_their_cells_and_nothing_outside():
    size = 80, 24
    frame, _ = shown("3 right", size)
    for pane, (x, y, w, h) in placed(frame, *size).items():
        for across, down in ((x, y), (x + w - 1, y), (x, y + h - 1), (x + w - 1, y + h - 1)):
            assert under(frame, *size, across, down).pane == pane
    for outside in ((-1, 0), (0, -1), (80, 0), (0, 24), (41, 3)):
        assert under(frame, *size, *outside) == Under()
    assert {"header", "footer", "timeline", *PANES} <= placed(frame, *size).keys()


def test_rows_are_the_same_whatever_is_selected_in_them():
    assert same("  0.5[ 1.1]", "[ 0.5] 1.1 ")
    assert same("•0.4372]y 1", "(0.4372)y 1")
    assert not same("W ₁ 0.5", "W ₂ 0.5")
    assert not same("0.5 1.1", "0.5 1.2")


@pytest.mark.parametrize(
    ("size", "digits", "is_it"),
    [
        (0.46212, "4621", True),
        (0.4620, "4621", True),  # shown with another last digit, by rounding
        (0.46229, "4621", False),
        (0.46189, "4621", False),
        (0.99996, "10000", True),  # rounded up to the next power
        (1.2e-7, "12", True),
        (1.5e-7, "12", False),
        (16.0565, "160565", True),
        (0.0, "", True),
        (0.00004, "", True),
        (1.0, "", False),
        (0.0, "1", False),
        (math.inf, "1", False),
        (math.nan, "", False),
    ],
)
def test_digits_may_be_those_of_a_number_in_any_unit(size, digits, is_it):
    assert begins(size, digits) is is_it
