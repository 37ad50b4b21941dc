"""`--save-run`: the run as a run file, with its lesson, as a saved session has it too."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tui.command import asking
from tui.command.output import refuse, refuse_path, show
from tui.command.parser import Parser


def add(parser: Parser) -> None:
    """Add the word."""
    says = "write the run, with its lesson, as a run file; with --resume what was noted there"
    asking.add_word(parser, "--save-run", run, says, metavar="FILE.toml", dest="save_run")


def run(options: argparse.Namespace) -> int:
    """Write the file, which must be a new one."""
    from engine.runfile.write import run_text, save
    from engine.spec.problem import Problem
    from tui.actions.lesson import saved
    from tui.command.opening import opened_session
    from tui.command.options import text_style

    if options.command is not None:
        refuse("--save-run goes with no other command.")
    text = text_style(options, sys.stdout)
    session = opened_session(options, text)
    try:
        written = run_text(session.notes.run)
        save(Path(options.save_run), written)
    except Problem as problem:
        refuse(str(problem))
    except OSError as error:
        refuse_path(error)
    show(text, saved(session, options.save_run))
    return 0
