"""What is said in the terminal after the app: where the session is, how to go on with it."""

from __future__ import annotations

import os
import re
import shlex
import signal
from pathlib import Path

import pytest

from engine.history.budget import Budget
from engine.saving.folder import sessions
from tests.engine.saving.places import small_file_system
from tests.tui.terminals import Program
from tui.actions.saving import open_saved, path_of
from tui.text.format import Text

pytestmark = pytest.mark.terminal


def start(*arguments: str, state: str = "") -> Program:
    return Program(*arguments, XDG_STATE_HOME=state or os.environ["XDG_STATE_HOME"])


def said(program: Program) -> str:
    """What is printed after the app, on the screen that was there before it."""
    after = bytes(program.output).rpartition(b"\x1b[?1049l")[2].decode()
    return re.sub(r"\x1b\[[0-9?]*[a-z]", "", after).replace("\r\n", "\n")


def go_on(program: Program) -> list[str]:
    """The arguments of the command that is printed."""
    command = shlex.split(said(program).partition("Go on with it: ")[2])
    assert command[:3] == ["python", "-m", "tui"]
    return command[3:]


def place(name: str) -> str:
    position = open_saved(path_of(name), Text(), Budget()).desk.session.position
    return f"{position.iteration}.{position.step}"


@pytest.mark.parametrize("ending", ["q", "\x03", signal.SIGTERM])
def test_leaving_says_where_the_session_is_and_the_command_goes_on_with_it(ending):
    with start() as program:
        program.until("START").send("\x1b[C\x1b[C").until("step  2/17")
        program.send(ending) if isinstance(ending, str) else program.signal(ending)
        program.end()
        name = sessions()[0].name
        assert said(program).startswith(f"The session is saved as {name}.\nGo on with it: ")
        assert said(program).count("\n") == 2
        assert go_on(program) == ["--resume", name]
    with start("--resume", name) as again:
        again.until("step  2/17").until(f"Resumed {name}.")


def test_a_lost_line_is_told_nothing():
    with start() as program:
        program.until("START").send("\x1b[C").until("step  1/17").signal(signal.SIGHUP)
        assert program.end() == 129
        assert said(program) == ""
    assert place("") == "1.1"


@pytest.mark.parametrize("name", ["-x", "it's", "ŷ $HOME"])
def test_the_command_is_one_that_a_shell_takes(name):
    with start() as program:
        program.until("START").send("\x10").until("Search").send("save")
        program.until("Save the session under").send("\r").until("save the session as")
        program.send(f"{name}\r").until(f"Saved as {name}").send("q")
        assert program.end() == 0
    with start(*go_on(program)) as again:
        again.until("Resumed")


def test_what_a_full_file_system_does_not_take_is_put_elsewhere():
    with small_file_system("64k") as folder:
        (folder / "filler").write_bytes(bytes(1 << 15))
        with start(state=str(folder)) as program:
            program.until("START").send("\x1b[C" * 30).until("iteration   2")
            program.until(lambda: "not saved" in program.text or any(folder.rglob("*.gradstep")))
            path = next(folder.rglob("*.gradstep"), None)
            before = path.read_bytes() if path else b""
            (folder / "rest").write_bytes(bytes(room(folder)))
            program.send("\x1b[C").until("was not saved: there is no room").until(
                "free some, or choose another place."
            )
            program.send("\x1b[C").until("step 15/17").send("q")
            assert program.end() == 1
        assert said(program).startswith(f"gradstep: {folder}/gradstep/sessions/")
        assert said(program).count("\n") == 3
        assert not path or path.read_bytes() == before
    with start(*go_on(program)) as again:
        again.until("iteration   2 · step 15/17")
    copy = Path(go_on(program)[-1])
    copy.unlink()
    copy.parent.rmdir()


def room(folder: Path) -> int:
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize
