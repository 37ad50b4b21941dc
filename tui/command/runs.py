"""`--list`: the built-in runs, each with what it teaches."""

from __future__ import annotations

import argparse
import sys

from tui.command.options import text_style
from tui.command.output import show
from tui.command.parser import Parser


def add(parser: Parser) -> None:
    """Add the word."""
    parser.add_command("--list", run, "list the built-in runs")


def run(options: argparse.Namespace) -> int:
    """Print them."""
    from engine.runfile.read import builtin_names, load

    text = text_style(options, sys.stdout)
    for name in builtin_names():
        show(text, f"{name:20}{load(name).teaches}")
    return 0
