"""What is sent shows what is wanted, whatever was there; and it is what has changed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.cells import Screen, Style, seen
from tui.screen.canvas import Canvas, split
from tui.screen.looks import PLAIN, Look, change, look_of, of_blank
from tui.screen.pen import Pen
from tui.screen.strokes import LONG

WIDTH, HEIGHT = 24, 4
GROUND = "48;5;233"
LOOKS = [
    *(look_of(code) for code in ("", "1", "7", "4;1", "2", "31", "38;5;80", "97;104")),
    *(look_of(f"{code}{GROUND}") for code in ("", "1;", "7;", "1;7;", "38;5;80;", "1;38;2;1;2;3;")),
]
LOOK = st.sampled_from(LOOKS)
TEXT = (
    st.text("ab  漢é−·\x1b\u0301", max_size=9)
    | st.just(f"{LONG}       ")
    | st.just(LONG)
    | st.just("─" * 12)
)
PUT = st.tuples(
    st.integers(0, WIDTH - 1),
    st.integers(-1, HEIGHT),
    st.lists(st.tuples(TEXT, LOOK), min_size=1, max_size=4),
)


def style(look: Look) -> Style:
    return Style(tuple(sorted(look.attributes)), look.ink, look.ground)


class Grid:
    """What is wanted, kept cell by cell: halves of characters are blanks."""

    def __init__(self) -> None:
        self.cells = {(y, x): (" ", PLAIN) for y in range(HEIGHT) for x in range(WIDTH)}

    def put(self, x: int, y: int, texts: list[tuple[str, Look]]) -> None:
        for text, look in texts:
            for cell in split(text):
                if (y, x) in self.cells:
                    self.cells[y, x] = (cell, look)
                x += 1

    def whole(self) -> bool:
        """Whether no character has lost a half: what panes and Textual's strips see to."""
        return all(
            self.cells.get((y, x + 1), ("", PLAIN))[0] == "" and x + 1 < WIDTH
            for (y, x), (cell, _) in self.cells.items()
            if cell[:1] == "漢"
        ) and all(
            x and self.cells[y, x - 1][0][:1] == "漢" and self.cells[y, x - 1][1] == look
            for (y, x), (cell, look) in self.cells.items()
            if cell == ""
        )


@given(st.lists(st.lists(PUT, min_size=1, max_size=4), min_size=1, max_size=5), st.booleans())
def test_the_terminal_shows_what_is_wanted(pictures: list[list[tuple]], erases: bool) -> None:
    canvas, grid, screen = Canvas(erases), Grid(), Screen(WIDTH, HEIGHT, erases=erases)
    canvas.fit(WIDTH, HEIGHT)
    screen.feed(b"\x1b[31;44mleft by another" + b"x" * 9)
    for puts in pictures:
        for put in puts:
            canvas.put(*put)
            grid.put(*put)
        if not grid.whole():
            return
        screen.feed(canvas.changes().encode())
        for place, (cell, look) in grid.cells.items():
            plain = "".join(c for c in cell if c != "\u0301")
            assert screen.cells[place] == seen(plain or cell, style(look)), place
        assert canvas.changes() == ""


def test_what_was_forgotten_is_sent_again_and_a_new_size_is_blank() -> None:
    canvas, screen = Canvas(True), Screen(WIDTH, HEIGHT)
    canvas.fit(WIDTH, HEIGHT)
    canvas.put(2, 1, [("abc", LOOKS[1])])
    first = canvas.changes()
    canvas.forget()
    assert canvas.changes() == first
    canvas.fit(WIDTH, HEIGHT)
    assert canvas.changes() == ""
    canvas.fit(WIDTH - 1, HEIGHT)
    screen.feed((first + canvas.changes()).encode())
    assert screen.text().strip() == ""


def test_only_what_has_changed_is_sent_by_the_shortest_way() -> None:
    canvas = Canvas(True)
    canvas.fit(80, 24)
    red, bold = look_of("31"), look_of("1;31")
    canvas.put(0, 0, [("the loss is 0.1234 of 1", red)])
    canvas.put(0, 1, [("x" * 80, PLAIN)])
    canvas.changes()
    canvas.put(0, 2, [("here the pen is left: é", PLAIN)])
    assert canvas.changes() == "\x1b[m\x1b[3Hhere the pen is left: é"
    canvas.put(0, 0, [("the loss is 0.1334 of 2", red)])
    assert canvas.changes() == "\x1b[31m\x1b[1;16H3\x1b[6C2"
    canvas.put(0, 0, [("the", bold), (" loss", red)])
    assert canvas.changes() == "\x1b[1m\x1b[1Hthe"
    canvas.put(0, 1, [(" " * 80, red)])
    assert canvas.changes() == "\x1b[2H\x1b[K"
    canvas.put(4, 0, [("lost cats", red)])  # of "loss is 0": near ones together
    assert canvas.changes() == "\x1b[22m\x1b[1;8Ht cats"
    canvas.put(4, 0, [("cost", red), ("       é", bold), ("ä   ", bold), ("1", bold)])
    assert canvas.changes() == "\x1b[1;5Hcost\x1b[7X\x1b[1m\x1b[7Céä   1"


WAYS = {
    ((3, 9), (3, 9)): "",
    ((3, 9), (3, 0)): "\r",
    ((3, 9), (3, 10)): "\x1b[C",
    ((3, 9), (3, 79)): "\x1b[70C",
    ((3, 9), (3, 8)): "\b",
    ((3, 9), (3, 6)): "\b\b\b",
    ((3, 9), (3, 5)): "\x1b[4D",
    ((3, 59), (3, 5)): "\x1b[6G",
    ((3, None), (3, 9)): "\x1b[10G",
    ((3, 9), (4, 9)): "\n",
    ((3, 9), (6, 9)): "\n\n\n",
    ((3, 9), (7, 9)): "\x1b[4B",
    ((3, 9), (2, 9)): "\x1b[A",
    ((3, 9), (1, 9)): "\x1b[2A",
    ((3, 9), (2, 8)): "\x1b[3;9H",
    ((3, 9), (4, 0)): "\n\r",
    ((3, 9), (4, 7)): "\n\b\b",
    ((3, 9), (4, 30)): "\n\x1b[21C",
    ((3, None), (4, 9)): "\n\x1b[10G",
    ((3, None), (5, 8)): "\x1b[6;9H",
    ((None, None), (4, 9)): "\x1b[5;10H",
    ((None, None), (0, 0)): "\x1b[1H",
}


@pytest.mark.parametrize(("start", "end"), WAYS)
def test_the_pen_moves_by_the_shortest_way(start, end) -> None:
    pen = Pen()
    pen.y, pen.x = start
    assert pen.move(*end) == WAYS[start, end]
    assert (pen.y, pen.x) == end
    screen = Screen(80, 24)
    screen.y, screen.x = (each or 0 for each in start)
    screen.feed(WAYS[start, end].encode())
    assert (screen.y, screen.x) == end


def test_blanks_are_erased_where_that_is_shorter() -> None:
    for blanks, ink, rest, sent in (
        (5, "x", "", "\x1b[5X"),
        (4, "x", "", "    "),
        (9, "x", "y", "\x1b[9X\x1b[9Cy"),
        (8, "x", "y", "        y"),
        (8, "é", "", " " * 8),
        (9, "é", "", "\x1b[1H\x1b[10Xé"),
    ):
        canvas = Canvas(True)
        canvas.fit(80, 2)
        canvas.put(0, 0, [("#" * 80, PLAIN)])
        canvas.changes()
        canvas.put(0, 0, [(ink + " " * blanks + rest, PLAIN)])
        found = canvas.changes().removeprefix(f"\x1b[1H{ink}")
        assert found == sent


def test_what_is_between_ink_is_erased_at_first_where_that_is_shorter() -> None:
    def sent(now: str, before: str = "0" * 40, erases: bool = True) -> str:
        canvas, screen = Canvas(erases), Screen(40, 1, erases=erases)
        canvas.fit(40, 1)
        canvas.put(0, 0, [(before.ljust(40), look_of(GROUND))])
        screen.feed(canvas.changes().encode())
        canvas.put(0, 0, [(now.ljust(40), look_of(GROUND))])
        found = canvas.changes()
        screen.feed(found.encode())
        assert screen.text() == now.rstrip()
        assert all(style.ground == GROUND for _, style in screen.cells.values())
        return found.removeprefix(f"\x1b[{GROUND}m")

    dots = " ·       ·        ·"
    assert sent(dots) == "\x1b[1H\x1b[K ·\x1b[10G·\x1b[19G·"
    assert sent("#" * 10 + dots, "#" * 10 + "0" * 19) == ("\x1b[1;11H\x1b[K ·\x1b[20G·\x1b[29G·")
    assert sent(f"{dots}       |", f"{'0' * 26}|") == ("\x1b[1H\x1b[26X ·\x1b[10G·\x1b[19G·")
    assert sent("1      2      3", "0" * 15) == "\x1b[1H1      2      3"
    assert sent("a        b          c", "0" * 21) == ("\x1b[1H\x1b[Ka\x1b[8Cb\x1b[10Cc")
    assert "\x1b[K" not in sent("a        b          c", erases=False)
    # two pieces with nothing but blanks between them
    assert sent("a       b            c       d", "0000000000           000000000000") == (
        "\x1b[1H\x1b[Ka\x1b[7Cb\x1b[12Cc\x1b[7Cd"
    )


def test_neighbours_of_several_looks_and_rows_are_kept_apart() -> None:
    canvas, screen = Canvas(True), Screen(8, 3)
    canvas.fit(8, 3)
    red = look_of("31")
    canvas.put(0, 0, [("a", PLAIN), ("b", red), ("c", PLAIN)])
    screen.feed(canvas.changes().encode())
    canvas.put(0, 0, [("x", PLAIN), ("b", red), ("y", PLAIN)])
    canvas.put(7, 1, [("1", PLAIN)])
    canvas.put(0, 2, [("2", PLAIN)])
    sent = canvas.changes()
    screen.feed(sent.encode())
    assert sent == "\x1b[m\x1b[1Hx\x1b[Cy\n\x1b[4C1\n\r2"
    assert screen.text() == "xby\n       1\n2"
    assert screen.cells[0, 1] == ("b", Style(ink="31"))


def test_behind_what_may_be_wider_the_pen_is_told_where_it_is() -> None:
    canvas = Canvas(True)
    canvas.fit(40, 2)
    canvas.put(0, 0, [("é123456789", PLAIN)])
    canvas.changes()
    canvas.put(0, 0, [("ü12345678X", PLAIN)])
    assert canvas.changes() == "\x1b[1Hü\x1b[10GX"


def test_where_nothing_is_erased_nothing_is_cleared() -> None:
    canvas = Canvas(False)
    canvas.fit(4, 1)
    canvas.put(0, 0, [("a   ", look_of(GROUND))])
    assert canvas.changes() == f"\x1b[0;{GROUND}m\x1b[1Ha   "


def test_a_wide_character_is_sent_whole() -> None:
    canvas = Canvas(True)
    canvas.fit(8, 1)
    canvas.put(0, 0, [("a漢b", PLAIN)])
    canvas.changes()
    canvas.put(0, 0, [("a字b", PLAIN)])
    assert canvas.changes() == "\x1b[1;2H字"


def test_what_does_not_print_is_a_blank_like_others() -> None:
    canvas = Canvas(True)
    canvas.fit(4, 1)
    canvas.put(0, 0, [("a", PLAIN), ("\x1b", look_of("31;44")), ("b", PLAIN)])
    screen = Screen(4, 1)
    screen.feed(canvas.changes().encode())
    assert screen.cells[0, 1] == (" ", Style(ground="44"))
    assert screen.text() == "a b"


def test_erasing_is_left_to_terminals_that_keep_the_ground() -> None:
    for erases in (True, False):
        canvas = Canvas(erases)
        canvas.fit(30, 2)
        canvas.put(0, 0, [("x" * 30, look_of(GROUND))])
        canvas.put(0, 1, [(" " * 30, look_of(GROUND))])
        canvas.changes()
        canvas.put(5, 0, [(" " * 20, look_of(GROUND))])
        assert ("\x1b[20X" in canvas.changes()) == erases


@pytest.mark.parametrize("before", [None, *LOOKS])
@pytest.mark.parametrize("after", LOOKS)
def test_a_look_is_changed_into_another(before: Look | None, after: Look) -> None:
    screen = Screen(3, 1)
    screen.feed((change(None, before) if before else "\x1b[1;4;7;33;41m").encode())
    screen.feed(f"{change(before, after)}x".encode())
    assert screen.cells[0, 0] == ("x", style(after))
    assert len(change(before, after)) <= len(change(None, after))


def test_a_blank_is_its_ground_but_for_lines_and_exchanged_colours() -> None:
    assert of_blank(look_of(f"1;31;{GROUND}")) == Look(ground=GROUND)
    for code in ("4", "7", "9"):
        assert of_blank(look_of(f"{code};31")) == look_of(f"{code};31")


# -- the cursor ------------------------------------------------------------------------------------


@given(st.lists(st.tuples(PUT, st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1)), min_size=1))
def test_the_cursor_ends_where_it_is_wanted(pictures: list[tuple[Any, int, int]]) -> None:
    canvas, screen = Canvas(True), Screen(WIDTH, HEIGHT)
    canvas.fit(WIDTH, HEIGHT)
    for put, x, y in pictures:
        canvas.put(*put)
        screen.feed(canvas.changes((x, y)).encode())
        assert (screen.x, screen.y) == (x, y)


def test_the_cursor_is_moved_where_nothing_else_is_sent_and_only_then_alone() -> None:
    canvas = Canvas(True)
    canvas.fit(10, 3)
    assert canvas.changes((4, 1)).endswith("\x1b[2J\x1b[2;5H")
    assert canvas.changes((4, 1)) == ""
    assert canvas.changes((4, 2)) == "\x1b[3;5H"
    assert canvas.changes() == ""
    canvas.put(0, 2, [("ab", PLAIN)])
    assert canvas.changes((2, 2)) == "\x1b[3Hab"
    canvas.put(0, 2, [("cd", PLAIN)])
    assert canvas.changes((2, 2)) == "\x1b[3Hcd"
    canvas.put(0, 2, [("e", PLAIN)])
    assert canvas.changes((2, 2)) == "\x1b[3He\x1b[C"
    canvas.forget()
    assert canvas.changes((2, 2)) == "\x1b[m\x1b[2J\x1b[3Hed"
    canvas.forget()
    assert canvas.changes((0, 0)) == "\x1b[m\x1b[2J\x1b[3Hed\x1b[1H"
