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

from engine.spec.problem import Problem
from tui.actions.context import Context
from tui.actions.desk import Desk

if TYPE_CHECKING:
    from tui.actions.saving import Saver

SAVE_SECONDS = 0.3
JOB_SAVE_SECONDS = 30.0
"""How often a session is saved while a job trains it."""


class Autosave:
    """Saves the desk of a context; `show` draws what there is to say of it."""

    def __init__(self, widget: Widget, context: Context, show: Callable[[], None]) -> None:
        self._widget, self.context, self._show = widget, context, show
        self.unsaved = False
        self._failed = False
        self._pause: Timer | None = None
        self._touched = 0.0
        self._writing = False
        self._saver: tuple[Desk, Saver] | None = None

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
            self._widget.run_worker(self._write())

    async def _write(self) -> None:
        """Write the session as it is now, in a thread; say once if it cannot be written."""
        self._writing, self.unsaved = True, False
        try:
            await asyncio.to_thread(self._snapshot(self.context.desk))
        except (Problem, OSError) as problem:
            self.unsaved = True
            if not self._failed:
                self.context.say(f"Not saved: {problem}", error=True)
                self._show()
            self._failed = True
        except asyncio.CancelledError:
            self.unsaved = True
            raise
        else:
            self._failed = False
        finally:
            self._writing = False

    @property
    def saved(self) -> bool:
        """Whether there is nothing to save and nothing being saved."""
        return not self.unsaved and not self._writing

    def save_now(self) -> None:
        """Save what has not been saved yet. Raises a Problem or an OSError where that cannot be."""
        self._save_at_once(self.context.desk)

    def leave(self, desk: Desk) -> None:
        """Save a desk that another has taken the place of; that it cannot be has been said."""
        with suppress(Problem, OSError):
            self._save_at_once(desk)

    def _save_at_once(self, desk: Desk) -> None:
        if self.unsaved:
            self._snapshot(desk)()
            self.unsaved = False

    def _snapshot(self, desk: Desk) -> Callable[[], None]:
        """Take a desk as it is now; calling the result writes it. Raises a Problem or an OSError
        where there is no place to save it.
        """
        from tui.actions.saving import snapshot  # the first picture does not wait for it

        saver = self._saver_of(desk)
        return partial(saver.save, snapshot(desk), saver.next())

    def _saver_of(self, desk: Desk) -> Saver:
        """Who writes a desk: another one once it is to be saved under another name."""
        from tui.actions.saving import Saver, tidy

        if self._saver and self._saver[0] is desk and desk.saved_as in (None, self._saver[1].name):
            return self._saver[1]
        saver = Saver(desk.session.spec.name, desk.saved_as)
        self._saver = (desk, saver)
        self._failed = False
        tidy()
        return saver
