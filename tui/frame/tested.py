"""What samples that are held out have scored, as it is drawn."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from engine.analysis.tested import Known, Scores
from engine.history.history import History
from engine.spec.data import Batches
from tui.frame.losses import Losses


class Tested(NamedTuple):
    """The losses on what is held out, the last score of all, how many samples these are, the
    run's mini-batches, and after "iteration" or "pass" it is tested.
    """

    losses: Losses
    last: Known | None
    samples: int
    batches: Batches
    every: str

    def curve(self, by_pass: bool) -> Losses:
        """The losses by iteration, or those at the ends of passes by the number of these."""
        if not by_pass:
            return self.losses
        ends, passes = self.losses.iterations.tolist(), self.batches.pass_of
        found = {passes(int(t) + 1): i for i, t in enumerate(ends) if self._ends(int(t))}
        return Losses(np.array([*found], float), self.losses.low[list(found.values())])

    def _ends(self, t: int) -> bool:
        """Whether the loss of a bucket that ends with iteration t is that of a pass."""
        return self.batches.ends_pass(t) or self.every == "pass"


@cache
def scores() -> Scores:
    """What finds them, for the one thread that looks."""
    return Scores()


def tested(history: History, last: int) -> Tested:
    """What is known of it when iteration `last` is done, 0 for none."""
    ends, (loss, _) = history.tests(last)
    known = scores().last(history, last)
    if known and (not ends.size or ends[-1] < known.at):
        ends, loss = np.append(ends, known.at), np.append(loss, known.score.loss)
    there, t = ~np.isnan(loss), max(1, last)
    data = history.spec_of(t).data
    own = Losses(ends[there], loss[there])
    return Tested(own, known, len(data.held), history.batches(t), data.test_every)
