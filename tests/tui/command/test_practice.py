"""`--practice`: the app with practice on."""

import argparse

import pytest

from engine.history.position import Position
from engine.sheets.practice import Practice
from tests.tui.command.test_main import refused
from tests.tui.keyboard import Keyboard
from tests.tui.terminals import Program
from tui.command.practice import begin


def options(steps: str | None = None, iterations: str | None = None) -> argparse.Namespace:
    return argparse.Namespace(steps=steps, iterations=iterations)


def practice_of(keys: Keyboard) -> Practice:
    found = keys.context.desk.practice
    assert found is not None
    return found


def test_practice_needs_a_terminal_and_no_other_command() -> None:
    assert "needs a terminal" in refused("--practice")
    assert "no other command goes with it" in refused("--practice", "--plain")
    assert "no other command goes with it" in refused("--why", "--practice")


def test_steps_and_iterations_say_what_is_practised() -> None:
    keys = Keyboard()
    begin(keys.context, options(steps="loss, dW2"))
    assert practice_of(keys).wanted == ("loss", "dW2")
    assert practice_of(keys).last == 2
    keys = Keyboard()
    keys.session.reach(4)
    begin(keys.context, options(iterations="4"))
    assert practice_of(keys).last == 4


def test_practice_begins_at_a_place_that_is_named() -> None:
    keys = Keyboard()
    begin(keys.context, options(), Position(1, 6))
    assert keys.place == "sgd 1.6"
    assert " ∂L/∂W[2]₁₁ = █" in keys.press("right").screen()


def test_steps_that_the_run_does_not_have_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        begin(Keyboard().context, options(steps="dW7"))
    assert end.value.code == 2
    assert "--practice: dW7: no phase and no symbol of this run" in capsys.readouterr().err


def test_what_was_left_off_is_gone_on_with() -> None:
    keys = Keyboard()
    begin(keys.context, options(steps="loss"))
    practice = practice_of(keys)
    practice.on = False
    begin(keys.context, options())
    assert practice_of(keys) is practice
    assert practice.on


def test_an_exercise_is_practised_in_a_terminal() -> None:
    with Program("--practice", "--seed", "3", "--steps", "loss") as program:
        program.until("Practice: → asks").send("n").until("Lₙ₁ = ")
        program.send("?\r").until("· Lₙ = −Σ").send("\x03")
        assert program.end() == 0
