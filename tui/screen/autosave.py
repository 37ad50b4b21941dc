"""The session saves itself: soon after the last key, and now and then while a job trains it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import monotonic

from textual.timer import Timer
from textual.widget import Widget

from engine.spec.problem import Problem
from engine.spec.refused import sentence
from tui.actions.context import Context
from tui.actions.desk import Desk
from tui.screen.beside import beside

SAVE_SECONDS = 0.3
JOB_SAVE_SECONDS = 30.0
"""How often a session is saved while a job trains it."""


class Autosave:
    """Saves the desk of a context; `show` draws what there is to say of it."""

    def __init__(self, widget: Widget, context: Context, show: Callable[[], None]) -> None:
        self._widget, self.context, self._show = widget, context, show
        self.unsaved = False
        self._failed: Desk | None = None
        self._listens = False
        self._pause: Timer | None = None
        self._touched = 0.0
        self._writing = False

    def touch(self) -> None:
        """The session may have changed: save it once the keys have paused."""
        self._touched = monotonic()
        self.unsaved = True
        if self._pause is None and self._widget.is_attached:
            self._pause = self._widget.set_timer(SAVE_SECONDS, self._save)

    def meanwhile(self) -> None:
        """A job goes on: save what it has come to from time to time."""
        if monotonic() - self._touched > JOB_SAVE_SECONDS:
            self.touch()

    def _save(self) -> None:
        self._pause = None
        if not self._widget.is_attached:
            return
        busy = monotonic() - self._touched < SAVE_SECONDS / 2 and not self.context.playing.on
        if busy or self._writing:
            self._pause = self._widget.set_timer(SAVE_SECONDS, self._save)
        elif self.unsaved:
            beside(self._widget, self._write)

    async def _write(self) -> None:
        """Write the session as it is now, in a thread; say once if it cannot be written."""
        desk = self.context.desk
        self._writing, self.unsaved = True, False
        try:
            said = await asyncio.to_thread(self._snapshot(desk))
        except (Problem, OSError) as error:
            self._not_saved(desk, error)
        except asyncio.CancelledError:
            self.unsaved = True
            raise
        else:
            self._failed = None
            if said:
                self._say(said)
        finally:
            self._writing = False

    @property
    def saved(self) -> bool:
        """Whether there is nothing to save and nothing being saved."""
        return not self.unsaved and not self._writing

    def _not_saved(self, desk: Desk, error: Exception) -> None:
        """Say so, once; a desk that has been left is put elsewhere."""
        if desk is not self.context.desk:
            self._rescue(desk, error)
            return
        self.unsaved = True
        if self._failed is not desk:
            self._say(sentence(error), error=True)
        self._failed = desk

    def _rescue(self, desk: Desk, error: Exception) -> None:
        from tui.actions.saving import rescued

        with suppress(Problem, OSError):
            self._say(f"A copy is in {rescued(desk)}. {sentence(error)}", error=True)

    def _say(self, what: str, error: bool = False) -> None:
        self.context.say(what, error)
        self._show()

    def save_now(self) -> None:
        """Save what has not been saved yet. Raises a Problem or an OSError where that cannot be."""
        self._save_at_once(self.context.desk)

    def leave(self, desk: Desk) -> None:
        """Save a desk that another has taken the place of, and let go of it."""
        try:
            self._save_at_once(desk)
        except (Problem, OSError) as error:
            self._rescue(desk, error)
        if desk.saver:
            desk.saver.close()

    def _save_at_once(self, desk: Desk) -> None:
        if self.unsaved:
            self._snapshot(desk)()
            self.unsaved = False

    def _snapshot(self, desk: Desk) -> Callable[[], str]:
        """Take a desk as it is now; calling the result writes it and gives what is to be said.
        Raises a Problem or an OSError where there is no place to save it.
        """
        from tui.actions.saving import saver_of, snapshot  # the first picture does not wait for it

        saver = saver_of(desk)
        self.listen()
        return partial(saver.save, snapshot(desk), saver.next())

    # -- other programs ------------------------------------------------------------------------

    def listen(self) -> None:
        """Hear at once of another program that asks for the session; without this, at the next
        save.
        """
        if self._listens or not self.context.desk.saver:
            return
        from engine.saving.program import TOLD_BY

        with suppress(RuntimeError, ValueError):  # no loop, or not of the main thread
            asyncio.get_running_loop().add_signal_handler(TOLD_BY, self._told)
            self._listens = True

    def _told(self) -> None:
        """See who asks for the session, when it is saved."""
        self.unsaved = True
        if self._pause is None:
            self._save()
