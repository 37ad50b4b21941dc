"""Without a word, in a terminal: the app."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tui.command.options import text_style
from tui.command.output import refuse, say
from tui.command.without import without_ciphers

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from engine.history.position import Position
    from engine.saving.lock import Lock
    from engine.session.session import Session


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

    from engine.runfile.read import DEFAULT
    from tui.actions import lesson
    from tui.actions.desk import Desk
    from tui.command import farewell, opening

    if options.size or options.svg or options.last:
        refuse("--size and --svg go with --plain, and --last with --plain or --json.")
    text, keys = text_style(options, sys.stderr), opening.keymap(options)
    opened = None if options.resume is None else opening.saved(options, text, _held)
    if opened:
        desk = opened.desk
        desk.text = desk.text if options.digits is None else text
    else:
        desk = Desk(opening.new_session(options), text, source=options.run or DEFAULT)
    session = desk.session
    target, iterations = _place(options, session), opening.iterations(options, 0)

    if os.environ.get("STY"):  # GNU screen takes more colours than it has for something else
        os.environ.pop("COLORTERM", None)
    from tui.screen.app import GradstepApp

    app = GradstepApp(desk, keys)
    if opened:
        replay(session)
        app.actions.context.say(opened.message)
    if iterations:
        session.reach(iterations)
    if options.practice:
        from tui.command import practice

        practice.begin(app.actions.context, options, target)
    elif target:
        app.main.first = app.actions.go_to(target)
        if not opened and (told := lesson.told(app.actions.context)):
            app.actions.context.say(told)
    sys.setswitchinterval(0.0005)  # a key does not wait long for a thread that trains
    endings.to(app.leave, app.leaving.end)
    return farewell.leave(app, app.run_to_the_end())


def _place(options: argparse.Namespace, session: Session) -> Position | None:
    """Where to go first: to the place that is asked for, else where a new run wants to be opened.
    Practice begins at the start.
    """
    from tui.command import opening

    target = opening.target(options, session)
    new = options.resume is None and not options.practice
    if target is None and new and session.opening > session.position:
        return session.opening
    return target


def _held(path: Path) -> Lock | None:
    """A saved session, held by this program, or None for a copy of it."""
    from tui.command.taking import held  # the first picture does not wait for it

    return held(path)


def replay(session: Session) -> None:
    """Compute what is needed to show where a session stands, and say so where that takes long."""
    history, t = session.branch.history, session.position.iteration
    count = history.wait(t)
    if count * history.seconds > 1:
        say(f"Replaying {count:,} iterations …")
    history.approach(t)
