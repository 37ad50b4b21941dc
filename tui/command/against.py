"""`--against`: a run beside a record of another training; the first number that differs."""

from __future__ import annotations

import argparse
import math
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.command import asking
from tui.command.output import fail, refuse, say, show
from tui.command.parser import Parser

if TYPE_CHECKING:
    from engine.against.compare import Comparison, Deviation
    from engine.against.finding import Finding
    from engine.against.sides import Way
    from engine.against.tolerance import Tolerance

WIDTH = 100
MOST_ELEMENTS = 1000
"""So many elements of an array of an iteration are objects of their own."""


def add(parser: Parser) -> None:
    """Add the words."""
    says = "compare with a record of the training (.npz, --json), or two such: what differs first"
    more: dict[str, Any] = {"nargs": "+", "metavar": "FILE", "dest": "against"}
    asking.add_word(parser, "--against", run, says, **more)
    parser.add_argument("--way", metavar="WAY", help="with --against: fed or free")
    how = "with --against: how far apart numbers may be (atol + rtol*|ours|)"
    parser.add_argument("--rtol", metavar="X", help=how)
    parser.add_argument("--atol", metavar="X", help="with --against: the same, whatever their size")


def run(options: argparse.Namespace) -> int:
    """Compare them: 0 alike, 1 where a number differs, 2 where they cannot be compared."""
    from engine.spec.problem import Problem
    from tui.command.failure import sentence

    try:
        return _compared(options)
    except Problem as problem:
        refuse(*str(problem).split("\n"))
    except MemoryError:
        refuse("there is not enough memory.")
    except OSError as error:
        fail(error)
    except Exception as error:  # 1 says that a number differs, and nothing else
        say(f"gradstep: {sentence(error)}")
    return 2


def _compared(options: argparse.Namespace) -> int:
    from engine.against.compare import Comparison
    from engine.against.finding import finding
    from engine.against.left import left
    from engine.against.read import read_trace
    from engine.spec.check import printable
    from engine.spec.run import MOST_ITERATIONS
    from tui.command.opening import history_named
    from tui.command.options import number, text_style
    from tui.draw.against import lines
    from tui.draw.difference import Told

    in_json = asking.as_json(options)
    _refuse_others(options)
    text = text_style(options, sys.stdout)
    history = history_named(options.run, options.optimizer)
    *ours, record = (read_trace(Path(file), history.spec_of(1)) for file in options.against)
    if ours and ours[0].file == record.file:  # of two folders
        ours[0], record = (
            replace(each, file=printable(file))
            for each, file in zip((ours[0], record), options.against, strict=True)
        )
    last = None
    if options.iterations is not None:
        last = number("--iterations", options.iterations, 1, MOST_ITERATIONS, 1)
    comparison = Comparison(
        history, record, way=_way(options), last=last, ours=ours[0] if ours else None
    )
    comparison.tolerance = _tolerance(options, comparison.tolerance)
    found = None
    for deviation in comparison.deviations():
        if found is None and comparison.first is deviation:
            found = finding(comparison)
        if in_json:
            _print_objects(comparison, deviation, found)
    if in_json:
        _print_counts(comparison)
    else:
        told = Told(text, comparison, found, left(comparison), _command(options))
        for line in lines(told, WIDTH):
            show(text, "".join(part for part, _ in line).rstrip())
    return int(comparison.tally.differs > 0)


def _refuse_others(options: argparse.Namespace) -> None:
    if len(options.against) > 2:
        refuse("--against takes one file, or two that are compared with each other.")
    if len(options.against) == 2 and options.way:
        refuse("--way is of a run and a record; two records are compared as they are.")
    if options.goto or options.resume is not None:
        refuse("--against compares whole runs; --goto and --resume do not go with it.")


def _way(options: argparse.Namespace) -> Way | None:
    from engine.against.sides import Way

    if options.way not in (None, *Way):
        refuse(f"--way {options.way}: fed or free.")
    return Way(options.way) if options.way else None


def _tolerance(options: argparse.Namespace, usual: Tolerance) -> Tolerance:
    """The usual one, or what the options say of it."""
    from engine.against.tolerance import Tolerance

    given = {"rtol": usual.rtol, "atol": usual.atol}
    for name in ("rtol", "atol"):
        if (written := getattr(options, name)) is not None:
            try:
                given[name] = float(written)
            except ValueError:
                given[name] = math.nan
            if not 0 <= given[name] < math.inf:
                refuse(f"--{name} {written}: a number from 0 on is needed, such as 1e-6.")
    return Tolerance(given["rtol"], given["atol"], usual.dtype)


def _command(options: argparse.Namespace) -> str:
    """The command that opens the run."""
    words = ["python", "-m", "tui"]
    if options.run is not None:
        words.append(shlex.quote(options.run))
    if options.optimizer is not None:
        words += ["--optimizer", shlex.quote(options.optimizer)]
    return " ".join(words)


# -- as objects ------------------------------------------------------------------------------------


def _print_objects(comparison: Comparison, deviation: Deviation, found: Finding | None) -> None:
    """An object for each number beyond the tolerance."""
    from itertools import islice

    pair = deviation.pair
    first = found is not None and found.deviation is deviation
    guess = found.guess.key if first and found and found.guess else None
    for index in islice(deviation.elements, MOST_ELEMENTS):
        ours, theirs = float(pair.ours[index]), float(pair.theirs[index])
        differs = bool(deviation.differs[index])
        asking.print_object(
            {
                "iteration": deviation.t,
                "step": pair.number,
                "phase": str(pair.phase),
                "symbol": str(pair.symbol),
                "name": deviation.name,
                "index": [i + 1 for i in index],
                "ours": ours,
                "theirs": theirs,
                "abs": abs(ours - theirs),
                "rel": abs(ours - theirs) / abs(ours) if ours else math.inf,
                "ulp": comparison.tolerance.ulps(ours, theirs),
                "verdict": "differs" if differs else "noise",
                "follows": deviation.follows,
                "guess": guess if differs else None,
            }
        )


def _print_counts(comparison: Comparison) -> None:
    """The counts, the way and the tolerance, and how far each kind of symbol is apart."""
    from engine.against.left import left

    tally, tolerance = comparison.tally, comparison.tolerance
    without = left(comparison)
    asking.print_object(
        {
            "counts": {
                "iterations": tally.iterations,
                "numbers": tally.numbers,
                "differs": tally.differs,
                "noise": tally.noise,
                "arrays": {
                    "differ": sum(map(len, tally.faults.values())),
                    "follow": tally.follow,
                },
            },
            "way": str(comparison.way),
            "rtol": tolerance.rtol,
            "atol": tolerance.atol,
            "dtype": tolerance.dtype,
            "greatest": {
                kind: {
                    "abs": each.apart,
                    "iteration": each.t,
                    "symbol": str(each.symbol),
                    "index": [i + 1 for i in each.index],
                }
                for kind, each in tally.kinds.items()
            },
            "not_compared": {
                "run": [str(name) for name in without.run],
                "record": [name for name, _ in without.record],
                "iterations": without.iterations,
            },
        }
    )
