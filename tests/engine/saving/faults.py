"""Calls to the operating system that fail, one after the other."""

from __future__ import annotations

import builtins
import errno
import fcntl
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

CALLS = {
    os: (
        "open", "read", "pread", "write", "pwrite", "fsync", "fstat", "stat", "lstat", "listdir",
        "scandir", "mkdir", "link", "replace", "unlink", "ftruncate", "readlink",
    ),
    fcntl: ("flock",),
    builtins: ("open",),
    io: ("open",),
}  # fmt: skip
REMOVE = os.unlink
NUMBERS = (errno.EACCES, errno.ENOENT, errno.ENOSPC, errno.EIO, errno.ELOOP, errno.EINTR)


class Fault:
    """The call number `at` of those about a folder, or about open files, fails: `met`. Where that
    was to remove a file, it is there still: `unremoved`.
    """

    def __init__(self, folder: Path, at: int) -> None:
        self._folder, self._at = str(folder), at
        self.number = NUMBERS[at % len(NUMBERS)]
        self._calls = 0
        self.met = False
        self.unremoved: set[str] = set()

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **names: Any) -> Any:
            first = arguments[0] if arguments else "."
            if not self.met and (isinstance(first, int) or self._about(first)):
                self._calls += 1
                if self._calls == self._at:
                    self.met = True
                    if call is REMOVE:
                        self.unremoved = {Path(first).name}
                    where = None if isinstance(first, int) else os.fspath(first)
                    raise OSError(self.number, os.strerror(self.number), where)
            return call(*arguments, **names)

        return called

    def _about(self, first: Any) -> bool:
        return isinstance(first, str | Path) and str(first).startswith(self._folder)


@contextmanager
def fault(folder: Path, at: int) -> Iterator[Fault]:
    """Has a call fail."""
    made = Fault(folder, at)
    patches = [
        patch.object(module, name, made.around(getattr(module, name)))
        for module, names in CALLS.items()
        for name in names
    ]
    for each in patches:
        each.start()
    try:
        yield made
    finally:
        for each in patches:
            each.stop()
