"""The states that are kept: which is the nearest, and which go first."""

from __future__ import annotations

import numpy as np

from engine.history.budget import Budget
from engine.history.checkpoints import LEAST_KEPT, Checkpoints

EVERY = 8


def state(at: int) -> np.ndarray:
    return np.array([float(at)])


def kept(count: int, budget: Budget | None = None) -> Checkpoints:
    found = Checkpoints(budget or Budget())
    found.begin([0], [state(0)])
    for i in range(1, count):
        found.add(i * EVERY, state(i * EVERY))
    return found


def nearest(checkpoints: Checkpoints, at: int) -> int:
    found, array = checkpoints.nearest(at)
    assert array.tolist() == [float(found)]
    return found


def test_the_nearest_is_the_last_one_at_or_before():
    checkpoints = kept(5)
    assert [nearest(checkpoints, at) for at in (0, 7, 8, 9, 31, 32, 1000)] == [
        0, 0, 8, 8, 24, 32, 32,
    ]  # fmt: skip


def test_a_state_that_is_visited_is_nearest_from_itself_on_until_another_is():
    checkpoints = kept(5)
    checkpoints.visit(12, state(12))
    assert [nearest(checkpoints, at) for at in (11, 12, 13, 16, 33)] == [8, 12, 12, 16, 32]
    checkpoints.visit(16, state(16))
    assert [nearest(checkpoints, at) for at in (12, 15, 16)] == [8, 8, 16]
    assert checkpoints.all()[0] == [0, 8, 16, 24, 32]
    assert checkpoints.nbytes == 6 * state(0).nbytes


def test_every_second_of_the_older_half_goes_and_the_first_and_the_latest_stay():
    checkpoints = kept(12)
    assert checkpoints.thin()
    assert [at // EVERY for at in checkpoints.all()[0]] == [0, 2, 4, 6, 7, 8, 9, 10, 11]
    while checkpoints.thin():
        pass
    last = [at // EVERY for at in checkpoints.all()[0]]
    assert len(last) == LEAST_KEPT
    assert (last[0], last[-1]) == (0, 11)


def test_no_more_is_kept_than_the_budget_has():
    size = 6 * state(0).nbytes
    checkpoints = kept(100, Budget(size))
    assert checkpoints.nbytes <= size
    checkpoints.visit(3, state(3))
    assert checkpoints.nbytes <= size
