"""What a terminal sends, cut into tokens: characters, whole escape sequences, and pastes.

Whatever comes, the work is linear in its length and what is held of it is bounded: what does not
decode, does not end, or has numbers that no terminal sends is dropped, and the keys after it count.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from dataclasses import dataclass

SILENCE = 0.1
"""Seconds after which an escape sequence is taken as it is: the Esc key is the start of one."""
PASTE_SILENCE = 2.0
"""Seconds after which a paste that was not ended has ended."""
MOST_PASTED = 4096
"""Characters that are kept of a paste."""
LARGEST = 0x10FFFF
"""The largest number in a sequence: that of the last character."""

PASTE, PASTE_END = "\x1b[200~", "\x1b[201~"
BY_HAND = re.compile(rb"(?:\x03|\x1b\[99;5u)+")
"""Ctrl+C, with nothing before or after it: no part of a paste, which would come in one piece."""

GROUND = re.compile(r"\x1b\]11;rgba?:([0-9A-Fa-f/]{5,24})(?:\x07|\x1b\\)")
"""Which colour the ground has, a terminal's answer (OSC 11, Xterm): the one string that is kept."""

_LONGEST = 28
_WHOLE = re.compile(
    r"\x1b(?:"
    r"\[\[[A-E]"  # a function key of the Linux console
    r"|\[M[^\x1b]{3}"  # a mouse of the oldest kind
    r"|\[[0-9]{1,3}\$"  # a shifted key of rxvt
    rf"|\[(?![M\[])[0-?]{{0,{_LONGEST}}}[ -/]{{0,2}}[@-~]"
    rf"|O[0-9;]{{0,{_LONGEST}}}[@-~]"
    rf"|{GROUND.pattern[4:]}"
    r"|[^\x03\x1b\[OPX\]^_]"  # Alt and a character
    r")"
)
_PART = re.compile(
    rf"\x1b(?:\[\[?|\[M[^\x1b]{{0,2}}|\[[0-?]{{0,{_LONGEST}}}[ -/]{{0,2}}"
    rf"|O[0-9;]{{0,{_LONGEST}}}|[PX^_]|\](?:11?|11;[rgba]{{0,4}}|11;rgba?:[0-9A-Fa-f/]{{0,24}}\x1b?)?)?"
    r"\Z"
)
_LONG = re.compile(r"\x1b[\[O]")
_REST = re.compile(r"[ -?]*(?:[@-~]|(?P<more>\Z)|)")
_STRING = re.compile(r"\x1b[PX\]^_]")
_STRING_REST = re.compile(r"[^\x00-\x1f\x7f-\x9f]*(?:[\x07\x9c]|\x1b\\|(?P<more>\Z)|)")
_NUMBER = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class Pasted:
    """What was pasted: in one piece and one line, of characters that can be shown."""

    text: str


Token = str | Pasted


@dataclass(frozen=True)
class Pointed:
    """What a mouse has done at a column and row, from 0: turned its wheel by `wheel` (1 is towards
    the reader), or, where that is 0, pressed its first button.
    """

    x: int
    y: int
    wheel: int = 0


_MOUSE = re.compile(r"\x1b\[<([0-9]{1,3});([0-9]{1,4});([0-9]{1,4})M")
_KEYS_HELD = 4 | 8 | 16
"""Shift, Alt and Ctrl, in the number of a button."""
_BUTTONS = {0: 0, 64: -1, 65: 1}


def pointed(token: str) -> Pointed | None:
    """What a token says that a mouse has done (SGR, Xterm's mode 1006); None for what says nothing
    of it, or of no press of the first button or the wheel.
    """
    match = _MOUSE.fullmatch(token)
    if match is None:
        return None
    button, x, y = map(int, match.groups())
    wheel = _BUTTONS.get(button & ~_KEYS_HELD)
    return None if wheel is None or not x or not y else Pointed(x - 1, y - 1, wheel)


class Tokens:
    """Takes bytes as they come. `patience` says how many seconds of silence end what is held."""

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")("ignore").decode
        self._held = ""
        self._skipped: re.Pattern[str] | None = None  # the rest of what is dropped
        self._paste: list[str] | None = None
        self._pasted = 0

    @property
    def patience(self) -> float | None:
        """Seconds after which `silence` must be said; None where nothing is waited for."""
        if self._paste is not None:
            return PASTE_SILENCE
        return SILENCE if self._held or self._skipped else None

    def silence(self) -> list[Token]:
        """Nothing has come for that long: what is held is all there is."""
        held, self._held, self._skipped = self._held, "", None
        if self._paste is not None:
            return [self._end_of_paste()]
        return [held] if 1 <= len(held) <= 2 else []  # Esc, or Alt and what may begin a sequence

    def feed(self, data: bytes) -> list[Token]:
        """The tokens that are complete now."""
        if self._paste is not None and BY_HAND.fullmatch(data):
            self._paste, self._held = None, ""
        text = self._held + self._decode(data)
        self._held = ""
        tokens: list[Token] = []
        at = 0
        while at < len(text):
            at = self._next(text, at, tokens)
        return tokens

    def _next(self, text: str, at: int, tokens: list[Token]) -> int:
        """Take what stands at `at`; where the next begins."""
        if self._paste is not None:
            return self._pasting(text, at, tokens)
        if self._skipped:
            return self._skip(self._skipped, text, at)
        if text[at] != "\x1b":
            if not "\x7f" < text[at] < "\xa0":  # the controls that are two bytes
                tokens.append(text[at])
            return at + 1
        return self._escape(text, at, tokens)

    def _escape(self, text: str, at: int, tokens: list[Token]) -> int:
        if match := _WHOLE.match(text, at):
            if match[0] == PASTE:
                self._paste, self._pasted = [], 0
            elif match[0] not in (PASTE_END, "\x1b\\") and _possible(match[0]):
                tokens.append(match[0])
            return match.end()
        if _PART.match(text, at):
            self._held = text[at:]
            return len(text)
        if match := _STRING.match(text, at):
            return self._skip(_STRING_REST, text, match.end())
        if match := _LONG.match(text, at):
            return self._skip(_REST, text, match.end())
        tokens.append("\x1b")
        return at + 1

    def _skip(self, rest: re.Pattern[str], text: str, at: int) -> int:
        match = rest.match(text, at)
        assert match is not None
        self._skipped = rest if match["more"] is not None else None
        return match.end()

    def _pasting(self, text: str, at: int, tokens: list[Token]) -> int:
        assert self._paste is not None
        end = text.find(PASTE_END, at)
        last = len(text) - _begun(text, PASTE_END) if end < 0 else end
        if kept := text[at : min(last, at + MOST_PASTED - self._pasted)]:
            self._paste.append(kept)
            self._pasted += len(kept)
        if end < 0:
            self._held = text[last:]
            return len(text)
        tokens.append(self._end_of_paste())
        return end + len(PASTE_END)

    def _end_of_paste(self) -> Pasted:
        line = " ".join("".join(self._paste or ()).split())
        self._paste = None
        return Pasted("".join(filter(str.isprintable, line)))


def _begun(text: str, end: str) -> int:
    """How many characters at the end of `text` may be the beginning of `end`."""
    return next((n for n in range(len(end) - 1, 0, -1) if text.endswith(end[:n])), 0)


def _possible(sequence: str) -> bool:
    """Whether the numbers of a sequence are such as a terminal sends."""
    return all(
        int(number) <= LARGEST and not 0xD800 <= int(number) <= 0xDFFF
        for number in _NUMBER.findall(sequence)
    )
