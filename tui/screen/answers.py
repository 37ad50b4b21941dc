"""What a terminal is asked, and which answers are still to come."""

from __future__ import annotations

import os
import re
import select
from contextlib import suppress
from time import monotonic

from tui.screen.pictures import ANSWER, Pictures

ASK_WIDTH = "\x1b[2Hδ─▲\x1b[6n"
"""Three characters that take two cells each where fonts are East Asian (class A of UAX #11), and
where the cursor is behind them; in row 2, as Shift+F3 looks like an answer from row 1.
"""
CURSOR = re.compile(r"\x1b\[2;([0-9]+)R")
NARROW = 4
"""The column behind them where each takes one cell."""
ASK_SYNCHRONIZED = "\x1b[?2026$p"
SYNCHRONIZED = ("\x1b[?2026;1$y", "\x1b[?2026;2$y", "\x1b[?2026;3$y", "\x1b[?2026;4$y")
"""Pictures can be shown whole: any answer but 0."""

LAST_SECONDS = 0.5
"""How long the answer to the last picture has to come, before the terminal is given back."""
FIRST_SECONDS, UNSURE_SECONDS = 1.0, 0.25
"""How long after the start a terminal that has not answered yet may still be about to, and how long
that is waited for.
"""


class Answers:
    """Counts them. How wide characters are is asked once, where it is wanted."""

    def __init__(self, width: bool) -> None:
        self._asks_width, self._owes_width = width, False
        self._drawn = 0
        self._begun = 0.0

    def begin(self) -> str:
        """The terminal is there, or there again; what to ask it before the first picture."""
        self._begun = monotonic()
        if not self._asks_width:
            return ""
        self._asks_width, self._owes_width = False, True
        return ASK_WIDTH

    def drawn(self) -> None:
        """A picture has been drawn. A terminal answers in order, or not at all."""
        self._drawn += 1
        self._owes_width = False

    def width(self, token: str) -> int | None:
        """How many cells the characters take beyond one each, where a token says it."""
        if not self._owes_width or not (match := CURSOR.fullmatch(token)):
            return None
        self._owes_width = False
        return int(match[1]) - NARROW

    def hear_out(self, fd: int, pictures: Pictures) -> None:
        """Wait for those that are under way: they must not come to who reads next. Of a terminal
        that has answered to nothing they are waited for in the first second alone.
        """
        now = monotonic()
        until = min(self._begun + FIRST_SECONDS, now + UNSURE_SECONDS)
        if pictures.answers:
            until = now + LAST_SECONDS
        with suppress(OSError):
            while self._owes_width or self._drawn < pictures.sent:
                ready, _, _ = select.select([fd], [], [], max(until - monotonic(), 0))
                if not ready or not (data := os.read(fd, 1 << 16)):
                    break
                self._drawn += data.count(ANSWER.encode())
                if CURSOR.search(data.decode("ascii", "replace")) or self._drawn:
                    self._owes_width = False
        self._owes_width, self._drawn = False, pictures.sent  # what has not come is lost
