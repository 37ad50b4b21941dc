"""Who has a session open: real programs that live, stop, hang and die, and other machines."""

from __future__ import annotations

import dataclasses
import errno
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from engine.saving import program as programs
from engine.saving.folder import path_for, state_folder
from engine.saving.lock import OpenElsewhereError, lock, still_open, take
from engine.saving.program import Program, from_line, this_program, to_line
from tests.engine.saving.places import small_file_system, unprivileged

ROOT = Path(__file__).parents[3]

# Opens a session; lets go of it where it is asked for and told, and says so;
HOLDER = """
import signal, sys, time
from engine.saving.lock import lock
from pathlib import Path

held = lock(Path(sys.argv[1]))
told = []
if sys.argv[2] == "answers":
    signal.signal(signal.SIGURG, lambda *_: told.append(held.rival()))
print("open", flush=True)
while not told:
    time.sleep(0.01)
print("saved for" if told[0].waits else "lost to", told[0].program.pid, flush=True)
held.release()
sys.stdin.read()
"""


@contextmanager
def holder(path: Path, manner: str = "answers") -> Iterator[subprocess.Popen]:
    """A program that has the session open."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), manner],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "open\n"
        try:
            yield process
        finally:
            process.kill()


def open_elsewhere(path: Path) -> Program:
    """The other program that has it open."""
    with pytest.raises(OpenElsewhereError) as caught:
        lock(path)
    assert caught.value.program
    return caught.value.program


def beside(path: Path) -> Path:
    return path.with_name(f".{path.stem}.lock")


def test_a_session_is_open_in_one_program_and_says_in_which(tmp_path):
    path = tmp_path / "a.gradstep"
    with holder(path) as process:
        other = open_elsewhere(path)
        assert other.pid == process.pid
        assert (other.host, other.user) == (this_program().host, this_program().user)
        assert abs(other.since - time.time()) < 60
        assert lock(tmp_path / "b.gradstep").rival() is None
    mine = lock(path)
    assert mine.rival() is None
    mine.release()
    assert not beside(path).exists()


def test_the_same_session_by_a_link_is_the_same_session(tmp_path):
    (tmp_path / "folder").mkdir()
    link = tmp_path / "folder" / "link.gradstep"
    link.symlink_to(tmp_path / "a.gradstep")
    with holder(tmp_path / "a.gradstep") as process:
        assert open_elsewhere(link).pid == process.pid


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_dead_program_had_open_is_opened_at_once(tmp_path, number):
    path = tmp_path / "a.gradstep"
    with holder(path) as process:
        process.send_signal(number)
        process.wait()
        assert beside(path).exists()
        began = time.monotonic()
        held = lock(path)
        assert time.monotonic() - began < 0.1
        assert held.rival() is None


def test_who_is_asked_saves_and_lets_go(tmp_path):
    path = tmp_path / "a.gradstep"
    with holder(path) as process:
        began = time.monotonic()
        mine = take(path)
        assert time.monotonic() - began < 1.5
        assert mine.rival() is None
        assert process.stdout
        assert process.stdout.readline() == f"saved for {os.getpid()}\n"
        assert mine.rival() is None


@pytest.mark.parametrize("manner", ["hangs", "stopped"])
def test_who_does_not_answer_loses_it_and_finds_out(tmp_path, manner):
    path = tmp_path / "a.gradstep"
    with holder(path, "answers" if manner == "stopped" else manner) as process:
        if manner == "stopped":
            process.send_signal(signal.SIGSTOP)
        mine = take(path, 0.2)
        assert mine.rival() is None
        if manner == "stopped":
            process.send_signal(signal.SIGCONT)
            assert process.stdout
            assert process.stdout.readline() == f"lost to {os.getpid()}\n"
        assert open_elsewhere(path).pid == os.getpid()
        assert mine.rival() is None
        mine.release()
        assert not beside(path).exists()


def test_who_has_lost_a_session_leaves_the_lock_of_the_other(tmp_path):
    path = tmp_path / "a.gradstep"
    first = lock(path)
    second = take(path, 0)
    rival = first.rival()
    assert rival
    assert not rival.waits
    first.release()
    assert beside(path).exists()
    assert second.rival() is None
    assert open_elsewhere(path).pid == os.getpid()


def written(path: Path, **changes: Any) -> Program:
    """A lock that a program has left which cannot be seen from here."""
    path.parent.mkdir(parents=True, exist_ok=True)
    other = dataclasses.replace(this_program(), token="other", **changes)
    beside(path).write_bytes(to_line(other))
    return other


@pytest.mark.parametrize("locks", [True, False])
def test_of_a_program_on_another_machine_it_is_asked(tmp_path, monkeypatch, locks):
    path = tmp_path / "a.gradstep"
    other = written(path, machine="other", host="box", user="ann", terminal="pts/7")
    if not locks:
        monkeypatch.setattr(fcntl, "flock", unsupported)
    assert open_elsewhere(path) == other
    assert other.words == "ann@box, pts/7"
    killed = []
    monkeypatch.setattr(os, "kill", lambda *a: killed.append(a))
    mine = take(path, 0)
    assert killed == []
    assert mine.rival() is None


def test_a_lock_that_nobody_holds_is_a_dead_programs_in_another_container_too(tmp_path):
    path = tmp_path / "a.gradstep"
    written(path, boot=f"{this_program().boot.split()[0]} another container")
    assert lock(path).rival() is None


def unsupported(*_arguments):
    raise OSError(errno.ENOLCK, "No locks available")


@pytest.mark.parametrize(
    ("changes", "ended"),
    [
        ({}, False),
        ({"started": "1"}, True),  # its number is another program's now
        ({"pid": 2**22 + 1}, True),
        ({"boot": "another start"}, True),
        ({"boot": "{boot} another container"}, False),
        ({"boot": ""}, False),
    ],
)
def test_without_locks_a_program_has_ended_when_that_is_sure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], ended: bool
) -> None:
    monkeypatch.setattr(fcntl, "flock", unsupported)
    path = tmp_path / "a.gradstep"
    boot = this_program().boot.split()[0]
    written(
        path, **{key: v.format(boot=boot) if key == "boot" else v for key, v in changes.items()}
    )
    if ended:
        assert lock(path).rival() is None
    else:
        open_elsewhere(path)


def test_a_wrong_program_is_told_nothing(monkeypatch):
    killed = []
    monkeypatch.setattr(os, "kill", lambda *a: killed.append(a))
    this_program().tell()
    assert killed == [(os.getpid(), programs.TOLD_BY)]
    others: tuple[dict[str, Any], ...] = ({"started": "1"}, {"boot": "x"}, {"machine": "x"})
    for changes in others:
        dataclasses.replace(this_program(), **changes).tell()
    assert len(killed) == 1
    assert signal.getsignal(programs.TOLD_BY) == signal.SIG_DFL  # which is to ignore it


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"{}", b"[1]", b"x" * 100_000, b"[" * 10_000, b"\xff\n", b"null\nnull\n"]
    + [to_line(dataclasses.replace(this_program(), user=user)) for user in ("\x1b[2J", "x" * 300)],
    ids=map(str, range(10)),  # what this program writes is not what the next one does
)
def test_a_lock_that_makes_no_sense_is_nobodys(tmp_path, content):
    path = tmp_path / "a.gradstep"
    beside(path).write_bytes(content)
    mine = lock(path)
    assert mine.rival() is None
    line = beside(path).read_bytes()
    assert from_line(line)
    beside(path).write_bytes(content)
    mine.rival()
    mine.release()


def test_what_is_planted_where_the_lock_will_be_stays_as_it_is(tmp_path):
    path, precious = tmp_path / "a.gradstep", tmp_path / "precious"
    precious.write_text("precious")
    plants: tuple[Callable[[], object], ...] = (
        lambda: beside(path).symlink_to(precious),
        lambda: beside(path).hardlink_to(precious),
        lambda: os.mkfifo(beside(path)),
        lambda: beside(path).mkdir(),
    )
    for plant in plants:
        plant()
        held = lock(path)
        assert held.rival() is None
        held.release()
        assert precious.read_text() == "precious"
        beside(path).rmdir() if beside(path).is_dir() else beside(path).unlink()


def test_where_no_lock_can_be_made_a_session_is_opened_all_the_same():
    with unprivileged() as folder:
        path = folder / "a.gradstep"
        folder.chmod(0o500)
        for held in (lock(path), take(path, 0)):
            assert held.rival() is None
            held.release()
        folder.chmod(0)
        lock(path).release()
        take(path, 0).release()


def test_on_a_full_file_system_a_session_is_open_in_one_program_all_the_same():
    with small_file_system("16k") as folder:
        (folder / "filler").write_bytes(bytes(1 << 14))
        with pytest.raises(OSError, match="No space"):
            (folder / "more").write_bytes(bytes(1 << 13))
        held = lock(folder / "a.gradstep")
        with pytest.raises(OpenElsewhereError) as caught:
            lock(folder / "a.gradstep")
        assert caught.value.program is None
        mine = take(folder / "a.gradstep", 0)
        mine.release()
        held.release()


def test_locks_that_dead_programs_left_are_swept_and_others_stay():
    with holder(path_for("alive")), holder(path_for("dead")) as dead:
        dead.kill()
        dead.wait()
        written(path_for("elsewhere"), machine="other")
        assert still_open(state_folder()) == {path_for("alive"), path_for("elsewhere")}
        left = {each.name for each in state_folder().iterdir()}
        assert left == {".alive.lock", ".elsewhere.lock"}


def test_programs_that_open_a_session_at_once_get_it_one_at_a_time(tmp_path):
    code = """
import sys
from pathlib import Path
from engine.saving.lock import OpenElsewhereError, lock
path, told = Path(sys.argv[1]), Path(sys.argv[2])
won = 0
while won < 100:
    try:
        held = lock(path, 0)
    except OpenElsewhereError:
        continue
    told.mkdir()  # raises where another is in here too
    told.rmdir()
    held.release()
    won += 1
"""
    command = [sys.executable, "-c", code, str(tmp_path / "a.gradstep"), str(tmp_path / "in")]
    programs = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [each.wait() for each in programs] == [0, 0, 0]


def test_a_lock_is_let_go_where_closing_its_file_fails(tmp_path, monkeypatch):
    path = tmp_path / "lecture.gradstep"
    held, close = lock(path), os.close

    def fails(handle: int) -> None:
        close(handle)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "close", fails)
    held.release()
    monkeypatch.undo()
    held.release()
    lock(path).release()
