"""The session saves itself, and is resumed as it was, whatever ended the program."""

import os
import signal
from pathlib import Path

import pytest

from engine.history.budget import Budget
from engine.runfile.read import load
from engine.saving.folder import path_for, sessions, state_folder
from engine.saving.store import StoreError
from engine.session.session import Session
from engine.spec.problem import Problem
from tests.tui.keyboard import Keyboard
from tests.tui.terminals import Program, run
from tui.actions.desk import Desk
from tui.actions.files import open_session
from tui.actions.saving import MOST_KEPT, Saver, fresh_name, newest, open_saved, snapshot, tidy
from tui.screen.app import GradstepApp
from tui.text.format import Text

LIVED = "3 right t tab l O f right d m a 4 t u"


def saved(keys: Keyboard, name: str) -> None:
    Saver("run", name).save(snapshot(keys.context.desk), 1)


def test_a_saved_session_shows_the_same_screen() -> None:
    keys = Keyboard().press(LIVED).type("bloss < 0.1").press("enter")
    saved(keys, "mine")
    again = Keyboard()
    again.do(open_session, "mine")
    for each in (keys, again):
        each.context.say("")
    assert again.screen() == keys.screen()
    assert again.session.marks == keys.session.marks
    assert again.session.stops == keys.session.stops
    assert again.press("y").screen() == keys.press("y").screen()


def test_saving_under_a_name_and_resuming_by_it() -> None:
    keys = Keyboard().press("7 right")
    keys.run("save")
    keys.type("lecture 3").press("enter")
    assert keys.context.desk.saved_as == "lecture 3"
    saved(keys, "lecture 3")
    assert [entry.name for entry in sessions()] == ["lecture 3"]
    other = Keyboard()
    other.run("resume")
    other.press("enter")
    assert other.place == "sgd 1.7"


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "x\x1b[31m", "n" * 300])
def test_a_name_that_is_not_safe_is_refused_and_asked_for_again(name: str) -> None:
    keys = Keyboard()
    keys.run("save")
    assert keys.context.dialog.prompt is not None
    keys.actions.attempt(keys.context.dialog.prompt.enter, name)
    assert keys.context.dialog.error
    assert keys.context.desk.saved_as is None


def test_a_note_is_kept_with_the_session() -> None:
    keys = Keyboard().press("i").type("ask about δ[1]").press("enter")
    taken = snapshot(keys.context.desk)
    Saver("run", "noted").save(taken, 1)
    again = Keyboard()
    again.do(open_session, "noted")
    assert "note: ask about δ[1]" in again.press("y").screen()


def test_a_damaged_session_is_refused_and_left_as_it_is() -> None:
    saved(Keyboard(), "mine")
    path = path_for("mine")
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    keys = Keyboard().press("right")
    keys.do(open_session, "mine")
    assert keys.context.dialog.error
    assert keys.place == "sgd 1.1"
    assert path.read_bytes() == damaged
    result = run("--resume", "mine", XDG_STATE_HOME=os.environ["XDG_STATE_HOME"])
    assert result.returncode == 2
    assert result.stderr.startswith("gradstep: ")
    assert len(result.stderr.strip().splitlines()) == 1


def test_only_the_newest_of_those_that_saved_themselves_are_kept() -> None:
    desk = Desk(Session(load("worked-example")))
    for number in range(MOST_KEPT + 3):
        name = f"run 2026-01-01 00.00.{number:02}"
        Saver("run", name).save(snapshot(desk), 1)
        os.utime(path_for(name), (number, number))
    saved(Keyboard(), "asked for")
    os.utime(path_for("asked for"), (0, 0))
    tidy()
    left = {path.stem for path in state_folder().glob("*.gradstep")}
    assert len(left) == MOST_KEPT + 1
    assert "asked for" in left
    assert "run 2026-01-01 00.00.02" not in left


def test_two_sessions_never_have_one_name() -> None:
    first = fresh_name("run")
    saved(Keyboard(), first)
    assert fresh_name("run") != first
    assert newest().stem == first
    assert open_saved("", Text(), Budget()).desk.saved_as == first


def test_no_session_is_replaced_by_another_of_its_name(tmp_path: Path) -> None:
    saved(Keyboard("xor"), "lesson")
    keys = Keyboard()
    keys.run("save")
    keys.type("lesson").press("enter")
    assert "lesson: there is a session of that name" in keys.screen(120)
    assert keys.context.desk.saved_as is None
    elsewhere = tmp_path / "lesson.gradstep"
    elsewhere.write_bytes(path_for("lesson").read_bytes())
    assert open_saved(str(elsewhere), Text(), Budget()).desk.saved_as is None
    assert open_saved("lesson", Text(), Budget()).desk.saved_as == "lesson"


async def test_what_could_not_be_written_is_written_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr("tui.screen.autosave.SAVE_SECONDS", 0.01)
    app = GradstepApp(Desk(Session(load("worked-example"))))
    async with app.run_test() as pilot:
        with monkeypatch.context() as patch:
            patch.setattr("tui.actions.saving.save", full)
            await pilot.press("right")
            while not app.actions.context.dialog.error:
                await pilot.pause(0.02)
        assert app.main.autosave.unsaved
    app.main.autosave.save_now()
    assert _place() == "1.1"


async def test_a_session_is_saved_before_another_takes_its_place() -> None:
    app = GradstepApp(Desk(Session(load("worked-example"))))
    async with app.run_test() as pilot:
        await pilot.press("right", "right")
        app.main.open("xor")
        assert app.actions.context.session.spec.name == "xor"
        left = [entry.name for entry in sessions() if entry.name.startswith("worked-example")]
    position = open_saved(left[0], Text(), Budget()).desk.session.position
    assert (position.iteration, position.step) == (1, 2)


def test_an_earlier_snapshot_never_takes_the_place_of_a_later_one() -> None:
    keys, saver = Keyboard(), Saver("run", "mine")
    taken = []
    for _ in range(2):
        keys.press("right")
        taken.append((snapshot(keys.context.desk), saver.next()))
    for snap, number in reversed(taken):
        saver.save(snap, number)
    assert _place() == "1.2"


async def test_a_palette_closed_twice_does_what_is_chosen_next() -> None:
    app = GradstepApp(Desk(Session(load("worked-example"))))
    async with app.run_test() as pilot:
        app.action_command_palette()
        await pilot.pause()
        palette = app.screen
        palette.dismiss()
        palette.dismiss()
        await pilot.pause()
        app.action_command_palette()
        await pilot.pause()
        commands = {command.title: command.callback for command in app.get_system_commands(palette)}
        commands["next step"]()
        assert app.actions.context.session.position.step == 1


async def test_what_is_trained_is_saved_while_it_is_trained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.screen.autosave.JOB_SAVE_SECONDS", 0.0)
    app = GradstepApp(Desk(Session(load("worked-example"))))
    async with app.run_test() as pilot:
        await pilot.press("a", *"9000000", "enter")
        while _saved_frontier() < 1000:
            await pilot.pause(0.05)
        assert app.actions.context.jobs.current is not None
        app.actions.context.jobs.current.stopped = True


def _saved_frontier() -> int:
    """Up to where the saved session is trained; 0 while there is none."""
    try:
        return open_saved("", Text(), Budget()).desk.session.branch.history.frontier
    except Problem:
        return 0


@pytest.mark.terminal
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_the_screen_is_the_one_before_after_any_end(number: signal.Signals) -> None:
    expected = Keyboard().press("3 right t tab l O f right")
    expected.context.say("")
    body = expected.screen().splitlines()[:-1]
    state = os.environ["XDG_STATE_HOME"]
    with Program(XDG_STATE_HOME=state) as program:
        program.until("START").send("3\x1b[Ct\tlOf\x1b[C")
        program.until(lambda: _place() == "2.4")
        program.signal(number)
        program.end()
    with Program("--resume", XDG_STATE_HOME=state) as program:
        program.until(lambda: program.text.splitlines()[: len(body)] == body)
        assert program.send("q").end() == 0


def _place() -> str:
    """Where the saved session stands; "" while there is none."""
    try:
        position = open_saved("", Text(), Budget()).desk.session.position
    except Problem:
        return ""
    return f"{position.iteration}.{position.step}"
