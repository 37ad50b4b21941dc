"""The pages that answer: why, where from, gradient check, nudge."""

import pytest

from engine.analysis.questions import QUESTIONS
from tests.tui.keyboard import Keyboard

# -- why -------------------------------------------------------------------------------------------


def test_the_questions_of_the_step_stand_first_and_enter_answers():
    keys = Keyboard().press("9 right ;")
    page = keys.screen(80, 24)
    assert " 1 [The hidden error: with the old or the new weights?]" in page
    assert "0.5260·(−0.5628) + 0.6740·0.5628 = 0.0833" in keys.press("enter").screen(80, 24)
    assert "This step raises" in keys.press("enter").screen(80, 24)
    assert "why" not in keys.press("q").screen(80, 24)


def test_a_number_before_enter_chooses_any_question_from_the_start():
    keys = Keyboard().press(";")
    listed = keys.screen(80, 60).splitlines()
    (line,) = (line for line in listed if "What is δ?" in line)
    number = line.split()[0]
    assert "δ[2]₁ is ∂L/∂z[2]₁" in keys.press(f"{' '.join(number)} enter").screen(80, 24)


def test_words_find_a_question():
    keys = Keyboard().press("; /").type("bias").press("enter")
    assert "How does a bias get its gradient?" in keys.screen(80, 24)
    keys = Keyboard().press("; /").type("giraffe").press("enter")
    assert "no question has these words" in keys.screen(80, 24)


def test_an_answer_follows_the_reader():
    keys = Keyboard().press("9 right ; enter")
    first = keys.screen(80, 24)
    later = keys.press("t").screen(80, 24)
    assert "with the old or the new weights?" in later
    assert first != later


def test_it_leads_to_where_more_is_to_be_seen():
    keys = Keyboard().press("5 right ; /").type("transposed").press("enter g")
    assert keys.place == "sgd 1.9"


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_question_fits_a_screen_of_any_size(name):
    keys = Keyboard().press("6 right ; /").type(name).press("enter")
    for width, height in ((60, 20), (80, 24), (120, 40)):
        assert len(keys.screen(width, height).splitlines()) == height


def test_a_run_opened_by_name_stands_where_it_teaches_something():
    keys = Keyboard().run("open").type("dead-unit").press("enter")
    assert keys.place == "sgd 1.11"
    assert "Why is this unit dead" in keys.press(";").screen(80, 24)


# -- where from ------------------------------------------------------------------------------------


def test_an_operand_unfolds_into_the_iteration_before_and_folds_again():
    opened = Keyboard().press("t t right enter j enter").screen(80, 40)
    assert "⊟[z[1]₁" in opened
    assert "2.16" in opened
    keys = Keyboard().press("t t right enter j enter enter")
    assert "⊞[z[1]₁" in keys.screen(80, 40)


def test_a_key_goes_to_a_number_and_u_comes_back():
    keys = Keyboard().press("7 right enter j g")
    assert keys.place == "sgd 1.6"
    assert keys.session.selection.symbol == "delta2"
    assert keys.press("u").place == "sgd 1.7"


def test_what_is_not_computed_yet_has_no_number():
    page = Keyboard().press("7 right enter").screen(80, 30)
    assert "W[2]₁₁: W[2] ← W[2] − η·∂L/∂W[2]" in page
    assert "0.5260" not in page


def test_all_of_a_long_page_can_be_read():
    keys = Keyboard().press("t t t right enter j enter")
    assert "f′[1] = 1 − a[1]²" not in keys.screen(80, 16)
    assert "f′[1] = 1 − a[1]²" in keys.press("2 0 j 2 0 j").screen(80, 16)


# -- gradient check --------------------------------------------------------------------------------


def test_a_gradient_is_checked_and_its_whole_layer():
    keys = Keyboard().press("7 right =")
    assert "The two agree: relative error" in keys.screen(80, 24)
    assert "more line" not in keys.screen(80, 24)
    assert "Layer 2: All 6 agree" in keys.press("enter").screen(80, 24)
    keys = Keyboard("saturated-mse").type(":dyhat").press("enter = enter")
    assert "Layer 2: All 6 agree" in keys.screen(80, 24)


def test_what_is_no_gradient_says_so():
    assert "is no gradient and has none" in Keyboard().press("5 right =").screen(80, 24)


def test_a_layer_of_a_large_net_is_checked_beside_the_screen():
    keys = Keyboard("digits").press("2 0 right = enter")
    job = keys.job
    assert job.what == "checking layer 1"
    asked = iter([False, False])
    assert job.run(lambda: next(asked, True)) is None


# -- nudge -----------------------------------------------------------------------------------------


def test_a_nudged_number_moves_the_loss_at_once_and_makes_no_branch():
    keys = Keyboard().press("5 right h h k > >")
    branches = len(keys.session.branches)
    keys = Keyboard().press("k k >")
    page = keys.screen(80, 24)
    assert "→" in page
    assert "L by its gradient alone" in page
    assert len(keys.session.branches) == branches
    assert keys.press("<").screen(80, 24).count("+0.0000") >= 1


def test_a_count_goes_further_and_enter_makes_a_branch():
    keys = Keyboard()
    keys.session.selection = keys.session.selection.__class__("W1", 1)
    page = keys.press("5 >").screen(80, 24)
    assert "W[1]₁₂: 0.2 → 0.25" in page
    keys.press("enter")
    assert keys.session.trace.known("W1", 0)[0, 1] == 0.25


def test_what_is_computed_makes_no_branch():
    keys = Keyboard().press("3 right >")
    assert "only parameters and inputs make a branch" in keys.press("enter").screen(80, 24)
    assert "is not changed by itself" in Keyboard().press("7 right >").screen(80, 24)


# -- ways ------------------------------------------------------------------------------------------


def test_the_ways_of_a_gradient_add_up_and_one_is_marked_in_the_network():
    keys = Keyboard().press("1 2 right l *")
    page = keys.screen(80, 24)
    assert "[x₂·f′[1]₁·W[2]₂₁·δ[2]₂ = 2·0.78645·0.7·0.56280 = 0.6197]" in page
    assert "all of them = 0.619655 − 0.442611 = 0.1770" in page
    keys.press("j enter")
    frame = keys.actions.frame()
    assert {symbol: set(places) for symbol, places in frame.operands.items()} == {
        "x": {(0, 1)}, "fprime1": {(0, 0)}, "W2": {(0, 0)}, "delta2": {(0, 0)},
    }  # fmt: skip
    assert "x" not in keys.press("right").actions.frame().operands


def test_what_has_no_ways_says_so():
    assert "is no gradient and has none" in Keyboard().press("5 right *").screen(80, 24)


def test_nothing_is_remembered_of_a_run_that_is_gone():
    keys = Keyboard().press("7 right enter * enter")
    memory = keys.context.shown.memory
    keys.run("open").type("xor").press("enter")
    assert keys.context.shown.memory is not memory
    assert keys.context.shown.way is None


@pytest.mark.parametrize("name", ["picture_as", "save_run", "grade", "against_a_record"])
def test_a_home_of_nobody_is_said_and_the_question_stays(name):
    keys = Keyboard()
    keys.run(name).type("~no-such-user-here/x.svg").press("enter")
    dialog = keys.context.dialog
    assert dialog.message == "~no-such-user-here/x.svg: ~ names a user that is not there."
    assert dialog.error
    assert dialog.prompt
