"""Saving the session by itself and by name, and finding it again."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.history.budget import Budget
from engine.saving.folder import path_for, state_folder
from engine.saving.read import RestoreError, restored
from engine.saving.store import Mark, StoreError, load, save, sweep
from engine.saving.write import written
from engine.session.session import Session
from engine.spec.problem import Problem
from tui.actions.desk import LEAST_DIGITS, MOST_DIGITS, Desk
from tui.arrange import PANES
from tui.text.format import Text

MOST_KEPT = 20
"""So many sessions that saved themselves are kept; older ones go."""

_BY_ITSELF = re.compile(r".* [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}\.[0-9]{2}\.[0-9]{2}(-[0-9]+)?$")

Snapshot = tuple[Mapping[str, Any], Mapping[str, Any]]


@dataclass(frozen=True, eq=False)
class Opened:
    """A desk that was saved, what it is called, and what to say of it."""

    desk: Desk
    title: str
    message: str


def snapshot(desk: Desk) -> Snapshot:
    """What is saved, taken at once; writing it can then take its time."""
    document, arrays = written(desk.session)
    screen = {"digits": desk.text.digits, "pane": desk.pane, "notes": desk.notes}
    return {**document, "screen": screen}, arrays


class Saver:
    """Where one session is saved: under a name of its own, with the time it began."""

    def __init__(self, run: str, name: str | None = None) -> None:
        self.name = name or fresh_name(run)
        self._taken = self._written = 0
        self._mark: Mark | None = None
        self._lock = threading.Lock()

    def next(self) -> int:
        """The number of the snapshot that is taken now."""
        self._taken += 1
        return self._taken

    def save(self, taken: Snapshot, number: int) -> None:
        """Write the snapshot of that number in the place of an earlier one; any thread may, and a
        later one stays. Raises StoreError where it cannot.
        """
        with self._lock:
            if number > self._written:
                path = path_for(self.name)
                mark = self._mark or (load(path).mark if path.exists() else None)
                self._mark = save(path, *taken, mark)
                self._written = number


def fresh_name(run: str) -> str:
    """A name that no session has, from the run's name and the time."""
    plain = re.sub(r"[^\w -]", "", run).strip(" .")
    plain = plain.encode()[:120].decode(errors="ignore").strip() or "run"
    name = f"{plain} {datetime.now():%Y-%m-%d %H.%M.%S}"
    number, unique = 2, name
    while path_for(unique).exists():
        unique, number = f"{name}-{number}", number + 1
    return unique


def tidy() -> None:
    """Delete the oldest sessions that saved themselves, beyond `MOST_KEPT`."""
    with suppress(OSError, StoreError):
        sweep(state_folder())
        own = [p for p in state_folder().glob("*.gradstep") if _BY_ITSELF.match(p.stem)]
        for path in sorted(own, key=lambda p: p.stat().st_mtime)[:-MOST_KEPT]:
            path.unlink(missing_ok=True)


def newest() -> Path:
    """The session saved last. Raises StoreError where there is none."""
    paths = sorted(state_folder().glob("*.gradstep"), key=lambda p: p.stat().st_mtime)
    if not paths:
        raise StoreError("No session has been saved yet.")
    return paths[-1]


def open_saved(name: str, text: Text, budget: Budget) -> Opened:
    """The session of that name, of that file, or the newest where the name is empty, with a
    budget of memory; one from elsewhere has no name to be saved under yet. Raises a Problem for
    one that cannot be opened; the file is left as it is.
    """
    path = newest() if not name else path_for(name) if "/" not in name else Path(name)
    stored = load(path)
    document = dict(stored.document)
    screen = document.pop("screen", None)
    screen = screen if isinstance(screen, dict) else {}
    try:
        found = restored(document, stored.arrays, budget)
    except RestoreError as error:
        raise Problem(f"{path.name} cannot be opened: {error}") from error
    message = f"Resumed {path.stem}."
    if not found.same_arithmetic:
        message = "Saved by a machine with other arithmetic: last digits can differ."
    desk = _as_it_was(found.session, screen, text)
    desk.saved_as = path.stem if path.parent == state_folder() else None
    return Opened(desk, path.stem, message)


def _as_it_was(session: Session, screen: Mapping[str, Any], text: Text) -> Desk:
    """The desk of a session, with what of its screen can be used."""
    digits, pane, notes = screen.get("digits"), screen.get("pane"), screen.get("notes")
    if type(digits) is int and LEAST_DIGITS <= digits <= MOST_DIGITS:
        text = Text(digits, text.ascii)
    return Desk(
        session,
        text,
        pane if pane in PANES else "step",
        notes=notes if isinstance(notes, str) and notes.isprintable() else "",
    )
