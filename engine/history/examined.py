"""What samples that are held out score after iterations, beside the losses of these."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from engine.formula.calls import Array
from engine.history.curve import TESTED
from engine.program.exam import Exam, due
from engine.spec.data import Batches
from engine.spec.run import RunSpec


class Examined:
    """Tests the parameters of a run whose data has samples held out. For one thread at a time."""

    def __init__(self, spec: RunSpec) -> None:
        self._spec = spec
        self._batches = Batches(spec.data, spec.seed)

    @cached_property
    def exam(self) -> Exam:
        """The samples that are held out."""
        return Exam(self._spec)

    def due(self, t: int) -> int:
        """The first iteration from t on after which they are tested with."""
        return due(self._batches, self._spec.data.test_every, t)

    def rows(self, losses: Array, last: int, state: Array) -> Array:
        """The losses (iterations,) of those up to `last`, none before which is due, in rows with
        what the `state` after the last one scores, (3, iterations) as `TESTED` says. A loss that
        is no number counts as infinite.
        """
        found = np.full((*TESTED, len(losses)), np.nan)
        found[0] = losses
        if self.due(last) == last:
            score = self.exam.score(state)
            found[1, -1] = math.inf if math.isnan(score.loss) else score.loss
            found[2, -1] = score.accuracy
        return found
