"""Files that are given: regular ones, pipes and standard input, within a limit; and new ones."""

from __future__ import annotations

import os
import select
import stat
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from engine.spec.check import printable
from engine.spec.problem import Problem
from engine.spec.refused import reason
from engine.spec.run import SpecError

STANDARD_INPUT = "-"
SILENCE = 4.0
"""So many seconds a pipe may be silent."""
PATIENCE = 30.0
"""So many seconds a pipe may take in all."""
PIECE = 1 << 20
LONGEST_PATH = 1000
"""So many characters may the path of a file have that a run file names."""


def path_of(typed: str) -> Path:
    """The path that somebody has typed, with ~ for a home. Raises Problem where it is nobody's."""
    try:
        return Path(typed.strip()).expanduser()
    except RuntimeError:  # pathlib's, of a user that is not there
        raise Problem(f"{printable(typed.strip())}: ~ names a user that is not there.") from None


def read_bytes(path: Path, most: int) -> bytes:
    """What is in a file of at most `most` bytes, or what comes from standard input where the path
    is "-". Raises SpecError where that cannot be read.
    """
    file = printable(str(path))
    try:
        handle = _opened(path, file)
        try:
            found = bytearray()
            for piece in _pieces(handle, file):
                found += piece
                if len(found) > most:
                    raise _too_large(file, most)
            return bytes(found)
        finally:
            os.close(handle)
    except OSError as error:
        raise SpecError(f"{file}: cannot be read: {reason(error)}.") from error


def read_text(path: Path, most: int) -> str:
    """The text of a UTF-8 file of at most `most` bytes. Raises SpecError where it cannot be read
    or is no such text.
    """
    data = read_bytes(path, most)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpecError(not_utf8(path, error)) from None


def write_new(path: Path, data: bytes) -> None:
    """Write a file that was not there, or leave none: half of one may be read as another. Raises
    FileExistsError where there is one, and OSError.
    """
    file = path.open("xb")
    try:
        with file:
            file.write(data)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def not_utf8(path: Path, error: UnicodeDecodeError) -> str:
    """The sentence on bytes that are no UTF-8."""
    byte = error.object[error.start]
    return f"{printable(str(path))}: is not UTF-8 text (byte {error.start + 1} is 0x{byte:02x})."


def _too_large(file: str, most: int) -> SpecError:
    return SpecError(f"{file}: is larger than {most >> 20} MB, the most.")


def _opened(path: Path, file: str) -> int:
    """A handle that never waits. What is neither a file nor a pipe is not opened at all."""
    if str(path) == STANDARD_INPUT:
        if os.isatty(0):
            raise SpecError(f"{file}: standard input is the terminal; give it a file or a pipe.")
        return os.dup(0)
    try:
        kind = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise SpecError(f"{file}: there is no such file.") from None
    except ValueError as error:  # no path can have this in it
        raise SpecError(f"{file}: cannot be read: {printable(str(error))}.") from None
    if stat.S_ISDIR(kind):
        raise SpecError(f"{file}: this is a folder, not a file.")
    if not (stat.S_ISREG(kind) or stat.S_ISFIFO(kind)):
        raise SpecError(f"{file}: this is neither a regular file nor a pipe.")
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)


def _pieces(handle: int, file: str) -> Iterator[bytes]:
    """What comes, until its end. Raises SpecError where that takes too long."""
    end = monotonic() + PATIENCE
    ready = select.poll()
    ready.register(handle, select.POLLIN)
    while True:
        if not ready.poll(1000 * max(0.0, min(SILENCE, end - monotonic()))):
            raise SpecError(f"{file}: nothing more has come from it for some seconds, and no end.")
        try:
            piece = os.read(handle, PIECE)
        except BlockingIOError:
            raise SpecError(f"{file}: has nothing to read now.") from None
        if not piece:
            return
        yield piece
