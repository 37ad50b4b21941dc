"""A run against a record of another training, as lines: the first difference, then what else."""

from __future__ import annotations

from collections.abc import Iterator

from engine.against.sides import Way
from engine.against.tally import Greatest
from engine.catalog.symbols import Symbol, indexed
from tui.draw.difference import MOST_NAMED, Told, first, many, names
from tui.draw.parts import paragraph
from tui.text.format import Text
from tui.text.raster import Line

WAYS = {
    Way.FED: "fed: every iteration starts from the record's parameters and state",
    Way.FREE: "free: both start together and run, so that a difference goes on in all that follows",
}


def lines(told: Told, width: int) -> Iterator[Line]:
    """The whole report."""
    yield from _head(told, width)
    if told.finding:
        yield ()
        yield from first(told, told.finding, width)
    yield ()
    yield from _table(told)
    yield from _left(told, width)


def _head(told: Told, width: int) -> Iterator[Line]:
    comparison, text = told.comparison, told.text
    tally, tolerance = comparison.tally, comparison.tolerance
    other = comparison.ours.file if comparison.ours else "the run"
    verdict = f"differs from {other}" if tally.differs else f"is like {other}"
    counted = f"{many(tally.numbers, 'number')} of {many(tally.iterations, 'iteration')} compared"
    differ = f", {tally.differs:,} differ" if tally.differs else ""
    noise = f"; {tally.noise:,} beyond the tolerance, but only by rounding" if tally.noise else ""
    said = f"{comparison.record.file} {verdict}: {counted}{differ}{noise}."
    yield from paragraph(text.plain(said), width, "title")
    rule = f"tolerance {tolerance.atol:g} + {tolerance.rtol:g}·|ours| ({tolerance.dtype})"
    way = f"ours is {other}, theirs {comparison.record.file}" if comparison.ours else ""
    way = way or WAYS[comparison.way]
    yield from paragraph(text.plain(f"{way} · {rule}"), width, "dim")


def _table(told: Told) -> Iterator[Line]:
    """By kind of symbol: how many were compared, how many differ, and the greatest difference."""
    text = told.text
    rows: list[tuple[str, ...]] = [
        ("kind", "numbers", "differ", "rounding", "furthest apart", "relative", "where")
    ]
    for kind, greatest in told.comparison.tally.kinds.items():
        rows.append(_row(text, kind, greatest))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [
            cell.ljust(width) if i in (0, 6) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield ((text.plain("  ".join(cells).rstrip()), "" if number else "dim"),)


def _row(text: Text, kind: str, most: Greatest) -> tuple[str, ...]:
    name = text.name(kind)
    if (layered := Symbol(f"{kind}1").kind).key == kind:
        name = text.plain(layered.forms[0])
    if not most.apart:
        return name, f"{most.numbers:,}", "0", "0", "0", "", ""
    where = f"{indexed(most.symbol, most.index)}, iteration {most.t}"
    relative = f"{most.apart / abs(most.ours):.2g}" if most.ours else ""
    counts = (f"{most.numbers:,}", f"{most.differs:,}", f"{most.noise:,}")
    return name, *counts, f"{most.apart:.3g}", relative, where


def _left(told: Told, width: int) -> Iterator[Line]:
    """What was not compared."""
    text, left = told.text, told.left
    said = []
    if left.run:
        said.append(f"the record has no {names(text, left.run)}")
    if left.record:
        foreign = [f"{name} ({why})" for name, why in left.record[:MOST_NAMED]]
        more = len(left.record) - MOST_NAMED
        said.append(
            f"the run has no {', '.join(foreign)}" + (f" and {more} more" if more > 0 else "")
        )
    if left.iterations:
        said.append(f"{many(left.iterations, 'iteration')} of the record left out")
    words = "; ".join(said) if said else "nothing"
    yield from paragraph(text.plain(f"Not compared: {words}."), width)
