"""Files: opening and reloading runs, saving and resuming sessions."""

from __future__ import annotations

from engine.history.budget import Budget
from engine.runfile.read import resolve
from engine.saving.folder import path_for
from engine.session.moves import MoveError, like
from engine.session.session import Session
from tui.actions.context import Context, command
from tui.actions.desk import Desk
from tui.actions.dialog import Count
from tui.actions.effects import Effects, Leave
from tui.actions.saving import newest, open_saved
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
    session = Session(resolve(name), Budget(c.session.budget.size))
    effects = _lay(c, Desk(session, c.text, c.desk.pane, name))
    c.say(f"Opened {session.spec.title}.")
    return effects


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
def note(c: Context, _count: Count) -> None:
    """Ask for a note, which is saved with the session and shown with its branches."""

    def write(text: str) -> None:
        c.desk.notes = text.strip()

    c.dialog.ask("note: ", write, c.desk.notes)


@command
def save(c: Context, _count: Count) -> None:
    """Ask for a name to save the session under."""

    def enter(name: str) -> None:
        name = name.strip()
        if path_for(name).exists() and name != c.desk.saved_as:
            raise MoveError(f"{name}: there is a session of that name; choose another.")
        c.desk.saved_as = name
        c.say(f"Saved as {name}, from now on too.")

    c.dialog.ask("save the session as: ", enter)


@command
def resume(c: Context, _count: Count) -> None:
    """Ask for a saved session."""
    c.dialog.ask(f"session (Enter for {newest().stem}): ", lambda name: open_session(c, name))


def open_session(c: Context, name: str) -> Effects:
    """Open a saved session in the place of this one."""
    opened = open_saved(name.strip(), c.text, Budget(c.session.budget.size))
    session = opened.desk.session

    def done(there: bool) -> Effects:
        if not there:
            c.say(f"Stopped; this session goes on. {opened.title} is not open.")
            return ()
        effects = _lay(c, opened.desk)
        c.say(opened.message)
        return effects

    return once_there(c, session.branch.history, session.position.iteration, done)


def _lay(c: Context, desk: Desk) -> Effects:
    """Go on with another desk."""
    left = Leave(c.desk)
    c.jobs.stop()
    c.jobs.current = None
    c.playing.on = False
    c.shown.forget()
    c.desk = desk
    return (left,)
