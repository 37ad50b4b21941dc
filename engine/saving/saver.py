"""Saves one session again and again, under a name that is its own as long as nobody takes it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial

from engine.saving.fileformat import JSON, Numbers
from engine.saving.filestart import StoreError, to_json
from engine.saving.folder import path_for, sessions
from engine.saving.lock import Lock
from engine.saving.names import other_names, reserve, tidy
from engine.saving.store import ChangedError, Mark, save

Snapshot = tuple[Mapping[str, JSON], Mapping[str, Numbers]]
"""The document and the arrays of a session."""


class Saver:
    """Where a session is saved: under the first free one of `names()`, from the first time on. Of
    one that has been opened there is a snapshot as it was then, `saved` under another name.
    """

    def __init__(
        self,
        names: Callable[[], Iterator[str]],
        snapshot: Snapshot | None = None,
        saved: str = "",
    ) -> None:
        self.name = ""
        self.saved = saved
        self._names = names
        self._content = _content(snapshot) if snapshot else b""
        self._held: Lock | None = None
        self._mark: Mark | None = None
        self._after: int | None = None
        self._taken = self._written = 0
        self._thread = threading.Lock()

    @classmethod
    def named(cls, name: str) -> Saver:
        """A saver under a name that no session has. Raises StoreError where one has it."""
        saver = cls(partial(other_names, name))
        saver.name, saver._held = reserve([name])
        return saver

    @classmethod
    def again(cls, name: str, held: Lock, mark: Mark, snapshot: Snapshot) -> Saver:
        """A saver of a session that this program has opened, under its own name."""
        saver = cls(partial(other_names, name), snapshot, name)
        saver.name, saver._held, saver._mark = name, held, mark
        return saver

    def next(self) -> int:
        """The number of the snapshot that is taken now."""
        self._taken += 1
        return self._taken

    def save(self, snapshot: Snapshot, number: int) -> str:
        """Write the snapshot of that number in the place of an earlier one, where it says
        something else; any thread may, and a later one stays. Where another program asks for the
        session or has taken it, this one goes on under a new name: what is to be said of that,
        else "". Raises StoreError where it cannot be written.
        """
        with self._thread:
            if number <= self._written:
                return ""
            content = _content(snapshot)
            said = self._give_way(snapshot, content)
            if not self._is(content):
                try:
                    self._put(snapshot, content)
                except ChangedError:
                    said = self._part("another program has saved")
                    self._put(snapshot, content)
            self._written = number
            return said

    def close(self) -> None:
        """Let go of the session."""
        with self._thread:
            if self._held:
                self._held.release()

    def _is(self, content: bytes) -> bool:
        return content != b"" and content == self._content

    def _put(self, snapshot: Snapshot, content: bytes) -> None:
        if self._held is None:
            self.name, self._held = reserve(self._names())
        if self._after is None:
            self._after = _tidied()
        self._mark = save(path_for(self.name), *snapshot, self._mark, self._after)
        self.saved, self._content = self.name, content

    def _give_way(self, snapshot: Snapshot, content: bytes) -> str:
        """Leave the session to who asks for it, saved, or has taken it; what is to be said."""
        rival = self._held.rival() if self._held else None
        if rival is None:
            return ""
        if rival.waits and not self._is(content):
            with suppress(StoreError):  # it is saved under the new name then
                self._put(snapshot, content)
        who = rival.program.words if rival.program else "another program"
        return self._part(f"{who} has taken over")

    def _part(self, what: str) -> str:
        """Go on under a new name; what is to be said."""
        old, held = self.name, self._held
        self.name, self._held = reserve(other_names(old))
        self._mark = None
        if held:
            held.release()
        return f"This goes on as {self.name}: {what} {old}."


def _tidied() -> int:
    """Sees to the folder of sessions; the order of the newest."""
    try:
        entries = sessions()
    except StoreError:  # what cannot be listed can be written to
        return -1
    tidy(entries)
    return max((entry.order for entry in entries), default=-1)


def _content(snapshot: Snapshot) -> bytes:
    """A checksum of what is saved; b"" where it cannot be."""
    document, arrays = snapshot
    digest = hashlib.sha256()
    try:
        digest.update(to_json(document))
    except (TypeError, ValueError, RecursionError, MemoryError):
        return b""
    for name, array in arrays.items():
        digest.update(f"{name} {array.dtype} {array.shape}".encode(errors="replace"))
        digest.update(array.tobytes())
    return digest.digest()
