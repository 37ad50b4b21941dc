"""`--line`: line mode in a terminal or a pipe; what is printed is lines alone."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from tui.command.output import written
from tui.command.parser import Parser

if TYPE_CHECKING:
    import argparse

    from tui.actions.effects import Job
    from tui.command.typed import Lines
    from tui.lines.conversation import Conversation
    from tui.lines.saves import Saves
    from tui.text.format import Text

LEAST_WIDE, USUAL_WIDE, MOST_WIDE = 20, 80, 158
"""Columns: the fewest that are written for, those of an output that has none, the most."""
IDLE_SECONDS = 0.3
"""After so long without a line the session is saved."""
FIRST_SECONDS, MOST_SECONDS = 2.0, 30.0
"""After so long a job says how far it has come; then each time twice as late, up to the other."""
AGAIN = "Ctrl+C once more ends, as quit does."
UNHEARD = (128 + signal.SIGHUP, 128 + signal.SIGPIPE)
"""Nobody is there to be told anything."""


def add(parser: Parser) -> None:
    """Add the word."""
    says = "go by lines: a command each, for screen readers, dumb terminals and scripts"
    parser.add_command("--line", run, says)


def run(options: argparse.Namespace) -> int:
    """Answer lines up to the last one; then save the session and say where it is."""
    from tui.actions.actions import Actions
    from tui.command import failure, farewell, opening
    from tui.command.desk import laid
    from tui.command.typed import Lines
    from tui.lines.conversation import Conversation
    from tui.lines.saves import Saves
    from tui.lines.words import LineKeys

    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # the session is saved all the same
    keys = LineKeys(opening.keymap(options).keys)
    begun = laid(options, sys.stdout)
    actions = Actions(begun.desk, keys)
    effects = begun.begin(actions, options)
    c = actions.context
    saves, lines = Saves(c), Lines(c.jobs.stop)
    talk = Conversation(actions, Work(c.text), saves.leave, suspend, width())
    failed, unwritten = "", cast("OSError | None", None)
    try:
        show(c.text, talk.begin(effects))
        _talk(talk, lines, saves)
    except OSError as error:
        unwritten = error
    except Exception as error:
        failed = failure.sentence(error)
    told, problems = farewell.parting(c.desk, saves.now, failed)
    try:
        if unwritten is None and lines.status not in UNHEARD:
            show(c.text, told)
    except OSError as error:
        unwritten = error
    return _unheard(lines.status, unwritten) if unwritten else lines.status or int(problems)


def _talk(talk: Conversation, lines: Lines, saves: Saves) -> None:
    """Answer lines until one ends it, or there are no more. Raises OSError where nobody reads what
    is written.
    """
    from tui.lines.conversation import CLOSED

    text, warned = talk.context.text, False
    while not talk.ended:
        try:
            if saves.unsaved and lines.idle(IDLE_SECONDS) and (said := saves.quietly()):
                show(text, [said])
            line = lines.next(written(talk.prompt, text))
        except KeyboardInterrupt:
            asked = talk.interrupt()
            show(text, ["", *([CLOSED] if asked else [] if warned else [AGAIN])])
            if warned and not asked:
                return
            warned = not asked
            continue
        if line is None:
            show(text, [""])
            return
        warned, talk.width = False, width()
        said_of_it = talk.answer(line)
        saves.unsaved = saves.unsaved or not talk.ended
        show(text, said_of_it)


def _unheard(status: int, error: OSError) -> int:
    """The exit status where nothing can be said. Raises an error that is no lost reader's."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still unwritten
    if status or isinstance(error, BrokenPipeError):
        return status or 128 + signal.SIGPIPE
    raise error


class Work:
    """Does jobs, one at a time, and says now and then how far they are."""

    def __init__(self, text: Text) -> None:
        self._text = text

    def __call__(self, job: Job) -> tuple[Any, Exception | None]:
        """What a job gives, or the error that it fails with."""
        pause = FIRST_SECONDS
        due = monotonic() + pause

        def stop() -> bool:
            nonlocal pause, due
            if monotonic() >= due:
                show(self._text, [job.progress()])
                pause = min(2 * pause, MOST_SECONDS)
                due = monotonic() + pause
            return job.stopped

        try:
            return job.run(stop), None
        except Exception as error:
            return None, error


def show(text: Text, lines: Iterable[str]) -> None:
    """Print lines at once. Raises OSError where that cannot be."""
    sys.stdout.write("".join(f"{written(line, text)}\n" for line in lines))
    sys.stdout.flush()


def suspend() -> None:
    """Go to the shell, until that gives the terminal back."""
    os.killpg(os.getpgrp(), signal.SIGTSTP)


def width() -> int:
    """The columns that are written for: those of COLUMNS, or of the terminal."""
    found = shutil.get_terminal_size((USUAL_WIDE, 24)).columns
    return max(LEAST_WIDE, min(found, MOST_WIDE))
