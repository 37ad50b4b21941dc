"""What if one number were different: the loss and all that is computed after it, at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.analysis.gradcheck import backprop
from engine.analysis.trial import Trial
from engine.analysis.ways import ways
from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.formula.expr import Index
from engine.history.history import History
from engine.program.trace import Trace
from engine.spec.problem import Problem


@dataclass(frozen=True, eq=False)
class Nudged:
    """An iteration with one number changed from `was` to `now`: its losses before and after, the
    gradient, None where there is none, and all else that changed.
    """

    symbol: Symbol
    index: Index
    was: float
    now: float
    before: float
    after: float
    gradient: float | None
    plain: Trace
    changed: Trace

    @property
    def predicted(self) -> float | None:
        """The loss that the gradient alone predicts."""
        if self.gradient is None:
            return None
        return self.before + self.gradient * (self.now - self.was)

    def after_it(self) -> list[tuple[Symbol, Array, Array]]:
        """What else changed, by step: the symbol, its numbers as they were and as they are."""
        found = []
        for step in self.plain.steps:
            old = self.plain.known(step.symbol, step.number)
            new = self.changed.known(step.symbol, step.number)
            if step.symbol != self.symbol and not np.array_equal(old, new, equal_nan=True):
                found.append((step.symbol, old, new))
        return found


def nudged(history: History, t: int, symbol: Symbol, index: Index, by: float) -> Nudged:
    """Iteration t with a number changed by so much. Raises Problem for what is not changed by
    itself.
    """
    trial = Trial(history.trace(t), history.spec_of(t))
    trial.changeable(symbol)
    plain = trial.given
    was = trial.value(symbol, index)
    now = float(trial.array(symbol).dtype.type(was + by))
    before = float(plain.known("loss", len(plain.steps)))
    after = trial.loss_with(symbol, index, now)
    changed = trial.traced(symbol, index, now)
    gradient = _gradient(history, plain, symbol, index)
    return Nudged(symbol, index, was, now, before, after, gradient, plain, changed)


def _gradient(history: History, trace: Trace, symbol: Symbol, index: Index) -> float | None:
    """The loss's slope by a number: of a gradient's step, or else by its ways to the loss."""
    known = backprop(trace, symbol, index)
    if known is not None:
        return known
    try:
        return ways(trace, history.spec_of(trace.t), symbol, index, 1).total
    except Problem:
        return None
