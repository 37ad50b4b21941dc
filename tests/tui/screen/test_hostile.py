"""The real program in a terminal that is wrong, too fast, stopped or gone; and its ends."""

from __future__ import annotations

import os
import signal
import stat
import sys
import time
from pathlib import Path

import pytest

from tests.tui.keyboard import Keyboard
from tests.tui.terminals import ROOT, Program, Tmux, needs_tmux, run
from tui.command.signals import ending

pytestmark = pytest.mark.terminal

START = Keyboard().screen()
SECOND = 2.0
"""What a second may take on a machine that others use too."""


def after(*keys: str) -> str:
    return Keyboard().type("".join(keys)).screen()


def ended(program: Program, how: str | signal.Signals, seconds: float = SECOND) -> int:
    """End the program; all modes of the terminal are then as they were."""
    program.send(how) if isinstance(how, str) else program.signal(how)
    status = program.end(seconds)
    assert program.modes_left_on() == {}
    assert program.attributes() == program.before
    assert b"Traceback" not in program.output
    return status


def exited(program: Program, seconds: float) -> int:
    """The status of a program whose terminal nobody reads."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pid, status = os.waitpid(program.child.pid, os.WNOHANG)
        if pid:
            program.child.ptyproc.terminated = True
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    raise AssertionError(f"still running after {seconds:g} s")


def resumed(folder: Path) -> str:
    """The screen of the session that was saved."""
    shown = run("--resume", "--plain", "--size", "80x24", XDG_STATE_HOME=str(folder))
    assert shown.stderr == ""
    return shown.stdout


# -- bytes that are no keys ------------------------------------------------------------------------

ODD = [
    b"\xe9",
    b"\x1b[1114112u",
    b"\x1b[97;;99999999999u",
    b"\x1b[48;99999;99999;0;0t",
    b"\x1b[" + b"1;" * 1000 + b"u",
    b"\x1b]0;" + b"x" * 5000 + b"\x07",
    b"\x1b[8;1;1t\x1b[1;1R\x1b[<0;1;1M\x1b[M !!\x1b[I\x1b[O",
    b"\x1b[97;1:3u\x1b[?2048;2$y",
    b"\xff\xfe\xed\xa0\x80\xc3",
]


def test_what_no_keyboard_sends_is_nothing_and_the_next_key_counts():
    with Program() as program:
        program.until(START)
        for count, data in enumerate(ODD, 1):
            program.send(data).send("n").until(after("n" * count))
        assert resident(program) < 200 << 20
        assert ended(program, "q") == 0


@pytest.mark.parametrize("data", [b"\x1b[200~abc", b"\x1b]0;abc", b"\x1b[12"], ids=repr)
def test_what_is_begun_and_never_ended_is_over_after_a_silence(data):
    with Program() as program:
        program.until(START).send(data)
        time.sleep(2.5)
        program.send("n").until(after("n"))
        program.send(data)
        time.sleep(0.3)
        assert ended(program, "\x03") == 0


def test_a_size_beyond_all_screens_is_cut():
    with Program(width=65535, height=30000) as program:
        program.until(lambda: b"gradstep" in program.output)
        assert resident(program) < 400 << 20
        assert ended(program, "q", 20) == 0


def resident(program: Program) -> int:
    return int(Path(f"/proc/{program.child.pid}/statm").read_text().split()[1]) * os.sysconf(
        "SC_PAGE_SIZE"
    )


# -- more keys than can be answered ----------------------------------------------------------------


def test_a_prompt_takes_all_that_is_typed_or_pasted_at_once():
    with Program() as program:
        program.until(START).send(":")
        began = time.monotonic()
        program.send("x" * 100_000).send("\x7f" * 200).send("1\x1b[200~2\r\n.6\x1b[201~")
        program.until("12 .6█")
        assert time.monotonic() - began < SECOND
        program.send("\x15\x1b[200~12.6\x1b[201~\r").until("iteration  12 · step  6")
        assert ended(program, "\x03") == 0


KEYS = [":" + "x" * 8000, "n" * 50_000, "\x10" + "x" * 8000, "a10000000\r" + "n" * 8000]
HOWS = [("\x03", 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]


def test_what_is_pasted_is_not_printed_raw():
    with Program() as program:
        program.until(START).send("\x10").until("Search for commands")
        program.send("\x1b[200~a\x1b]0;title\x07\x1b[5mb\x1b[201~").until("a]0;title[5mb")
        program.send("\x10:\x1b[200~a\x1b]0;title\x07\x1b[5mb\x1b[201~")
        program.until("a]0;title[5mb█").send("\x03")
        assert program.end() == 0
    assert b"\x1b]0" not in program.output
    assert b"\x1b[5m" not in program.output


def test_the_palette_opens_and_closes_as_fast_as_one_types():
    with Program() as program:
        program.until(START).send("\x10").until("Search for commands").send("\x10").until(START)
        program.send("\x10abc\x10" * 20).until(START)
        program.send("\x10next step\r\x10next step\r").until(after("n", "n"))
        program.send("\x10" + "e" * 5000).send("\x1b[200~" + "e" * 5000 + "\x1b[201~\x10n")
        program.until(after("n", "n", "n"))
        assert ended(program, "q") == 0


@pytest.mark.parametrize(("how", "status"), HOWS, ids=repr)
@pytest.mark.parametrize("keys", KEYS, ids=lambda keys: repr(keys[:3]))
def test_what_ends_the_program_does_not_queue(keys, how, status):
    with Program() as program:
        program.until(START).send(keys)
        assert ended(program, how) == status


def test_what_was_typed_before_ctrl_c_is_done_and_saved(tmp_path):
    with Program(XDG_STATE_HOME=str(tmp_path)) as program:
        program.until(START).send("nnn\x03nnn")
        assert program.end() == 0
    assert resumed(tmp_path).splitlines()[:-1] == after("nnn").splitlines()[:-1]


def test_ctrl_q_and_ctrl_s_do_nothing():
    with Program() as program:
        program.until(START).send("n\x11\x13n").until(after("n", "n"))
        program.send(":\x11\x131").until("1█")
        program.send("\x1b").until(after("n", "n")).send("\x10").until("Search for commands")
        program.send("\x11\x13xyz").until("xyz")
        assert ended(program, "\x03") == 0


def test_once_it_is_leaving_nothing_is_answered(tmp_path):
    for _ in range(4):
        with Program(XDG_STATE_HOME=str(tmp_path)) as program:
            program.until(START).send("a10000000\r").until("training")
            program.send("zn\x03\x11z")
            assert ended(program, "") == 0
            assert b"mistake" not in program.output


# -- signals ---------------------------------------------------------------------------------------


NAMED = sorted(ending() & set(signal.Signals))
"""Those without a name are many and alike."""


@pytest.mark.parametrize("number", NAMED)
def test_a_signal_that_can_be_caught_leaves_the_terminal_as_it_was(number):
    with Program() as program:
        program.until(START).send("n").until(after("n"))
        os.kill(program.child.pid, number)
        assert ended(program, "") == 128 + number


def test_signals_that_end_no_program_do_not_end_this_one():
    assert not ending() & {signal.SIGCHLD, signal.SIGCONT, signal.SIGWINCH, signal.SIGPIPE}
    with Program(shell='trap "" HUP; exec "$@"') as program:
        program.until(START).signal(signal.SIGHUP)
        program.send("n").until(after("n"))
        assert ended(program, "q") == 0


def test_many_signals_at_once_are_one(tmp_path):
    with Program(XDG_STATE_HOME=str(tmp_path)) as program:
        program.until(START).send("nn").until(after("n", "n"))
        for number in (signal.SIGHUP, signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            program.signal(number)
        assert ended(program, "") == 129
    assert resumed(tmp_path).splitlines()[:-1] == after("n", "n").splitlines()[:-1]


def test_stopped_by_a_signal_and_taken_up_again():
    with Program() as program:
        program.until(START).send("n").until(after("n")).signal(signal.SIGTSTP)
        program.until(lambda: program.modes_left_on() == {})
        assert os.WIFSTOPPED(os.waitpid(program.child.pid, os.WUNTRACED)[1])
        assert program.attributes() == program.before
        program.resize(80, 24).signal(signal.SIGCONT)
        program.until(after("n")).send("n").until(after("n", "n"))
        assert ended(program, "q") == 0


@needs_tmux
def test_ctrl_z_goes_to_the_shell_and_fg_comes_back():
    with Tmux() as tmux:
        tmux.start().until(START)
        tmux.type("n").until(after("n"))
        tmux.keys("C-s", "C-q", "C-z")
        shell = tmux.until("status=")
        assert "network" not in shell
        assert tmux.get("alternate_on") == "0"
        tmux.type("fg\n").until(after("n"))
        tmux.type("n").until(after("n", "n"))
        tmux.type("q").until("--resume")


def test_ctrl_z_is_refused_where_no_shell_would_come_back():
    with Program() as program:
        program.until(START).send("\x1a").until("there is none here")
        program.send("n").until(after("n"))
        assert ended(program, "q") == 0


# -- a terminal that stops or goes away ------------------------------------------------------------


@pytest.mark.parametrize(("how", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=repr)
def test_a_terminal_that_takes_nothing_more_does_not_keep_it(how, status, tmp_path):
    with Program(width=200, height=60, XDG_STATE_HOME=str(tmp_path)) as program:
        program.until(lambda: "network" in program.text).send("n")
        fd = program.child.child_fd
        for _ in range(1500):  # answers that nobody reads
            os.write(fd, b"z")
            time.sleep(0.001)
        program.signal(how)
        assert exited(program, SECOND) == status
        assert program.attributes() == program.before
    assert resumed(tmp_path)


def test_a_slow_terminal_gets_the_last_picture():
    with Program(width=200, height=60) as program:
        program.until(lambda: "network" in program.text)
        fd = program.child.child_fd
        for _ in range(1500):
            os.write(fd, b"z")
            time.sleep(0.001)
        program.until(Keyboard().screen(200, 60))
        program.send("n").until(Keyboard().type("n").screen(200, 60))
        assert ended(program, "q") == 0


@pytest.mark.parametrize("keys", ["", " +++++", "a10000000\r"], ids=repr)
def test_a_terminal_that_goes_away_ends_the_program(keys, tmp_path):
    with Program(XDG_STATE_HOME=str(tmp_path)) as program:
        program.until(START).send("n" + keys)
        time.sleep(0.3)
        os.close(program.child.child_fd)
        program.child.ptyproc.closed = True
        assert exited(program, 2 * SECOND) == 129
    assert resumed(tmp_path)


# -- mistakes of its own ---------------------------------------------------------------------------

BROKEN = """
import sys, time
from tui import __main__
from tui.screen import {module}
def broken(*_, **__):
    {does}
def patch():
    {module}.{what} = broken
{when}
sys.argv = ["gradstep"]
sys.exit(__main__.main())
"""


MISTAKE = 'raise ZeroDivisionError("one\\x1b]0;title\\x07")'


def broken(
    tmp_path: Path, module: str, what: str, when: str = "patch()", does: str = MISTAKE
) -> Program:
    """The program with a function that fails, or does something else; `when` from when on."""
    script = tmp_path / "broken.py"
    script.write_text(BROKEN.format(module=module, what=what, when=when, does=does))
    shell = f"exec {sys.executable} {script}"
    return Program(shell=shell, XDG_STATE_HOME=str(tmp_path), PYTHONPATH=str(ROOT))


@pytest.mark.parametrize(
    ("module", "what"),
    [
        ("main", "Actions.press"),
        ("main", "MainScreen.show"),
        ("driver", "Tokens.feed"),
        ("driver", "Thread"),
        ("paint", "PaneUpdate.texts"),
    ],
)
def test_a_mistake_of_its_own_is_a_sentence_and_status_1(module, what, tmp_path):
    with broken(tmp_path, module, what) as program:
        program.until(lambda: b"\x1b[?1049h" in program.output)
        if what != "Thread":  # which reads the keys: without it the terminal may echo them
            program.send("nn")
        assert ended(program, "") == 1
        said = program.output.rpartition(b"\x1b[?25h")[2].decode()
        assert said.startswith("gradstep: a mistake of gradstep's own ended it: ZeroDivision")
        assert all(line.startswith(("The session ", "Go on ")) for line in said.splitlines()[1:])
        assert "\x1b" not in said
    written = tmp_path / "gradstep" / "failure.txt"
    assert "ZeroDivisionError: one" in written.read_text()
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert str(written) in said


@pytest.mark.parametrize(("how", "status"), HOWS, ids=repr)
@pytest.mark.parametrize("what", ["Actions.press", "MainScreen.finish"])
def test_a_program_that_hangs_is_ended(what, how, status, tmp_path):
    with broken(tmp_path, "main", what, does="time.sleep(60)") as program:
        program.until(START).send("n")
        time.sleep(1.5)  # that is saved; what is not has some seconds more
        assert ended(program, how) == status


def test_what_was_done_before_a_mistake_is_saved(tmp_path):
    when = "import threading; threading.Timer(3.0, patch).start()"
    with broken(tmp_path, "main", "Actions.press", when) as program:
        program.until(START).send("nn").until(after("n", "n"))
        time.sleep(3)
        program.send("n")
        assert ended(program, "") == 1
    assert resumed(tmp_path).splitlines()[:-1] == after("n", "n").splitlines()[:-1]
