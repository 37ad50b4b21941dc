"""`--line`: through a pipe, and in terminals without abilities."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from time import monotonic, sleep

import pexpect
import pytest

from engine.history.budget import Budget
from engine.saving.folder import sessions
from tests.test_imports import COMMAND, within
from tests.tui.command.test_main import refused
from tests.tui.terminals import PATIENCE, ROOT, command, environment, run
from tui.actions.effects import Job
from tui.actions.saving import open_saved, path_of
from tui.command import linemode
from tui.command.linemode import Work
from tui.lines.conversation import CLOSED
from tui.text.format import Text

FAREWELL = r"The session is saved as (.+)\.\nGo on with it: python -m tui --resume '?\1'?\n$"


def line(*lines: str, options: tuple[str, ...] = (), **variables: str | None) -> str:
    """What line mode prints of these lines from a pipe."""
    state = {"XDG_STATE_HOME": os.environ["XDG_STATE_HOME"]}
    done = run(
        "--line", *options, stdin="".join(f"{each}\n" for each in lines), **state, **variables
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def place(name: str) -> str:
    position = open_saved(path_of(name), Text(), Budget()).desk.session.position
    return f"{position.iteration}.{position.step}"


def test_the_first_iteration_through_a_pipe_is_what_plain_prints() -> None:
    said = line(*[""] * 17, COLUMNS="100")
    printed = run("--plain", "--iterations", "1").stdout
    blocks = re.split(r"1\.[0-9]+ .*> \n", said)
    assert [f"{block.rstrip()}" for block in blocks[1:-1]] == printed.rstrip().split("\n\n")[:17]
    assert "\x1b" not in said
    farewell = re.search(FAREWELL, said)
    assert farewell is not None
    assert place(farewell[1]) == "1.17"


def test_what_is_piped_is_shown_behind_the_prompt_and_the_last_line_needs_no_end() -> None:
    done = run("--line", stdin="n\nn\r\n12.6\nn")
    assert "1.0 x₁> n\niteration 1 · step 1/17" in done.stdout
    assert "1.2 a[1]₁> 12.6\n12.6 is no command; :12.6 goes there.\n1.2 a[1]₁> n\n" in done.stdout
    assert "step 3/17" in done.stdout


def test_nothing_done_is_nothing_saved() -> None:
    assert line().endswith("iteration 1 · start\n1.0 x₁> \n")
    assert line("q").endswith("iteration 1 · start\n1.0 x₁> q\n")
    assert sessions() == []


def test_a_session_goes_on_by_lines() -> None:
    line("5n", "save mine")
    said = line("n", options=("--resume", "mine"))
    assert "Resumed mine.\niteration 1 · step 5/17" in said
    assert place("mine") == "1.6"


def test_a_c_locale_gets_ascii() -> None:
    said = line("6n", ";", LC_ALL="C", LANG=None)
    assert said.isascii()
    assert "1.6 delta[2]_1> ;" in said


@pytest.mark.parametrize(
    ("columns", "wide"), [("1", 20), ("72", 72), ("400", 158), ("0", 80), (None, 80)]
)
def test_the_width_is_that_of_columns(monkeypatch, columns: str | None, wide: int) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys, "__stdout__", None)
    assert linemode.width() == wide


def test_lines_are_as_wide_as_columns_says() -> None:
    assert max(map(len, line(":1.14", COLUMNS="40").partition("The s")[0].split("\n"))) <= 40


def test_options_of_the_screen_hold() -> None:
    said = line("n", options=("xor", "--goto", "2.3", "--digits", "6", "--optimizer", "adam"))
    assert "iteration 2 · step 3/" in said
    assert "xor · Adam η" in said


def test_practice_by_lines() -> None:
    said = line("", "0.5", options=("--practice",))
    assert "practice 1.0 x₁> \nweighted sum, layer 1" in said
    assert "z[1]₁ = 0.5\nz[1]₁ 0.5: right.\nz[1]₂ = " in said


def test_what_does_not_go_with_it_is_refused() -> None:
    assert "not allowed with argument" in refused("--line", "--plain")
    assert "--size goes with --plain" in refused("--line", "--size", "80x24")
    assert "--mouse goes with the screen" in refused("--line", "--mouse")


def test_a_reader_that_has_gone_does_not_keep_it_from_saving() -> None:
    program = subprocess.Popen(
        command("--line"),
        cwd=ROOT,
        env=environment(XDG_STATE_HOME=os.environ["XDG_STATE_HOME"]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert program.stdin is not None
    assert program.stdout is not None
    assert program.stderr is not None
    program.stdin.write(b"5n\n")
    program.stdin.flush()
    assert any(b"step 5/17" in line for line in program.stdout)
    program.stdout.close()
    program.stdin.write(b"n\n" * 3)
    program.stdin.close()
    assert program.wait(PATIENCE) == 128 + signal.SIGPIPE
    assert program.stderr.read() == b""
    program.stderr.close()
    assert len(sessions()) == 1


def test_it_needs_no_textual() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "--line"],
        cwd=ROOT,
        env=environment(XDG_STATE_HOME=os.environ["XDG_STATE_HOME"]),
        input="n\n;\nq\nq\n",
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    found = set(done.stdout.rpartition("\f")[2].split())
    assert "tui.lines.conversation" in found
    unwanted = {"textual", "rich", "asyncio", "readline", "tui.screen"}
    assert [name for name in sorted(found) if within(name, unwanted)] == []


def test_a_job_says_seldom_how_far_it_is(monkeypatch, capsys) -> None:
    now = [0.0]
    monkeypatch.setattr(linemode, "monotonic", lambda: now[0])

    def work(stop) -> str:
        for _ in range(200):
            now[0] += 0.5
            stop()
        return "done"

    job = Job("training", work, lambda _: None)
    assert Work(Text())(job) == ("done", None)
    assert capsys.readouterr().out == "training\n" * 6  # at 2, 6, 14, 30, 60, 90 seconds
    failed = ValueError("no")

    def fail(stop) -> str:
        raise failed

    assert Work(Text())(Job("training", fail, lambda _: None)) == (None, failed)


# -- terminals -------------------------------------------------------------------------------------


def dialogue(*arguments: str, **variables: str | None) -> pexpect.spawn:
    """The program in a terminal, as an expect script has it."""
    return pexpect.spawn(
        command("--line", *arguments)[0],
        command("--line", *arguments)[1:],
        cwd=str(ROOT),
        env=environment(XDG_STATE_HOME=os.environ["XDG_STATE_HOME"], **variables),
        timeout=PATIENCE,
        encoding="utf-8",
        dimensions=(24, 80),
    )


@pytest.mark.terminal
@pytest.mark.parametrize("term", ["dumb", "xterm-256color"])
def test_a_dialogue(term: str) -> None:
    with dialogue(TERM=term) as program:
        program.expect_exact("1.0 x₁> ")
        program.sendline("4n")
        program.expect_exact("1.4 ŷ₁> ")
        assert "step 4/17" in (program.before or "")
        program.sendline("e")
        program.expect_exact("ŷ₁ is computed; an option, such as lr = 0.05: ")
        program.sendline("lr = 0.5")
        program.expect_exact("sgd-2 1.4 ŷ₁> ")
        program.sendline("q")
        program.expect_exact("Go on with it: python -m tui --resume ")
        program.expect(pexpect.EOF)
        program.wait()
        assert program.exitstatus == 0


@pytest.mark.terminal
def test_ctrl_c_stops_a_job_and_not_the_session_and_twice_ends() -> None:
    with dialogue(TERM="dumb") as program:
        program.expect_exact("1.0 x₁> ")
        program.sendline("a 9999999")
        program.expect(r"training sgd: iteration [0-9,]+, ")
        program.sendintr()
        program.expect(r"Iterations up to [0-9,]+ are there\.\r\n1\.0 x₁> ")
        program.sendline("e")
        program.expect_exact("or lr = …: ")
        program.sendintr()
        program.expect_exact(f"{CLOSED}\r\n1.0 x₁> ")
        program.sendintr()
        program.expect_exact(linemode.AGAIN)
        program.sendline("n")
        program.expect_exact("1.1 z[1]₁> ")
        program.sendintr()
        program.expect_exact(linemode.AGAIN)
        program.sendintr()
        program.expect_exact("The session is saved as ")
        program.expect(pexpect.EOF)
        program.wait()
        assert program.exitstatus == 0


@pytest.mark.terminal
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_whatever_ends_it_the_session_is_saved(ending: signal.Signals) -> None:
    with dialogue(TERM="dumb") as program:
        program.expect_exact("1.0 x₁> ")
        program.sendline("3n")
        program.expect_exact("1.3 z[2]₁> ")
        if ending == signal.SIGKILL:
            until = monotonic() + PATIENCE
            while not sessions() and monotonic() < until:
                sleep(0.02)
        program.kill(ending)
        program.expect(pexpect.EOF)
        program.wait()
        if ending != signal.SIGKILL:
            assert program.exitstatus == 128 + ending
        assert place(sessions()[0].name) == "1.3"


@pytest.mark.terminal
def test_the_end_of_the_input_in_a_terminal() -> None:
    with dialogue(TERM="dumb") as program:
        program.expect_exact("1.0 x₁> ")
        program.sendline("")
        program.expect_exact("1.1 z[1]₁> ")
        program.sendeof()
        program.expect_exact("The session is saved as ")
        program.expect(pexpect.EOF)
        program.wait()
        assert program.exitstatus == 0
