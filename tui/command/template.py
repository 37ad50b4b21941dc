"""`--template`: a run file with every option explained."""

from __future__ import annotations

import argparse
import sys

from tui.command.options import text_style
from tui.command.output import show
from tui.command.parser import Parser


def add(parser: Parser) -> None:
    """Add the word."""
    parser.add_command("--template", run, "print a commented run file")


def run(options: argparse.Namespace) -> int:
    """Print the file."""
    from engine.runfile.template import template

    show(text_style(options, sys.stdout), template().removesuffix("\n"))
    return 0
