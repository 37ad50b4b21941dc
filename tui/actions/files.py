"""Files: opening and reloading runs, saving and resuming sessions."""

from __future__ import annotations

from pathlib import Path

from engine.history.budget import Budget
from engine.saving.folder import newest
from engine.saving.lock import Lock, OpenElsewhereError, lock, take
from engine.saving.saver import Saver
from engine.session.moves import MoveError, like
from engine.session.session import Session
from engine.spec.problem import Problem
from tui.actions import lesson
from tui.actions.context import Context, command
from tui.actions.desk import Desk
from tui.actions.dialog import Count
from tui.actions.effects import Effects, Job, Leave
from tui.actions.refusing import refuse_in_practice
from tui.actions.runs import run_named
from tui.actions.saving import is_own, open_saved, path_of, snapshot
from tui.actions.travel import once_there, travel


@command
def ask_run(c: Context, _count: Count) -> None:
    """Ask for a run: a built-in name, or a file."""
    c.dialog.ask("open run (a name or a TOML file): ", lambda name: open_run(c, name))


def open_run(c: Context, name: str) -> Effects:
    """Open a run in the place of this one, which is saved as it is."""
    name = name.strip()
    if not name:
        return ()
    refuse_in_practice(c)
    session = Session(run_named(name), Budget(c.session.budget.size))
    place, _ = session.opening, session.lesson  # both are checked before anything is left
    effects = _lay(c, Desk(session, c.text, c.desk.pane, name, column=c.desk.column))
    c.say(f"Opened {session.spec.title}. {lesson.told(c)}".strip())
    return (*effects, *travel(c, place)) if place.step else effects


@command
def reload(c: Context, _count: Count) -> Effects:
    """Read the run again, and begin anew with it at the same place."""
    source = c.desk.source
    if not source:
        raise MoveError("This session came from no run file.")
    step, t = c.session.step, c.session.position.iteration
    left = open_run(c, source)
    effects = travel(c, like(step, c.history, t))  # the run may have other steps now
    c.say(f"Read {source} again.")
    return (*left, *effects)


@command
def save(c: Context, _count: Count) -> None:
    """Ask for a name to save the session under."""
    c.dialog.ask("save the session as: ", lambda name: _save_as(c, name.strip()))


def _save_as(c: Context, name: str) -> None:
    old = c.desk.saver
    if old is None or name != old.name:
        saver = Saver.named(name)
        try:
            saver.save(snapshot(c.desk), saver.next())
        except Problem:
            saver.close()
            raise
        c.desk.saver = saver
        if old:
            old.close()
    c.say(f"Saved as {name}, from now on too.")


@command
def resume(c: Context, _count: Count) -> None:
    """Ask for a saved session."""
    last = newest(but=c.desk.saver.name if c.desk.saver else "").name
    c.dialog.ask(f"session (Enter for {last}): ", lambda name: open_session(c, name or last))


def open_session(c: Context, name: str) -> Effects:
    """Open a saved session in the place of this one; ask, where another program has it open."""
    path = path_of(name.strip())
    if not is_own(path):
        return _open(c, path)
    if c.desk.saver and c.desk.saver.name == path.stem:
        raise MoveError(f"{path.stem} is this session.")
    try:
        return _open(c, path, lock(path))
    except OpenElsewhereError as error:
        _ask_whether(c, path, error.where)
        return ()


def _ask_whether(c: Context, path: Path, where: str) -> None:
    """Ask what to do with a session that another program has open."""

    def enter(letter: str) -> Effects:
        if letter in "tT":
            job = Job(f"asking for {path.stem}", lambda _stop: take(path), taken)
            c.begin(job)
            return (job,)
        if letter in "cC":
            return _open(c, path)
        c.say(f"{path.stem} stays open elsewhere; this session goes on.")
        return ()

    def taken(held: Lock) -> Effects:
        return _open(c, path, held)

    hint = f"Open elsewhere ({where}): {path.stem}"
    c.dialog.ask_letter("t take over, c copy, n no: ", enter, hint)


def _open(c: Context, path: Path, held: Lock | None = None) -> Effects:
    opened = open_saved(path, c.text, Budget(c.session.budget.size), held)
    session = opened.desk.session

    def done(there: bool) -> Effects:
        if not there:
            if held:
                held.release()
            c.say(f"Stopped; this session goes on. {opened.title} is not open.")
            return ()
        effects = _lay(c, opened.desk)
        c.say(opened.message)
        return effects

    t = session.position.iteration
    return once_there(c, session.branch.history, t, done, session.other.history)


def _lay(c: Context, desk: Desk) -> Effects:
    """Go on with another desk."""
    left = Leave(c.desk)
    c.jobs.stop()
    c.jobs.current = None
    c.playing.on = False
    c.shown.forget()
    c.desk = desk
    return (left,)
