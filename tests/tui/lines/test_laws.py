"""Whatever is typed: nothing is raised, and lines lead where their keys lead on the screen."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.tui.keyboard import Keyboard
from tests.tui.talking import Talk, at_once
from tui.actions.context import MAIN
from tui.actions.effects import Effects, Job
from tui.keys import KEYS, NAMED
from tui.lines.conversation import AGAIN, SIZE

ROWS = {key: row for row in KEYS for key in row.keys}
MOVES = ("right", "left", *"nNfFtTgGuU[].,")
LOOKS = (*"hjklsSdD", "down", "up", "tab", "shift+tab", "z", "Z")
PAGES = (*"xwyp;=*<>?", "enter")
OTHERS = ("o", "r", "c", "C")
ASKING = (
    (":", "2.6"), (":", "dW2"), (":", "min"), (":", "0"), (":", "xyz"), ("m", "a"), ("m", "1"),
    ("'", "a"), ("e", "0.5"), ("e", "lr = 0.01"), ("e", "x"), ("O", "f"), ("b", "loss < 0.7"),
    ("b", "W2[1,1] changes sign"), ("b", "<<"), ("a", "5"), ("i", "a note"), ("/", "tanh"),
    ("/", "W2[1,1]"),
)  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def _where_files_may_be_written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("files"))
    yield
    os.chdir(before)


class Screen(Keyboard):
    """The keys of the screen, pressed as a line says them."""

    def __init__(self) -> None:
        super().__init__()
        self.context.shown.size = SIZE
        self.context.desk.source = "worked-example"
        self.again = ("", "n")

    def _press(self, key: str, character: str | None) -> None:
        self._do(self.actions.press(key, character) or ())

    def _do(self, effects: Effects) -> None:
        for effect in effects:
            if isinstance(effect, Job):
                result, error = at_once(effect)
                assert error is None
                self._do(self.actions.finish(effect, result))

    def line(self, line: str) -> None:
        """The keys of a line, and those that close what line mode leaves closed."""
        match = re.fullmatch(r"([0-9]*)(\S*) ?(.*)", line)
        assert match is not None
        count, key, answer = match.groups()
        if not line:
            count, key = self.again
        view = self.context.shown.view
        if not key:
            self.choose(int(count))
        else:
            own = any(row.key == key for row in view.keys)
            row = None if own else ROWS[key]
            if row and row.id in AGAIN:
                self.again = count, key
            if row and row.group in ("Move", "Run") and view is not MAIN:
                self.press("q")
            self.type(count).press(key)
            if answer:
                self.type(answer)
                if self.context.dialog.prompt:
                    self.press("enter")
                if self.context.dialog.prompt:
                    self.press("escape")
        if self.context.shown.view is not MAIN:
            view = self.context.shown.view
            if not view.keys and not view.items:
                self.press("q")

    def choose(self, number: int) -> None:
        items = self.context.shown.view.items
        count = len(items(self.context)) if items else 0
        if 1 <= number <= count:
            self.press("k " * count + "j " * (number - 1) + "enter")


counts = st.sampled_from(["", "", "", "2", "3", "12"])
keys = st.builds(str.__add__, counts, st.sampled_from(MOVES + LOOKS + OTHERS))
pages = st.sampled_from(PAGES)
asking = st.sampled_from([" ".join(each) for each in ASKING])
numbers = st.sampled_from(["1", "2", "3", "40"])
lines = st.lists(st.one_of(keys, keys, pages, asking, numbers, st.just("")), max_size=15)


@pytest.mark.parametrize("run", ["worked-example"])
@given(lines)
@settings(max_examples=examples(40))
def test_a_line_leads_where_its_keys_lead_on_the_screen(run: str, typed: list[str]) -> None:
    talk, screen = Talk(run), Screen()
    for line in typed:
        own = {row.key for row in talk.actions.context.shown.view.keys}
        if line in own and ROWS.get(line) is None:
            continue
        talk(line)
        screen.line(line)
        assert talk.place == screen.place, line
        assert talk.session.selection == screen.session.selection, line
        assert talk.actions.context.shown.view is screen.context.shown.view, line
        assert (talk.actions.context.dialog.prompt is None) == (
            screen.context.dialog.prompt is None
        ), line
        talk.actions.context.dialog.prompt = screen.context.dialog.prompt = None


words = st.sampled_from(
    [
        *ROWS,
        *NAMED.values(),
        *(row.id.replace("_", " ") for row in KEYS),
        "here",
        "panes",
        "esc",
        "",
    ]
)
anything = st.one_of(
    words,
    st.builds("{}{} {}".format, counts, words, st.text(max_size=8)),
    st.text(max_size=30),
    st.text(alphabet="0123456789.:;'enotxyq \x1b[C−", max_size=10),
)


@pytest.mark.parametrize("run", ["worked-example", "xor"])
@given(st.lists(anything, max_size=10))
@settings(max_examples=examples(40))
def test_nothing_that_is_typed_raises(run: str, typed: list[str]) -> None:
    talk = Talk(run)
    for line in typed:
        asked = talk.actions.context.dialog.prompt
        said = talk(line)
        if talk.conversation.ended:
            break
        assert "\n" not in talk.prompt
        assert said or asked or talk.actions.context.dialog.prompt
