"""`--print-man`: the manual page."""

from __future__ import annotations

import argparse
import sys

from tui.command.options import text_style
from tui.command.output import show
from tui.command.parser import Parser


def add(parser: Parser) -> None:
    """Add the word."""
    parser.add_command("--print-man", run, "print the manual page, for man -l -")


def run(options: argparse.Namespace) -> int:
    """Print it."""
    from tui.command.manpage import page

    show(text_style(options, sys.stdout), page(options.parser).rstrip("\n"))
    return 0
