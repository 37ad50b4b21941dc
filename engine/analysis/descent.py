"""The loss along the step of an update: its slope, its bend, and where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.analysis.trial import Trial
from engine.formula.calls import Array
from engine.program.parameters import trained
from engine.program.trace import Trace
from engine.spec.run import RunSpec

H = 1e-3
"""By this share of the step the bend is measured."""


@dataclass(frozen=True)
class Descent:
    """Along the step of an update, where it goes from s = 0 to 1, on its own mini-batch: the
    `slope` and the `bend` of the loss at s = 0, the loss `before` the step and `after` it.
    """

    slope: float
    bend: float
    before: float
    after: float

    @property
    def lowest(self) -> float | None:
        """The s at which the loss would be least if the bend stayed as it is; None where it does
        not go down and up again.
        """
        return -self.slope / self.bend if self.slope < 0 < self.bend else None


class Along:
    """The losses along the step of a trace's update."""

    def __init__(self, trace: Trace, spec: RunSpec) -> None:
        self._trial = Trial(trace, spec, exact=True)
        names = trained(spec)
        last = len(trace.steps)
        self._start = {name: trace.known(name, 0).astype(np.float64) for name in names}
        self._step = {name: trace.change(name).astype(np.float64) for name in names}
        pairs = ((trace.known(name.gradient, last), self._step[name]) for name in names)
        with np.errstate(all="ignore"):
            self.slope = float(sum((gradient * step).sum() for gradient, step in pairs))

    def loss(self, s: float) -> float:
        """The loss after a share s of the step."""
        moved: dict[str, Array] = {}
        with np.errstate(all="ignore"):
            for name, start in self._start.items():
                moved[name] = start + s * self._step[name]
        return self._trial.loss_at(moved)

    def losses(self, shares: Sequence[float]) -> list[float]:
        """The same at several places."""
        return [self.loss(s) for s in shares]


def descent(trace: Trace, spec: RunSpec) -> Descent:
    """What the loss does along the update of a trace."""
    along = Along(trace, spec)
    before = along.loss(0.0)
    bend = (along.loss(H) - 2 * before + along.loss(-H)) / H**2
    return Descent(along.slope, bend, before, along.loss(1.0))
