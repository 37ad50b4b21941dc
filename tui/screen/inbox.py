"""Keys that have come and are not taken yet: filled in one thread, emptied in another."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from textual import events

from tui.screen.inside import Press
from tui.screen.tokens import Pasted, Pointed

Input = Press | Pasted | Pointed
"""What comes from a terminal: a key, as Textual names it, with its character; a paste; a mouse."""

MOST_WAITING = 1 << 20
MOST_TOGETHER = 200


class Inbox:
    """A queue. `announce()` is called, in the thread that fills it, when something has come and
    the one who empties it does not know yet.
    """

    def __init__(self, announce: Callable[[], None]) -> None:
        self._announce = announce
        self._queued: deque[Input] = deque()
        self._told = self.closed = False

    def __bool__(self) -> bool:
        return bool(self._queued)

    def put(self, what: Iterable[Input]) -> None:
        """Add what has come; where far too much waits, or nothing more is taken, it is dropped."""
        if self.closed or len(self._queued) > MOST_WAITING:
            return
        self._queued.extend(what)
        if not self._told:
            self._told = True
            self._announce()

    def close(self) -> None:
        """Take nothing more in."""
        self.closed = True

    def clear(self) -> None:
        """Forget what waits."""
        self._queued.clear()

    def heard(self) -> None:
        """What comes from now on must be announced again."""
        self._told = False

    def next(self) -> Input | None:
        """Take one out, None where there is none."""
        return self._queued.popleft() if self._queued else None

    def up_to(self, keys: Sequence[str]) -> Iterator[Input]:
        """Take out all up to one of those keys."""
        while (what := self.next()) is not None:
            yield what
            if isinstance(what, tuple) and what[0] in keys:
                return


class Paste(events.Paste):
    """Characters that came together: for a widget they are as good as pasted, and cost no more
    than one of them. Textual finds a handler by the name of the class, so it must be this one.
    """

    def __init__(self, presses: list[Press]) -> None:
        super().__init__("".join(character or "" for _, character in presses[:MOST_TOGETHER]))
        self.presses = presses


def as_events(what: Iterable[Input]) -> Iterator[events.Key | events.Paste]:
    """Keys and pastes for Textual's widgets, which no mouse is for."""
    together: list[Press] = []
    for each in what:
        if isinstance(each, Pointed):
            continue
        if isinstance(each, tuple) and each[1] and each[1].isprintable():
            together.append(each)
            continue
        yield from _typed(together)
        together = []
        yield events.Paste(each.text) if isinstance(each, Pasted) else events.Key(*each)
    yield from _typed(together)


def _typed(presses: list[Press]) -> Iterator[events.Key | events.Paste]:
    if len(presses) > 1:
        yield Paste(presses)
    else:
        yield from (events.Key(*press) for press in presses)
