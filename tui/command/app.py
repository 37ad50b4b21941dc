"""Without a word, in a terminal: the app."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from typing import TYPE_CHECKING

from tui.command.options import text_style
from tui.command.refusal import refuse

if TYPE_CHECKING:
    from engine.session.session import Session


def has_terminal() -> bool:
    """Whether there is a terminal that the app can use."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    terminal = all(stream is not None and stream.isatty() for stream in streams)
    return terminal and os.environ.get("TERM", "dumb") not in ("", "dumb", "unknown")


def run(options: argparse.Namespace) -> int:
    """Start the app; save the session once it has ended."""
    from engine.runfile.read import DEFAULT
    from engine.spec.problem import Problem
    from tui.actions.desk import Desk
    from tui.command import opening

    if options.size or options.last:
        refuse("--size goes with --plain, and --last with --plain or --json.")
    text, keys = text_style(options, sys.stderr), opening.keymap(options)
    opened = None if options.resume is None else opening.saved(options, text)
    if opened:
        desk = opened.desk
        desk.text = desk.text if options.digits is None else text
    else:
        desk = Desk(opening.new_session(options), text, source=options.run or DEFAULT)
    session = desk.session
    target, iterations = opening.target(options, session), opening.iterations(options, 0)

    from tui.screen.app import ENDINGS, GradstepApp

    app = GradstepApp(desk, keys)
    if opened:
        replay(session)
        app.actions.context.say(opened.message)
    if iterations:
        session.reach(iterations)
    if target:
        app.main.first = app.actions.go_to(target)
    sys.setswitchinterval(0.0005)  # a key does not wait long for a thread that trains
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)  # until the app is there to take them
    app.run(mouse=False)
    try:
        app.main.autosave.save_now()
    except (Problem, OSError) as problem:
        print(f"gradstep: not saved: {problem}", file=sys.stderr)
        return app.return_code or 1
    return app.return_code or 0


def replay(session: Session) -> None:
    """Compute what is needed to show where a session stands, and say so where that takes long."""
    history, t = session.branch.history, session.position.iteration
    count = history.replay(t)
    if count * history.seconds > 1:
        print(f"Replaying {count:,} iterations …", file=sys.stderr)
    history.approach(t)
