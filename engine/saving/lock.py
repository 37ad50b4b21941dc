"""Who has a session open: a lock beside its file, which a dead program no longer holds.

The lock is a file with a line on its owner, who holds it locked for as long as it runs: a program
that was killed lets go of it. Whoever wants the session adds a line, and the owner is told; where
it does not answer, another lock is put in the place of its. File systems without locks, and homes
that several machines share, have the lines alone. That no session is ever written over does not
depend on any of this: see `engine.saving.store`.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.saving.folder import SUFFIX, make_folder_of
from engine.saving.program import Program, from_line, this_program, to_line

MOST_BYTES = 1 << 14
LOCK = ".lock"
MOMENT = 0.1
"""So many seconds are no sign that a session is open: another program is just leaving it."""
PATIENCE = 2.0
"""So many seconds a program has to save and let go of a session that is asked for."""
_SAFELY = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class OpenElsewhereError(Exception):
    """A session is open in another program; `program` is None where it is not known which."""

    def __init__(self, program: Program | None) -> None:
        super().__init__()
        self.program = program

    @property
    def where(self) -> str:
        """Where, and since when."""
        program = self.program
        return f"{program.words}, since {program.time}" if program else "in another program"


@dataclass(frozen=True)
class Rival:
    """Who wants a session that this program has open; it `waits` for that to be saved and let go
    of, or has taken it already.
    """

    program: Program | None
    waits: bool


class Lock:
    """A session that this program has open; without a handle where there can be no lock, as on a
    full file system.
    """

    def __init__(self, path: Path, program: Program, handle: int | None) -> None:
        self._path, self._program, self._handle = path, program, handle

    def rival(self) -> Rival | None:
        """Who wants the session; None where nobody does."""
        lines = _lines(self._path) if self._handle is not None else []
        if not lines:
            return None
        owner = from_line(lines[0])
        if owner is None or owner.token != self._program.token:
            return Rival(owner, waits=False)
        return Rival(from_line(lines[-1]), waits=True) if len(lines) > 1 else None

    def __del__(self) -> None:
        self.release()

    def release(self) -> None:
        """Let go of the session, as whoever drops the lock does."""
        if self._handle is None:
            return
        rival = self.rival()
        if rival is None or rival.waits:
            with suppress(OSError):
                self._path.unlink()
        handle, self._handle = self._handle, None
        _close(handle)


def lock(path: Path, patience: float = MOMENT) -> Lock:
    """Opens the session in a file for this program. Raises OpenElsewhereError where it is open in
    another for longer than `patience` seconds.
    """
    end = time.monotonic() + patience
    while True:
        try:
            return _lock(_beside(path), path)
        except OpenElsewhereError:
            if time.monotonic() > end:
                raise
        time.sleep(0.02)


def take(path: Path, patience: float = PATIENCE) -> Lock:
    """The same, where it is open elsewhere too: the other program is asked to let go of it, and
    after `patience` seconds no longer waited for.
    """
    try:
        return lock(path, 0)
    except OpenElsewhereError as error:
        _ask(_beside(path), error.program)
    try:
        return lock(path, patience)
    except OpenElsewhereError:
        return _replaced(_beside(path))


def still_open(folder: Path) -> set[Path]:
    """The sessions of a folder that programs have open; locks of others are removed."""
    found = set()
    with suppress(OSError):
        for beside in folder.glob(f".*{LOCK}"):
            path = folder / f"{beside.name[1:].removesuffix(LOCK)}{SUFFIX}"
            try:
                lock(path, 0).release()
            except OpenElsewhereError:
                found.add(path)
    return found


def _lock(beside: Path, path: Path) -> Lock:
    program = this_program()
    with suppress(OSError):
        make_folder_of(path)
        while True:
            handle = os.open(beside, os.O_RDWR | os.O_CREAT | _SAFELY, 0o600)
            kept = False
            try:
                if not _plain(handle):
                    break
                if _taken(handle):
                    raise OpenElsewhereError(_owner(handle))
                if _is_at(handle, beside):
                    _write(handle, program)
                    kept = True
                    return Lock(beside, program, handle)
            finally:
                if not kept:
                    _close(handle)
    return Lock(beside, program, None)


def _beside(path: Path) -> Path:
    """The lock of a session, beside the file that a link leads to."""
    target = Path(os.path.realpath(path))
    return target.with_name(f".{target.name.removesuffix(SUFFIX)}{LOCK}")


def _taken(handle: int) -> bool:
    """Whether a program that may run has the lock; if not, it is this program's from now on."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        locks = True
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks
        locks = False
    owner = _owner(handle)
    if owner is None or (locks and owner.near):  # it would hold its lock
        return False
    return not owner.ended


def _ask(beside: Path, owner: Program | None) -> None:
    """Adds a line to the lock of another program, and tells that one."""
    with suppress(OSError):
        handle = os.open(beside, os.O_WRONLY | os.O_APPEND | _SAFELY)
        try:
            if _plain(handle):
                os.write(handle, to_line(this_program()))
        finally:
            _close(handle)
    if owner is not None:
        owner.tell()


def _replaced(beside: Path) -> Lock:
    """Another lock in the place of one that its owner does not let go of."""
    program = this_program()
    temporary = beside.with_name(f".gradstep-{os.urandom(8).hex()}.tmp")
    handle = None
    try:
        handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | _SAFELY, 0o600)
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _write(handle, program)
        temporary.replace(beside)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        if handle is not None:
            _close(handle)
        handle = None
    return Lock(beside, program, handle)


def _plain(handle: int) -> bool:
    """Whether an open file is one that nothing else leads to."""
    state = os.fstat(handle)
    return stat.S_ISREG(state.st_mode) and state.st_nlink <= 1 and state.st_uid == os.geteuid()


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False


def _owner(handle: int) -> Program | None:
    return from_line(os.pread(handle, MOST_BYTES, 0).partition(b"\n")[0])


def _write(handle: int, program: Program) -> None:
    with suppress(OSError):  # a full file system has a lock of nobody known
        os.ftruncate(handle, 0)
        os.pwrite(handle, to_line(program), 0)


def _lines(beside: Path) -> list[bytes]:
    """The lines of a lock; [] where there is none."""
    try:
        handle = os.open(beside, os.O_RDONLY | _SAFELY)
    except OSError:
        return []
    try:
        return os.pread(handle, MOST_BYTES, 0).splitlines()
    except OSError:
        return []
    finally:
        _close(handle)


def _close(handle: int) -> None:
    with suppress(OSError):  # it is gone even where closing it fails
        os.close(handle)
