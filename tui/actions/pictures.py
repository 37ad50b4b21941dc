"""Pictures: what is on the screen, as a drawing (SVG) and as text, in new files."""

from __future__ import annotations

import re
from itertools import chain, count
from pathlib import Path

from engine.session.moves import MoveError
from engine.spec.files import path_of, write_new
from tui.actions.context import MAIN, Context, command
from tui.actions.dialog import Count
from tui.actions.frames import shown
from tui.draw.whole import drawing, written
from tui.frame.frame import Frame

DRAWING, TEXT = ".svg", ".txt"
LONGEST = 60
"""So many characters of a file's name come from the run's."""


@command
def take(c: Context, _count: Count) -> None:
    """Write both, under a name that no file has yet."""
    frame = shown(c)
    parts = (frame.spec.name, frame.branch, _place(c, frame))
    start = "-".join(filter(None, (_plain(part) for part in parts)))
    for name in chain([start], (f"{start}-{n}" for n in count(2))):
        paths = [Path(name + suffix) for suffix in (DRAWING, TEXT)]
        if not _taken(paths):
            break
    _write(c, frame, paths)


@command
def take_as(c: Context, _count: Count) -> None:
    """Ask for a name."""

    def enter(name: str) -> None:
        path = path_of(name)
        if path.name:
            both = [path.with_name(path.name + suffix) for suffix in (DRAWING, TEXT)]
            _write(c, shown(c), [path] if path.suffix in (DRAWING, TEXT) else both)

    hint = "a new file, name.svg or name.txt; without an end both"
    c.dialog.ask("picture in file: ", enter, hint=hint)


def _write(c: Context, frame: Frame, paths: list[Path]) -> None:
    """Write new files, the kind of each by its end. Raises MoveError where one is there."""
    if there := _taken(paths):
        raise MoveError(f"{there[0].name} is there already; nothing was written.")
    for path in paths:
        if path.suffix == DRAWING:
            made = drawing(frame, *c.shown.size, c.shown.dark)
        else:
            made = written(frame, *c.shown.size) + "\n"
        write_new(path, made.encode())
    more = "".join(f" and {path.suffix}" for path in paths[1:])
    c.say(f"Wrote {paths[0]}{more}.")


def _taken(paths: list[Path]) -> list[Path]:
    """Those that are there already, be they links that lead nowhere."""
    return [path for path in paths if path.is_symlink() or path.exists()]


def _place(c: Context, frame: Frame) -> str:
    """The position, and the page that is open."""
    page = "" if c.shown.view is MAIN else f"-{c.shown.view.id}"
    return f"{frame.position.iteration}.{frame.position.step}{page}"


def _plain(part: str) -> str:
    """A part of a file's name: what may be trouble in one is a dash."""
    return re.sub(r"[^\w.]+", "-", part)[:LONGEST].strip("-.")
