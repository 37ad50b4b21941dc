"""What the driver asks of a terminal."""

from __future__ import annotations

import shutil
import termios
import tty
from os import terminal_size as size
from typing import Any

from tui.screen import driver

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
    assert (now[tty.OFLAG], now[tty.CFLAG]) == (ALL, ALL)
    special = {i: each for i, each in enumerate(now[tty.CC]) if each != b"\x09"}
    assert special == {termios.VMIN: 1, termios.VTIME: 0}
    assert before == [ALL, ALL, ALL, ALL, 13, 13, [b"\x09"] * 32]


def test_an_absurd_size_is_drawn_as_far_as_it_goes(monkeypatch):
    for given in ((80, 24), (99_999, 24), (80, 99_999)):
        monkeypatch.setattr(shutil, "get_terminal_size", lambda given=given: size(given))
        most = driver.MOST_CELLS
        assert driver.terminal_size() == tuple(min(side, most) for side in given)
