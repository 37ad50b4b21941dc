"""Notes at places and the keys that go through them, the stops of a lesson."""

from pathlib import Path

import pytest

from engine.history.position import Position
from engine.runfile.lesson import MOST_TEXT
from engine.runfile.read import RUNS
from engine.session.lesson import Lesson
from tests.tui.actions.test_saving import saved
from tests.tui.keyboard import Keyboard
from tui.actions.files import open_run, open_session
from tui.actions.stops import Stop, Stops

LESSON = """
[[lesson]]
at = "1.z1"
select = "z1[2]"
text = "A sum."

[[lesson]]
at = "1.delta2"
select = "delta2[1]"
text = "The error."

[[lesson]]
at = "2.da1"
optimizer = "adam"
text = "Nothing comes back."
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "taught.toml"
    text = (RUNS / "worked-example.toml").read_text(encoding="utf-8")
    found.write_text(text.partition("[[lesson]]")[0] + LESSON)
    return found


@pytest.fixture
def taught(path: Path) -> Keyboard:
    keys = Keyboard()
    keys.do(open_run, str(path))
    return keys


def stand(keys: Keyboard) -> tuple[str, int, int, str]:
    """The branch and the position, and what is said there."""
    note = keys.context.picture().note
    t, step = keys.session.position.iteration, keys.session.position.step
    return keys.session.branch.name, t, step, note.text if note else ""


def test_one_key_goes_on_and_one_back(taught):
    assert "Lesson: 3 stops, . goes on" in taught.context.dialog.message
    assert "A lesson of 3 stops" in taught.screen(120)
    assert stand(taught.press(".")) == ("sgd", 1, 1, "A sum.")
    assert taught.context.picture().index == (0, 1)
    assert "stop 1 of 3 · A sum." in taught.screen()
    assert stand(taught.press(".")) == ("sgd", 1, 6, "The error.")
    assert stand(taught.press(".")) == ("adam", 2, 9, "Nothing comes back.")
    assert stand(taught.press(".")) == ("adam", 2, 9, "Nothing comes back.")
    assert "past the last stop: there are 3" in taught.context.dialog.message
    assert stand(taught.press("2 ,"))[:3] == ("sgd", 1, 1)
    taught.press(",")
    assert "past the first stop" in taught.context.dialog.message


def test_leaving_the_path_and_coming_back_cost_one_key_each(taught):
    taught.press(". .")
    assert stand(taught.press("t")) == ("sgd", 2, 6, "")
    assert stand(taught.press(",")) == ("sgd", 1, 6, "The error.")
    assert stand(taught.press("right ."))[:3] == ("adam", 2, 9)
    assert taught.press(", enter").context.shown.view.id == "explain"
    assert stand(taught.press(",")) == ("sgd", 1, 6, "The error.")
    assert taught.context.shown.view.id == "main"
    assert stand(taught.press("enter ."))[:3] == ("adam", 2, 9)


def test_a_note_is_a_stop_of_the_selected_element(taught):
    taught.press(". right i")
    assert "note on a[1]₂: " in taught.screen()
    taught.type("Squashed.").press("enter")
    assert "Stop 2 of 4" in taught.context.dialog.message
    assert "stop 2 of 4 · Squashed." in taught.screen()
    assert stand(taught.press("."))[2:] == (6, "The error.")
    taught.press(", i").type(" Twice.").press("enter")
    assert stand(taught)[3] == "Squashed. Twice."
    taught.press("i ctrl+u enter")
    assert "there are 3 stops" in taught.context.dialog.message
    assert stand(taught)[2:] == (2, "")
    assert [each.text[0] for each in taught.session.lesson.stops] == ["A", "T", "N"]


def test_a_long_note_is_not_cut_when_it_is_edited(taught):
    long = ("word " * 200)[:MOST_TEXT].strip()
    taught.session.note(long)
    taught.press("i !")
    assert len(taught.context.dialog.typed) == len(long) + 1
    taught.press("enter")
    assert taught.session.lesson.stops[-1].text == f"{long}!"


def test_what_was_opened_last_is_gone_through_and_the_lesson_is_one_command_away(taught):
    taught.press(". .")
    stops = taught.context.desk.memory.of(Stops)
    stops.put("slip", [Stop(Position(1, 3), taught.session.selection, "a slip")], 0)
    assert stand(taught.press(",")) == ("sgd", 1, 3, "")
    taught.run("lesson")
    assert stand(taught) == ("sgd", 1, 6, "The error.")
    assert stand(taught.press("."))[:3] == ("adam", 2, 9)
    stops.put("slip", [Stop(Position(1, 3), taught.session.selection, "a slip")], 0)
    assert stand(taught.press("."))[2] == 9
    assert stand(taught.press(","))[:3] == ("sgd", 1, 3)


def test_without_notes_the_keys_say_so():
    keys = Keyboard()
    keys.session.notes.made = Lesson()
    keys.press(".")
    assert "i writes a note" in keys.context.dialog.message
    keys.run("lesson")
    assert "i writes a note" in keys.context.dialog.message


def test_practice_shows_no_notes(taught):
    taught.press(".")
    taught.run("practice").press("enter")
    assert taught.session.position == Position(1, 1)
    assert "A sum" not in taught.screen()
    taught.press("i")
    assert taught.context.dialog.prompt is None


def test_a_session_knows_where_in_the_lesson_one_is(taught):
    taught.press(". .").press("right right i").type("Mine.").press("enter")
    taught.press(", right")
    saved(taught, "mid")
    again = Keyboard()
    again.do(open_session, "mid")
    assert stand(again.press(","))[2:] == (6, "The error.")
    assert stand(again.press("."))[2:] == (8, "Mine.")


def test_a_stop_on_a_deleted_branch_is_not_gone_to(taught):
    taught.press("e").type("lr = 0.5").press("enter i").type("Edited.").press("enter")
    assert stand(taught)[3] == "Edited."
    number = taught.session.current
    taught.press("o")
    taught.session.delete(number)
    assert [each.text for each in taught.session.lesson.stops][-1] == "Nothing comes back."
    assert stand(taught.press(","))[3] == "Nothing comes back."
    taught.session.undelete()
    assert taught.session.notes.count == 4


def test_a_run_whose_lesson_is_wrong_leaves_everything_as_it_is(path):
    path.write_text(path.read_text().replace("2.da1", "2.da9"))
    keys = Keyboard().press("right")
    keys.actions.attempt(open_run, keys.context, str(path))
    assert keys.context.dialog.message.startswith("lesson[2].at 2.da9: iteration 2 has no such")
    assert keys.session.position == Position(1, 1)
    assert keys.session.spec.name == "worked-example"


def test_the_run_is_saved_with_what_was_noted(taught, tmp_path):
    taught.press(". right right i").type("Mine.").press("enter")
    taught.press("o i").type("Adam's.").press("enter")
    file = tmp_path / "new.toml"
    taught.run("save_run")
    assert "a lesson of 5 stops" in taught.screen(100)
    taught.type(str(file)).press("enter")
    assert taught.context.dialog.message == "Saved new.toml: the run, with a lesson of 5 stops."
    again = Keyboard()
    again.do(open_run, str(file))
    assert [stop[:3] for stop in again.session.lesson.stops] == [
        stop[:3] for stop in taught.session.lesson.stops
    ]
    assert [each.select for each in again.session.spec.lesson] == [
        "z1[2]",
        "z2[2]",
        "z2[2]",
        "",
        "",
    ]
    assert [each.optimizer for each in again.session.spec.lesson] == ["", "", "adam", "", "adam"]


def test_a_file_that_is_there_is_not_written_over_without_a_question(taught, tmp_path):
    file = tmp_path / "there.toml"
    file.write_text("mine")
    taught.run("save_run")
    taught.type(str(file)).press("enter")
    assert "o write over it, n no" in taught.screen()
    taught.press("n")
    assert (file.read_text(), taught.context.dialog.message) == (
        "mine",
        "there.toml stays as it is.",
    )
    taught.run("save_run")
    taught.type(str(file)).press("enter o")
    assert "[[lesson]]" in file.read_text()
    taught.run("save_run")
    taught.type(str(tmp_path / "there")).press("enter")
    assert "ends with .toml" in taught.context.dialog.message
    assert taught.context.dialog.prompt is not None


def test_a_stop_on_a_branch_that_a_file_cannot_hold_is_told(taught, tmp_path):
    taught.press("e").type("lr = 0.5").press("enter")
    taught.run("save_run")
    taught.type(str(tmp_path / "a.toml")).press("enter")
    assert "with a lesson of 3 stops. Another branch is not in it." in (
        taught.context.dialog.message
    )
    taught.press("i").type("Edited.").press("enter")
    taught.actions.run("save_run")
    assert taught.context.dialog.prompt is None
    assert taught.context.dialog.message.startswith("Stop 4 is on the branch sgd-2 (lr = 0.5")
