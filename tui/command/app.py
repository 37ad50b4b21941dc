"""Without a word, in a terminal: the app."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tui.command.without import without_ciphers

if TYPE_CHECKING:
    import argparse


def has_terminal() -> bool:
    """Whether there is a terminal that the app can use, or another way to show it (Textual's
    TEXTUAL_DRIVER, as where it is served to a browser).
    """
    if os.environ.get("TEXTUAL_DRIVER"):
        return True
    streams = (sys.stdin, sys.stdout, sys.stderr)
    terminal = all(stream is not None and stream.isatty() for stream in streams)
    return terminal and os.environ.get("TERM", "dumb") not in ("", "dumb", "unknown")


def run(options: argparse.Namespace) -> int:
    """Start the app; save the session once it has ended."""
    from tui.command.signals import Endings

    endings = Endings()  # before there are other threads, which would take the signals
    without_ciphers()

    from tui.command import farewell, opening
    from tui.command.desk import laid

    keys = opening.keymap(options)
    begun = laid(options, sys.stderr)
    if os.environ.get("STY"):  # GNU screen takes more colours than it has for something else
        os.environ.pop("COLORTERM", None)
    from tui.screen.app import GradstepApp

    app = GradstepApp(begun.desk, keys)
    app.main.first = begun.begin(app.actions, options)
    sys.setswitchinterval(0.0005)  # a key does not wait long for a thread that trains
    endings.to(app.leave, app.leaving.end)
    return farewell.leave(app, app.run_to_the_end(options.mouse))
