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
    held = bool(asked.session.spec.data.held)
    for trace, step in steps(asked):
        print(record(asked.session, trace, step))
        if held and step is trace.steps[-1]:
            from tui.command.tested import record as of_test  # most runs hold nothing out

            if (said := of_test(asked.session, trace.t)) is not None:
                print(said)
    return 0
