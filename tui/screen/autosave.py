"""The session saves itself: soon after the last key, and now and then while a job trains it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from textual.timer import Timer
from textual.widget import Widget

from engine.session.session import Session
from engine.spec.problem import Problem
from tui.actions import Actions

if TYPE_CHECKING:
    from tui.actions.saving import Saver

SAVE_SECONDS = 0.3
JOB_SAVE_SECONDS = 30.0
"""How often a session is saved while a job trains it."""


class Autosave:
    """Saves the session of the actions; `show` draws what they have to say of it."""

    def __init__(self, widget: Widget, actions: Actions, show: Callable[[], None]) -> None:
        self._widget, self._actions, self._show = widget, actions, show
        self.unsaved = False
        self._failed = False
        self._pause: Timer | None = None
        self._touched = 0.0
        self._writing = False
        self._saver: tuple[Session | None, Saver | None] = (None, None)

    def touch(self) -> None:
        """The session may have changed: save it once the keys have paused."""
        self._touched = monotonic()
        self.unsaved = True
        if self._pause is None:
            self._pause = self._widget.set_timer(SAVE_SECONDS, self._save)

    def meanwhile(self) -> None:
        """A job goes on: save what it has come to from time to time."""
        if monotonic() - self._touched > JOB_SAVE_SECONDS:
            self.touch()

    def _save(self) -> None:
        self._pause = None
        busy = monotonic() - self._touched < SAVE_SECONDS / 2 and not self._actions.playing
        if busy or self._writing:
            self._pause = self._widget.set_timer(SAVE_SECONDS, self._save)
        elif self.unsaved:
            self._widget.run_worker(self._write())

    async def _write(self) -> None:
        """Write the session as it is now, in a thread; say once if it cannot be written."""
        self._writing, self.unsaved = True, False
        try:
            await asyncio.to_thread(self._snapshot())
        except (Problem, OSError) as problem:
            self.unsaved = True
            if not self._failed:
                self._actions.say(f"Not saved: {problem}", error=True)
                self._show()
            self._failed = True
        else:
            self._failed = False
        finally:
            self._writing = False

    def save_now(self) -> None:
        """Save what has not been saved yet. Raises a Problem or an OSError where that cannot be."""
        if self.unsaved:
            self._snapshot()()
            self.unsaved = False

    def leave(self) -> None:
        """Save the session before another takes its place; that it cannot be has been said."""
        with suppress(Problem, OSError):
            self.save_now()

    def _snapshot(self) -> Callable[[], None]:
        """Take the session as it is now; calling the result writes it. Raises a Problem or an
        OSError where there is no place to save it.
        """
        from tui.actions.saving import Saver, snapshot, tidy  # the first picture does not wait

        actions = self._actions
        session, saver = self._saver
        if (
            session is not actions.session
            or saver is None
            or (actions.saved_as and saver.name != actions.saved_as)
        ):
            saver = Saver(actions.session.spec.name, actions.saved_as)
            self._saver = (actions.session, saver)
            self._failed = False
            tidy()
        taken = snapshot(actions.session, actions.text, actions.pane, actions.notes)
        return partial(saver.save, taken, saver.next())
