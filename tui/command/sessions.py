"""`--sessions`: the saved sessions, newest first."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from tui.command.options import text_style
from tui.command.output import refuse, show
from tui.command.parser import Parser


def add(parser: Parser) -> None:
    """Add the word."""
    parser.add_command("--sessions", run, "list the saved sessions")


def run(options: argparse.Namespace) -> int:
    """Print them."""
    from engine.saving.folder import sessions
    from engine.spec.problem import Problem

    text = text_style(options, sys.stdout)
    try:
        entries = sessions()
    except Problem as problem:
        refuse(str(problem))
    for entry in entries:
        when = f"{datetime.fromtimestamp(entry.saved_at):%Y-%m-%d %H:%M}"
        show(text, f"{when}  {entry.name}  {entry.problem or entry.title}")
    return 0
