"""Files: opening and reloading runs, saving and resuming sessions."""

from __future__ import annotations

from collections.abc import Callable

from engine.history.budget import Budget
from engine.runfile.read import resolve
from engine.session.moves import MoveError, like
from engine.session.session import Session
from tui.actions.state import Reader


class Files(Reader):
    """The actions on run files and saved sessions."""

    source = ""
    """The name or path that the run was opened by; "" where there is none."""

    notes = ""
    """What the reader wants to remember of this session."""

    saved_as: str | None = None
    """The name that the session is saved under from now on, once one is asked for."""

    leave: Callable[[], None] = staticmethod(lambda: None)
    """Saves the session before another takes its place, where there is who saves it."""

    def do_open(self) -> None:
        """Ask for a run: a built-in name, or a file."""
        self.ask("open run (a name or a TOML file): ", self.open_run)

    def open_run(self, name: str) -> None:
        """Open a run in the place of this one, which is saved as it is."""
        name = name.strip()
        if name:
            self.replace(Session(resolve(name), Budget(self.session.budget.size)))
            self.source = name
            self.say(f"Opened {self.session.spec.title}.")

    def do_reload(self) -> None:
        """Read the run again, and begin anew with it at the same place."""
        if not self.source:
            raise MoveError("This session came from no run file.")
        step, t = self.session.step, self.session.position.iteration
        self.open_run(self.source)
        self.travel(like(step, self.history, t))  # the run may have other steps now
        self.say(f"Read {self.source} again.")

    def do_note(self) -> None:
        """Ask for a note, which is saved with the session and shown with its branches."""

        def write(text: str) -> None:
            self.notes = text.strip()

        self.ask("note: ", write, self.notes)

    def do_save(self) -> None:
        """Ask for a name to save the session under."""
        self.ask("save the session as: ", self._save)

    def _save(self, name: str) -> None:
        from engine.saving.folder import path_for  # when first used

        name = name.strip()
        if path_for(name).exists() and name != self.saved_as:
            raise MoveError(f"{name}: there is a session of that name; choose another.")
        self.saved_as = name
        self.say(f"Saved as {name}, from now on too.")

    def do_resume(self) -> None:
        """Ask for a saved session."""
        from tui.actions.saving import newest  # when first used

        self.ask(f"session (Enter for {newest().stem}): ", self.open_session)

    def open_session(self, name: str) -> None:
        """Open a saved session in the place of this one."""
        from tui.actions.saving import open_saved  # when first used

        opened = open_saved(name.strip(), self.text, Budget(self.session.budget.size))
        session = opened.session

        def done(there: bool) -> None:
            if not there:
                self.say(f"Stopped; this session goes on. {opened.title} is not open.")
                return
            self.replace(session)
            self.text, self.pane, self.notes = opened.text, opened.pane, opened.notes
            self.source, self.saved_as = "", opened.name
            self.say(opened.message)

        self.once_there(session.branch.history, session.position.iteration, done)

    def replace(self, session: Session) -> None:
        """Go on with another session."""
        self.leave()
        self.stop_job()
        self.job = None
        self.partings.clear()
        self._known_page = None
        self.session = session
        self.view, self.playing = "main", False
        self.saved_as, self.notes = None, ""
