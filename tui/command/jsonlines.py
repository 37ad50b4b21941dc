"""`--json`: the steps of a run, an object of JSON a line."""

from __future__ import annotations

import argparse

from tui.command.parser import Parser


def add(parser: Parser) -> None:
    """Add the word."""
    parser.add_command("--json", run, "print the steps as JSON, a line each")


def run(options: argparse.Namespace) -> int:
    """Print them."""
    from tui.command.records import record
    from tui.command.request import request, steps

    asked = request(options)
    for trace, step in steps(asked):
        print(record(asked.session, trace, step))
    return 0
