"""`--print-completion`: what makes a shell complete the command line."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from tui.command import asking
from tui.command.options import text_style
from tui.command.output import refuse, show
from tui.command.parser import Parser


def add(parser: Parser) -> None:
    """Add the word."""
    says = "print what makes bash, zsh or fish complete gradstep"
    asking.add_word(parser, "--print-completion", run, says, metavar="SHELL", dest="shell")


def run(options: argparse.Namespace) -> int:
    """Print the script of the shell."""
    from tui.command.shells import SHELLS
    from tui.command.shells.takes import options as all_options

    if options.shell not in SHELLS:
        refuse(f"--print-completion {options.shell}: must be one of {', '.join(SHELLS)}.")
    script = import_module(f"tui.command.shells.{options.shell}").script
    show(text_style(options, sys.stdout), script(all_options(options.parser)).rstrip("\n"))
    return 0
