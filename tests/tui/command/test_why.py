"""--why: the questions at a place, and answers, as text and JSON."""

import json

from engine.analysis.questions import QUESTIONS
from tests.tui.command.test_whence import printed, refused


def test_the_questions_of_a_step_come_first(capsys):
    lines = printed(capsys, "--why", "--goto", "1.9")
    assert lines[0] == "This step raises"
    assert lines[1].strip() == "1  The hidden error: with the old or the new weights?"
    assert len(lines) == len(QUESTIONS) + 2
    assert "All others" in lines


def test_words_choose_one_that_is_answered_with_the_numbers(capsys):
    lines = printed(capsys, "--goto", "1.9", "--why", "old", "or", "new")
    assert lines[0] == "The hidden error: with the old or the new weights?"
    old = "  ∂L/∂a[1]₁ with the old W[2] = 0.5·(−0.5628) + 0.7·0.5628 = 0.1126"
    assert old in lines
    assert "  new − old = 0.0833 − 0.1126 = −0.0293" in lines
    assert lines[-1] == "More: :da1"


def test_what_cannot_be_answered_says_what_is_missing(capsys):
    lines = printed(capsys, "--why", "momentum")
    assert lines[2].startswith("This optimizer remembers no sum of gradients")


def test_json_has_the_same(capsys):
    found = [json.loads(line) for line in printed(capsys, "--why", "--json", "--goto", "1.9")]
    assert next(each["question"] for each in found if each["raised"]) == "old-or-new"
    assert {each["question"] for each in found} == set(QUESTIONS)
    (one,) = printed(capsys, "--json", "--why", "bias", "gradient", "--goto", "1.8")
    answer = json.loads(one)
    assert answer["question"] == "bias"
    assert any("∂L/∂b[2]₁ = −0.5628·1 = −0.5628" in line for line in answer["lines"])


def test_words_of_no_question_are_one_sentence(capsys):
    said = refused(capsys, "--why", "giraffe")
    assert said.startswith("gradstep: --why giraffe: no question has these words.")


def test_in_ascii(capsys):
    for question in QUESTIONS:
        assert all(line.isascii() for line in printed(capsys, "--ascii", "--why", question))
