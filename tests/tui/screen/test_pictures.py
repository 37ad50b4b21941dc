"""Pictures are sent as fast as the terminal draws them, and the last one always comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
from rich.console import Console
from rich.segment import Segment
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tui.screen.canvas import Canvas
from tui.screen.looks import PLAIN, look_of
from tui.screen.pictures import (
    ASK,
    BEGIN,
    END,
    EVERY_SECONDS,
    HOLD_SECONDS,
    PATIENCE_SECONDS,
    Pictures,
    proxied,
)


class Clock:
    """A loop whose time the test makes pass."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waiting: list[tuple[float, Callable[[], None], Any]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, done: Callable[[], None]) -> Any:
        handle = Mock()
        self.waiting.append((self.now + seconds, done, handle))
        return handle

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while due := sorted((at for at, _, _ in self.waiting if at <= end)):
            self.now = due[0]
            ready = [each for each in self.waiting if each[0] <= self.now]
            self.waiting = [each for each in self.waiting if each[0] > self.now]
            for _, done, handle in ready:
                if not handle.cancel.called:
                    done()
        self.now = end


class Line:
    """Pictures to a terminal that notes what it gets."""

    def __init__(self, **environ: str) -> None:
        self.got: list[str] = []
        self.full = False
        canvas = Canvas(True)
        canvas.fit(10, 1)
        self.clock = Clock()
        loop: Any = self.clock
        self.caret: tuple[int, int] | None = None
        self.pictures = Pictures(
            loop, canvas, self.got.append, lambda: self.full, environ, lambda: self.caret
        )

    def show(self, text: str) -> None:
        self.pictures.canvas.put(0, 0, [(text, PLAIN)])
        self.pictures.draw()

    def answering(self) -> None:
        """The terminal has answered once."""
        self.show("?")
        self.pictures.answered()
        self.got.clear()


def test_one_is_under_way_and_those_meanwhile_come_as_one() -> None:
    line = Line()
    line.answering()
    for text in "abc":
        line.show(text)
    assert len(line.got) == 1
    assert line.got[0].endswith("a" + ASK)
    line.pictures.answered()
    assert [got[-len(ASK) - 1] for got in line.got] == ["a", "c"]
    line.pictures.answered()
    line.pictures.answered()  # to nothing
    line.show("c")
    assert len(line.got) == 2
    line.show("d")
    assert len(line.got) == 3


def test_what_is_as_it_was_is_not_sent() -> None:
    line = Line()
    line.answering()
    line.show("?")
    line.pictures.whole = True
    line.show("?")
    assert line.got == []
    line.show("!")
    assert line.got == ["\x1b[?2026h\x1b[1H!\x1b[?2026l" + ASK]


def test_the_cursor_goes_with_a_picture_and_stands_where_it_is_when_that_is_sent() -> None:
    line = Line()
    line.caret = (3, 0)
    line.answering()
    line.show("!")
    line.caret = (5, 0)
    line.show("?")
    line.caret = (7, 0)
    line.pictures.answered()
    assert line.got == ["\x1b[1H!\x1b[2C" + ASK, "\x1b[1H?\x1b[6C" + ASK]


@pytest.mark.parametrize("environ", [{}, {"TMUX": "/tmp/x"}, {"TERM": "screen-256color"}])
def test_without_an_answer_of_its_own_by_time(environ: dict[str, str]) -> None:
    line = Line(**environ)
    line.show("a")
    if environ:
        line.pictures.answered()
    for text in "bcd":
        line.show(text)
    assert len(line.got) == 1
    line.clock.wait(EVERY_SECONDS * 1.1)
    assert [got[-len(ASK) - 1] for got in line.got] == ["a", "d"]
    if environ:
        line.pictures.answered()
    line.clock.wait(EVERY_SECONDS)
    line.show("e")
    assert len(line.got) == 3


def test_an_answer_that_is_lost_is_not_waited_for_for_ever() -> None:
    line = Line()
    line.answering()
    line.show("a")
    line.show("b")
    assert len(line.got) == 1
    line.clock.wait(PATIENCE_SECONDS)
    assert len(line.got) == 2
    line.pictures.begin()
    line.show("c")
    line.clock.wait(PATIENCE_SECONDS)
    assert "c" in line.got[-1]


def test_a_terminal_that_has_not_taken_the_last_one_gets_no_more() -> None:
    line = Line()
    line.answering()
    line.full = True
    line.show("a")
    line.clock.wait(0.2)
    assert line.got == []
    line.full = False
    line.clock.wait(0.2)
    assert len(line.got) == 1


def test_what_draws_nothing_is_sent_between_pictures() -> None:
    line = Line()
    line.answering()
    line.pictures.whole = True
    line.pictures.beside("\x1b]52;c;MA==\x07")
    assert line.got == ["\x1b]52;c;MA==\x07" + ASK]
    line.show("a")
    line.pictures.beside("\x1b]52;c;MQ==\x07")
    line.pictures.beside("\x1b]52;c;Mg==\x07")
    assert len(line.got) == 1  # the first is still under way
    line.pictures.answered()
    both = "\x1b]52;c;MQ==\x07\x1b]52;c;Mg==\x07"
    assert line.got[1:] == [f"{both}{BEGIN}\x1b[1Ha{END}{ASK}"]
    line.pictures.answered()
    assert len(line.got) == 2


def test_what_is_made_in_several_parts_is_one_picture() -> None:
    line = Line()
    line.answering()
    line.pictures.hold()
    line.show("a")
    line.pictures.hold()
    line.show("ab")
    assert line.got == []
    line.pictures.release()
    line.pictures.release()
    assert line.got == ["\x1b[1Hab" + ASK]
    line.pictures.answered()
    line.pictures.hold()
    line.show("c")
    line.clock.wait(HOLD_SECONDS)  # whoever should have released it has not
    assert len(line.got) == 2


def test_no_colour_is_no_colour_but_reverse_stays() -> None:
    for line, given, shown in (
        (Line(NO_COLOR="1"), "1;7;38;5;80;48;5;233", "1;7"),
        (Line(), "31", "31"),
    ):
        code = line.pictures.canvas.code
        assert line.pictures._codes[given] == code(look_of(shown)) != code(PLAIN)


def test_who_stands_in_between() -> None:
    assert not proxied({"TERM": "xterm-256color", "TMUX": ""})
    for name in ("TMUX", "STY", "ZELLIJ"):
        assert proxied({"TERM": "xterm", name: "x"})
    assert proxied({"TERM": "tmux-256color"})


def update(text: str, width: int) -> Any:
    return LayoutUpdate([[Strip([Segment(text)])]], Region(0, 0, width, 1))


def test_where_only_ascii_is_shown_whatever_widgets_draw_is_ascii() -> None:
    for ascii in (False, True):
        line = Line()
        line.pictures.ascii = ascii
        line.pictures.take(update("▔ δ", 10), (10, 1), Console())
        line.clock.wait(1)
        assert ("- d" if ascii else "▔ δ") in "".join(line.got)
