"""`--recorder`: what records a training of PyTorch, a file to keep beside its script."""

from __future__ import annotations

import argparse

from tui.command.parser import Parser


def add(parser: Parser) -> None:
    """Add the word."""
    parser.add_command("--recorder", run, "print gradstep_record.py, which records PyTorch")


def run(options: argparse.Namespace) -> int:
    """Print the file."""
    from engine.exchange.recorder import recorder

    print(recorder(), end="")
    return 0
