"""Session files: a JSON document and arrays of numbers in one checked file, replaced whole.

A file is a line with the format and its version, two lengths, a JSON header, the arrays as
little-endian bytes, and the SHA-256 of all that.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import struct
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.check import printable
from engine.fingerprint import fingerprint
from engine.spec import Array

VERSION = 1
SUFFIX = ".gradstep"
MOST_BYTES = 1 << 30
MOST_HEADER = 16 << 20
LONGEST_NAME = 100
STALE = 60.0
"""A temporary file of a killed saver is removed when it is so many seconds old."""


@dataclass(frozen=True)
class Entry:
    """A saved session in the list; `problem` says why it cannot be opened, "" if it can."""

    name: str
    path: Path
    saved_at: float
    title: str
    problem: str = ""


def save(path: Path, document: Mapping[str, JSON], arrays: Mapping[str, Array]) -> None:
    """Replaces the session file, or the file that a link leads to, in one step: whatever happens,
    it has the old content or the new. Tuples come back as lists, NaNs in the document as NaN;
    arrays (float64, float32 or int64) bit for bit. Raises StoreError.
    """
    where = printable(str(path))
    try:
        target = Path(os.path.realpath(path))
        with suppress(StoreError):
            if path.parent == state_folder():
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _spare_others(target, where)
        _sweep(target.parent)
        _replace(target, _pieces(document, arrays))
    except OSError as error:
        raise StoreError(f"{where} was not saved: {_reason(error)}.") from error
    except (TypeError, ValueError, RecursionError, MemoryError) as error:
        reason = printable(str(error)) or type(error).__name__
        raise StoreError(f"{where} was not saved: it cannot be stored ({reason}).") from error


def load(path: Path) -> Stored:
    """The session in a file, which is not changed. Raises StoreError for any other file."""
    where = printable(str(path))
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            state = os.fstat(file.fileno())
            if not _is_regular(state):
                raise StoreError(f"{where} is not a file: choose a saved session.")
            if state.st_size > MOST_BYTES:
                limit = f"{MOST_BYTES >> 20} MB"
                raise StoreError(
                    f"{where} is larger than a session can be ({limit}): choose another."
                )
            data = file.read(state.st_size + 1)
        return _decoded(data, where)
    except OSError as error:
        raise StoreError(f"{where} cannot be opened: {_reason(error)}.") from error
    except (KeyError, TypeError, ValueError, ArithmeticError, RecursionError, MemoryError) as error:
        raise _damaged(where, "its content has no meaning") from error


def state_folder() -> Path:
    """Where sessions are kept by name; it is made when one is saved. Raises StoreError."""
    given = Path(os.environ.get("XDG_STATE_HOME", ""))
    try:
        base = given if given.is_absolute() else Path.home() / ".local" / "state"
    except RuntimeError:
        raise StoreError("There is no home folder to save in: set XDG_STATE_HOME.") from None
    return base / "gradstep" / "sessions"


def path_for(name: str) -> Path:
    """The file of the session of this name. Raises StoreError for a name that is not safe."""
    if not name or name != name.strip():
        problem = "is empty" if not name.strip() else "begins or ends with a space"
    elif len(name) > LONGEST_NAME or len(os.fsencode(printable(name) + SUFFIX)) > 255:
        problem = f"is longer than {LONGEST_NAME} letters or 246 bytes"
    elif name.startswith("."):
        problem = "begins with a dot"
    elif "/" in name or "\\" in name:
        problem = "has a / or \\ in it"
    elif any(unicodedata.category(c)[0] == "C" or c in "\u2028\u2029" for c in name):
        problem = "has characters that cannot be seen"
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
    shown = printable(title[:200]) if isinstance(title, str) else ""
    return Entry(path.stem, path, stored.saved_at, shown)


def _spare_others(target: Path, where: str) -> None:
    """Refuses to replace what is no session, is from a newer gradstep or may not be written."""
    if target.is_file():
        with target.open("r+b") as file:
            first = file.read(40)
        if first:
            _version(first, where)
    elif target.exists():
        raise StoreError(f"{where} is not a file: choose another name.")


def _replace(target: Path, pieces: Iterator[bytes]) -> None:
    temporary = target.parent / f".gradstep-{os.urandom(8).hex()}.tmp"
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
    handle = os.open(temporary, flags, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            digest = hashlib.sha256()
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
            file.write(digest.digest())
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
            return "there is no room on the disk; free some, or save elsewhere"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return "it is not permitted there; change the permissions, or choose another place"
        case errno.ENOENT | errno.ENOTDIR:
            return "there is no such file or folder; check the path"
        case errno.EISDIR:
            return "it is a folder; choose a file"
        case errno.ENAMETOOLONG:
            return "its name is too long; choose a shorter one"
        case _:
            return f"{printable(error.strerror or str(error))}; try again, or choose another place"
