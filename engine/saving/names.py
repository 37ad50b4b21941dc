"""Names that sessions get by themselves, and which of these sessions are kept."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import chain, count, islice

from engine.saving.filestart import StoreError
from engine.saving.folder import LONGEST_NAME, Entry, path_for, state_folder
from engine.saving.lock import Lock, OpenElsewhereError, lock, still_open
from engine.saving.store import sweep

MOST_KEPT = 20
"""So many sessions that saved themselves are kept; older ones go."""

_BY_ITSELF = re.compile(r"(.*) [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}\.[0-9]{2}\.[0-9]{2}(-[0-9]+)?")
_NUMBERED = re.compile(r"(.+) \([0-9]+\)")


def fresh_names(run: str) -> Iterator[str]:
    """Names from a run's name and the time, until one is free."""
    name = _short(re.sub(r"[^\w -]", "", run)) or "run"
    return _numbered(f"{name} {datetime.now():%Y-%m-%d %H.%M.%S}", "-{}")


def other_names(name: str) -> Iterator[str]:
    """Names for what parts from the session of this name, until one is free."""
    if by_itself := _BY_ITSELF.fullmatch(name):
        return fresh_names(by_itself[1])
    numbered = _NUMBERED.fullmatch(name)
    return islice(_numbered(_short(numbered[1] if numbered else name), " ({})"), 1, None)


def reserve(names: Iterable[str]) -> tuple[str, Lock]:
    """The first of the names that no session has, and its lock. Raises StoreError."""
    for name in names:
        path = path_for(name)
        with suppress(OpenElsewhereError):
            if os.path.lexists(path):
                continue
            held = lock(path, 0)
            if not os.path.lexists(path):
                return name, held
            held.release()
    raise StoreError(f"{name}: there is a session of that name; choose another.")


def tidy(entries: Iterable[Entry]) -> None:
    """Delete the oldest of these sessions that saved themselves, beyond `MOST_KEPT` and but for
    those that are open, and what programs that were killed have left.
    """
    own = [each for each in entries if not each.problem and _BY_ITSELF.fullmatch(each.name)]
    with suppress(StoreError):
        folder = state_folder()
        sweep(folder)
        in_use = still_open(folder)
        for old in sorted(own, key=lambda entry: entry.order)[:-MOST_KEPT]:
            if old.path not in in_use:
                with suppress(OSError):
                    old.path.unlink()


def _numbered(name: str, number: str) -> Iterator[str]:
    """The name, and then the name with the numbers from 2 on after it."""
    return chain([name], (name + number.format(n) for n in count(2)))


def _short(text: str) -> str:
    """The text, short enough to have a time or a number after it."""
    cut = text.strip(" .")[: LONGEST_NAME - 30]
    return cut.encode()[:200].decode(errors="ignore").strip()
