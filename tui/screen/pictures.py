"""Pictures on their way to the terminal: at most one at a time, what comes meanwhile in the next.

A key that is held makes more pictures than a slow line takes. After each the terminal is asked
whether it is well (DSR, ECMA-48), and answers when it has drawn it. One that does not answer, or a
multiplexer that answers for it at once, gets pictures by time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from rich.console import Console

from tui.screen.canvas import Canvas
from tui.screen.inside import CompositorUpdate
from tui.screen.looks import Lazily, Look, look_of
from tui.screen.paint import texts_of
from tui.text.characters import in_cells

ASK, ANSWER = "\x1b[5n", "\x1b[0n"
BEGIN, END = "\x1b[?2026h", "\x1b[?2026l"
"""A picture between these is shown whole, by terminals that know them."""
EVERY_SECONDS = 1 / 12
"""How often where nobody says that a picture has been drawn."""
HOLD_SECONDS = 0.3
"""So long a picture that is being made is waited for."""
PATIENCE_SECONDS = 2.0
"""So long an answer is waited for, of a terminal that has given one."""


class Pictures:
    """Sends what has changed on `canvas` by `write`, as fast as the terminal draws it. `busy()`
    says whether something that was sent before still waits for the terminal, and `caret()` where
    its cursor is to stand.
    """

    ascii = False  # whether nothing but ASCII is sent, whatever widgets draw
    whole = False  # whether the terminal knows synchronized updates
    sent = 0  # how many were, since the start
    answers = False  # whether the terminal has answered to one, and not failed to answer since

    def __init__(
        self,
        home: asyncio.AbstractEventLoop,
        canvas: Canvas,
        write: Callable[[str], None],
        busy: Callable[[], bool],
        environ: Mapping[str, str],
        caret: Callable[[], tuple[int, int] | None] = lambda: None,
    ) -> None:
        self.canvas, self._home = canvas, home
        self._write, self._busy, self._proxied = write, busy, proxied(environ)
        self._caret = caret
        look = without_colours if environ.get("NO_COLOR") else look_of
        self._codes = Lazily[str, bytes](lambda parameters: canvas.code(look(parameters)))
        self._asked = 0
        self._beside = ""
        self._sent_at = -EVERY_SECONDS
        self._held: asyncio.TimerHandle | None = None
        self._later: asyncio.TimerHandle | None = None

    def take(self, update: CompositorUpdate, size: tuple[int, int], console: Console) -> None:
        """Have the terminal show an update of a screen of that size."""
        self.canvas.fit(*size)
        for x, y, texts in texts_of(update, console):
            if self.ascii:
                texts = [(in_cells(text), codes) for text, codes in texts]
            self.canvas.put_coded(x, y, [(text, self._codes[codes]) for text, codes in texts])
        self.draw()

    def draw(self) -> None:
        """Send what has changed, now or when the one under way has been drawn."""
        if self._held is not None:
            return
        if (wait := self._delay()) > 0:
            if self._later is None:
                self._later = self._home.call_later(wait, self._again)
            return
        beside, self._beside = self._beside, ""
        if (changes := self.canvas.changes(self._caret())) or beside:
            self._asked += 1
            self.sent += 1
            self._sent_at = self._home.time()
            drawn = f"{BEGIN}{changes}{END}" if self.whole and changes else changes
            self._write(beside + drawn + ASK)

    def beside(self, sequences: str) -> None:
        """Send what draws nothing, in one piece and never within a picture."""
        self._beside += sequences
        self.draw()

    def hold(self) -> None:
        """What comes up to `release` is one picture, such as panes at new places."""
        if self._held is None:
            self._held = self._home.call_later(HOLD_SECONDS, self.release)

    def release(self) -> None:
        """The picture is made."""
        if self._held is not None:
            self._held.cancel()
            self._held = None
            self.draw()

    def answered(self) -> None:
        """The terminal has drawn a picture."""
        self.answers = True
        self._asked = max(self._asked - 1, 0)
        if self._later is not None and not self._asked:
            self._again()

    def begin(self) -> None:
        """The terminal is there, or there again: it may show anything."""
        self.canvas.forget()
        self._asked = 0

    def _again(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None
        self.draw()

    def _delay(self) -> float:
        """Seconds until the next picture may be sent, if no answer comes before."""
        since = self._home.time() - self._sent_at
        if self._busy():
            return max(EVERY_SECONDS - since, 0.01)
        if self.answers and self._asked:
            if since < PATIENCE_SECONDS:
                return PATIENCE_SECONDS - since
            self.answers, self._asked = False, 0
        return 0.0 if self.answers and not self._proxied else EVERY_SECONDS - since


def proxied(environ: Mapping[str, str]) -> bool:
    """Whether a multiplexer stands between the program and the terminal."""
    return any(environ.get(name) for name in ("TMUX", "STY", "ZELLIJ")) or environ.get(
        "TERM", ""
    ).startswith(("screen", "tmux"))


def without_colours(parameters: str) -> Look:
    """The look of parameters on the terminal's own colours."""
    return Look(look_of(parameters).attributes)
