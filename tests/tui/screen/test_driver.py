"""What the driver asks of a terminal."""

from __future__ import annotations

import os
import shutil
import termios
import tty
from collections.abc import Sequence
from os import terminal_size as size
from typing import Any
from unittest.mock import Mock, call

import pytest

from tui.screen import driver
from tui.screen.answers import Answers
from tui.screen.driver import TerminalDriver
from tui.screen.tokens import Pasted, Pointed

ALL = 0xFFFFFFFF
UNSEEN = ("ECHO", "ICANON", "IEXTEN", "ISIG")
AS_IT_IS = ("IXON", "IXOFF", "ICRNL", "INLCR", "IGNCR")


def test_every_key_is_handed_on_as_it_is_and_nothing_else_changes():
    before: list[Any] = [ALL, ALL, ALL, ALL, 13, 13, [b"\x09"] * 32]
    now = driver.raw(before)
    unseen = sum(getattr(termios, name) for name in UNSEEN)
    as_it_is = sum(getattr(termios, name) for name in AS_IT_IS)
    assert ALL & ~now[tty.LFLAG] == unseen
    assert ALL & ~now[tty.IFLAG] == as_it_is
    assert ALL & ~now[tty.OFLAG] == termios.OPOST  # a line feed stays in its column
    assert now[tty.CFLAG] == ALL
    special = {i: each for i, each in enumerate(now[tty.CC]) if each != b"\x09"}
    assert special == {termios.VMIN: 1, termios.VTIME: 0}
    assert before == [ALL, ALL, ALL, ALL, 13, 13, [b"\x09"] * 32]


class Owner:
    """Notes what a driver says."""

    def __init__(self) -> None:
        self.said: list[Any] = []

    def leaves(self, key: str, character: str | None) -> bool:
        return key == "ctrl+c"

    def arrived(self, what: Sequence[Any]) -> None:
        for each in what:
            match each:
                case Pasted():
                    self.said.append(each.text)
                case Pointed():
                    self.said.append((each.x, each.y, each.wheel))
                case _:
                    self.said.append(each[0])

    def leave(self, status: int) -> None:
        self.said.append(status)

    def failed(self, error: BaseException) -> None:
        self.said.append(error)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (b"", [129]),
        (b"n\x1b[C", ["n", "right", 129]),
        (b"n\x1b[0nn", ["n", "n", 129]),
        (b"nnn\x03n", ["n", "n", "n", 0]),
        (b"n\x1b]11;rgb:ff/ff/ff\x07n\x1b]11;rgb:ff/", ["n", "n", 129]),
        (b"\x1b[200~a\xffb\x1b[201~\x1b[?2026;2$y?", ["ab", "question_mark", 129]),
        (b"\x1b[<0;3;5M\x1b[<0;3;5mn\x1b[<65;1;1M", ["n", 129]),
    ],
)
def test_what_is_typed_arrives_and_whoever_is_gone_is_left(typed: bytes, said: list[Any]) -> None:
    assert heard(typed, mouse=False) == said


def test_a_mouse_is_heard_where_it_is_wanted() -> None:
    typed = b"\x1b[<0;3;5M\x1b[<0;3;5mn\x1b[<65;1;1M\x1b[<64;100;1M"
    assert heard(typed, mouse=True) == [(2, 4, 0), "n", (0, 0, 1), (99, 0, -1), 129]


def heard(typed: bytes, mouse: bool) -> list[Any]:
    """What the owner is told of what a terminal sends."""
    reader, writer = os.pipe()
    stop, stopping = os.pipe()
    os.write(writer, typed)
    os.close(writer)
    owner: Any = Owner()
    made = TerminalDriver.__new__(TerminalDriver)
    made._stdin, made._owner = reader, owner
    made._home = made._screen_app = made.pictures = Mock()
    made._answers, made._has_mouse = Answers(width=False, ground=False), mouse
    made._read(stop)
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(stop)
    os.close(stopping)
    os.close(reader)
    return list(owner.said)


@pytest.mark.parametrize(("beyond", "widened"), [(None, 0), (0, 0), (1, 1), (2, 1)])
def test_a_terminal_that_draws_more_cells_than_one_is_given_others(
    beyond: int | None, widened: int
) -> None:
    owner: Any = Owner()
    made = TerminalDriver.__new__(TerminalDriver)
    made._owner, made._has_mouse = owner, False
    made._home = home = Mock()
    made._answers = Mock(width=lambda _token: beyond)
    assert made._take(["\x1b[1;3R"])
    assert home.call_soon_threadsafe.call_args_list == [call(made._widened)] * widened
    assert owner.said == []


def test_an_absurd_size_is_drawn_as_far_as_it_goes(monkeypatch):
    for given in ((80, 24), (99_999, 24), (80, 99_999)):
        monkeypatch.setattr(shutil, "get_terminal_size", lambda given=given: size(given))
        most = driver.MOST_CELLS
        assert driver.terminal_size() == tuple(min(side, most) for side in given)
