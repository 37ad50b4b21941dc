"""What a terminal is asked for, and that none of its answers comes to who reads next."""

from __future__ import annotations

import os
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest

from tests.tui.screen.test_terminal import after, ended
from tests.tui.terminals import Program
from tui.screen import answers
from tui.screen.answers import ASK_WIDTH, Answers
from tui.screen.pictures import ANSWER
from tui.text.format import Text

NARROW, WIDE = "\x1b[2;4R", "\x1b[2;7R"


def pictures(sent: int, answers: bool) -> Any:
    return SimpleNamespace(sent=sent, answers=answers)


def test_the_width_is_asked_once_and_one_answer_is_taken():
    asked = Answers(width=True)
    assert asked.width(WIDE) is None  # nobody has asked
    assert asked.begin() == ASK_WIDTH
    assert asked.width("\x1b[1;6R") is None  # Shift+Ctrl+F3
    assert asked.width(WIDE) == 3
    assert asked.width(WIDE) is None
    assert asked.begin() == ""


def test_it_is_not_asked_where_it_does_not_matter():
    asked = Answers(width=False)
    assert asked.begin() == ""
    assert asked.width(WIDE) is None


def test_a_terminal_that_leaves_the_first_question_out_has_said_no_more_to_it():
    asked = Answers(width=True)
    asked.begin()
    asked.drawn()
    assert asked.width(WIDE) is None
    narrow = Answers(width=True)
    narrow.begin()
    assert narrow.width(NARROW) == 0


@pytest.fixture
def pipe():
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


@pytest.mark.parametrize(
    ("width", "drawn", "sent", "coming"),
    [
        (True, 0, 0, NARROW),
        (True, 0, 1, NARROW + ANSWER),
        (True, 0, 2, ANSWER + "x" + ANSWER),
        (False, 0, 1, ANSWER),
        (False, 3, 4, ANSWER),
    ],
)
def test_answers_under_way_are_waited_for_until_all_have_come(
    monkeypatch, pipe, width, drawn, sent, coming
):
    for name in ("FIRST_SECONDS", "UNSURE_SECONDS", "LAST_SECONDS"):
        monkeypatch.setattr(answers, name, 60)
    reader, writer = pipe
    os.write(writer, coming.encode())
    asked = Answers(width=width)
    asked.begin()
    for _ in range(drawn):
        asked.drawn()
    asked.hear_out(reader, pictures(sent, bool(drawn)))
    os.write(writer, b"typed")
    assert os.read(reader, 99) == b"typed"


def test_who_answers_nothing_is_waited_for_once_and_in_the_first_second_alone(monkeypatch, pipe):
    monkeypatch.setattr(answers, "LAST_SECONDS", 0.05)
    for first, known, seconds in ((0.05, False, 0.05), (0, True, 0.05), (0, False, 0)):
        monkeypatch.setattr(answers, "FIRST_SECONDS", first)
        asked = Answers(width=True)
        asked.begin()
        start = monotonic()
        asked.hear_out(pipe[0], pictures(3, known))
        assert seconds * 0.9 <= monotonic() - start < 5
        monkeypatch.setattr(answers, "FIRST_SECONDS", 60)
        asked.hear_out(pipe[0], pictures(3, known))
        assert asked.width(WIDE) is None


@pytest.mark.terminal
@pytest.mark.parametrize("answer", [NARROW, WIDE])
def test_where_characters_are_wide_ascii_is_drawn(answer):
    with Program() as program:
        program.until(lambda: ASK_WIDTH.encode() in program.output)
        program.send(answer)
        text = Text(ascii=answer == WIDE)
        program.until(after(text=text)).send("n" + answer).until(after("n", text=text))
        program.send("?").until("close").send("q")
        program.until(after("n", text=text))
        assert ended(program, "q") == 0
