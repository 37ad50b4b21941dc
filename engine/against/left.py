"""What is not compared: numbers that one side alone has."""

from __future__ import annotations

from dataclasses import dataclass

from engine.against.compare import Comparison
from engine.against.fits import Known
from engine.catalog.symbols import Symbol


@dataclass(frozen=True)
class Left:
    """The symbols that the run computes and the record never has; the names of the record's that
    mean nothing in the run, each with why; and how many of the record's iterations were left.
    """

    run: tuple[Symbol, ...]
    record: tuple[tuple[str, str], ...]
    iterations: int


def left(comparison: Comparison) -> Left:
    """What a comparison leaves out."""
    record = comparison.record
    known = Known(comparison.history)
    computed: dict[Symbol, None] = {}
    shapes: set[Symbol] = set()
    for t in record.iterations:
        steps = comparison.history.steps_of(t)
        computed |= dict.fromkeys(step.symbol for step in steps)
        shapes |= known.shapes(t).keys()
    theirs = dict.fromkeys(name for values in record.values.values() for name in values)
    foreign = (
        (record.theirs(name), "the run has no such") for name in theirs if name not in shapes
    )
    return Left(
        run=tuple(name for name in computed if name not in theirs),
        record=(*record.unmapped, *foreign),
        iterations=len(record.iterations) - len(comparison.iterations),
    )
