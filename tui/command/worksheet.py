"""`--worksheet` and `--solution`: a page to fill in, and the key to it; or a set of them."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.command.options import number, text_style
from tui.command.output import refuse, refuse_path, show
from tui.command.parser import Parser

if TYPE_CHECKING:
    from engine.sheets.worksheet import Worksheet
    from tui.draw.worksheet import Style
    from tui.text.format import Text

MOST_SHEETS = 1000
MOST_ITERATIONS = 10


def add(parser: Parser) -> None:
    """Add the words and their options."""
    parser.add_command("--worksheet", run, "print a page to fill in, of RUN or --seed")
    parser.add_command("--solution", run_solution, "print the key to it")
    parser.add_argument(
        "--seed", metavar="N", help="with --worksheet or --practice: an exercise of this seed"
    )
    parser.add_argument("--format", metavar="NAME", help="text (default), markdown or latex")
    parser.add_argument("--steps", metavar="LIST", help="forward,dW2,...: only these; all without")
    parser.add_argument("--no-formulas", action="store_true", help="a page without the formulas")
    parser.add_argument("--count", metavar="N", help="so many sheets and one key, in --to")
    parser.add_argument("--to", metavar="FOLDER", help="a new folder for the sheets of --count")


def run(options: argparse.Namespace) -> int:
    """Print the page, or write a class set."""
    return _set(options) if options.count is not None else _print(options, solved=False)


def run_solution(options: argparse.Namespace) -> int:
    """Print the key."""
    if options.count is not None:
        refuse("--count goes with --worksheet, which writes the key too.")
    return _print(options, solved=True)


def _print(options: argparse.Namespace, solved: bool) -> int:
    from tui.draw.worksheet import FORMATS

    text = text_style(options, sys.stdout)
    write, _ = FORMATS[_format(options)]
    sheet, style = _made(options, name_of(options), text, solved)
    show(text, write(sheet, style).rstrip("\n"))
    return 0


def _format(options: argparse.Namespace) -> str:
    from tui.draw.worksheet import FORMATS

    name = str(options.format or "text")
    if name not in FORMATS:
        refuse(f"--format {name}: must be one of {', '.join(FORMATS)}.")
    return name


def name_of(options: argparse.Namespace) -> str:
    """The run that is asked for; with a seed, the exercise of that seed."""
    from engine.runfile.read import DEFAULT
    from engine.sheets.exercise import MOST_SEED, PREFIX, parse
    from engine.spec.run import SpecError

    name = options.run or (PREFIX if options.seed or options.count else DEFAULT)
    if not name.startswith(PREFIX):
        if options.seed is not None:
            refuse(
                "--seed makes an exercise, and RUN is one already; exercise:2-3-2,adam is a kind."
            )
        return str(name)
    try:
        exercise = parse(name)
    except SpecError as error:
        refuse(*error.problems)
    return replace(exercise, seed=number("--seed", options.seed, 0, MOST_SEED, exercise.seed)).code


def _made(
    options: argparse.Namespace, name: str, text: Text, solved: bool
) -> tuple[Worksheet, Style]:
    """The worksheet of a run, and how it is written."""
    from engine.history.branching import history_of
    from engine.session.rivals import with_named_optimizer
    from engine.sheets.exercise import PREFIX, scored
    from engine.sheets.worksheet import worksheet
    from engine.spec.problem import Problem
    from engine.spec.run import SpecError
    from tui.actions.runs import run_named
    from tui.draw.worksheet import Style

    try:
        spec = run_named(name)
        if options.optimizer is not None:
            spec = with_named_optimizer(spec, options.optimizer)
        iterations = number("--iterations", options.iterations, 1, MOST_ITERATIONS, 1)
        wanted = [each.strip() for each in (options.steps or "").split(",") if each.strip()]
        sheet = worksheet(history_of(spec), name, iterations, wanted)
    except SpecError as error:
        refuse(*error.problems)
    except Problem as problem:
        refuse(str(problem))
    said = ""
    if name.startswith(PREFIX) and solved:
        found = scored(spec, text.digits)
        said = f"Of {found.made} known mistakes {found.shown} show with these numbers."
    return sheet, Style(text, solved, not options.no_formulas, text.digits, said)


def _set(options: argparse.Namespace) -> int:
    """Write so many different sheets and one key into a new folder."""
    from engine.sheets.exercise import PREFIX, parse
    from tui.draw.worksheet import FORMATS

    count = number("--count", options.count, 1, MOST_SHEETS, 1)
    if not options.to:
        refuse("--count needs --to FOLDER, a new folder for the sheets and their key.")
    name = name_of(options)
    if not name.startswith(PREFIX):
        refuse("--count makes exercises; RUN is one run. exercise:2-3-2,adam is a kind of them.")
    text = text_style(options, sys.stdout)
    write, ending = FORMATS[_format(options)]
    first, folder = parse(name), Path(options.to)
    try:
        folder.mkdir()
        keys = []
        for place in range(count):
            code = replace(first, seed=first.seed + place).code
            sheet, style = _made(options, code, text, solved=False)
            path = folder / f"sheet-{place + 1:0{len(str(count))}}.{ending}"
            path.write_text(write(sheet, style), "utf-8")
            keys.append(write(*_made(options, code, text, solved=True)))
        (folder / f"key.{ending}").write_text(_joined(keys, ending), "utf-8")
    except OSError as error:
        refuse_path(error)
    show(text, f"{folder}: {count} sheets, and their key in key.{ending}.")
    return 0


def _joined(pages: list[str], ending: str) -> str:
    """Pages as one file; LaTeX has its head and its end once."""
    if ending != "tex":
        return "\n\n".join(pages)
    head, begin, _ = pages[0].partition("\\begin{document}\n")
    bodies = [page.partition("\\begin{document}\n")[2] for page in pages]
    inner = "\\newpage\n".join(body.replace("\\end{document}\n", "") for body in bodies)
    return f"{head}{begin}{inner}\\end{{document}}\n"
