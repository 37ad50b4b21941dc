"""What a terminal is asked, and which answers are still to come."""

from __future__ import annotations

import os
import re
import select
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic

from tui.screen.pictures import ANSWER, Pictures
from tui.screen.tokens import GROUND

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
ASK_GROUND = "\x1b]11;?\x1b\\"
SILENT = ("linux", "cygwin", "vt")
"""How the names of terminals begin that know no such question, and may print it."""

LAST_SECONDS = 0.5
"""How long the answer to the last picture has to come, before the terminal is given back; nobody is
waited for longer, as what has not left in time is ended.
"""
FIRST_SECONDS = 1.0
"""How long after the start a terminal that has not answered yet may still be about to."""


class Answers:
    """Counts them. How wide characters are and which colour the ground has is asked once, where it
    is wanted.
    """

    def __init__(self, width: bool, ground: bool) -> None:
        self._asks = {ASK_GROUND: ground, ASK_WIDTH: width}
        self._owed: set[str] = set()
        self._asked_ground = False
        self._drawn = 0
        self._begun = 0.0

    def begin(self) -> str:
        """The terminal is there, or there again; what to ask it before the first picture."""
        self._begun = monotonic()
        self._owed = {question for question, wanted in self._asks.items() if wanted}
        self._asked_ground |= ASK_GROUND in self._owed
        asked = "".join(question for question, wanted in self._asks.items() if wanted)
        self._asks.clear()
        return asked

    def drawn(self) -> None:
        """A picture has been drawn. A terminal answers in order, or not at all."""
        self._drawn += 1
        self._owed.clear()

    def width(self, token: str) -> int | None:
        """How many cells the characters take beyond one each, where a token says it."""
        if ASK_WIDTH not in self._owed or not (match := CURSOR.fullmatch(token)):
            return None
        self._owed.clear()  # the ground was asked for before
        return int(match[1]) - NARROW

    def light(self, token: str) -> bool | None:
        """Whether the ground is light, where a token says it, however late."""
        if not self._asked_ground or not (match := GROUND.fullmatch(token)):
            return None
        self._owed.discard(ASK_GROUND)
        return is_light(match[1])

    def hear_out(self, fd: int, pictures: Pictures) -> None:
        """Wait for those that are under way: they must not come to who reads next. Of a terminal
        that has answered to nothing they are waited for in the first second alone.
        """
        until = monotonic() + LAST_SECONDS
        if not pictures.answers:
            until = min(until, self._begun + FIRST_SECONDS)
        heard = b""
        with suppress(OSError):
            while self._owed or self._drawn + heard.count(ANSWER.encode()) < pictures.sent:
                ready, _, _ = select.select([fd], [], [], max(until - monotonic(), 0))
                if not ready or not (data := os.read(fd, 1 << 16)):
                    break
                heard += data
                self._answered(heard.decode("latin-1"))
        self._owed.clear()
        self._drawn = pictures.sent  # what has not come is lost

    def _answered(self, heard: str) -> None:
        if ANSWER in heard or CURSOR.search(heard):
            self._owed.clear()
        elif GROUND.search(heard):
            self._owed.discard(ASK_GROUND)


def knows_ground(environ: Mapping[str, str]) -> bool:
    """Whether a terminal may be asked for the colour of its ground."""
    return not environ.get("TERM", "").startswith(SILENT)


def is_light(colour: str) -> bool | None:
    """Whether dark text is to be read on a colour, r/g/b in hexadecimal digits; None of what is
    no colour.
    """
    parts = colour.split("/")
    if len(parts) < 3 or not all(1 <= len(part) <= 4 for part in parts):
        return None
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in parts[:3])
    return bool(0.299 * red + 0.587 * green + 0.114 * blue > 0.5)
