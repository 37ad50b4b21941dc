"""`--template`: a run file with every option explained."""

from __future__ import annotations

import argparse

from tui.command.parser import Parser


def add(parser: Parser) -> None:
    """Add the word."""
    parser.add_command("--template", run, "print a commented run file")


def run(options: argparse.Namespace) -> int:
    """Print the file."""
    from engine.runfile.template import template

    print(template(), end="")
    return 0
