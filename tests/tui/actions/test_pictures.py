"""Pictures of the screen in new files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tui.keyboard import Keyboard
from tui.actions.files import open_run
from tui.command.picture import picture
from tui.draw.whole import drawing


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(keys: Keyboard) -> str:
    return keys.context.dialog.message


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_key_writes_what_is_on_the_screen(folder):
    keys = Keyboard().press("6 right")
    keys.context.shown.size = 80, 24
    frame = keys.actions.frame()
    keys.press("!")
    assert said(keys) == "Wrote worked-example-sgd-1.6.svg and .txt."
    start = folder / "worked-example-sgd-1.6"
    text = picture(frame, 80, 24)
    assert Path(f"{start}.txt").read_text("utf-8") == text + "\n"
    assert Path(f"{start}.svg").read_text("utf-8") == drawing(frame, 80, 24, dark=True)
    keys.context.shown.dark = False
    keys.press("!")
    assert said(keys) == "Wrote worked-example-sgd-1.6-2.svg and .txt."
    light = drawing(frame, 80, 24, dark=False)
    assert Path(f"{start}-2.svg").read_text("utf-8") == light
    assert len(names(folder)) == 4


def test_a_page_is_named(folder):
    Keyboard().press("o 2 t ? !")
    assert names(folder) == ["worked-example-adam-3.1-help.svg", "worked-example-adam-3.1-help.txt"]


def test_nothing_is_written_over(folder):
    (folder / "worked-example-sgd-1.0.txt").write_text("mine")
    (folder / "worked-example-sgd-1.0-2.svg").symlink_to("nowhere")
    keys = Keyboard().press("!")
    assert said(keys) == "Wrote worked-example-sgd-1.0-3.svg and .txt."
    assert (folder / "worked-example-sgd-1.0.txt").read_text() == "mine"
    keys.run("picture_as").type("worked-example-sgd-1.0.txt").press("enter")
    assert said(keys) == "worked-example-sgd-1.0.txt is there already; nothing was written."
    assert keys.context.dialog.prompt is not None
    keys.press("ctrl+u").type("worked-example-sgd-1.0-2").press("enter")
    assert "worked-example-sgd-1.0-2.svg is there already" in said(keys)
    assert len(names(folder)) == 4


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("a.svg", ["a.svg"]),
        ("a.txt", ["a.txt"]),
        ("a", ["a.svg", "a.txt"]),
        ("a.b", ["a.b.svg", "a.b.txt"]),
        ("", []),
        ("/", []),
        (".", []),
    ],
)
def test_a_name_is_asked_for(folder, typed, written):
    keys = Keyboard().run("picture_as").type(typed).press("enter")
    assert names(folder) == written
    assert keys.context.dialog.prompt is None
    for name in written:
        assert "picture in file" not in (folder / name).read_text("utf-8")


def test_where_nothing_can_be_written_it_says_so(folder):
    keys = Keyboard().run("picture_as").type("no/such/folder").press("enter")
    assert said(keys)
    assert keys.context.dialog.error
    assert names(folder) == []


def test_a_name_of_a_run_that_is_no_file_name_is_made_one(folder):
    keys = Keyboard().do(open_run, "exercise:2-3-2,n1,#3").press("2 right !")
    assert "," in keys.session.spec.name
    drawn, text = names(folder)
    assert re.fullmatch(r"exercise-[-_a-z0-9]+-1\.2\.svg", drawn)
    assert text == drawn.replace(".svg", ".txt")
