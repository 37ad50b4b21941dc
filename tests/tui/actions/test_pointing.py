"""The mouse: what a click selects, what the wheel does."""

from __future__ import annotations

import pytest

from tests.tui.actions.test_practice import practising
from tests.tui.keyboard import Keyboard
from tui.actions.views.branches import VIEW as BRANCHES


def at(keys: Keyboard, text: str, nth: int = 0) -> tuple[int, int]:
    """Where a text stands on the screen."""
    found = [
        (x, y)
        for y, row in enumerate(keys.screen(*keys.context.shown.size).splitlines())
        for x in range(len(row))
        if row.startswith(text, x)
    ]
    return found[nth]


def click(keys: Keyboard, text: str, nth: int = 0) -> Keyboard:
    keys.actions.point(*at(keys, text, nth), 0)
    return keys


def wheel(keys: Keyboard, by: int) -> Keyboard:
    keys.actions.point(5, 5, by)
    return keys


def selected(keys: Keyboard) -> tuple[str, tuple[int, ...]]:
    frame = keys.context.picture()
    return frame.symbol, frame.index


def test_a_click_selects_a_number_and_makes_its_pane_the_active_one():
    keys = Keyboard().press("6 right")
    click(keys, "0.8005")
    assert selected(keys) == ("a1", (0, 1))
    assert keys.context.desk.pane in ("network", "values")
    click(keys, "0.6000", -1)
    assert (selected(keys), keys.context.desk.pane) == (("W2", (0, 1)), "values")
    assert keys.place == "sgd 1.6"
    click(keys, "─ optimizer")
    assert (selected(keys), keys.context.desk.pane) == (("W2", (0, 1)), "optimizer")


def test_a_click_keeps_the_sample():
    keys = Keyboard("mini-batch").press("1 right s")
    sample = keys.context.picture().sample
    weights = keys.session.trace.known("W1", 0)
    click(keys, keys.context.text.cell(float(weights[0, 1])).strip(), -1)
    assert selected(keys) == ("W1", (0, 1))
    assert keys.context.picture().sample == sample == 1


def test_a_click_on_a_step_goes_there():
    keys = Keyboard().press("3 right")
    keys.context.shown.size = 200, 60
    click(keys, " 7 ∂L/∂W[2]")
    assert keys.place == "sgd 1.7"
    assert selected(keys)[0] == "dW2"


def test_in_practice_a_click_on_a_step_goes_nowhere():
    keys = practising("a1").press("escape")
    keys.context.shown.size = 200, 60
    before = keys.place
    click(keys, " 7 ∂L/∂W[2]")
    assert keys.place == before
    assert keys.context.desk.practising


def test_a_click_past_the_rows_of_a_list_points_at_nothing():
    keys = Keyboard().press("6 right ;")
    for y in (-1, 0, 24, 99):
        assert keys.actions.point(10, y, 0) == ()
        assert keys.context.shown.cursor == 0


def test_the_wheel_steps_and_scrolls():
    keys = wheel(wheel(Keyboard(), 1), 1)
    assert keys.place == "sgd 1.2"
    assert wheel(keys, -1).place == "sgd 1.1"
    keys.context.shown.size = 80, 12
    keys.press("?")
    assert wheel(wheel(keys, 1), 1).context.shown.scroll == 6
    assert wheel(keys, -1).context.shown.scroll == 3
    assert keys.place == "sgd 1.1"


def test_a_click_on_a_list_points_at_that_line():
    keys = Keyboard().press("e ctrl+u").type("0.5").press("enter 2 right O f y")
    assert keys.context.shown.view is BRANCHES
    names = [branch.name for branch in keys.session.branches.values()]
    assert len(names) > 3
    for place, (branch, _) in enumerate(BRANCHES.items(keys.context) if BRANCHES.items else ()):
        click(keys, f"{branch.name} ")
        assert keys.context.shown.cursor == place
    assert wheel(keys, -1).context.shown.cursor == len(names) - 2
    keys.actions.point(5, 23, 0)
    assert keys.context.shown.cursor == len(names) - 2


def test_a_click_on_a_long_list_points_at_that_line():
    keys = Keyboard().press("6 right ;")
    keys.context.shown.size = 80, 24
    for row in (3, 5, 12):
        line = keys.screen(80, 24).splitlines()[row]
        number = int(line.split()[0])
        keys.actions.point(10, row, 0)
        assert keys.context.shown.cursor == number - 1
    keys.press("2 0 j")
    assert keys.context.shown.scroll == 0
    row, line = next(
        (y, line)
        for y, line in enumerate(keys.screen(80, 24).splitlines())
        if line.strip().startswith("25 ")
    )
    keys.actions.point(10, row, 0)
    assert keys.context.shown.cursor == 24, line


@pytest.mark.parametrize("keys", [":", "e", "m"])
def test_while_something_is_asked_a_mouse_means_nothing(keys):
    board = Keyboard().press(f"2 right {keys}")
    asked = board.context.dialog.prompt
    for wheel_by in (0, 1, -1):
        assert board.actions.point(10, 10, wheel_by) is None
    assert board.context.dialog.prompt is asked
    assert board.place == "sgd 1.2"


def plays(keys: Keyboard) -> bool:
    return keys.context.playing.on


def test_a_click_stops_playing_and_forgets_a_count():
    keys = Keyboard().press("space 3")
    assert plays(keys)
    click(keys, "gradstep")
    assert not plays(keys)
    assert keys.context.dialog.digits == ""
    keys.press("space 3")
    assert wheel(keys, 1).place == "sgd 1.1"
    assert not plays(keys)
