"""The folder of sessions: safe names, a list that reads little, and which one is newest."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import datetime
from pathlib import Path

import pytest

from engine.saving import folder as folders
from engine.saving.filestart import START_BYTES, VERSION
from engine.saving.folder import newest, path_for, sessions, state_folder
from engine.saving.store import StoreError, load, save
from tests.engine.saving.places import unprivileged
from tests.engine.sessionfiles import ARRAYS, DOCUMENT, content, header_1, sealed_1
from tests.fixtures.record_sessions import FOLDER


@pytest.mark.parametrize(
    "name", ["a", "my run 2", "ŷ − y", "CON", "a.b", "-x", "日本語", "x" * 100, "日" * 82]
)
def test_a_safe_name_is_a_file_of_the_state_folder(name):
    save(path_for(name), {"title": f"{name}\x1b[2J"}, {})
    assert path_for(name).parent == state_folder()
    assert [(e.name, e.title, e.problem) for e in sessions()] == [(name, f"{name}�[2J", "")]


UNSAFE = ["", " ", " a", "a ", ".", "..", ".a", "a/b", "/a", "a\\b", "a\0b", "a\nb", "\x1b[2J"]
UNSEEN = ["\x7f", "a\u202eb", "a\u2028b", "a\u00a0b", "\udcff"]


@pytest.mark.parametrize("name", [*UNSAFE, *UNSEEN, "x" * 101, "日" * 83])
def test_an_unsafe_name_is_refused_with_a_sentence(name):
    with pytest.raises(StoreError, match="choose another"):
        path_for(name)


def test_the_list_is_newest_first_and_flags_what_is_no_session():
    assert sessions() == []
    for name in ("first", "second", "third", "fourth"):
        save(path_for(name), {"title": f"the {name}"}, ARRAYS)
    start = bytearray(path_for("second").read_bytes())
    start[60] ^= 1
    path_for("second").write_bytes(start)
    path_for("third").write_bytes(path_for("third").read_bytes()[:-1])
    path_for("none").write_text("no session")
    for name, date in (("none", -1e12), ("third", 1e12)):
        os.utime(path_for(name), (date, date))
    path_for("a folder").mkdir()
    os.mkfifo(path_for("a pipe"))
    path_for("a link").symlink_to("/nonexistent")
    (state_folder() / "notes.txt").write_text("not in the list")
    (state_folder() / "a\nb.gradstep").write_text("nor this")
    found = sessions()
    assert all(datetime.fromtimestamp(entry.saved_at).year >= 1970 for entry in found)
    assert [entry.name for entry in found[:2]] == ["fourth", "first"]
    assert [(entry.title, entry.problem) for entry in found[:2]] == [
        ("the fourth", ""),
        ("the first", ""),
    ]
    problems = {entry.name: entry.problem for entry in found[2:]}
    for name, words in {
        "second": "damaged",
        "third": "damaged",
        "none": "not a gradstep session",
        "a folder": "not a file",
        "a pipe": "not a file",
        "a link": "no such file",
    }.items():
        assert words in problems.pop(name)
    assert not problems
    assert newest().name == "fourth"


def test_the_newest_is_the_last_saved_also_where_the_clock_went_back(monkeypatch):
    first = save(path_for("first"), {}, {})
    with monkeypatch.context() as patch:
        patch.setattr("time.time_ns", lambda: 10**18)
        patch.setattr("time.time", lambda: 1e9)
        save(path_for("second"), {}, {}, after=first.order)
    os.utime(path_for("second"), (0, 0))
    assert newest().name == "second"
    assert [entry.name for entry in sessions()] == ["second", "first"]
    path_for("old").write_bytes(sealed_1(header_1(saved_at=1e9)))
    assert [entry.name for entry in sessions()] == ["second", "first", "old"]


def test_without_a_session_there_is_no_newest_and_without_a_sound_one_it_says_why():
    with pytest.raises(StoreError, match="No session has been saved yet"):
        newest()
    state_folder().mkdir(parents=True)
    path_for("x").symlink_to("/nonexistent")
    with pytest.raises(StoreError, match="no such file"):
        newest()


def test_a_session_removed_while_the_list_is_made_is_not_in_it(monkeypatch):
    save(path_for("a"), {}, {})
    opened = os.open

    def late(path, *arguments):
        Path(path).unlink()
        return opened(path, *arguments)

    monkeypatch.setattr(os, "open", late)
    assert sessions() == []


def test_a_list_reads_the_start_of_each_file_alone(monkeypatch):
    state_folder().mkdir(parents=True)
    sizes = []
    read = os.pread

    def counted(*arguments):
        sizes.append(len(found := read(*arguments)))
        return found

    monkeypatch.setattr(os, "pread", counted)
    data = content(DOCUMENT, {"a": ARRAYS["state"].repeat(10_000)})
    old = sealed_1(header_1(document=DOCUMENT))
    for number in range(50):
        path_for(f"new {number}").write_bytes(data)
        path_for(f"old {number}").write_bytes(old)
    monkeypatch.setattr(folders, "open", None, raising=False)
    assert len(sessions()) == 100
    assert len(sizes) <= 150
    assert max(sizes) <= START_BYTES


def test_a_folder_that_cannot_be_read_is_a_sentence():
    with unprivileged() as home:
        os.environ["XDG_STATE_HOME"] = str(home)
        save(path_for("a"), {}, {})
        state_folder().chmod(0)
        try:
            for look in (sessions, newest):
                with pytest.raises(StoreError, match="cannot be read: that is not permitted"):
                    look()
            with pytest.raises(StoreError, match="not permitted"):
                save(path_for("a"), {}, {})
            with pytest.raises(StoreError, match="not permitted"):
                load(path_for("a"))
        finally:
            state_folder().chmod(0o700)


def test_the_folder_is_its_owners_alone_whatever_the_mask():
    mask = os.umask(0)
    try:
        save(path_for("a"), {}, {})
    finally:
        os.umask(mask)
    for each in (state_folder(), state_folder().parent):
        assert stat.S_IMODE(each.stat().st_mode) == 0o700


def test_the_state_folder_follows_the_environment(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    for unset in ("", "relative/path"):
        monkeypatch.setenv("XDG_STATE_HOME", unset)
        assert state_folder() == Path("/home/me/.local/state/gradstep/sessions")
    monkeypatch.setenv("XDG_STATE_HOME", "/var/state")
    assert state_folder() == Path("/var/state/gradstep/sessions")


def test_the_list_shows_sessions_of_every_version():
    state_folder().mkdir(parents=True)
    stored = {}
    for path in FOLDER.glob("*.gradstep"):
        stored[path.stem] = load(Path(shutil.copy(path, path_for(path.stem))))
    assert {name[:2] for name in stored} == {f"v{version}" for version in range(1, VERSION + 1)}
    for entry in sessions():
        same = stored.pop(entry.name)
        assert (entry.problem, entry.title) == ("", same.document["title"])
        assert (entry.saved_at, entry.order) == (same.saved_at, same.mark.order)
    assert not stored
