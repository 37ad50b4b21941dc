"""Wide and zero-width characters of names: shown as they are, each in the cells it takes."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App
from textual.screen import Screen

from engine.runfile.read import from_table
from engine.session.session import Session
from tests.bench import cells as emulator
from tests.engine.runfile.test_runfile import valid
from tests.examples import examples
from tests.tui.keyboard import Keyboard
from tui.actions.actions import Actions
from tui.actions.desk import Desk
from tui.command.picture import picture
from tui.keys import Keymap
from tui.screen.paint import PaneScreen, PaneUpdate
from tui.screen.pane import Pane, literal
from tui.text.cells import MARK, UNSURE, cells, is_wide, part, printed, whole, wrap
from tui.text.format import Text
from tui.text.raster import Line

WIDTH = 24
ODD = st.text("ab é日本👩語\u0301\u200d\u0000ᄀ\u1161", max_size=12)


def test_characters_that_are_sure_print_in_one_cell():
    for character in map(chr, range(0x30000)):
        if UNSURE.search(character) is None:
            assert character.isprintable(), hex(ord(character))
            assert not unicodedata.category(character).startswith("M"), hex(ord(character))
            assert cell_len(character) == 1, hex(ord(character))


@given(st.text() | ODD)
def test_a_character_for_each_cell(text):
    found = cells(text)
    assert cell_len(printed(found)) == len(found)
    assert cells(printed(found)) == whole(found) == found
    assert found.count(MARK) == sum(map(is_wide, found.replace(MARK, "")))


def test_names_are_shown_literally():
    assert printed(cells("日本 の 花")) == "日本 の 花"
    assert cells("日") == f"日{MARK}"
    assert cells("cafe\u0301") == "café"
    assert cells("q\u0301") == "q·"
    assert cells("\u1112\u1161\u11ab") == f"한{MARK}"
    assert cells("a\u200bb\x1b[0m") == "a·b·[0m"
    assert cells("[bold]x") == "[bold]x"


@given(ODD, st.integers(0, 20), st.integers(0, 20))
def test_cuts_keep_their_width_and_halve_nothing(text, start, length):
    row = cells(text)
    piece = part(row, start, start + length)
    assert len(piece) == len(row[start : start + length])
    assert cell_len(printed(piece)) == len(piece)
    assert whole(piece) == piece
    if MARK in row[start : start + length]:
        assert whole(row[start : start + length]) == piece


@given(ODD, st.integers(2, 10))
def test_wrapped_text_halves_nothing(text, width):
    lines = wrap(cells(text), width)
    assert all(len(line) <= width for line in lines)
    assert all(whole(line) == line for line in lines)


def test_text_that_has_no_marks_gets_them():
    assert literal((("日本", "write"), (" x", ""))) == ((f"日{MARK}本{MARK}", "write"), (" x", ""))


class Names(Pane[str]):
    """A pane with a name, a count at the end and a name that is cut there."""

    def draw(self, frame: str, width: int, height: int) -> list[Line]:
        name = cells(frame)
        return [
            ((f"<{name}>".ljust(width - 4)[: width - 4], "write"), (f"{len(frame):4}", "")),
            ((f"x{name * 9}", ""),),
        ]


class Probe(App[None]):
    CSS = "Names { width: 1fr; height: 1fr; } .pane--write { text-style: bold; }"

    def __init__(self) -> None:
        super().__init__()
        self.panes = [Names()]
        self.panes[0].show("")

    def get_default_screen(self) -> Screen[object]:
        return PaneScreen(id="_default")

    def compose(self):
        yield from self.panes


async def test_partial_updates_give_the_full_picture():
    app = Probe()
    names = [
        "日本語",
        "日語本",
        "日a語",
        "a日本",
        "ab本",
        "日本語語語語語語語語語語語",
        "é日",
        "👩\u200d💻",
        "",
    ]
    async with app.run_test(size=(WIDTH, 3)) as pilot:
        await pilot.pause()
        compositor = app.screen._compositor

        def full() -> emulator.Screen:
            picture = emulator.Screen(WIDTH, 3)
            picture.feed(compositor.render_full_update().render_segments(app.console).encode())
            return picture

        shown = full()
        for name in [n for pair in names for other in names for n in (pair, other)]:
            app.panes[0].show(name)
            compositor.update_widgets(set(app.panes))
            update = compositor.render_partial_update()
            if update is not None:
                assert isinstance(update, PaneUpdate)
                shown.feed(update.render_segments(app.console).encode())
            assert shown.text() == full().text()
            assert shown.cells == full().cells
            if name and len(name) < 8 and "\u200d" not in name:
                assert f"<{name}>" in shown.text()
            assert all(cell_len(row) <= WIDTH for row in shown.text().splitlines())


@pytest.mark.parametrize("title", ["日本の花", "fleur 花 🌸", "mêlés 日本語 한국어"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (61, 20)])
def test_a_title_of_a_run_file_in_plain_text(tmp_path, title, size):
    session = Session(from_table({**valid(), "title": title}, "mine.toml", tmp_path))
    actions = Actions(Desk(session), Keymap())
    drawn = picture(actions.frame(), *size)
    assert MARK not in drawn
    head = drawn.splitlines()[0]
    assert cell_len(head) <= size[0]
    assert title in head or size[0] < 80
    assert head.endswith("START" if size[0] >= 80 else "0/15")  # the step's pane says it too


def test_ascii_has_no_marks():
    assert Text(ascii=True).plain(cells("日é")) == "??"


@settings(max_examples=examples(30))
@given(ODD)
def test_any_message_fits_the_footer(text):
    keyboard = Keyboard()
    keyboard.context.say(text * 12)
    for row in keyboard.screen().splitlines():
        assert cell_len(row) <= 80


def test_branches_with_wide_names_are_set_side_by_side():
    keyboard = Keyboard().press("t t t")
    keyboard.session.rename(keyboard.session.current, "日本")
    page = keyboard.press("x").screen().splitlines()
    head = next(row for row in page if "differs" in row)
    row = page[page.index(head) + 1]
    assert "日本" in head
    assert cell_len(head.partition("日本")[0]) + 4 == cell_len(re.split(r"(?<=\d) ", row)[0])
    assert any("━━ 日本" in line for line in page)
    assert all(cell_len(line) <= 80 for line in page)
