"""--save-run writes the run as a run file, with the lesson that it or a session has."""

import errno
from dataclasses import astuple
from io import FileIO
from pathlib import Path

import pytest

from engine.runfile.read import load, read
from engine.saving.saver import Saver
from engine.session.lesson import Lesson
from engine.session.session import Session
from tests.engine.runfile.test_write import the_same
from tests.tui.command.test_grade import ran
from tests.tui.keyboard import Keyboard
from tui.actions.saving import snapshot


@pytest.fixture
def taught() -> Keyboard:
    """A session of xor with two notes and no other lesson, saved as "mine"."""
    keys = Keyboard("xor")
    for at, text in (("2.delta2", 'Say "why".'), ("1.loss", "So much.")):
        keys.type(f":{at}").press("enter s i").type(text).press("enter")
    keys.session.notes.made = Lesson(tuple(stop for stop in keys.session.lesson.stops if stop.own))
    saver = Saver.named("mine")
    saver.save(snapshot(keys.context.desk), saver.next())
    saver.close()
    return keys


def test_a_built_in_run_becomes_a_file(capsys, tmp_path):
    file = tmp_path / "x.toml"
    status, said, error = ran(capsys, "xor", "--save-run", str(file))
    assert (status, error) == (0, "")
    assert said == f"Saved {file}: the run, with a lesson of 9 stops.\n"
    assert the_same(read(file), load("xor"))
    status, _, error = ran(capsys, "xor", "--save-run", str(file))
    assert (status, error) == (
        2,
        f"gradstep: {file}: there is such a file already; choose another name.\n",
    )


def test_what_was_noted_in_a_session_is_the_lesson_of_the_file(capsys, tmp_path, taught):
    file = tmp_path / "x.toml"
    assert ran(capsys, "--resume", "mine", "--save-run", str(file))[0] == 0
    assert [astuple(stop) for stop in read(file).lesson] == [
        ("2.delta2", 'Say "why".', "delta2[2,1]", ""),
        ("1.loss", "So much.", "", ""),
    ]
    again = Session(read(file))
    assert [stop[:3] for stop in again.lesson.stops] == [
        stop[:3] for stop in taught.session.lesson.stops
    ]


@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, 1), (errno.EROFS, 2)])
@pytest.mark.parametrize("word", ["--save-run x.toml", "--export x.npz"])
def test_a_file_that_fails_is_not_there_and_says_whose_fault_it_is(
    capsys, monkeypatch, tmp_path, word, number, status
):
    class Full(FileIO):
        def write(self, _: object) -> int:
            raise OSError(number, "it failed")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "open", lambda path, mode: Full(path, mode))
    assert ran(capsys, "xor", *word.split())[0] == status
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--save-run", "x.txt"], "x.txt: the name of a run file ends with .toml."),
        (["--save-run", "x.toml", "--plain"], "--save-run goes with no other command."),
        (["--save-run", "no/such/x.toml"], "no/such/x.toml: there is no such file or folder"),
        (["--save-run", "x.toml", "--grade", "y"], "one question at a time"),
    ],
)
def test_what_cannot_be_is_told(capsys, words, said):
    status, _, error = ran(capsys, *words)
    assert status == 2
    assert said in error
