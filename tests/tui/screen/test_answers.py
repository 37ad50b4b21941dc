"""What a terminal is asked for, and that none of its answers comes to who reads next."""

from __future__ import annotations

import os
from threading import Timer
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest

from tests.tui.screen.test_terminal import after, ended
from tests.tui.terminals import Program
from tui.screen import answers
from tui.screen.answers import ASK_GROUND, ASK_WIDTH, Answers, is_light, knows_ground
from tui.screen.pictures import ANSWER
from tui.text.format import Text

NARROW, WIDE = "\x1b[2;4R", "\x1b[2;7R"
WHITE, BLACK = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\", "\x1b]11;rgb:0000/0000/0000\x07"


def pictures(sent: int, answers: bool) -> Any:
    return SimpleNamespace(sent=sent, answers=answers)


def test_the_width_is_asked_once_and_one_answer_is_taken():
    asked = Answers(width=True, ground=False)
    assert asked.width(WIDE) is None  # nobody has asked
    assert asked.begin() == ASK_WIDTH
    assert asked.width("\x1b[1;6R") is None  # Shift+Ctrl+F3
    assert asked.width(WIDE) == 3
    assert asked.width(WIDE) is None
    assert asked.begin() == ""


def test_it_is_not_asked_where_it_does_not_matter():
    asked = Answers(width=False, ground=False)
    assert asked.begin() == ""
    assert asked.width(WIDE) is None


def test_a_terminal_that_leaves_the_first_question_out_has_said_no_more_to_it():
    asked = Answers(width=True, ground=False)
    asked.begin()
    asked.drawn()
    assert asked.width(WIDE) is None
    narrow = Answers(width=True, ground=False)
    narrow.begin()
    assert narrow.width(NARROW) == 0


def test_the_ground_is_asked_for_once_before_the_width_and_its_answer_may_come_late():
    asked = Answers(width=True, ground=True)
    assert asked.light(WHITE) is None  # nobody has asked
    assert asked.begin() == ASK_GROUND + ASK_WIDTH
    assert asked.width(NARROW) == 0
    asked.drawn()
    assert (asked.light(WHITE), asked.light(BLACK)) == (True, False)
    assert asked.light("\x1b[1;6R") is None
    assert asked.begin() == ""


@pytest.mark.parametrize(
    ("colour", "light"),
    [
        ("ffff/ffff/ffff", True),
        ("fdfd/f6f6/e3e3", True),  # Solarized
        ("00/2b/36", False),
        ("8/8/8", True),
        ("7/7/7", False),
        ("00/ff/00", True),
        ("ff/00/ff", False),
        ("0000/0000/ffff/ffff", False),
        ("ff/ff", None),
        ("fffff/ff/ff", None),
        ("//", None),
    ],
)
def test_a_ground_is_light_where_dark_text_is_to_be_read(colour, light):
    assert is_light(colour) is light


def test_a_terminal_that_would_print_the_question_is_not_asked():
    assert [knows_ground({"TERM": term}) for term in ("xterm", "screen-256color", "linux")] == [
        True,
        True,
        False,
    ]
    assert knows_ground({})


@pytest.fixture
def pipe():
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


@pytest.mark.parametrize(
    ("asks", "drawn", "sent", "coming"),
    [
        ("width", 0, 0, NARROW),
        ("width", 0, 1, NARROW + ANSWER),
        ("width", 0, 2, ANSWER + "x" + ANSWER),
        ("", 0, 1, ANSWER),
        ("", 3, 4, ANSWER),
        ("ground", 0, 0, WHITE),
        ("ground", 0, 1, ANSWER),
        ("ground width", 0, 0, WHITE + NARROW),
        ("ground width", 0, 0, NARROW),
        ("ground width", 0, 1, WHITE + NARROW + ANSWER),
    ],
)
def test_answers_under_way_are_waited_for_until_all_have_come(
    monkeypatch, pipe, asks, drawn, sent, coming
):
    for name in ("FIRST_SECONDS", "LAST_SECONDS"):
        monkeypatch.setattr(answers, name, 60)
    reader, writer = pipe
    cut = len(coming) // 2  # they come in pieces
    os.write(writer, coming[:cut].encode())
    later = Timer(0.02, os.write, (writer, coming[cut:].encode()))
    later.start()
    asked = Answers(width="width" in asks, ground="ground" in asks)
    asked.begin()
    for _ in range(drawn):
        asked.drawn()
    asked.hear_out(reader, pictures(sent, bool(drawn)))
    later.join()
    os.write(writer, b"typed")
    assert os.read(reader, 99) == b"typed"


def test_who_answers_nothing_is_waited_for_once_and_in_the_first_second_alone(monkeypatch, pipe):
    monkeypatch.setattr(answers, "LAST_SECONDS", 0.05)
    for first, known, seconds in (
        (0.04, False, 0.04),
        (60, False, 0.05),
        (0, True, 0.05),
        (0, False, 0),
    ):
        monkeypatch.setattr(answers, "FIRST_SECONDS", first)
        asked = Answers(width=True, ground=False)
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


@pytest.mark.terminal
def test_on_a_light_ground_the_theme_is_light():
    with Program(TERM="xterm-256color", COLORTERM=None) as program:
        program.until(lambda: ASK_GROUND.encode() in program.output)
        program.send("n" + WHITE + "n").until(after("n", "n"))
        program.until(lambda: b"48;5;231m" in program.output)
        assert ended(program, "q") == 0
