"""A desk as it is saved, and a saved one opened again."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.history.budget import Budget
from engine.history.position import Position
from engine.saving.folder import newest, path_for, state_folder
from engine.saving.lock import Lock
from engine.saving.names import fresh_names, other_names
from engine.saving.read import RestoreError, restored
from engine.saving.saver import Saver, Snapshot
from engine.saving.store import load, save
from engine.saving.write import written
from engine.session.lesson import Lesson, Stop
from engine.session.session import Session
from engine.session.standing import Place, Selection
from engine.session.tree import OWN
from engine.spec.problem import Problem
from tui.actions.desk import LEAST_DIGITS, MOST_DIGITS, Desk
from tui.arrange import PANES
from tui.draw.columns import COLUMNS
from tui.text.format import Text

if TYPE_CHECKING:
    from engine.sheets.practice import Practice


@dataclass(frozen=True, eq=False)
class Opened:
    """A desk that was saved, what it is called, and what to say of it."""

    desk: Desk
    title: str
    message: str


def snapshot(desk: Desk) -> Snapshot:
    """What is saved, taken at once; writing it can then take its time."""
    document, arrays = written(desk.session)
    screen: dict[str, Any] = {
        "digits": desk.text.digits,
        "pane": desk.pane,
        "column": desk.column,
    }
    if desk.by_pass:
        screen["by_pass"] = True
    if desk.practice is not None:
        from engine.sheets.practice import document as practised  # most sessions have none

        screen["practice"] = practised(desk.practice)
    return {**document, "screen": screen}, arrays


def saver_of(desk: Desk) -> Saver:
    """Who saves a desk: where it has nobody yet, under a name from its run's and the time."""
    if desk.saver is None:
        desk.saver = Saver(partial(fresh_names, desk.session.spec.name))
    return desk.saver


def rescued(desk: Desk) -> Path:
    """A desk that cannot be saved where it should be, in a file among the temporary ones. Raises
    a Problem or an OSError where that cannot be either.
    """
    name = next(fresh_names(desk.session.spec.name))
    path = Path(tempfile.mkdtemp(prefix="gradstep-")) / path_for(name).name
    save(path, *snapshot(desk))
    return path


def path_of(name: str) -> Path:
    """The session of that name, the file where it has a /, or the newest where it is empty.
    Raises StoreError.
    """
    return newest().path if not name else path_for(name) if "/" not in name else Path(name)


def is_own(path: Path) -> bool:
    """Whether a session is one of those that are kept by name and that one program has open."""
    return path.parent == state_folder()


def open_saved(path: Path, text: Text, budget: Budget, held: Lock | None = None) -> Opened:
    """The session in a file, with a budget of memory. Where it is `held` it will be saved there
    again, else under another name. Raises a Problem for one that cannot be opened; the file is
    left as it is, and is held no longer.
    """
    try:
        return _opened(path, text, budget, held)
    except BaseException:
        if held:
            held.release()
        raise


def _opened(path: Path, text: Text, budget: Budget, held: Lock | None) -> Opened:
    stored = load(path)
    document = dict(stored.document)
    screen = document.pop("screen", None)
    try:
        found = restored(document, stored.arrays, budget)
    except RestoreError as error:
        raise Problem(f"{path.name} cannot be opened: {error}") from error
    desk = _as_it_was(found.session, screen if isinstance(screen, dict) else {}, text)
    message = f"Resumed {path.stem}."
    if held:
        desk.saver = Saver.again(path.stem, held, stored.mark, snapshot(desk))
    elif is_own(path):
        desk.saver = Saver(partial(other_names, path.stem), snapshot(desk), path.stem)
        message = f"A copy of {path.stem}, which stays as it is."
    else:
        names = partial(fresh_names, found.session.spec.name)
        desk.saver = Saver(names, snapshot(desk), str(path))
    if not found.same_arithmetic:
        message = "Saved by a machine with other arithmetic: last digits can differ."
    return Opened(desk, path.stem, message)


def _as_it_was(session: Session, screen: Mapping[str, Any], text: Text) -> Desk:
    """The desk of a session, with what of its screen can be used."""
    digits, pane = screen.get("digits"), screen.get("pane")
    column = screen.get("column")
    _note_of_start(session, screen.get("notes"))
    if type(digits) is int and LEAST_DIGITS <= digits <= MOST_DIGITS:
        text = Text(digits, text.ascii)
    return Desk(
        session,
        text,
        pane if pane in PANES else "step",
        column=column if column in {row.id for row in COLUMNS} else "",
        by_pass=screen.get("by_pass") is True,
        practice=_practised(session, screen.get("practice")),
    )


def _note_of_start(session: Session, notes: Any) -> None:
    """Earlier versions had one note, of no place: it is one of the start."""
    if session.notes.made is None and isinstance(notes, str) and notes and notes.isprintable():
        session.notes.made = Lesson((Stop(Place(OWN, Position()), Selection(), notes, own=True),))


def _practised(session: Session, found: Any) -> Practice | None:
    """The practice that was saved, of a branch that is there; on only where the reader stands on
    that, not past what is known.
    """
    branch = found.get("branch") if isinstance(found, dict) else None
    if type(branch) is not int or branch not in session.branches:
        return None
    from engine.sheets.practice import from_document  # most sessions have none

    practice = from_document(found, session.branches[branch].history, branch)
    if practice is not None:
        here = session.current == branch and session.position <= practice.front
        practice.on = practice.on and here
    return practice
