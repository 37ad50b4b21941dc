"""Sessions on disk: files that are replaced whole or not at all, and those that have a name."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.saving.fileformat import (
    JSON,
    LONGEST_FIRST_LINE,
    MOST_BYTES,
    Numbers,
    Stored,
    StoreError,
    check_first_line,
    decoded,
    encoded,
)
from engine.saving.fingerprint import fingerprint, same_arithmetic
from engine.spec.check import printable

__all__ = [
    "JSON",
    "Entry",
    "StoreError",
    "Stored",
    "fingerprint",
    "load",
    "path_for",
    "same_arithmetic",
    "save",
    "sessions",
    "state_folder",
]

SUFFIX = ".gradstep"
LONGEST_NAME = 100
LONGEST_TITLE = 200
STALE = 60.0
"""A temporary file that a killed saver left is removed when it is so many seconds old."""


@dataclass(frozen=True)
class Entry:
    """A saved session in the list; `problem` says why it cannot be opened, "" if it can."""

    name: str
    path: Path
    saved_at: float
    title: str
    problem: str = ""


def save(path: Path, document: Mapping[str, JSON], arrays: Mapping[str, Numbers]) -> None:
    """Replaces the session file, or the file that a link leads to: whatever happens, it has the
    old content or the new. Arrays (float64, float32 or int64) come back bit for bit, tuples in
    the document as lists. Raises StoreError, also where the file is foreign or newer.
    """
    where = printable(str(path))
    try:
        target = Path(os.path.realpath(path))
        with suppress(StoreError):
            if path.parent == state_folder():
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _spare_others(target, where)
        _sweep(target.parent)
        _replace(target, encoded(document, arrays))
    except OSError as error:
        raise StoreError(f"{where} was not saved: {_reason(error)}.") from error
    except (TypeError, ValueError, RecursionError, MemoryError) as error:
        reason = printable(str(error)) or type(error).__name__
        raise StoreError(
            f"{where} was not saved: something cannot be stored ({reason}); save less of it."
        ) from error


def load(path: Path) -> Stored:
    """The session in a file, which is not changed. Raises StoreError for any other file."""
    where = printable(str(path))
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                raise StoreError(f"{where} is not a file: choose a saved session.")
            if state.st_size > MOST_BYTES:
                most = f"{MOST_BYTES >> 20} MB, the most a session can have"
                raise StoreError(f"{where} is larger than {most}: choose another.")
            data = file.read(state.st_size + 1)
    except OSError as error:
        raise StoreError(f"{where} cannot be opened: {_reason(error)}.") from error
    except (ValueError, MemoryError) as error:
        reason = printable(str(error)) or "not enough memory"
        raise StoreError(f"{where} cannot be opened ({reason}): choose another.") from error
    return decoded(data, where)


def state_folder() -> Path:
    """Where sessions are kept by name; saving one makes it. Raises StoreError without a home."""
    given = Path(os.environ.get("XDG_STATE_HOME", ""))
    try:
        base = given if given.is_absolute() else Path.home() / ".local" / "state"
    except RuntimeError:
        raise StoreError("There is no home folder to save in: set XDG_STATE_HOME.") from None
    return base / "gradstep" / "sessions"


def path_for(name: str) -> Path:
    """The file of the session of this name. Raises StoreError for a name that is not safe."""
    if not name.strip():
        problem = "is empty"
    elif name != name.strip():
        problem = "begins or ends with a space"
    elif name.startswith("."):
        problem = "begins with a dot"
    elif "/" in name or "\\" in name:
        problem = "has a / or \\ in it"
    elif any(c != " " and unicodedata.category(c)[0] in "CZ" for c in name):
        problem = "has characters that cannot be seen"
    elif len(name) > LONGEST_NAME or len(f"{name}{SUFFIX}".encode()) > 255:
        problem = "is too long"
    else:
        return state_folder() / f"{name}{SUFFIX}"
    raise StoreError(f'The name "{printable(name[:40])}" {problem}: choose another.')


def sessions() -> list[Entry]:
    """The sessions saved by name, newest first. Each is read in full, to find damaged ones."""
    found = []
    for path in state_folder().glob(f"*{SUFFIX}"):
        with suppress(OSError, StoreError):
            if path_for(path.stem).name == path.name:
                found.append(_entry(path))
    return sorted(found, key=lambda entry: (-entry.saved_at, entry.name))


def _entry(path: Path) -> Entry:
    changed = path.lstat().st_mtime
    try:
        stored = load(path)
    except StoreError as error:
        return Entry(path.stem, path, changed, "", str(error))
    title = stored.document.get("title")
    shown = printable(title[:LONGEST_TITLE]) if isinstance(title, str) else ""
    return Entry(path.stem, path, stored.saved_at, shown)


def _spare_others(target: Path, where: str) -> None:
    """Refuses to replace what is no session, is from a newer gradstep or may not be written."""
    if target.is_file():
        with target.open("r+b") as file:
            first = file.read(LONGEST_FIRST_LINE)
        if first:
            check_first_line(first, where)
    elif target.exists():
        raise StoreError(f"{where} is not a file: choose another name.")


def _replace(target: Path, pieces: Iterable[bytes]) -> None:
    temporary = target.parent / f".gradstep-{os.urandom(8).hex()}.tmp"
    handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            with suppress(OSError):  # some file systems have no locks, and nothing is swept there
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
            temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    with suppress(OSError):  # the file is in place; some file systems cannot sync a folder
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _sweep(folder: Path) -> None:
    """Removes what killed savers left. A saver at work holds a lock on its temporary file."""
    for path in folder.glob(".gradstep-*.tmp"):
        with suppress(OSError):
            if time.time() - path.lstat().st_mtime > STALE:
                with open(path, "rb", opener=_without_waiting) as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink()


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)


def _reason(error: OSError) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return "there is no room for it; free some, or choose another place"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return "that is not permitted; change the permissions, or choose another place"
        case errno.ENOENT | errno.ENOTDIR:
            return "there is no such file or folder; check the path"
        case errno.EISDIR:
            return "it is a folder; choose a file"
        case errno.ENAMETOOLONG:
            return "its name is too long; choose a shorter one"
        case _:
            return f"{printable(error.strerror or str(error))}; try again, or choose another place"
