"""A training as a table, as homework has it: an iteration a row, and after each pass its losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from engine.analysis.passes import PassLosses, pass_losses
from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.history.history import History
from engine.history.position import Position
from engine.program.parameters import trained
from engine.program.trace import Trace
from engine.spec.run import RunSpec

MOST_INPUTS, MOST_OUTPUTS, MOST_PARAMETERS = 8, 4, 12
"""So many numbers of a sample, and of all parameters that learn, have columns."""


NOTHING = np.zeros((1, 0))
"""The samples of a run without a network."""


@dataclass(frozen=True, eq=False)
class Row:
    """What an iteration has come to: the `samples` of the data that it takes, from 0, with their
    `x` (samples, inputs) and `y` (samples, outputs), and parameters as they are `before` it; None
    for what is not known yet: `yhat`, the loss, and what the parameters are `after` their update.
    """

    t: int
    samples: tuple[int, ...]
    x: Array
    y: Array
    yhat: Array | None
    loss: float | None
    before: Mapping[Symbol, Array]
    after: Mapping[Symbol, Array | None]

    @property
    def error(self) -> Array | None:
        """How far the outputs are from their targets, y − ŷ (samples, outputs)."""
        return None if self.yhat is None else np.asarray(self.y - self.yhat)

    def change(self, name: Symbol) -> Array | None:
        """What the update has added to a parameter."""
        new = self.after[name]
        return None if new is None else np.asarray(new - self.before[name])


@dataclass(frozen=True, eq=False)
class Part:
    """The rows of a pass, from the first that is given on, with the losses of the pass."""

    of: PassLosses
    rows: tuple[Row, ...]


def parts(history: History, at: Position, most: int) -> Iterator[Part]:
    """The passes up to a position, at most so many rows, the last ones. For the thread that looks,
    whose place they lead away from.
    """
    here = history.trace(at.iteration)
    known = at.iteration - (at.step < here.loss_step)
    names = _learned(history.spec_of(at.iteration), here)
    t = max(1, at.iteration - most + 1)
    while t <= at.iteration:
        last = min(history.batches(t).of_pass(t)[-1], at.iteration)
        rows = [_row(history, each, at, names) for each in range(t, last + 1)]
        yield Part(pass_losses(history, last, known), tuple(rows))
        t = last + 1


def _learned(spec: RunSpec, trace: Trace) -> tuple[Symbol, ...]:
    """The parameters that have columns; none where they are too many numbers."""
    names = tuple(trained(spec))
    size = sum(trace.known(name, 0).size for name in names)
    return names if size <= MOST_PARAMETERS else ()


def _row(history: History, t: int, at: Position, names: tuple[Symbol, ...]) -> Row:
    """The row of an iteration; of that of the position, as far as its steps have come."""
    trace = history.trace(t)
    whole = len(trace.steps)
    done = at.step if t == at.iteration else whole
    loss = trace.value("loss", done)
    after = {
        name: trace.known(name, done) if (trace.writer(name) or whole) <= done else None
        for name in names
    }
    return Row(
        t=t,
        samples=tuple(int(n) for n in history.owner(t).rows(t)),
        x=trace.known("x", 0) if trace.data else NOTHING,
        y=trace.known("y", 0) if trace.data else NOTHING,
        yhat=trace.value("yhat", done),
        loss=None if loss is None else float(loss),
        before={name: trace.known(name, 0) for name in names},
        after=after,
    )
