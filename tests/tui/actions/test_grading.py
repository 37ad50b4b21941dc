"""A graded sheet on the screen: its figures at each step, its slips as stops."""

import pytest

from engine.history.position import Position
from engine.session.lesson import Lesson
from tests.tui.keyboard import Keyboard
from tui.actions.dialog import Count
from tui.actions.files import open_run
from tui.actions.grading import ask

SHEET = """z1 = 0.5, 1.1
ŷ = 0.4372, 0.5628
δ2 = 0.5628, -0.5628
dW2 = [[0.2601, 0.4505], [-0.2601, -0.4505]]
new W2 = [[0.2399, 0.1495], [0.9601, 1.2505]]
"""


@pytest.fixture
def keyboard(tmp_path):
    path = tmp_path / "sheet.txt"
    path.write_text(SHEET, "utf-8")
    keyboard = Keyboard()
    ask(keyboard.context, Count())
    keyboard.type(str(path)).press("enter")
    return keyboard


def test_grading_goes_to_the_first_slip_and_says_how_many_there_are(keyboard):
    assert keyboard.session.position == Position(1, 6)
    assert keyboard.session.selection.symbol == "delta2"
    screen = keyboard.screen(80, 24)
    assert "sheet slip · 0.5628" in screen
    assert "y − ŷ instead of ŷ − y" in screen
    assert "4 right, 4 carried, 6 slips" in keyboard.context.dialog.message


def test_two_keys_go_through_the_slips_from_wherever_the_reader_stands(keyboard):
    assert keyboard.press(".").session.selection.element == 1
    assert keyboard.press(".").session.position == Position(1, 14)
    assert keyboard.press(",").session.position == Position(1, 6)
    keyboard.press("g .")
    assert keyboard.session.position == Position(1, 6)
    keyboard.press("G ,")
    assert keyboard.session.position == Position(1, 6)
    assert keyboard.session.selection.element == 1
    keyboard.press("4 .")
    assert keyboard.session.position == Position(1, 14)
    assert keyboard.session.selection.element == 3
    keyboard.press(".")
    assert "past the last slip" in keyboard.context.dialog.message


def test_a_step_shows_the_sheet_s_figures_beside_the_true_ones(keyboard):
    keyboard.press("g right")
    assert "sheet right · 0.5  1.1" in keyboard.screen(80, 24)
    keyboard.press("right")
    assert "sheet" not in keyboard.screen(80, 24)  # it has no a[1]
    keyboard.press(": 1 . 7 enter")
    assert "sheet carried" in keyboard.screen(120, 40)


def test_another_branch_is_not_what_the_sheet_was_graded_against(keyboard):
    keyboard.press("o")
    assert "sheet" not in keyboard.screen(80, 24)


def test_what_is_no_sheet_is_said_and_the_prompt_stays(keyboard, tmp_path):
    ask(keyboard.context, Count())
    keyboard.type(str(tmp_path / "none")).press("enter")
    assert "no such file" in keyboard.context.dialog.message
    assert keyboard.context.dialog.prompt is not None


def test_without_anything_open_the_keys_say_so():
    keyboard = Keyboard()
    keyboard.session.notes.made = Lesson()
    keyboard.press(".")
    assert "Nothing is open" in keyboard.context.dialog.message


def test_the_slips_of_a_branch_that_is_deleted_are_not_gone_to(tmp_path):
    path = tmp_path / "sheet.txt"
    path.write_text("z1 = 0.7, 1.1\n", "utf-8")
    keyboard = Keyboard().press("right right")
    session = keyboard.session
    edited = session.edit("W1", (0, 0), 0.5, "edited")
    number = next(n for n, branch in session.branches.items() if branch is edited)
    session.go(session.position, number)
    ask(keyboard.context, Count())
    keyboard.type(str(path)).press("enter")
    session.go(Position(), 0)
    session.delete(number)
    keyboard.press(".")
    assert "has been deleted" in keyboard.context.dialog.message
    assert keyboard.place == "sgd 1.0"


def test_an_exercise_is_opened_and_read_again_as_any_run():
    keyboard = Keyboard().do(open_run, "exercise:#17")
    assert keyboard.session.spec.name == "exercise:2-2-2,tanh,cross_entropy,sgd,n2,#17"
    weights = keyboard.session.spec.layers[0].W.tolist()
    assert keyboard.run("reload").session.spec.layers[0].W.tolist() == weights
    keyboard.do(open_run, "exercise:softmaks")
    assert "the nearest is softmax" in keyboard.context.dialog.message
