"""Pages in columns: what matters is on the first screen."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.tui.keyboard import Keyboard
from tui.draw import page
from tui.draw.parts import beside, columns, flowed, length
from tui.keys import KEYS, Keymap
from tui.text.format import Text
from tui.text.raster import Line


@pytest.mark.parametrize("ascii", [False, True])
def test_at_80x24_the_help_is_one_screen_with_every_key(ascii):
    shown = Keyboard(text=Text(ascii=ascii)).press("?").screen(80, 24)
    assert "more line" not in shown
    page = shown.split("\n", 2)[2]
    words = page.split()
    for row in KEYS:
        if row.keys:
            key = Text(ascii=ascii).plain(Keymap().shown(row.id))
            assert key in words, row.id
    assert not ascii or shown.isascii()


def test_a_wide_help_says_what_each_key_does_in_a_sentence():
    shown = Keyboard().press("?").screen(120, 60)
    assert "more line" not in shown
    assert "Go to 12, 12.6" in shown


def test_keys_that_belong_together_stand_in_one_line_and_a_key_that_is_taken_away_in_none():
    keys = Keyboard()
    keys.context.keymap = Keymap({"previous_phase": ("P",), "what_if": ()})
    shown = keys.press("?").screen(80, 24)
    assert "f P    phase on, back" in shown
    assert "w      what if" not in shown
    assert "x      runs side by side" in shown


@pytest.mark.parametrize("toggled", [False, True])
def test_at_80x24_what_if_of_the_worked_example_has_no_fold(toggled):
    keys = Keyboard().press("o" if toggled else "").press("2 t w")
    for _ in range(len(keys.session.trace.steps)):
        shown = keys.press("right").screen(80, 24)
        assert "more line" not in shown, f"{keys.place}\n{shown}"


def test_compare_shows_what_differs_first_and_names_what_does_not():
    shown = Keyboard().press(": 2 . 7 enter x").screen(80, 24)
    assert "part at 1.14, W[2]." in shown
    assert " L             0.7116  0.5981 ≈+0.1134" in shown
    assert " W[1]₁₁        0.0911  1.1e−8  +0.0911" in shown
    same = Keyboard().press(": 1 . 7 enter x").screen(80, 24)
    assert "the same: W[1]" in same
    assert "0.8274" not in same.split("the same")[0]


def test_at_80x24_compare_has_every_number_of_the_worked_example():
    shown = Keyboard().press(": 2 . 1 7 enter x").screen(80, 24)
    assert " part at 1.14     sgd    adam sgd−adam" in shown
    assert " ŷ₁            0.4909  0.5498 ≈−0.0590" in shown
    assert " ∂L/∂W[1]₂₂    0.0418  2.5e−9  +0.0418" in shown
    assert "∂L/∂b" not in shown
    below = Keyboard().press(": 2 . 1 7 enter x").screen(80, 27)
    assert "in both: ∂L/∂b[2] = δ[2], ∂L/∂b[1] = δ[1]" in below


@pytest.mark.parametrize("page", ["y", "p"])
def test_lists_say_what_is_pointed_at_in_brackets_and_not_with_the_marks_of_the_step(page):
    shown = Keyboard().press("7 right b enter").press(page).screen(80, 24)
    body = "\n".join(shown.split("\n")[2:-2])
    assert "▸" not in body
    assert "•" not in body
    assert "[" in body


def test_where_the_reader_stands_among_the_branches():
    shown = Keyboard().press("y j").screen(80, 24)
    assert "\n here  sgd    SGD   the run\n      [adam]  Adam  the other optimizer\n" in shown


def test_lines_flow_down_the_columns():
    lines = [((str(i), ""),) for i in range(5)]
    assert [len(column) for column in flowed(lines, 2)] == [3, 2]
    rows = ["".join(text for text, _ in line) for line in beside(flowed(lines, 2), 4)]
    assert rows == ["0     3", "1     4", "2"]
    entry: list[Line] = [(("k ", "key"), ("a", "")), (("  ", ""), ("b", "")), ()]
    flown = flowed([*entry, *entry, *entry], 2)
    assert [list(map(length, column)) for column in flown] == [[3, 3, 0, 3, 3], [3, 3, 0]]
    assert [length(line) for line in flowed([*lines[:2], (), *lines[:2]], 2)[1]] == [1, 1]
    assert [columns(width) for width in (37, 77, 78, 118, 158)] == [1, 1, 2, 3, 4]


@pytest.mark.parametrize(("width", "wide"), [(159, 157), (160, 158), (161, 158), (300, 158)])
def test_a_page_is_at_most_four_columns_wide(width, wide):
    given = []

    def lines(_, room):
        given.append(room)
        return [()]

    shown = SimpleNamespace(title="", cursor=-1, lines=lines)
    frame: Any = SimpleNamespace(text=Text(), page=shown, scroll=0)
    page.draw(frame, width, 24)
    assert given == [wide]
