"""Session files: what is saved is loaded, everything else is refused with one sentence."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from engine.saving.fileformat import MOST_BYTES, MOST_HEADER
from engine.saving.store import StoreError, load, path_for, save, sessions, state_folder
from tests.engine.sessionfiles import ARRAYS, DOCUMENT, content, header, sealed


def refusal(path: Path) -> str:
    with pytest.raises(StoreError) as caught:
        load(path)
    sentence = str(caught.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    return sentence


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@contextmanager
def unprivileged():
    """A folder of a user to whom permissions apply, and this process as that user."""
    folder = Path(tempfile.mkdtemp())
    root = os.geteuid() == 0
    try:
        if root:
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o700)
        shutil.rmtree(folder)


def test_refusals_say_what_is_wrong_and_touch_nothing(tmp_path):
    data = content()
    newer = sealed(header(), first=b"gradstep session 2\n")
    for wrong, words in {
        b"": "empty",
        b"PK\x03\x04": "not a gradstep session",
        b"gradstep session 01\n": "not a gradstep session",
        newer: "newer gradstep (session format 2, this one knows 1)",
        sealed(header(document={"x": "x" * MOST_HEADER})): "header is too long",
        data[:-1]: f"ends after {len(data) - 1} of {len(data)} bytes",
        data + b"12": "2 bytes follow its end",
        data[:-1] + bytes([data[-1] ^ 1]): "checksum",
    }.items():
        path = tmp_path / "a.gradstep"
        path.write_bytes(wrong)
        path.chmod(0o400)
        os.utime(path, (1e9, 1e9))
        assert words in refusal(path)
        assert path.read_bytes() == wrong
        assert path.stat().st_mtime == 1e9
        path.unlink()
    assert sorted(tmp_path.iterdir()) == []


def test_what_is_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "huge").touch()
    os.truncate(tmp_path / "huge", MOST_BYTES + 1)
    for path in ("fifo", "loop", "huge", "missing", "no/folder", "", "x" * 300):
        refusal(tmp_path / path)
    assert "larger than 1024 MB" in refusal(tmp_path / "huge")
    assert "not a file" in refusal(Path("/dev/zero"))
    with pytest.raises(StoreError):
        load(tmp_path / "nul\0")
    for path in ("fifo", "", "x" * 300, "nul\0"):
        with pytest.raises(StoreError):
            save(tmp_path / path, {}, {})
    assert stat.S_ISFIFO((tmp_path / "fifo").stat().st_mode)


@pytest.mark.parametrize("theirs", [b"my notes\n", sealed(header(), first=b"gradstep session 9\n")])
def test_a_foreign_or_newer_file_is_not_replaced(tmp_path, theirs):
    path = tmp_path / "a"
    path.write_bytes(theirs)
    with pytest.raises(StoreError, match="left as it is"):
        save(path, DOCUMENT, ARRAYS)
    assert path.read_bytes() == theirs


def test_a_saved_file_is_private_and_alone(tmp_path):
    save(tmp_path / "a", DOCUMENT, ARRAYS)
    save(tmp_path / "a", DOCUMENT, ARRAYS)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "folder" / "real")
    save(link, {"n": 1}, {})
    save(link, {"n": 2}, {})
    assert link.is_symlink()
    assert load(tmp_path / "folder" / "real").document == {"n": 2} == load(link).document


def test_a_missing_folder_is_not_made_unless_it_is_the_state_folder(home):
    with pytest.raises(StoreError, match="no such file or folder"):
        save(home / "typo" / "a", {}, {})
    assert not (home / "typo").exists()
    save(path_for("mine"), {}, {})
    assert stat.S_IMODE(state_folder().stat().st_mode) == 0o700


def test_permission_denied_is_a_sentence_and_the_old_file_stays():
    with unprivileged() as folder:
        path = folder / "a"
        save(path, {"n": 1}, {})
        path.chmod(0o400)
        with pytest.raises(StoreError, match="not permitted"):
            save(path, {"n": 2}, {})
        path.chmod(0o600)
        folder.chmod(0o500)
        with pytest.raises(StoreError, match="not permitted"):
            save(path, {"n": 2}, {})
        assert load(path).document == {"n": 1}
        path.chmod(0)
        assert "not permitted" in refusal(path)
        folder.chmod(0o700)
        assert [each.name for each in folder.iterdir()] == ["a"]


def test_without_room_the_old_file_stays(tmp_path, monkeypatch):
    save(tmp_path / "a", {"n": 1}, {})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(StoreError, match="no room"):
            save(tmp_path / "a", {"n": 2}, {"big": np.zeros(100_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="no room"):
        save(tmp_path / "a", {"n": 2}, {})
    assert load(tmp_path / "a").document == {"n": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("document", "arrays"),
    [
        ({"x": {1, 2}}, {}),
        ({"x": np.float32(1)}, {}),
        ({"x": 10**5000}, {}),
        ({"x": "x" * (17 << 20)}, {}),
        ({}, {"a": np.array(["text"])}),
        ({}, {"a": np.array([object()])}),
        ({}, {"a": np.broadcast_to(np.zeros(1), (1 << 28,))}),
    ],
)
def test_what_cannot_be_stored_is_a_sentence(tmp_path, document, arrays):
    save(tmp_path / "a", {"n": 1}, {})
    with pytest.raises(StoreError, match="cannot be stored"):
        save(tmp_path / "a", document, arrays)
    assert load(tmp_path / "a").document == {"n": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    "name", ["a", "my run 2", "ŷ − y", "CON", "a.b", "-x", "日本語", "x" * 100]
)
def test_a_safe_name_is_a_file_of_the_state_folder(home, name):
    save(path_for(name), {"title": f"{name}\x1b[2J"}, {})
    assert path_for(name).parent == state_folder()
    assert [(e.name, e.title, e.problem) for e in sessions()] == [(name, f"{name}�[2J", "")]


UNSAFE = ["", " ", " a", "a ", ".", "..", ".a", "a/b", "/a", "a\\b", "a\0b", "a\nb", "\x1b[2J"]
UNSEEN = ["\x7f", "a\u202eb", "a\u2028b", "a\u00a0b", "\udcff"]


@pytest.mark.parametrize("name", [*UNSAFE, *UNSEEN, "x" * 101, "日" * 83])
def test_an_unsafe_name_is_refused_with_a_sentence(home, name):
    with pytest.raises(StoreError, match="choose another"):
        path_for(name)


def test_the_list_is_newest_first_and_flags_what_is_damaged(home):
    assert sessions() == []
    for name in ("first", "second", "third"):
        save(path_for(name), {"title": f"the {name}"}, ARRAYS)
    damaged = bytearray(path_for("second").read_bytes())
    damaged[-60] ^= 1
    path_for("second").write_bytes(damaged)
    os.utime(path_for("second"), (1e9, 1e9))
    (state_folder() / "notes.txt").write_text("not in the list")
    (state_folder() / "a\nb.gradstep").write_text("nor this")
    found = sessions()
    assert [entry.name for entry in found] == ["third", "first", "second"]
    assert [entry.title for entry in found] == ["the third", "the first", ""]
    assert ["damaged" in entry.problem for entry in found] == [False, False, True]
    assert load(found[0].path).document["title"] == "the third"


def test_the_state_folder_follows_the_environment(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    for unset in ("", "relative/path"):
        monkeypatch.setenv("XDG_STATE_HOME", unset)
        assert state_folder() == Path("/home/me/.local/state/gradstep/sessions")
    monkeypatch.setenv("XDG_STATE_HOME", "/var/state")
    assert state_folder() == Path("/var/state/gradstep/sessions")
