"""The folder of saved sessions: what they may be called, a list of them, and which is newest."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.saving.filestart import LATEST, START_BYTES, StoreError, summary
from engine.spec.check import printable
from engine.spec.refused import reason

SUFFIX = ".gradstep"
LONGEST_NAME = 100


@dataclass(frozen=True)
class Entry:
    """A saved session in the list; `problem` says why it cannot be opened, "" where nothing is
    known: only its start has been read.
    """

    name: str
    path: Path
    saved_at: float
    title: str = ""
    order: int = -1
    problem: str = ""


def state_folder() -> Path:
    """Where sessions are kept by name; saving one makes it. Raises StoreError without a home."""
    given = Path(os.environ.get("XDG_STATE_HOME", ""))
    try:
        base = given if given.is_absolute() else Path.home() / ".local" / "state"
    except RuntimeError:
        raise StoreError("There is no home folder to save in: set XDG_STATE_HOME.") from None
    return base / "gradstep" / "sessions"


def make_folder_of(path: Path) -> None:
    """Makes the folder of sessions where the path is in it, for its owner alone. Raises OSError."""
    with suppress(StoreError):
        if path.parent == state_folder():
            missing = [each for each in (path.parent, *path.parents) if not each.exists()]
            for each in reversed(missing):
                each.mkdir(mode=0o700, exist_ok=True)


def path_for(name: str) -> Path:
    """The file of the session of this name. Raises StoreError for a name that is not safe."""
    problem = _unsafe(name)
    if problem:
        raise StoreError(f'The name "{printable(name[:40])}" {problem}: choose another.')
    return state_folder() / f"{name}{SUFFIX}"


def _unsafe(name: str) -> str:
    """What is wrong with a name; "" where nothing is."""
    if not name.strip():
        return "is empty"
    if name != name.strip():
        return "begins or ends with a space"
    if name.startswith("."):
        return "begins with a dot"
    if "/" in name or "\\" in name:
        return "has a / or \\ in it"
    if any(c != " " and unicodedata.category(c)[0] in "CZ" for c in name):
        return "has characters that cannot be seen"
    if len(name) > LONGEST_NAME or len(f"{name}{SUFFIX}".encode()) > 255:
        return "is too long"
    return ""


def sessions() -> list[Entry]:
    """The sessions saved by name, newest first, and after them what is none or is damaged. Of
    each only the start is read. Raises StoreError where the folder cannot be.
    """
    return sorted(_entries(), key=lambda entry: (-entry.order, -entry.saved_at, entry.name))


def newest(but: str = "") -> Entry:
    """The session saved last, `but` that one. Raises StoreError where there is none."""
    others = (entry for entry in _entries() if entry.name != but)
    found = min(others, key=lambda entry: (-entry.order, entry.name), default=None)
    if found is None or found.problem:
        raise StoreError(found.problem if found else "No session has been saved yet.")
    return found


def _entries() -> Iterator[Entry]:
    folder = state_folder()
    try:
        paths = [path for path in folder.iterdir() if path.name.endswith(SUFFIX)]
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"{printable(str(folder))} cannot be read: {reason(error)}.") from error
    for path in paths:
        if not _unsafe(path.name.removesuffix(SUFFIX)):
            with suppress(FileNotFoundError):  # removed meanwhile
                yield _entry(path)


def _entry(path: Path) -> Entry:
    """What the start of a file says. Raises FileNotFoundError where there is none."""
    name, where = path.name.removesuffix(SUFFIX), printable(str(path))
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            state = os.fstat(handle)
            if not stat.S_ISREG(state.st_mode):
                raise StoreError(f"{where} is not a file: choose a saved session.")
            first = os.pread(handle, START_BYTES, 0)
            found = summary(first, state.st_size, where, lambda size: os.pread(handle, size, 0))
        finally:
            os.close(handle)
    except StoreError as error:
        return Entry(name, path, _date(state), problem=str(error))
    except OSError as error:
        problem = f"{where} cannot be opened: {reason(error)}."
        return Entry(name, path, _date(path.lstat()), problem=problem)
    return Entry(name, path, found.saved_at, printable(found.title), found.order)


def _date(state: os.stat_result) -> float:
    """When a file was changed last, as far as the standard library can show it."""
    return min(max(0.0, state.st_mtime), LATEST)
