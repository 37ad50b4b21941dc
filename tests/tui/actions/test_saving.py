"""The session saves itself, and is resumed as it was, whatever ended the program."""

import errno
import os
import signal
from pathlib import Path

import pytest

from engine.history.budget import Budget
from engine.runfile.read import load
from engine.saving.filestart import StoreError
from engine.saving.folder import path_for, sessions, state_folder
from engine.saving.saver import Saver
from engine.session.session import Session
from engine.spec.problem import Problem
from tests.engine.saving.faults import fault
from tests.engine.saving.places import unprivileged
from tests.tui.keyboard import Keyboard
from tests.tui.terminals import Program, run
from tui.actions.desk import Desk
from tui.actions.files import open_session
from tui.actions.saving import open_saved, path_of, saver_of, snapshot
from tui.screen.app import GradstepApp
from tui.text.format import Text

LIVED = "3 right t tab l O f right d m a 4 t u"


def saved(keys: Keyboard, name: str) -> None:
    """Save a session, and leave it."""
    saver = Saver.named(name)
    saver.save(snapshot(keys.context.desk), saver.next())
    saver.close()


def opened(name: str = "") -> Desk:
    """A session as it is saved."""
    return open_saved(path_of(name), Text(), Budget()).desk


def test_a_saved_session_shows_the_same_screen() -> None:
    keys = Keyboard().press(LIVED).type("bloss < 0.1").press("enter")
    saved(keys, "mine")
    again = Keyboard()
    again.do(open_session, "mine")
    for each in (keys, again):
        each.context.say("")
    assert again.screen() == keys.screen()
    assert again.session.marks == keys.session.marks
    assert again.session.breakpoints == keys.session.breakpoints
    assert again.press("y").screen() == keys.press("y").screen()


def test_saving_under_a_name_and_resuming_by_it() -> None:
    keys = Keyboard().press("7 right")
    keys.run("save")
    keys.type("lecture 3").press("enter")
    assert keys.context.desk.saver
    assert keys.context.desk.saver.name == "lecture 3"
    assert "Saved as lecture 3, from now on too." in keys.screen()
    keys.context.desk.saver.close()
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
    assert keys.context.desk.saver is None


def test_a_note_is_kept_with_the_session() -> None:
    keys = Keyboard().press("i").type("ask about δ[1]").press("enter")
    saved(keys, "noted")
    again = Keyboard()
    again.do(open_session, "noted")
    assert "1.0  ask about δ[1]" in again.press("y").screen()


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


def test_no_session_is_replaced_by_another_of_its_name(tmp_path: Path) -> None:
    saved(Keyboard("xor"), "lesson")
    keys = Keyboard()
    keys.run("save")
    keys.type("lesson").press("enter")
    assert "lesson: there is a session of that name" in keys.screen(120)
    assert keys.context.desk.saver is None
    elsewhere = tmp_path / "lesson.gradstep"
    elsewhere.write_bytes(path_for("lesson").read_bytes())
    desk = opened(str(elsewhere))
    desk.session.note("changed")
    saver = saver_of(desk)
    saver.save(snapshot(desk), saver.next())
    assert saver.name.startswith("xor 20")
    assert elsewhere.read_bytes() == path_for("lesson").read_bytes()


async def test_what_could_not_be_written_is_written_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr("tui.screen.autosave.SAVE_SECONDS", 0.01)
    app = GradstepApp(Desk(Session(load("worked-example"))))
    async with app.run_test() as pilot:
        with monkeypatch.context() as patch:
            patch.setattr("engine.saving.saver.save", full)
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
    position = opened(left[0]).session.position
    assert (position.iteration, position.step) == (1, 2)


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
        return opened().session.branch.history.frontier
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
        position = opened().session.position
    except Problem:
        return ""
    return f"{position.iteration}.{position.step}"


def test_a_stale_link_is_not_offered_and_opening_it_is_a_sentence() -> None:
    state_folder().mkdir(parents=True)
    path_for("x").symlink_to("/nonexistent")
    keys = Keyboard().run("resume")
    assert "no such file or folder" in keys.screen(200)
    assert keys.context.dialog.prompt is None
    saved(Keyboard("xor"), "lesson")
    assert "session (Enter for lesson)" in keys.run("resume").screen()
    keys.type("x").press("enter")
    assert "x.gradstep cannot be opened: there is no such file or folder" in keys.screen(200)
    assert keys.press("escape right").place == "sgd 1.1"


def test_a_session_removed_after_it_was_offered_is_a_sentence() -> None:
    saved(Keyboard("xor"), "lesson")
    keys = Keyboard().run("resume")
    path_for("lesson").unlink()
    keys.press("enter")
    assert "lesson.gradstep cannot be opened: there is no such file or folder" in keys.screen(200)
    assert list(state_folder().iterdir()) == []


def test_a_folder_that_may_not_be_searched_is_a_sentence_in_every_command() -> None:
    saved(Keyboard("xor"), "other")  # imports what may lie where only root may look
    Keyboard().run("resume").screen()
    lesson, keys = Keyboard("xor"), Keyboard().press("right left")
    with unprivileged() as home:
        os.environ["XDG_STATE_HOME"] = str(home)
        saved(lesson, "lesson")
        state_folder().chmod(0)
        for command, typed in (("save", "mine"), ("save", "lesson"), ("resume", "lesson")):
            if not keys.run(command).context.dialog.prompt:
                keys.do(open_session, typed)
            else:
                keys.type(typed).press("enter")
            assert "that is not permitted" in keys.screen(300)
            assert "Errno" not in keys.screen(300)
            keys.press("escape")
        state_folder().chmod(0o700)
        assert keys.press("right").place == "sgd 1.1"
        assert [entry.name for entry in sessions()] == ["lesson"]


@pytest.mark.parametrize(
    ("command", "typed"),
    [("save", "mine"), ("resume", "lesson"), ("open", "{folder}/mine.toml"), ("reload", "")],
)
def test_whatever_call_fails_a_command_says_so_and_the_session_goes_on(
    tmp_path: Path, command: str, typed: str
) -> None:
    (tmp_path / "mine.toml").write_text('[data]\nbuiltin = "xor"\n[[layers]]\nunits = 2\n')
    saved(Keyboard("xor"), "lesson")
    for folder in (tmp_path, state_folder()):
        for at in range(1, 100):
            keys = Keyboard()
            keys.context.desk.source = str(tmp_path / "mine.toml")
            desk = keys.context.desk
            with fault(folder, at) as failing:
                keys.run(command)
                if keys.context.dialog.prompt:
                    keys.type(typed.format(folder=tmp_path)).press("enter")
                screen = keys.screen(400)
            assert "Errno" not in screen
            if keys.context.dialog.error:
                assert keys.context.desk is desk
            for left in {*state_folder().iterdir()} - {path_for("lesson")}:
                left.unlink()
            if not failing.met:
                break
        assert not failing.met


def test_a_job_that_the_system_fails_says_so_in_words() -> None:
    keys = Keyboard().press("a").type("100").press("enter")
    keys.actions.fail(keys.job, OSError(errno.EIO, "Input/output error"))
    assert "failed: Input/output error; try again" in keys.screen(200)
