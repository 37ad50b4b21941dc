"""The program with one call of the operating system failing: FOLDER, the call's number, errno.

    python -m tests.soak.child FOLDER NUMBER ERRNO [ARGUMENT ...]

Of the calls that touch FOLDER, the one of that number, counted from 1, raises OSError. What was
called is written to FOLDER.calls, a name a line.
"""

from __future__ import annotations

import builtins
import errno
import fcntl
import io
import os
import sys
from collections.abc import Callable
from typing import Any

BY_PATH = (
    "open", "stat", "lstat", "mkdir", "replace", "rename", "link", "unlink", "remove", "scandir",
    "listdir", "chmod", "utime", "access", "rmdir",
)  # fmt: skip
BY_HANDLE = ("fsync", "fdatasync", "fstat", "write", "read", "ftruncate", "close")


class Faults:
    """Counts the calls on files of a folder, and has one of them fail."""

    def __init__(self, folder: str, number: int, code: int) -> None:
        self.folder, self.number, self.code = os.path.realpath(folder), number, code
        self.count = 0
        self._handles: dict[int, tuple[int, int]] = {}
        self._log = os.open(f"{folder}.calls", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._write, self._fstat = os.write, os.fstat

    def inside(self, path: object) -> bool:
        """Whether a path or a handle is of the folder."""
        if isinstance(path, int):
            return path in self._handles and self._handles[path] == self._file(path)
        try:
            return os.fsdecode(os.fspath(path)).startswith(self.folder)  # type: ignore[call-overload]
        except (TypeError, ValueError):
            return False

    def _file(self, handle: int) -> tuple[int, int] | None:
        """Which file a handle is of: a number that is free again may be another's."""
        try:
            state = self._fstat(handle)
        except OSError:
            return None
        return state.st_dev, state.st_ino

    def _opened(self, handle: int) -> None:
        if (file := self._file(handle)) is not None:
            self._handles[handle] = file

    def called(self, name: str, about: object) -> None:
        """Count a call; raise the error where it is the one."""
        self.count += 1
        self._write(self._log, f"{name}\n".encode())
        if self.count == self.number:
            raise OSError(self.code, os.strerror(self.code), about)

    def around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call, which may fail."""

        def wrapped(first: Any = ".", *rest: Any, **named: Any) -> Any:
            inside = self.inside(first)
            if inside:
                self.called(name, first)
            result = call(first, *rest, **named)
            if inside and isinstance(result, int) and name == "open":
                self._opened(result)
            return result

        return wrapped

    def file(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The built-in open, whose files may fail when they are written, flushed or read."""

        def wrapped(first: Any, *rest: Any, **named: Any) -> Any:
            if not self.inside(first):
                return call(first, *rest, **named)
            self.called("open file", first)
            file = call(first, *rest, **named)
            self._opened(file.fileno())
            return Guarded(file, self)

        return wrapped


class Guarded:
    """A file whose calls may fail."""

    def __init__(self, file: Any, faults: Faults) -> None:
        self._file, self._faults = file, faults

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._file, name)
        if name not in ("read", "readinto", "write", "writelines", "flush", "readline"):
            return value

        def wrapped(*arguments: Any) -> Any:
            self._faults.called(f"file.{name}", None)
            return value(*arguments)

        return wrapped

    def __enter__(self) -> Guarded:
        self._file.__enter__()
        return self

    def __exit__(self, *error: object) -> Any:
        return self._file.__exit__(*error)

    def __iter__(self) -> Any:
        return iter(self._file)


def main() -> int:
    """Run the program with one call failing."""
    folder, number, code, *arguments = sys.argv[1:]
    faults = Faults(folder, int(number), getattr(errno, code))
    for name in BY_PATH + BY_HANDLE:
        setattr(os, name, faults.around(name, getattr(os, name)))
    fcntl.flock = faults.around("flock", fcntl.flock)
    os.fdopen = faults.file(os.fdopen)
    builtins.open = io.open = faults.file(io.open)
    from tui.__main__ import main as program

    return program(arguments)


if __name__ == "__main__":
    sys.exit(main())
