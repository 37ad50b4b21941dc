"""Session files: replaced whole or not at all, and only by who knows what is replaced."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from engine.saving.fileformat import (
    DIGEST,
    JSON,
    LONGEST_FIRST_LINE,
    MOST_BYTES,
    Mark,
    Numbers,
    Stored,
    StoreError,
    check_first_line,
    decoded,
    encoded,
)
from engine.saving.filestart import order_after
from engine.saving.folder import make_folder_of
from engine.spec.check import printable
from engine.spec.refused import reason

__all__ = ["JSON", "ChangedError", "Mark", "StoreError", "Stored", "load", "save", "sweep"]

STALE = 60.0
"""A temporary file that a killed saver left is removed when it is so many seconds old."""
PATIENCE = 2.0
"""So many seconds a saver waits for another one that replaces the same file."""


class ChangedError(StoreError):
    """A session was not saved, since its file is not the one that was last read or written."""


def save(
    path: Path,
    document: Mapping[str, JSON],
    arrays: Mapping[str, Numbers],
    over: Mark | None = None,
    after: int = -1,
) -> Mark:
    """Writes the session file, or the file that a link leads to: whatever happens, it has the old
    content or the new. It replaces the saving `over` and nothing else; its order is beyond that
    one's and `after`. Arrays (float64, float32 or int64) come back bit for bit, tuples in the
    document as lists. Raises ChangedError where another saving is there, and StoreError where it
    cannot be written or what is there is foreign or newer.
    """
    where = printable(str(path))
    order = order_after(after if over is None else max(over.order, after))
    try:
        target = Path(os.path.realpath(path))
        make_folder_of(path)
        return Mark(_write(target, encoded(document, arrays, order), over, where), order)
    except StoreError:
        raise
    except FileExistsError as error:  # the temporary one
        raise StoreError(
            f"{where} was not saved: its temporary name is taken; try again."
        ) from error
    except OSError as error:
        raise StoreError(f"{where} was not saved: {reason(error)}.") from error
    except (TypeError, ValueError, RecursionError, MemoryError) as error:
        why = printable(str(error)) or type(error).__name__
        raise StoreError(
            f"{where} was not saved: something cannot be stored ({why}); save less of it."
        ) from error


def load(path: Path) -> Stored:
    """The session in a file, which is not changed. Raises StoreError for any other file."""
    where = printable(str(path))
    try:
        with open(path, "rb", opener=without_waiting) as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                raise StoreError(f"{where} is not a file: choose a saved session.")
            if state.st_size > MOST_BYTES:
                most = f"{MOST_BYTES >> 20} MB, the most a session can have"
                raise StoreError(f"{where} is larger than {most}: choose another.")
            data = file.read(state.st_size + 1) or b""  # None where it has nothing yet, as a log
            now = os.fstat(file.fileno())
    except StoreError:
        raise
    except OSError as error:
        raise StoreError(f"{where} cannot be opened: {reason(error)}.") from error
    except (ValueError, MemoryError) as error:
        why = printable(str(error)) or "not enough memory"
        raise StoreError(f"{where} cannot be opened ({why}): choose another.") from error
    if (state.st_size, state.st_mtime_ns) != (now.st_size, now.st_mtime_ns):
        raise StoreError(f"{where} is being changed by another program: try again.")
    return decoded(data, where)


def sweep(folder: Path) -> None:
    """Removes what killed savers left. A saver at work holds a lock on its temporary file."""
    with suppress(OSError):
        for path in folder.glob(".gradstep-*.tmp"):
            with suppress(OSError):
                if time.time() - path.lstat().st_mtime > STALE:
                    with open(path, "rb", opener=without_waiting) as file:
                        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        path.unlink()


def without_waiting(path: str, flags: int) -> int:
    """Opens what may be a pipe or a device, and waits for none."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)


def _write(target: Path, pieces: Iterable[bytes], over: Mark | None, where: str) -> bytes:
    """Puts a file of these pieces in the place of `over`; its checksum, which is the last piece."""
    temporary = target.parent / f".gradstep-{os.urandom(8).hex()}.tmp"
    handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    digest = b""
    try:
        with os.fdopen(handle, "wb") as file:
            with suppress(OSError):  # some file systems have no locks, and nothing is swept there
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for digest in pieces:
                file.write(digest)
            file.flush()
            os.fsync(file.fileno())
            _put(temporary, target, over, where)
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
    return digest


def _put(temporary: Path, target: Path, over: Mark | None, where: str) -> None:
    """Gives the temporary file the target's name, where nothing is, or `over`. Of two that do so
    at once, the second finds what the first has put there.
    """
    try:
        os.link(temporary, target)
    except OSError as error:
        if error.errno != errno.EEXIST:  # a file system without links
            with suppress(FileExistsError):
                os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))
    else:
        with suppress(OSError):
            temporary.unlink()
        return
    if not target.is_file():
        raise StoreError(f"{where} is not a file: choose another name.")
    with _held(target, where) as file:
        first = file.read(LONGEST_FIRST_LINE)
        if first:
            check_first_line(first, where)
            file.seek(-min(DIGEST, os.fstat(file.fileno()).st_size), os.SEEK_END)
            if over is None or file.read(DIGEST) != over.digest:
                raise ChangedError(f"{where} was not saved: another program has saved it.")
        temporary.replace(target)


@contextmanager
def _held(target: Path, where: str) -> Iterator[BinaryIO]:
    """The file, open, while no other saver can replace it. Raises ChangedError where another does
    not let go of it.
    """
    end = time.monotonic() + PATIENCE
    while True:
        with open(target, "r+b", opener=without_waiting) as file:
            while not _locked(file):
                if time.monotonic() > end:
                    raise ChangedError(f"{where} was not saved: another program is saving it.")
                time.sleep(0.01)
            if os.path.samestat(os.fstat(file.fileno()), target.stat()):
                yield file
                return


def _locked(file: BinaryIO) -> bool:
    """Locks an open file; says whether no other program holds it, as far as can be known."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True
