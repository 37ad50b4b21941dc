"""How the command begins: the app at once where no option is given, else what the parser finds."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from tui.command import app

if TYPE_CHECKING:
    import argparse


class Unasked(SimpleNamespace):
    """The options of a command line that has none."""

    def __getattr__(self, name: str) -> None:
        """No option is given."""


def run(argv: list[str] | None) -> int:
    """Do what the command line says; the exit status."""
    words = sys.argv[1:] if argv is None else argv
    if len(words) <= 1 and not "".join(words).startswith("-") and app.has_terminal():
        return app.run(cast("argparse.Namespace", Unasked(run=words[0] if words else None)))
    from tui.command import line  # the first picture does not wait for it

    return line.run(words)
