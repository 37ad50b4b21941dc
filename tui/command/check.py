"""`--check`: whether a run file has mistakes."""

from __future__ import annotations

import argparse
import sys

from tui.command.options import text_style
from tui.command.output import show
from tui.command.parser import Parser


def add(parser: Parser) -> None:
    """Add the word."""
    parser.add_command("--check", run, "only check the run file")


def run(options: argparse.Namespace) -> int:
    """Say that there are none, where none is refused."""
    from tui.command.opening import check_places, keymap, opened_session

    text = text_style(options, sys.stdout)
    session = opened_session(options, text)
    check_places(session, options.run or session.spec.name, everything=True)
    if options.keys:
        keymap(options)
    show(text, f"{options.run or session.spec.name}: no mistakes.")
    return 0
