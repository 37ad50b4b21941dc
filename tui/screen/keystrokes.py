"""Keys on their way from the inbox to the main screen, or to what is open over it."""

from __future__ import annotations

from asyncio import Event, get_running_loop, sleep
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import Any

from textual import events
from textual.message import Message
from textual.screen import Screen

from tui.screen.beside import beside
from tui.screen.inbox import Inbox, Input, as_events

PICTURE_SECONDS = 1 / 30
"""How often a picture is shown while more keys wait."""
STEP_SECONDS, STEPS = 0.02, 25
"""How often, and how many times, what is open is looked at again."""
CLOSING = ("enter", "escape", "ctrl+p")
"""Keys that may close what is open."""


class Arrived(Message, bubble=False):
    """Keys have come."""


class Keystrokes:
    """Hands keys to `answer` as long as `screen` is the active one, else to what is."""

    def __init__(
        self, screen: Screen[Any], inbox: Inbox, answer: Callable[[Iterable[Input]], bool]
    ) -> None:
        self._screen, self._inbox, self._answer = screen, inbox, answer
        self._handing = False

    def arrived(self) -> None:
        """Take the keys that wait, for as long as a picture may."""
        self._inbox.heard()
        if self._handing or not self._screen.is_attached:
            return
        if self._screen.is_active:
            self._answer(self._waiting(monotonic() + PICTURE_SECONDS))
            if self._inbox:
                get_running_loop().call_soon(self._screen.post_message, Arrived())
        else:
            self._handing = True
            beside(self._screen, self._hand_on)

    def _waiting(self, until: float) -> Iterator[Input]:
        screen, inbox = self._screen, self._inbox
        while screen.is_active and not inbox.closed and monotonic() < until:
            if (what := inbox.next()) is None:
                return
            yield what

    async def _hand_on(self) -> None:
        """Give the keys that wait to what is open, up to one that may close it; it gets its focus,
        and closes, a little later than it is asked to.
        """
        app = self._screen.app
        try:
            await until(lambda: app.focused is not None)
            closing = False
            for event in as_events(self._inbox.up_to(CLOSING)):
                app.post_message(event)
                closing = isinstance(event, events.Key) and event.key in CLOSING
            if closing:
                await until(lambda: self._screen.is_active)
                done = Event()  # what was chosen there
                app.call_later(done.set)
                await done.wait()
        finally:
            self._handing = False
        if self._inbox:
            self._screen.post_message(Arrived())


async def until(there: Callable[[], bool]) -> None:
    """Wait until it is so, but not for ever."""
    for _ in range(STEPS):
        if there():
            return
        await sleep(STEP_SECONDS)
