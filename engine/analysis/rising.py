"""The loss along the step of an update: its slope, its bend, and where it ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.analysis.trial import Trial
from engine.formula.calls import Array
from engine.history.history import History
from engine.program.parameters import trained

H = 1e-3
"""By this share of the step the bend is measured."""


@dataclass(frozen=True)
class Rising:
    """Along the step of an update, with s from 0 to 1, on its own mini-batch: the `slope` and the
    `bend` of the loss at s = 0, the loss `after` the whole of it, and the learning `rate`.
    """

    slope: float
    bend: float
    after: float
    rate: float


def rising(history: History, t: int) -> Rising:
    """The loss along the update of iteration t."""
    trial = Trial(history, t, exact=True)
    trace = trial.given
    names = trained(trial.spec)
    start = {name: trace.known(name, 0).astype(np.float64) for name in names}
    step = {name: trace.change(name).astype(np.float64) for name in names}

    def at(s: float) -> float:
        moved: dict[str, Array] = {name: start[name] + s * step[name] for name in names}
        return trial.loss_at(moved)

    gradients = {name: trace.known(name.gradient, len(trace.steps)) for name in names}
    slope = sum(float((gradients[name] * step[name]).sum()) for name in names)
    middle = trial.loss()
    bend = (at(H) - 2 * middle + at(-H)) / H**2
    return Rising(slope, bend, at(1.0), trace.scalars["lr"])
