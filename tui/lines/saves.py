"""The session of a conversation saved: while nobody types, and when it is left."""

from __future__ import annotations

from contextlib import suppress

from engine.spec.problem import Problem
from engine.spec.refused import sentence
from tui.actions.context import Context
from tui.actions.desk import Desk
from tui.actions.saving import rescued, saver_of, snapshot


class Saves:
    """Saves the desk of a context; `unsaved` says whether there may be something to save."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.unsaved = False
        self._failed: Desk | None = None

    def now(self) -> str:
        """Save what has not been saved yet; what is to be said of that, "" for nothing. Raises a
        Problem or an OSError where it cannot be.
        """
        return self._saved(self._context.desk)

    def quietly(self) -> str:
        """The same; where it cannot be, that is said once of a desk."""
        desk = self._context.desk
        try:
            said = self.now()
        except (Problem, OSError) as error:
            said, self._failed = "" if self._failed is desk else sentence(error), desk
        else:
            self._failed = None
        return said

    def leave(self, desk: Desk) -> None:
        """Save a desk that another has taken the place of, and let go of it."""
        try:
            self._saved(desk)
        except (Problem, OSError) as error:
            with suppress(Problem, OSError):
                self._context.say(f"A copy is in {rescued(desk)}. {sentence(error)}", error=True)
        if desk.saver:
            desk.saver.close()

    def _saved(self, desk: Desk) -> str:
        if not self.unsaved:
            return ""
        saver = saver_of(desk)
        said = saver.save(snapshot(desk), saver.next())
        self.unsaved = False
        return said
