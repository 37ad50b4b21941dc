"""What is known where two trainings first differ: what guesses go by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.against.tracefile import NONE, TraceFile
from engine.catalog.symbols import Symbol
from engine.program.step import Step
from engine.program.trace import Trace
from engine.spec.run import Array, RunSpec


@dataclass(frozen=True)
class Guess:
    """What probably went wrong: a `key` for programs, such as "momentum-of-lr", and a sentence."""

    key: str
    says: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Scene:
    """The first difference of a record from a run: in iteration `t`, in `symbol`, which the record
    has as `theirs`. `step` is the step that makes it; None for what no step does: a mini-batch (x),
    a scalar (lr), a parameter or a slot that the iteration begins with, one that is not trained.

    `trace` is our iteration from the record's own parameters and state, all of whose numbers before
    this one agree with the record's, where it has them. `close(array)` says whether an array is
    `theirs` by the tolerance and the rounding that the comparison goes by, and whether it is so
    where ours is not.
    """

    spec: RunSpec
    record: TraceFile
    trace: Trace
    t: int
    symbol: Symbol
    step: Step | None
    theirs: Array
    close: Callable[[Array], bool]

    @property
    def ours(self) -> Array | None:
        """The run's own array; a scalar as a 0-d array. None where the run has no such."""
        return self.value(self.symbol)

    def value(self, symbol: str) -> Array | None:
        """A number of our iteration after all its steps: what a step made, x, y, a scalar."""
        return _of(self.trace, symbol, len(self.trace.steps))

    def before(self, symbol: str) -> Array | None:
        """A parameter or slot as the iteration found it."""
        return _of(self.trace, symbol, 0)

    def recorded(self, symbol: str, t: int | None = None) -> Array | None:
        """The record's array of a symbol in an iteration, in this one where none is named; None
        where it has none.
        """
        return self.record.values.get(self.t if t is None else t, NONE).get(Symbol(symbol))


def _of(trace: Trace, symbol: str, step: int) -> Array | None:
    if symbol in trace.scalars:
        return np.array(trace.scalars[symbol])
    return trace.value(symbol, step)
