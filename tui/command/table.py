"""`--table`: the iterations as a table, and the losses of each pass added up."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.command import asking
from tui.command.output import refuse, show
from tui.command.parser import Parser

if TYPE_CHECKING:
    from engine.analysis.passtable import Part, Row

WIDTH, MOST_ROWS = 100, 10_000


def add(parser: Parser) -> None:
    """Add the word."""
    says = "the iterations up to --goto as a table, their losses summed by pass"
    asking.add_word(parser, "--table", run, says, nargs=0, dest="table")


def run(options: argparse.Namespace) -> int:
    """Print the table."""
    from engine.analysis.passtable import parts
    from tui.draw.passtable import Table

    in_json = asking.as_json(options)
    session, text, position = asking.stand(options)
    if position.iteration > MOST_ROWS:
        refuse(f"--table: at most {MOST_ROWS:,} iterations; --goto or --iterations says how many.")
    history = session.branch.history
    found = [*parts(history, position, MOST_ROWS)]
    several = history.batches(position.iteration).several and bool(session.trace.data)
    if in_json:
        for part in found:
            for row in part.rows:
                asking.print_object(_fields(row, part.of.number))
            if several and part.of.known:
                asking.print_object(_sums(part))
        return 0
    for line in Table(text, found, several).lines(WIDTH):
        show(text, "".join(words for words, _ in line).rstrip())
    return 0


def _fields(row: Row, number: int) -> dict[str, object]:
    """What an iteration has come to; what is not known yet is null."""
    return {
        "iteration": row.t,
        "pass": number,
        "samples": [n + 1 for n in row.samples],
        "x": row.x.tolist(),
        "y": row.y.tolist(),
        "yhat": None if row.yhat is None else row.yhat.tolist(),
        "loss": row.loss,
        "change": {name: _listed(row.change(name)) for name in row.before},
        "after": {name: _listed(array) for name, array in row.after.items()},
    }


def _listed(array: object) -> object:
    return array.tolist() if hasattr(array, "tolist") else None


def _sums(part: Part) -> dict[str, object]:
    """What the losses of a pass come to, those of its mini-batches that are known."""
    of = part.of
    return {
        "pass": of.number,
        "mini_batches": of.count,
        "seen": of.seen,
        "sum": of.total,
        "mean": of.mean,
    }
