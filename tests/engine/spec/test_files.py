"""Files that are given: regular ones, pipes and standard input; no other is waited for."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from engine.catalog.csvtext import CsvText
from engine.spec import files
from engine.spec.files import path_of, read_bytes, read_text
from engine.spec.problem import Problem
from engine.spec.run import SpecError
from engine.spec.toml import read_toml
from tests.tui.terminals import ROOT


def refused(path: Path | str, most: int = 100) -> str:
    with pytest.raises(SpecError) as caught:
        read_text(Path(path), most)
    (sentence,) = caught.value.problems
    assert sentence.isprintable()
    return sentence


def test_a_file_within_the_limit(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"\xef\xbb\xbf" + "é".encode() * 48)
    assert read_text(path, 99) == "é" * 48
    assert read_bytes(path, 99) == path.read_bytes()
    assert "is larger than" in refused(path, 98)


@pytest.mark.parametrize(
    ("read", "most"),
    [(read_toml, 2 << 20), (lambda path: CsvText(path, header=True), 64 << 20)],
    ids=["toml", "csv"],
)
def test_a_file_over_its_limit_is_refused_by_its_size(read, most, tmp_path):
    path = tmp_path / "a"
    with path.open("wb") as file:
        file.truncate(most + 1)
    with pytest.raises(SpecError, match=f"is larger than {most >> 20} MB"):
        read(path)


def test_what_is_no_text(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"ab\xe9")
    assert refused(path).endswith("is not UTF-8 text (byte 3 is 0xe9).")


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_devices_are_not_opened(path, monkeypatch):
    if not Path(path).exists():
        pytest.skip(f"there is no {path}")
    monkeypatch.setattr(os, "open", None)
    assert refused(path) == f"{path}: this is neither a regular file nor a pipe."


def test_links(tmp_path):
    loop, stale, over = tmp_path / "loop", tmp_path / "stale", tmp_path / "file" / "over"
    loop.symlink_to(loop)
    stale.symlink_to("nowhere")
    (tmp_path / "file").touch()
    assert "its links lead in a circle" in refused(loop)
    assert refused(stale) == f"{stale}: there is no such file."
    assert refused(over) == f"{over}: there is no such file."


@pytest.mark.parametrize(
    ("number", "says"), [(errno.EACCES, "that is not permitted"), (errno.EIO, "try again")]
)
@pytest.mark.parametrize("call", ["open", "read"])
def test_what_the_system_refuses(tmp_path, monkeypatch, call, number, says):
    def fail(*arguments):
        raise OSError(number, os.strerror(number))

    path = tmp_path / "a"
    path.touch()
    monkeypatch.setattr(os, call, fail)
    assert f"{path}: cannot be read: " in refused(path)
    assert says in refused(path)


def test_a_file_that_says_nothing_yet_is_refused(tmp_path, monkeypatch):
    """As /proc/kmsg, a regular file, does."""

    def not_yet(*arguments):
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    path = tmp_path / "a"
    path.touch()
    monkeypatch.setattr(os, "read", not_yet)
    assert refused(path) == f"{path}: has nothing to read now."


def test_a_pipe_is_read_to_its_end(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)

    def write() -> None:
        with path.open("wb") as pipe:
            for piece in (b"a" * 70_000, b"b" * 70_000):
                pipe.write(piece)
                pipe.flush()
                time.sleep(0.05)

    writer = threading.Thread(target=write)
    writer.start()
    assert read_bytes(path, 140_000) == b"a" * 70_000 + b"b" * 70_000
    writer.join()


def test_standard_input_is_a_file_too(tmp_path):
    code = (
        "from pathlib import Path; from engine.spec.files import read_text;"
        "print(read_text(Path('-'), 10))"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.check_output(command, cwd=ROOT, input="hello", text=True) == "hello\n"


def test_the_terminal_is_not_read(monkeypatch):
    monkeypatch.setattr(os, "isatty", lambda handle: handle == 0)
    assert refused("-") == "-: standard input is the terminal; give it a file or a pipe."


@pytest.mark.parametrize("opened", [False, True])
def test_a_pipe_that_stays_silent_is_refused(tmp_path, monkeypatch, opened):
    monkeypatch.setattr(files, "SILENCE", 0.05)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    handle = os.open(path, os.O_RDWR) if opened else None
    began = time.monotonic()
    assert "nothing more has come from it" in refused(path)
    assert time.monotonic() - began < 2
    if handle is not None:
        os.close(handle)


def test_a_pipe_that_never_ends_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "PATIENCE", 0.2)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    handle, stop = os.open(path, os.O_RDWR), threading.Event()

    def drip() -> None:
        while not stop.is_set():
            os.write(handle, b"a")
            time.sleep(0.01)

    writer = threading.Thread(target=drip)
    writer.start()
    assert "nothing more has come from it" in refused(path, 1 << 20)
    stop.set()
    writer.join()
    os.close(handle)


def test_a_path_is_typed_with_a_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert path_of(" ~/a b.svg ") == tmp_path / "a b.svg"
    assert path_of("x~/y") == Path("x~/y")
    with pytest.raises(
        Problem, match=r"^~no-such-user-here/�: ~ names a user that is not there\.$"
    ):
        path_of("~no-such-user-here/\x1b")
