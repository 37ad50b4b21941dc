"""Which mistakes a run would show: those that change a figure that is written down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from engine.history.history import History
from engine.program.step import Step
from engine.sheets.mistakes import MISTAKES
from engine.sheets.mistakes.own import Network, Own
from engine.sheets.mistakes.row import Mistake, made_in
from engine.spec.run import Array


class Score(NamedTuple):
    """So many of the mistakes that can be made on a run show in its figures; `hidden` are the
    names of the others.
    """

    shown: int
    made: int
    hidden: tuple[str, ...]


class Made(NamedTuple):
    """A mistake in a step of iteration `t`: what comes of it, and what would have been right."""

    t: int
    step: Step
    mistake: Mistake
    wrong: Array
    right: Array


def score(history: History, digits: int, iterations: int = 1) -> Score:
    """How many of the known mistakes show in the first iterations of a run, where figures are
    written with so many digits after the point: those that move one by more than its rounding.
    """
    least = 10.0**-digits
    seen: dict[str, bool] = {}
    names = {mistake.key: mistake.name for mistake in MISTAKES}
    for _, _, mistake, wrong, right in made(history, iterations):
        moved = not np.allclose(wrong, right, rtol=0, atol=least)
        seen[mistake.key] = seen.get(mistake.key, False) or moved
    hidden = tuple(names[key] for key, shown in seen.items() if not shown)
    return Score(len(seen) - len(hidden), len(seen), hidden)


def made(history: History, iterations: int) -> Iterator[Made]:
    """Every known mistake that can be made in the first iterations of a run, each by itself."""
    own: Own | None = None
    for t in range(1, iterations + 1):
        trace = history.trace(t)
        own = Own.begin(trace, Network.of(history.spec_of(t)), own)
        for parameter in trace.parameters:
            own.after[parameter] = trace.known(parameter, len(trace.steps))
        for step in trace.steps:
            right = trace.known(step.symbol, step.number)
            samples = own.samples(dict.fromkeys((*own.now, *own.before)), 1)
            for mistake, wrong in made_in(MISTAKES, step, samples):
                yield Made(t, step, mistake, wrong[0], right)
            own.write(step, right, right, right)
