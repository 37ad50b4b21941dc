"""Opening a saved session that another program may have open: what to do is asked."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.saving.lock import Lock, OpenElsewhereError, lock, take
from tui.command.output import say


def held(path: Path) -> Lock | None:
    """A session, held by this program; None where the reader wants a copy of it. Exits with 0
    where it is to be left alone.
    """
    try:
        return lock(path)
    except OpenElsewhereError as error:
        return take(path) if _takes_over(path.stem, error.where) else None


def _takes_over(name: str, where: str) -> bool:
    """Whether the session is to be taken over, or else copied."""
    say(f"{name} is open elsewhere ({where}).")
    question = "Take it over (t), open a copy (c) or leave it (q)? Then Enter: "
    while True:
        print(question, end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        answer = line.strip().lower()
        if not line or answer in ("q", "n"):
            sys.exit(0)
        if answer in ("t", "c"):
            return answer == "t"
