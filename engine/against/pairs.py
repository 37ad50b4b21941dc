"""What both sides of an iteration have, pair by pair, in the order in which it is computed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from engine.against.sides import Sides
from engine.against.tracefile import NONE, TraceFile, Values
from engine.catalog.symbols import DATA, Symbol
from engine.formula.calls import Array
from engine.program.step import Phase, Step
from engine.program.trace import Trace

START, GIVEN = "start", "data"
"""What stands for the phase of what no step computes: what an iteration begins with, and its
mini-batch."""


class Pair(NamedTuple):
    """An array of both, where it stands in the iteration: after so many steps; `step` is the one
    that makes it, None where none does.
    """

    number: int
    phase: str
    symbol: Symbol
    ours: Array
    theirs: Array
    step: Step | None = None


def pairs(record: TraceFile, sides: Sides) -> Iterator[Pair]:
    """What both have of an iteration: what it begins with, its mini-batch, then what each step
    makes, each scalar before the step that reads it; last the parameters that are not trained.
    """
    if sides.other is None:
        yield from _pairs(record, sides)
        return
    ours = sides.other.theirs
    begun = sides.other.record.starts.get(1, NONE) if sides.t == 1 else NONE
    for pair in _pairs(record, sides):
        of = begun if pair.phase == START else ours
        if pair.symbol in of:
            yield pair._replace(ours=of[pair.symbol])


def _pairs(record: TraceFile, sides: Sides) -> Iterator[Pair]:
    trace, theirs = sides.trace, sides.theirs
    yield from _started(record, sides)
    for name in map(Symbol, DATA):
        if name in theirs:
            yield Pair(0, GIVEN, name, trace.known(name, 0), theirs[name])
    read = _readers(trace, theirs)
    for step in trace.steps:
        for name in read.get(step.number, ()):
            ours = np.array(trace.scalars[name])
            yield Pair(step.number, step.phase, name, ours, theirs[name])
        if step.symbol in theirs:
            ours = trace.known(step.symbol, step.number)
            yield Pair(step.number, step.phase, step.symbol, ours, theirs[step.symbol], step)
    end = len(trace.steps)
    for name in trace.parameters:
        if trace.writer(name) is None and name in theirs:
            yield Pair(end, Phase.UPDATE, name, trace.known(name, end), theirs[name])


def _started(record: TraceFile, sides: Sides) -> Iterator[Pair]:
    """What the iteration begins with, beside what the run does, or beside what the record's own
    iteration before left, where it says both.
    """
    left = record.values.get(sides.t - 1, NONE)
    for name, theirs in record.starts.get(sides.t, NONE).items():
        ours = left.get(name)
        if ours is None and sides.t == 1:
            ours = sides.begun(name)
        if ours is not None:
            yield Pair(0, START, name, ours, theirs)


def _readers(trace: Trace, theirs: Values) -> dict[int, list[Symbol]]:
    """The scalars that both have, by the number of the first step that reads them."""
    found: dict[int, list[Symbol]] = {}
    updates = [step for step in trace.steps if step.phase in (Phase.CLIP, Phase.UPDATE)]
    for name in map(Symbol, trace.scalars):
        if name in theirs and updates:
            readers = (step.number for step in updates if f"{{{name}}}" in step.formula)
            found.setdefault(next(readers, updates[0].number), []).append(name)
    return found
