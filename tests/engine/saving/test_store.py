"""Session files: what is saved is loaded, everything else is refused with one sentence."""

from __future__ import annotations

import errno
import fcntl
import os
import resource
import stat
from pathlib import Path

import numpy as np
import pytest

from engine.saving.fileformat import MOST_BYTES
from engine.saving.filestart import MOST_HEADER
from engine.saving.folder import path_for, state_folder
from engine.saving.store import ChangedError, StoreError, load, save
from tests.engine.saving.places import small_file_system, unprivileged
from tests.engine.sessionfiles import ARRAYS, DOCUMENT, content, header, header_1, sealed, sealed_1


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


def test_refusals_say_what_is_wrong_and_touch_nothing(tmp_path):
    data = content()
    newer = sealed(header(), first=b"gradstep session 3\n")
    large = {"x": "x" * MOST_HEADER}
    for wrong, words in {
        b"": "empty",
        b"PK\x03\x04": "not a gradstep session",
        b"gradstep session 01\n": "not a gradstep session",
        newer: "newer gradstep (session format 3, this one knows 2)",
        sealed(header(document=large)): "header is too long",
        sealed_1(header_1(document=large)): "header is too long",
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


@pytest.mark.skipif(not os.access("/proc/kmsg", os.R_OK), reason="there is no /proc/kmsg to read")
def test_a_log_that_has_nothing_to_say_is_not_waited_for():
    assert "choose another" in refusal(Path("/proc/kmsg"))


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
    mark = save(tmp_path / "a", DOCUMENT, ARRAYS)
    save(tmp_path / "a", DOCUMENT, ARRAYS, mark)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "folder" / "real")
    mark = save(link, {"n": 1}, {})
    save(link, {"n": 2}, {}, mark)
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
        mark = save(path, {"n": 1}, {})
        path.chmod(0o400)
        with pytest.raises(StoreError, match="not permitted"):
            save(path, {"n": 2}, {}, mark)
        path.chmod(0o600)
        folder.chmod(0o500)
        with pytest.raises(StoreError, match="not permitted"):
            save(path, {"n": 2}, {}, mark)
        assert load(path).document == {"n": 1}
        path.chmod(0)
        assert "not permitted" in refusal(path)
        folder.chmod(0o700)
        assert [each.name for each in folder.iterdir()] == ["a"]


def test_without_room_the_old_file_stays(tmp_path, monkeypatch):
    mark = save(tmp_path / "a", {"n": 1}, {})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(StoreError, match="no room"):
            save(tmp_path / "a", {"n": 2}, {"big": np.zeros(100_000)}, mark)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="no room"):
        save(tmp_path / "a", {"n": 2}, {}, mark)
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
    mark = save(tmp_path / "a", {"n": 1}, {})
    with pytest.raises(StoreError, match="cannot be stored"):
        save(tmp_path / "a", document, arrays, mark)
    assert load(tmp_path / "a").document == {"n": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_full_file_system_leaves_the_old_file_and_takes_the_new_when_there_is_room():
    with small_file_system("64k") as folder:
        path = folder / "a.gradstep"
        mark = save(path, {"n": 1}, {})
        (folder / "filler").write_bytes(bytes(1 << 15))
        for size in (10_000, 5_000, 100_000):
            with pytest.raises(StoreError, match="was not saved: there is no room"):
                save(path, {"n": 2}, {"a": np.zeros(size)}, mark)
            with pytest.raises(StoreError, match="no room"):
                save(folder / "b.gradstep", {"n": 2}, {"a": np.zeros(size)})
            assert load(path).document == {"n": 1}
            assert sorted(each.name for each in folder.iterdir()) == ["a.gradstep", "filler"]
        (folder / "filler").unlink()
        save(path, {"n": 2}, {"a": np.zeros(5_000)}, mark)
        assert load(path).document == {"n": 2}


def test_a_saver_replaces_only_the_saving_it_knows(tmp_path):
    path = tmp_path / "a"
    first = save(path, {"n": 1}, {})
    theirs = save(path, {"n": 2}, {}, load(path).mark)
    for known in (first, None):
        with pytest.raises(ChangedError, match="another program has saved it"):
            save(path, {"n": 3}, {}, known)
    assert load(path).document == {"n": 2}
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
    os.utime(path, (0, 0))
    save(path, {"n": 3}, {}, theirs)
    assert load(path).document == {"n": 3}


def test_a_file_that_was_removed_is_made_again_and_an_empty_one_replaced(tmp_path):
    path = tmp_path / "a"
    mark = save(path, {"n": 1}, {})
    path.unlink()
    mark = save(path, {"n": 2}, {}, mark)
    path.write_bytes(b"")
    save(path, {"n": 3}, {}, mark)
    assert load(path).document == {"n": 3}


def test_a_link_where_the_temporary_file_will_be_is_not_followed(tmp_path, monkeypatch):
    precious = tmp_path / "precious"
    precious.write_text("precious")
    monkeypatch.setattr(os, "urandom", bytes)
    planted = tmp_path / f".gradstep-{bytes(8).hex()}.tmp"
    planted.symlink_to(precious)
    with pytest.raises(StoreError, match="a was not saved: its temporary name is taken; try again"):
        save(tmp_path / "a", {}, {})
    assert precious.read_text() == "precious"
    assert planted.is_symlink()
    assert not (tmp_path / "a").exists()


def test_a_file_that_changes_while_it_is_read_is_not_called_damaged(tmp_path, monkeypatch):
    path = tmp_path / "a"
    save(path, {"n": 1}, {"a": np.zeros(1000)})
    data = path.read_bytes()
    looked = os.fstat
    for change in (data + b"x", data[:-1], data[:100], b""):
        path.write_bytes(data)
        looks: list[os.stat_result] = []

        def late(handle, looks=looks, change=change):
            looks.append(looked(handle))
            if len(looks) == 1:
                path.write_bytes(change)
            return looks[-1]

        with monkeypatch.context() as patch:
            patch.setattr(os, "fstat", late)
            assert "is being changed by another program: try again" in refusal(path)
    path.write_bytes(data)
    assert load(path).document == {"n": 1}


def test_a_file_system_without_links_or_locks_saves_all_the_same(tmp_path, monkeypatch):
    def unsupported(*_arguments, **_names):
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(os, "link", unsupported)
    monkeypatch.setattr(fcntl, "flock", unsupported)
    mark = save(tmp_path / "a", {"n": 1}, {})
    with pytest.raises(ChangedError):
        save(tmp_path / "a", {"n": 2}, {})
    save(tmp_path / "a", {"n": 2}, {}, mark)
    assert load(tmp_path / "a").document == {"n": 2}
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_a_saver_that_stops_in_the_middle_is_not_overtaken(tmp_path, monkeypatch):
    """It holds the file that it replaces, so that nobody else can until it is dead."""
    monkeypatch.setattr("engine.saving.store.PATIENCE", 0.1)
    path = tmp_path / "a"
    mark = save(path, {"n": 1}, {})
    with path.open("rb") as stopped:
        fcntl.flock(stopped, fcntl.LOCK_EX)
        with pytest.raises(ChangedError, match="another program is saving it"):
            save(path, {"n": 2}, {}, mark)
    save(path, {"n": 2}, {}, mark)
    assert load(path).document == {"n": 2}
