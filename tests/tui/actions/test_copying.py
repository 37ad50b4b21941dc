"""Copying the selected number, its formula, its row."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tui.keyboard import Keyboard
from tui.actions import copying
from tui.actions.effects import Copy

SENT = "Sent to it: {what}."


def press(keys: Keyboard, *pressed: str, how: str = SENT) -> str:
    """Press keys, the last of which copies; what the terminal is given, "" for nothing."""
    for key in pressed[:-1]:
        keys.press(key)
    found = ""
    for effect in keys.actions.press(pressed[-1], pressed[-1]) or ():
        assert isinstance(effect, Copy)
        effect.done(how)
        found = effect.text
    return found


def said(keys: Keyboard) -> str:
    return keys.context.dialog.message


def test_the_number_then_its_formula_then_its_row_then_all_alone():
    keys = Keyboard().press("2 right")
    first, second = map(repr, keys.session.trace.known("a1", 2)[0].tolist())
    assert len(first) > 16
    assert press(keys, '"') == first
    assert said(keys) == 'Sent to it: a[1]₁, all digits. " again: its formula.'
    assert press(keys, '"') == "a[1]₁ = tanh 0.5 = 0.4621"
    assert said(keys) == 'Sent to it: the formula of a[1]₁. " again: its row.'
    assert press(keys, '"') == f"{first}, {second}"
    assert said(keys) == 'Sent to it: the row of a[1]₁. " again: all alone.'
    assert press(keys, '"') == ""
    assert keys.context.shown.view.id == "copied"
    assert press(keys, '"') == first
    assert keys.press("q").context.shown.view.id == "main"


def test_a_count_says_which():
    keys = Keyboard().press("right")
    assert press(keys, "3", '"') == "0.5, 1.1"
    assert press(keys, "2", '"') == "z[1]₁ = 0.1·1 + 0.2·2 + 0 = 0.5"
    assert press(keys, "1", '"') == "0.5"
    assert press(keys, "5", '"') == "0.5"
    assert press(keys, "4", '"') == ""
    assert keys.context.shown.view.id == "copied"


@pytest.mark.parametrize("other", ["right", "d", "l", "enter"])
def test_after_any_other_key_it_is_the_number_again(other):
    keys = Keyboard().press("right")
    press(keys, '"')
    first = press(keys.press(other), '"')
    assert first == repr(float(first))


def test_the_row_is_that_of_the_selected_number():
    keys = Keyboard()
    keys.press("6 right 8 right")  # the update of W[2]
    array = keys.session.trace.known("W2", 14)
    assert press(keys, "3", '"') == ", ".join(map(repr, array[0].tolist()))
    assert press(keys, "l", "l", "3", '"') == ", ".join(map(repr, array[1].tolist()))
    assert press(keys, '"') == ""
    keys.press("q g 5 right")
    loss = repr(float(keys.session.trace.known("loss", 5)))
    assert press(keys, "3", '"') == loss


def test_numbers_read_back_exactly_in_single_precision_too():
    keys = Keyboard("article-script").press("2 right")
    value = keys.session.trace.known("a1", 2)
    assert value.dtype == np.float32
    assert np.float32(float(press(keys, '"'))) == value[0, 0]
    row = [np.float32(each) for each in press(keys, "3", '"').split(", ")]
    assert row == value[0].tolist()


def test_what_no_step_computes_has_a_formula_that_says_so():
    keys = Keyboard()
    assert press(keys, "2", '"') == "x₁ = 1  (given)"


def test_where_the_terminal_takes_none_all_three_are_shown_alone():
    keys = Keyboard().press("2 right")
    first, second = map(repr, keys.session.trace.known("a1", 2)[0].tolist())
    assert press(keys, '"', how="") == first
    rows = [row.strip() for row in keys.screen(80, 24).splitlines()]
    assert [row for row in rows[2:-2] if row] == [
        first,
        "a[1]₁ = tanh 0.5 = 0.4621",
        f"{first}, {second}",
    ]
    assert "takes no copies" in said(keys)
    press(keys, '"', how="")
    assert keys.context.shown.view.id == "copied"  # and is not closed by it
    assert keys.press("right").context.shown.view.id == "copied"
    assert "0.7114" in keys.screen(80, 24)
    assert keys.press("q").context.shown.view.id == "main"


def test_more_than_terminals_take_is_refused(monkeypatch):
    monkeypatch.setattr(copying, "MOST", 7)
    keys = Keyboard().press("right")
    assert press(keys, '"') == "0.5"
    assert press(keys, "3", '"') == ""
    assert said(keys) == "That is 8 characters, more than terminals take: --json."
    monkeypatch.setattr(copying, "MOST", 8)
    assert press(keys, "3", '"') != ""
