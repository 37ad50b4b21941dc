"""What histories say of themselves, at all places and under several budgets: `pytest
tests/engine/history --snapshot-update` writes it down anew; look at what differs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from engine.history.branching import branched, history_of, switched
from engine.history.budget import Budget
from engine.history.history import History
from engine.runfile.read import load
from engine.spec.run import OptimizerSpec

STATES = {"plenty": 1000, "few": 12, "least": 3}
"""How many states a budget has room for."""
LAST = 97


def histories(states: int) -> Iterator[tuple[str, History]]:
    """A stretch; one that leaves it, and one that leaves that; a switch of optimizers."""
    spec = load("worked-example")
    size = history_of(spec).state(0).nbytes
    budget = Budget(states * size)
    first = history_of(spec, budget)
    first.own.every = 4
    yield "a run", first
    child = branched(first, 30, spec, {("W2", (0, 0)): -0.25})
    child.own.every = 4
    yield "a branch", child
    grandchild = branched(child, 41, spec, {("b2", (0,)): 0.5})
    grandchild.own.every = 4
    yield "a branch of it", grandchild
    other = switched(first, 8, OptimizerSpec("sgd", {"lr": 0.5, "momentum": 0.9}), fresh=True)
    other.own.every = 4
    yield "a switch", other


def of_places(history: History) -> str:
    """How many iterations have to be computed to look at some, and for the states before them."""
    places = (1, 2, 5, 6, 9, 31, 32, 34, 42, 45, 46, 64, LAST, LAST + 1, LAST + 5, LAST + 9)
    return " ".join(f"{t}:{history.wait(t)}/{history.distance(t - 1)}" for t in places)


@pytest.mark.parametrize("name", STATES)
def test_how_far_places_are(name, snapshot):
    lines = []
    for kind, history in histories(STATES[name]):
        lines.append(f"{kind}, before: {of_places(history)}")
        history.extend(LAST)
        lines.append(f"  kept at {[int(t) for t in history.own._checkpoints.all()[0]]}")
        lines.append(f"  after: {of_places(history)}")
        for t in (LAST, 46, 46, 45, 7, 9, 31, 60):
            loss = float(history.trace(t).known("loss", 99))
            held = history.own.look.held(t - history.own.origin)
            lines.append(f"  {t}: {loss:.6g}, held {held}, {of_places(history)}")
        ends, low = history.buckets()
        lines.append(f"  buckets {[int(end) for end in ends]}, {float(np.nansum(low)):.6g}")
        approached = history.own.approach(history.own.origin + 20)
        lines.append(
            f"  approached {approached}: {of_places(history)}, known up to {history.frontier}"
        )
    assert "\n".join(lines) == snapshot
