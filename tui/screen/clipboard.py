"""Texts for other programs, by way of the terminal: OSC 52, which Xterm began, and through what
stands between. Whether a terminal takes it, it does not say.
"""

from __future__ import annotations

import re
import subprocess
from base64 import b64encode
from collections.abc import Mapping
from enum import Enum, auto

MOST_OF_SCREEN = 700
"""Characters of a string that GNU screen takes at once; of 768 and more it prints the rest."""
TMUX_SECONDS = 1.0
"""How long tmux has to take a text; while it does not, it draws nothing either."""


class Way(Enum):
    """What a text is handed to."""

    NONE = auto()
    TERMINAL = auto()
    TMUX = auto()
    SCREEN = auto()
    EITHER = auto()


LOADED = "In tmux's buffer: {what}."
SAID = {
    Way.NONE: "",
    Way.TERMINAL: "Sent to the terminal's clipboard: {what}.",
    Way.TMUX: "To tmux, if set-clipboard is on: {what}.",
    Way.SCREEN: "Sent through screen: {what}.",
    Way.EITHER: "Sent through screen or tmux: {what}.",
}
KNOWN = re.compile(
    "xterm|rxvt|alacritty|foot|kitty|wezterm|konsole|vte|gnome|iterm|mintty|contour|ghostty|st-|st$"
)
"""How TERM begins where a terminal takes such strings, or drops them unseen."""


def way(environ: Mapping[str, str]) -> Way:
    """What stands between, as far as the environment says. Over SSH it says no more than TERM,
    which for tmux may be that of screen.
    """
    term = environ.get("TERM", "")
    if environ.get("TMUX") or term.startswith("tmux"):
        return Way.TMUX
    if environ.get("STY"):
        return Way.SCREEN
    if term.startswith("screen"):
        return Way.EITHER
    if environ.get("TERM_PROGRAM") == "Apple_Terminal":
        return Way.NONE
    return Way.TERMINAL if KNOWN.match(term) else Way.NONE


def sequences(text: str, to: Way) -> str:
    """What hands a text over."""
    plain = f"\x1b]52;c;{b64encode(text.encode()).decode()}\x07"
    match to:
        case Way.NONE:
            return ""
        case Way.TERMINAL:
            return plain
        case Way.TMUX:  # which takes the one or passes the other on, by its options
            return plain + in_tmux(plain)
        case Way.SCREEN:
            return in_screen(plain)
        case Way.EITHER:  # screen drops the one and tmux the other
            return in_screen(plain) + (plain if len(plain) < MOST_OF_SCREEN else "")


def in_tmux(sequence: str) -> str:
    """What tmux passes on to its terminal, where allow-passthrough is on."""
    doubled = sequence.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}\x1b\\"


def in_screen(sequence: str) -> str:
    """What GNU screen passes on to its terminal, in pieces that it takes."""
    starts = range(0, len(sequence), MOST_OF_SCREEN)
    return "".join(f"\x1bP{sequence[i : i + MOST_OF_SCREEN]}\x1b\\" for i in starts)


def hand(text: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """Hand a text over: how, and what has to be sent to the terminal for that. The tmux that this
    runs in is given a buffer, which it hands on to its terminal's clipboard (from tmux 3.2 on): by
    its defaults it takes none from a sequence.
    """
    if environ.get("TMUX"):
        try:
            if _load(text, "-w"):
                return LOADED, ""
            if _load(text):
                return LOADED, sequences(text, Way.TMUX)
        except subprocess.TimeoutExpired:
            pass  # nor would it answer in a second time
    to = way(environ)
    return SAID[to], sequences(text, to)


def _load(text: str, *options: str) -> bool:
    """Whether tmux has taken a text as a buffer. Raises TimeoutExpired where it does not say."""
    try:
        done = subprocess.run(
            ["tmux", "load-buffer", *options, "-"],
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TMUX_SECONDS,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0
