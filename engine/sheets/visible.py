"""Which mistakes a run would show: those that change a figure that is written down."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.history.history import History
from engine.sheets.mistakes import MISTAKES
from engine.sheets.mistakes.own import Network, Own
from engine.sheets.mistakes.row import made_in


class Score(NamedTuple):
    """So many of the mistakes that can be made on a run show in its figures; `hidden` are the
    names of the others.
    """

    shown: int
    made: int
    hidden: tuple[str, ...]


def score(history: History, digits: int, iterations: int = 1) -> Score:
    """How many of the known mistakes show in the first iterations of a run, where figures are
    written with so many digits after the point: those that move one by more than its rounding.
    """
    network = Network.of(history.spec_of(1))
    least = 10.0**-digits
    seen: dict[str, bool] = {}
    names = {mistake.key: mistake.name for mistake in MISTAKES}
    own: Own | None = None
    for t in range(1, iterations + 1):
        trace = history.trace(t)
        own = Own.begin(trace, network, own)
        for parameter in trace.parameters:
            own.after[parameter] = trace.known(parameter, len(trace.steps))
        for step in trace.steps:
            right = trace.known(step.symbol, step.number)
            samples = own.samples(dict.fromkeys((*own.now, *own.before)), 1)
            for mistake, wrong in made_in(MISTAKES, step, samples):
                moved = not np.allclose(wrong[0], right, rtol=0, atol=least)
                seen[mistake.key] = seen.get(mistake.key, False) or moved
            own.write(step, right, right, right)
    hidden = tuple(names[key] for key, shown in seen.items() if not shown)
    return Score(len(seen) - len(hidden), len(seen), hidden)
