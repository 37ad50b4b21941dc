"""Two programs on one session, in real terminals: each says what it does, and nothing is lost."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from engine.history.budget import Budget
from engine.runfile.read import load
from engine.saving.folder import path_for, sessions
from engine.saving.saver import Saver
from engine.session.session import Session
from tests.tui.terminals import Program, run
from tui.actions.desk import Desk
from tui.actions.saving import open_saved, path_of, snapshot
from tui.text.format import Text

pytestmark = pytest.mark.terminal

ASKED = "Take it over (t), open a copy (c) or leave it (q)?"


def start(*arguments: str) -> Program:
    return Program(*arguments, XDG_STATE_HOME=os.environ["XDG_STATE_HOME"])


def desk(name: str = "") -> Desk:
    """A session as it is saved."""
    return open_saved(path_of(name), Text(), Budget()).desk


def notes(name: str) -> str:
    """What a saved session has as notes."""
    return " ".join(stop.text for stop in desk(name).session.lesson.stops if stop.own)


def place(name: str) -> str:
    """Where a saved session stands; "" while there is none."""
    if not path_for(name).exists():
        return ""
    position = desk(name).session.position
    return f"{position.iteration}.{position.step}"


@pytest.fixture
def first() -> Iterator[Program]:
    """A program that has the session "lecture" open, at iteration 1, step 2."""
    saver = Saver.named("lecture")
    saver.save(snapshot(Desk(Session(load("worked-example")))), saver.next())
    saver.close()
    with start("--resume", "lecture") as program:
        program.until("Resumed lecture.").send("\x1b[C\x1b[C")
        program.until(lambda: place("lecture") == "1.2")
        yield program


def test_who_takes_over_goes_on_and_the_other_goes_on_under_another_name(first):
    with start("--resume", "lecture") as second:
        second.until("lecture is open elsewhere (pts/").until(ASKED).send("t\n")
        second.until("Resumed lecture.")
        first.until("This goes on as lecture (2): pts/").until("has taken over lecture.")
        first.send("ithe first\r")
        second.send("ithe second\r\x1b[C")
        first.until(lambda: place("lecture (2)") != "")
        second.until(lambda: place("lecture") == "1.3")
        assert (notes("lecture"), notes("lecture (2)")) == ("the second", "the first")
        assert first.send("q").end() == second.send("q").end() == 0
        assert "saved as lecture (2)." in first.text
        assert "saved as lecture." in second.text
    assert (notes("lecture"), notes("lecture (2)")) == ("the second", "the first")
    assert place("lecture (2)") == "1.2"


def test_a_copy_leaves_the_session_where_it_is(first):
    with start("--resume", "lecture") as second:
        second.until(ASKED).send("c\n").until("A copy of lecture, which stays as it is.")
        second.send("\x1b[C").until(lambda: place("lecture (2)") == "1.3")
        first.send("\x1b[D").until(lambda: place("lecture") == "1.1")
        assert second.send("q").end() == 0
        assert "--resume 'lecture (2)'" in second.text
    assert first.send("q").end() == 0


def test_who_leaves_it_has_changed_nothing(first):
    before = path_for("lecture").read_bytes()
    for answer in ("what?\nq\n", "\nn\n", "\x04"):
        with start("--resume", "lecture") as second:
            second.until(ASKED).send(answer)
            assert second.end() == 0
    with start("--resume", "lecture") as second:
        second.until(ASKED).send("\x03")
        assert second.end() == 130
    assert path_for("lecture").read_bytes() == before
    first.send("\x1b[C").until(lambda: place("lecture") == "1.3")
    assert sessions()[0].name == "lecture"


def test_no_key_typed_after_the_answer_is_lost(first):
    with start("--resume", "lecture") as second:
        second.until(ASKED).send("t\n\x1b[C\x1b[C\x1b[C")
        second.until(lambda: place("lecture") == "1.5")


def test_a_taken_over_program_that_loses_its_line_loses_nothing(first):
    with start("--resume", "lecture") as second:
        second.until(ASKED).send("t\n").until("Resumed lecture.")
        first.until("This goes on as").send("ilost line").until("lost line")
        first.send("\r\x1b[C").until("step  3/17").signal(signal.SIGHUP)
        assert first.end() == 129
        second.send("\x1b[C").until(lambda: place("lecture") == "1.3")
    assert notes("lecture (2)") == "lost line"


def test_what_is_done_since_the_last_save_is_in_the_session_that_is_taken_over(first):
    with start("--resume", "lecture") as second:
        second.until(ASKED)
        first.send("\x1b[C" * 3)
        time.sleep(0.1)
        second.send("t\n").until("Resumed lecture.")
    assert place("lecture") == "1.5"


def test_a_suspended_program_loses_the_session_and_says_so_when_it_wakes(first):
    first.send("\x1b[C").signal(signal.SIGSTOP)
    time.sleep(0.1)
    with start("--resume", "lecture") as second:
        second.until(ASKED).send("t\n").until("Resumed lecture.").send("itheirs\r")
        second.until(lambda: notes("lecture") == "theirs")
        first.signal(signal.SIGCONT).until("This goes on as lecture (2)")
        first.send("imine\r").until(lambda: place("lecture (2)") != "")
        assert first.send("q").end() == second.send("q").end() == 0
    assert notes("lecture") == "theirs"
    assert (notes("lecture (2)"), place("lecture (2)")) == ("mine", "1.3")


def test_what_a_killed_program_had_open_is_resumed_without_a_question(first):
    first.signal(signal.SIGKILL).end()
    with start("--resume", "lecture") as second:
        second.until("Resumed lecture.")
        assert ASKED not in second.text


def test_reading_needs_no_leave(first):
    for way in ("--plain", "--json"):
        result = run(way, "--resume", "lecture", "--goto", "1.1", **os.environ)
        assert (result.returncode, result.stderr) == (0, "")
    first.send("\x1b[C").until(lambda: place("lecture") == "1.3")


def resumed(program: Program, name: str) -> Program:
    """Asks for a session in the palette."""
    program.send("\x10").until("Search").send("resume").until("Go on with a saved session")
    return program.send("\r").until("session (Enter for").send(f"{name}\r")


def test_the_palette_asks_too(first):
    with start("xor") as second:
        resumed(second.until("START"), "").until("Open elsewhere (pts/")
        second.until("): lecture").until("t take over, c copy, n no:").send("n")
        second.until("lecture stays open elsewhere; this session goes on.")
        resumed(second, "lecture").until("t take over").send("t")
        second.until("Resumed lecture.")
        first.until("This goes on as lecture (2)")
        resumed(second, "lecture").until("lecture is this session.")
        assert second.send("\x15\x7f").until("next").send("q").end() == 0
