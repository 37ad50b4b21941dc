"""`--version`: the version. It may stand beside any other word, and is then all that is done."""

from __future__ import annotations

import argparse

from engine import __version__
from tui.command.parser import Parser


def add(parser: Parser) -> None:
    """Add the word."""
    parser.add_argument("--version", action="store_const", const=run, help="print the version")


def run(options: argparse.Namespace) -> int:
    """Print it."""
    print(f"gradstep {__version__}")
    return 0
