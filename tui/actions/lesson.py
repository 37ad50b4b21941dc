"""Notes at places, which are the stops of a lesson, gone through one after the other."""

from __future__ import annotations

from pathlib import Path

from engine.runfile.lesson import MOST_TEXT
from engine.session.lesson import Stop
from engine.session.moves import MoveError
from engine.session.session import Session
from engine.session.tree import OTHER, OWN
from engine.spec.files import path_of
from tui.actions.context import MAIN, ZOOM, Context, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.travel import travel


@command
def note(c: Context, _count: Count) -> None:
    """Ask what to say of the selected element here: a stop of the lesson."""
    session, frame = c.session, c.picture()
    lesson, at = session.lesson, session.stop
    name = c.text.element(frame.symbol, frame.index, frame.entries[frame.symbol].array.shape)
    old = lesson.stops[at] if at >= 0 else None
    if old and old.selection != session.selected:
        old = None

    def write(text: str) -> None:
        session.note(text)
        now = session.lesson
        if text.strip():
            c.say(f"Stop {session.stop + 1} of {len(now.stops)}; {_keys(c)} go through them.")
        elif old:
            c.say(f"The note is removed; there are {_many(len(now.stops))}.")

    total = len(lesson.stops)
    new = f"a new stop of the lesson, after {_many(total)}" if total else "the lesson's first stop"
    hint = f"stop {at + 1} of {total}; an empty note removes it" if old else new
    c.dialog.ask(f"note on {name}: ", write, old.text if old else "", hint, MOST_TEXT)


def _keys(c: Context) -> str:
    return f"{c.keymap.shown('next_stop')} and {c.keymap.shown('previous_stop')}"


def _many(count: int) -> str:
    return "1 stop" if count == 1 else f"{count or 'no'} stops"


@command
def save_run(c: Context, _count: Count) -> None:
    """Ask for a file to write the run into, with its lesson."""
    from engine.runfile.write import run_text, save

    text = run_text(c.session.notes.run)  # before a name is asked for in vain

    def enter(name: str) -> None:
        path = path_of(name)
        try:
            save(path, text)
        except FileExistsError:
            _ask_whether(c, path, text)
        else:
            c.say(saved(c.session, path.name))

    hint = f"a new file.toml; with a lesson of {_many(c.session.notes.count)}"
    c.dialog.ask("save the run in file: ", enter, hint=hint)


def _ask_whether(c: Context, path: Path, text: str) -> None:
    """Ask whether to write over a file."""
    from engine.runfile.write import save

    def enter(letter: str) -> None:
        if letter in "oO":
            save(path, text, over=True)
            c.say(saved(c.session, path.name))
        else:
            c.say(f"{path.name} stays as it is.")

    c.dialog.ask_letter("o write over it, n no: ", enter, f"{path.name} is there; its comments go")


def saved(session: Session, name: str) -> str:
    """That a run has been written, and what of the session is not in it."""
    others = len(session.branches) - len((OWN, OTHER))
    left = "" if not others else " Another branch is not in it."
    if others > 1:
        left = f" {others} other branches are not in it."
    count = session.notes.count
    lesson = f", with a lesson of {_many(count)}" if count else ""
    return f"Saved {name}: the run{lesson}.{left}"


def told(c: Context) -> str:
    """That the run has a lesson, and the key that begins it; "" where it has none."""
    count = c.session.notes.count
    return f"Lesson: {_many(count)}, {c.keymap.shown('next_stop')} goes on" if count else ""


def by(c: Context, count: int) -> Effects:
    """So many stops on, or back where negative; from elsewhere, or from a page, back to the stop
    that was left. Raises MoveError where there is none.
    """
    session, lesson = c.session, c.session.lesson
    if not lesson.stops:
        writes = c.keymap.shown("note")
        raise MoveError(
            f"Nothing is open to go through: {writes} writes a note, the palette grades a sheet."
        )
    on_panes = c.shown.view in (MAIN, ZOOM)
    wanted = lesson.beside(session.stop if on_panes else -1, count)
    if not 0 <= wanted < len(lesson.stops):
        end = "last" if count > 0 else "first"
        c.say(f"This is past the {end} stop: there are {len(lesson.stops)}.")
        return ()
    return to(c, lesson.stops[wanted])


def to(c: Context, stop: Stop) -> Effects:
    """Go to a stop, on the panes, where its text is."""
    if c.shown.view is not ZOOM or c.desk.pane != "step":
        c.shown.open(MAIN)
    branch, position = stop.place
    return travel(c, position, branch, lambda: c.session.go_to_stop(stop))
