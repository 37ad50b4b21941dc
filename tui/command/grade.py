"""`--grade`: somebody's sheets, figure by figure."""

from __future__ import annotations

import argparse
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from tui.command import asking
from tui.command.output import refuse, say, show
from tui.command.parser import Parser

if TYPE_CHECKING:
    from engine.history.history import History
    from engine.sheets.grade import Graded
    from engine.sheets.scheme import Scheme


def add(parser: Parser) -> None:
    """Add the words."""
    says = "grade sheets of figures worked out by hand; - for standard input"
    asking.add_word(parser, "--grade", run, says, nargs="+", metavar="FILE", dest="sheets")
    parser.add_argument("--csv", action="store_true", help="with --grade: a row a sheet")
    parser.add_command("--mistakes", mistakes, "list the mistakes that --grade looks for")
    own = "with --grade: a TOML file of own names and points"
    parser.add_argument("--scheme", metavar="FILE", help=own)


def run(options: argparse.Namespace) -> int:
    """Grade them; 1 where one has a slip, 2 where one could not be graded, else 0."""
    from tui.command.graded import Lines, Objects, Rows, Writer
    from tui.command.opening import new_session
    from tui.command.options import text_style

    in_json = asking.as_json(options)
    if in_json and options.csv:
        refuse("--csv and --json: one of them.")
    if options.goto or options.resume is not None:
        refuse("--grade grades from a run's start; --goto and --resume do not go with it.")
    text = text_style(options, sys.stdout)
    scheme = _scheme(options)
    history = None if options.run is None else new_session(options).branch.history
    several = len(options.sheets) > 1
    out: Writer = Rows() if options.csv else Objects(several) if in_json else Lines(several)
    status = 0
    for file in options.sheets:
        graded, problem = _graded(file, history, scheme, options)
        if graded is None:
            status = 2
            say(f"gradstep: {problem}")
            out.failed(file, problem)
            continue
        status = max(status, int(bool(graded.sheet.slips)))
        out.graded(file, graded, text)
    return status


def mistakes(options: argparse.Namespace) -> int:
    """List them, by what they are mistakes of."""
    from engine.sheets.mistakes import MISTAKES
    from tui.command.options import text_style

    text = text_style(options, sys.stdout)
    for kinds, rows in groupby(MISTAKES, lambda mistake: mistake.kinds):
        *names, last = dict.fromkeys(text.plain(_form(kind)) for kind in kinds)
        show(text, f"{', '.join(names)} and {last}" if names else last)
        for row in rows:
            show(text, f"  {row.name} (right: {row.right})")
    return 0


def _form(kind: str) -> str:
    """How the symbols of a kind are written, without their layer."""
    from engine.catalog.symbols import Symbol

    inner = Symbol(f"{kind}1").kind
    return inner.forms[0] if inner.key == kind else Symbol(kind).written


def _scheme(options: argparse.Namespace) -> Scheme:
    from engine.sheets.scheme import Scheme, read_scheme
    from engine.spec.run import SpecError

    if options.scheme is None:
        return Scheme()
    try:
        return read_scheme(Path(options.scheme))
    except SpecError as error:
        refuse(*error.problems)


def _graded(
    file: str, history: History | None, scheme: Scheme, options: argparse.Namespace
) -> tuple[Graded | None, str]:
    """A sheet graded, or the sentence on why it cannot be. Where no run is given, that which the
    sheet names.
    """
    from engine.sheets.grade import MOST_BYTES, grade, run_of
    from engine.spec.files import read_text
    from engine.spec.problem import Problem
    from engine.spec.run import SpecError
    from tui.command.opening import history_named

    try:
        text = read_text(Path(file), MOST_BYTES)
        return grade(history or history_named(run_of(text), options.optimizer), text, scheme), ""
    except SpecError as error:
        return None, error.problems[0]
    except Problem as problem:
        return None, f"{file}: {problem}"
