"""A record on the screen: its numbers beside ours, its differences marked, and as stops."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from engine.catalog.symbols import Symbol
from engine.exchange.arrayfile import BEFORE, exported
from engine.history.position import Position
from engine.runfile.read import load
from engine.session.standing import Selection
from tests.engine.against.records import record_of
from tests.tui.keyboard import Keyboard
from tui.actions.against import ask
from tui.actions.dialog import Count
from tui.actions.grading import close
from tui.text.format import Text


def written(factor: float) -> bytes:
    """A record of the momentum run whose gradient of W2 is wrong from iteration 2 on."""
    dW2 = Symbol("dW2")
    record = record_of(
        load("momentum"), 4, None, lambda t, made, _b: {dW2: factor * made[dW2]} if t > 1 else {}
    )
    arrays: dict[str, Any] = {f"{BEFORE}{name}": a for name, a in record.starts[1].items()}
    for t, values in record.values.items():
        arrays |= {f"{t}.{name}": array for name, array in values.items()}
    held = io.BytesIO()
    np.savez(held, **arrays)
    return held.getvalue()


def opened(tmp_path: Any, factor: float = 2.0, text: Text | None = None) -> Keyboard:
    path = tmp_path / "run.npz"
    path.write_bytes(written(factor))
    keyboard = Keyboard("momentum", text)
    ask(keyboard.context, Count())
    keyboard.type(str(path)).press("enter")
    job = keyboard.job
    return keyboard.finish(job, job.run(lambda: False))


def test_it_goes_to_the_first_difference_and_says_how_many_there_are(tmp_path):
    keyboard = opened(tmp_path)
    assert keyboard.session.position == Position(2, 7)
    assert keyboard.session.selection.symbol == "dW2"
    assert "run.npz: 36 of 256 numbers differ." in keyboard.context.dialog.message


def test_two_keys_go_through_the_differences(tmp_path):
    keyboard = opened(tmp_path)
    assert keyboard.press(".").session.position == Position(2, 14)
    assert keyboard.press(".").session.position == Position(2, 15)
    assert keyboard.press(".").session.position == Position(3, 7)
    assert keyboard.press(",").session.position == Position(2, 15)
    assert "difference 3 of 9" in keyboard.context.dialog.message


@pytest.mark.parametrize(("ascii", "sign"), [(False, "≠"), (True, "!")])
def test_what_differs_is_marked_by_a_sign_in_every_table(tmp_path, ascii, sign):
    keyboard = opened(tmp_path, text=Text(ascii=ascii))
    screen = keyboard.screen(80, 24)
    minus = "-" if ascii else "−"
    assert screen.count(f"{sign}{minus}0.2135") == 3  # step, values, optimizer
    assert f"record {sign} {minus}0.8061, ours {minus}0.4030" in screen
    assert "4 of 4 differ, by this step's own" in screen
    keyboard.press(".")
    assert "4 of 4 differ, from what was there" in keyboard.screen(80, 24)
    before = keyboard.press("left left").screen(80, 24)
    assert f"{sign}{minus}" in before  # dW2 is still what it was
    assert "like ours" in before
    assert f"{sign}{minus}" not in keyboard.press("g right").screen(80, 24)


def test_a_wide_screen_has_a_column_of_both(tmp_path):
    screen = opened(tmp_path).screen(140, 40)
    assert "record · run.npz" in screen
    assert "ours  theirs  differs" in screen
    assert "0.4030  0.8061 ≈−0.4030" in screen


def test_the_report_is_a_page(tmp_path):
    keyboard = opened(tmp_path).run("report_on_the_record")
    screen = keyboard.screen(100, 40)
    assert "The first number that differs" in screen
    assert "theirs  −0.80605627050812" in screen
    assert "Look there: python -m tui --goto 2.dW2" in screen


def test_a_record_like_the_run_has_nothing_to_go_through(tmp_path):
    keyboard = opened(tmp_path, 1.0)
    assert "run.npz is like this run: 256 numbers, none differs." in keyboard.context.dialog.message
    assert keyboard.session.position == Position()
    screen = keyboard.press("right").screen(80, 24)
    assert "record 0.5 · like ours" in screen
    assert "but for rounding" not in screen


def test_it_is_put_away_and_is_of_its_branch_alone(tmp_path):
    keyboard = opened(tmp_path)
    keyboard.press("o")
    assert "record" not in keyboard.screen(80, 24)
    keyboard.press("o")
    assert "record" in keyboard.screen(80, 24)
    close(keyboard.context, Count())
    assert "The record is put away." in keyboard.screen(80, 24)
    assert "≠" not in keyboard.screen(80, 24)
    keyboard.run("report_on_the_record")
    assert "No record is open" in keyboard.screen(80, 24)


def test_what_is_no_record_is_said_in_the_footer(tmp_path):
    path = tmp_path / "run.npz"
    path.write_bytes(b"PK half")
    keyboard = Keyboard("momentum")
    ask(keyboard.context, Count())
    keyboard.type(str(path)).press("enter")
    assert "run.npz: is a zip that is damaged" in keyboard.context.dialog.message


def test_a_comparison_that_is_stopped_leaves_nothing_open(tmp_path):
    path = tmp_path / "run.npz"
    path.write_bytes(written(2.0))
    keyboard = Keyboard("momentum")
    ask(keyboard.context, Count())
    keyboard.type(str(path)).press("enter")
    job = keyboard.job
    keyboard.finish(job, job.run(lambda: True))
    assert keyboard.context.desk.record is None
    assert "Stopped; run.npz is not open." in keyboard.context.dialog.message


@pytest.mark.parametrize("keys", ["o", "3 t O f", "3 t O c", "3 t e"])
def test_a_branch_is_like_its_own_record_whatever_it_was_changed_by(tmp_path, keys):
    keyboard = Keyboard("momentum")
    if keys.endswith("e"):
        keyboard.press("3 t")
        keyboard.session.selection = Selection("W1", 0, 0)
        keyboard.press("e").type("0.7").press("enter")
    else:
        keyboard.press(keys)
    path = tmp_path / "branch.npz"
    path.write_bytes(exported(keyboard.context.history, 1, 6, ".npz"))
    ask(keyboard.context, Count())
    keyboard.type(str(path)).press("enter")
    job = keyboard.job
    keyboard.finish(job, job.run(lambda: False))
    assert "branch.npz is like this run" in keyboard.context.dialog.message
