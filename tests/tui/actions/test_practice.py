"""Practice by keys: asked in the footer, answered, hinted, saved, and what it does not allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.history.budget import Budget
from engine.history.position import Position
from engine.saving.saver import Saver
from tests.tui.frame.test_practice_leaks import leaks
from tests.tui.keyboard import Keyboard
from tui.actions.files import open_run
from tui.actions.practice import ALLOWED, put_in
from tui.actions.saving import open_saved, path_of, snapshot
from tui.actions.views.why import ask_by_id
from tui.keys import KEYS
from tui.text.format import Text


def practising(wanted: str = "", run: str = "worked-example") -> Keyboard:
    keys = Keyboard(run)
    keys.run("practice")
    return keys.type(wanted).press("enter")


def typed(keys: Keyboard, *answers: str) -> Keyboard:
    for answer in answers:
        if keys.context.dialog.prompt is None:
            keys.press("right")
        keys.type(answer).press("enter")
    return keys


def test_the_next_number_is_asked_before_the_step_is_shown() -> None:
    keys = practising().press("right")
    assert keys.place == "sgd 1.0"
    for size in ((80, 24), (60, 20)):
        *_, hint, line = keys.screen(*size).splitlines()
        assert "weighted sum, layer 1" in hint
        assert line == " z[1]₁ = █"


def test_a_step_that_is_answered_is_shown_and_the_next_asked() -> None:
    keys = typed(practising(), "0.5", "1.1")
    assert keys.place == "sgd 1.1"
    assert "z[1]₂ 1.1: right. z[1] is done" in keys.screen()
    assert " a[1]₁ = █" in keys.press("right").screen()


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
def test_a_wrong_number_says_why_at_once_and_is_asked_again(size: tuple[int, int]) -> None:
    keys = typed(practising("delta2"), "0.5628")
    screen = keys.screen(*size)
    assert keys.place == "sgd 1.5"
    assert "0.5628 is wrong: y − ŷ instead of ŷ − y." in screen.splitlines()[-2]
    assert screen.splitlines()[-1] == " δ[2]₁ = █"
    assert "0.5628 is wrong. Likely: y − ŷ" in screen
    assert "The same number again keeps it." in keys.actions.frame().told


def test_hints_are_the_formula_then_the_numbers_put_in_then_the_number() -> None:
    keys = practising("a1").press("right")
    assert "a[1] = tanh(z[1])" in typed(keys, "?").screen().splitlines()[-2]
    said = typed(keys, "?").screen().splitlines()[-2]
    assert said.endswith("a[1]₁ = tanh 0.5")
    assert "0.46" not in keys.screen()
    said = typed(keys, "?").screen()
    assert "a[1]₁ = 0.4621, given." in said
    assert " a[1]₂ = █" in said


@pytest.mark.parametrize("run", ["worked-example", "momentum", "saturated-mse"])
def test_the_numbers_put_in_do_not_say_the_number(run: str) -> None:
    keys = practising("", run)
    c, practice = keys.context, keys.context.desk.practice
    assert practice is not None
    while practice.coming(c.history) is not None:
        if element := practice.asked(c.history):
            trace = c.history.trace(element.iteration)
            number = trace.number(element.symbol)
            asked = trace.known(element.symbol, number)[element.index].reshape(1)
            keys.session.go(practice.front)
            assert leaks(c.picture(), asked, put_in(c, element)) == [], element
            practice.give(c.history, element)


def test_an_empty_answer_and_escape_leave_the_prompt_as_it_is() -> None:
    for way in ("enter", "escape", "backspace"):
        keys = practising().press(f"right {way}")
        assert keys.context.dialog.prompt is None
        assert keys.place == "sgd 1.0"
        assert " z[1]₁ = █" in keys.press("right").screen()


def test_one_may_go_back_and_on_again_within_what_is_known_and_no_further() -> None:
    keys = typed(practising(), "0.5", "1.1").press("left")
    assert keys.place == "sgd 1.0"
    assert keys.press("9 right").place == "sgd 1.1"
    assert keys.context.dialog.prompt is None
    assert keys.press("9 right").place == "sgd 1.1"
    assert keys.context.dialog.prompt is not None


@pytest.mark.parametrize("name", [row.id for row in KEYS])
def test_a_key_does_what_is_allowed_or_says_that_practice_is_on(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a picture is a file
    keys = practising("a1").press("right escape")
    before = keys.place
    keys.run(name)
    refused = "Not while practice is on; “end practice” in the palette" in (
        keys.context.dialog.message
    )
    assert refused == (name not in (*ALLOWED, "next_step"))
    if name != "end_practice":
        assert keys.context.desk.practising
        assert keys.session.position <= Position(1, 1)
        assert "0.4621" not in keys.screen(200, 60)
    if refused:
        assert keys.place == before


def test_the_palette_opens_no_run_and_answers_no_question_meanwhile() -> None:
    keys = practising()
    keys.do(open_run, "xor")
    assert keys.session.spec.name == "worked-example"
    assert "Not while practice is on" in keys.context.dialog.message
    keys.do(ask_by_id, "gradient-of-output")
    assert "Not while practice is on" in keys.context.dialog.message


def test_at_the_end_a_summary_says_what_to_look_at_again() -> None:
    keys = typed(practising("delta2"), "0.5628", "-0.5628", "0.5628", "-0.5091", "0.5091")
    assert keys.place == "sgd 2.6"
    assert keys.context.shown.view.id == "practice"
    assert not keys.context.desk.practising


def test_the_summary_counts_and_names() -> None:
    keys = typed(practising("delta2"), "0.5628", "-0.5628", "?", "?", "?")
    keys.run("end_practice")
    for size in ((80, 24), (60, 20)):
        screen = keys.screen(*size)
        for said in ("1  right", "1  given", "1× y − ŷ instead of ŷ − y · δ[2]", ":delta2"):
            assert said in screen
    assert "open softmax-jacobian" in keys.screen()
    keys.press("q")
    keys.run("practice_summary")
    assert "Look at again" in keys.screen()


def saved(keys: Keyboard) -> Keyboard:
    """Another program that has resumed the session."""
    saver = Saver.named("mine")
    saver.save(snapshot(keys.context.desk), saver.next())
    saver.close()
    again = Keyboard()
    again.context.desk = open_saved(path_of("mine"), Text(), Budget()).desk
    return again


def test_while_practice_is_on_the_screen_is_closed_to_the_other_run() -> None:
    keys = Keyboard().press("7 right")
    assert "compare" in keys.screen(200, 60)
    keys.run("practice")
    keys.press("enter")
    assert "compare" not in keys.screen(200, 60)
    frame = keys.actions.frame()
    assert (frame.closed, frame.rival, frame.other_losses) == (True, None, None)
    keys.run("end_practice")
    keys.press("q")
    assert "compare" in keys.screen(200, 60)


def test_the_summary_is_kept_wherever_the_reader_goes_after_it() -> None:
    keys = typed(practising("delta2"), "0.5628").press("escape")
    keys.run("end_practice")
    again = saved(keys.press("q o 9 right"))
    assert again.place == "adam 1.14"
    assert not again.context.desk.practising
    again.run("practice_summary")
    assert "1× y − ŷ instead of ŷ − y" in again.screen()


def test_practice_is_not_on_where_a_file_says_that_more_is_known() -> None:
    keys = typed(practising("delta2"), "0.5628").press("escape")
    keys.session.go(Position(1, 9))
    assert not saved(keys).context.desk.practising


def test_practice_is_saved_with_the_session_and_goes_on() -> None:
    keys = typed(practising("delta2, db2"), "0.5628", "0.5628").press("escape")
    again = saved(keys)
    assert again.context.desk.practising
    assert again.place == "sgd 1.5"
    assert " δ[2]₂ = █" in again.press("right").screen()
    typed(again, "0.5628")
    assert "0.5628: right from your own figures." in typed(again, "0.5628").screen()


def test_what_was_left_off_is_gone_on_with() -> None:
    keys = typed(practising(), "0.5").press("escape")
    keys.run("end_practice")
    keys.press("q")
    keys.run("practice")
    keys.press("enter")
    assert " z[1]₂ = █" in keys.press("right").screen()


def test_what_cannot_be_practised_is_said_and_asked_again() -> None:
    keys = practising("dW9")
    assert "dW9: no phase and no symbol of this run" in keys.context.dialog.message
    assert keys.context.dialog.prompt is not None
    keys = Keyboard()
    keys.run("end_practice")
    assert "no practice" in keys.context.dialog.message
    keys.run("practice_summary")
    assert "Nothing has been practised yet" in keys.screen()


def test_a_whole_vector_can_be_typed_in_one_line() -> None:
    keys = typed(practising(), "0.5 1.1")
    assert keys.place == "sgd 1.1"
    assert "z[1] 0.5 1.1: right. z[1] is done" in keys.screen()
    typed(keys, "0.4621 0.9")
    assert keys.screen().splitlines()[-1] == " a[1]₂ = █"
    assert "0.9 is wrong" in keys.screen()
    assert "a[1]₁ 0.4621: right." in keys.actions.frame().told
    typed(keys, "0.8005 0.1")
    assert "These are 2 numbers; of a[1] 1 is asked." in keys.screen()
    keys.press("ctrl+u")
    typed(keys, "0.8005", "0.6 0.8")
    assert keys.screen().splitlines()[-1] == " z[2]₁ = █"
    assert "2 of 2 are wrong." in keys.screen()
    typed(keys, "0.7114", "0.9639")
    assert keys.place == "sgd 1.3"


def test_of_a_vector_that_is_rough_what_is_right_is_kept() -> None:
    keys = typed(practising("z2"), "0.7114 1")
    assert keys.screen().splitlines()[-1] == " z[2]₂ = █"
    assert "1 is right as far as it goes" in keys.actions.frame().told
