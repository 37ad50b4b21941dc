"""One budget for all branches: whoever keeps most keeps fewer, and what is gone takes no room."""

from engine.history.branching import branched, history_of
from engine.history.budget import MOST_LOOKED_AT, Budget
from engine.history.history import History
from engine.runfile.read import load

SPEC = load("worked-example")
SIZE = history_of(SPEC).replayed(0).nbytes


def filled(budget: Budget, iterations: int) -> History:
    history = history_of(SPEC, budget)
    history.extend(iterations * history.own.every)
    return history


def kept(history: History) -> list[int]:
    return [at // history.own.every for at in history.own._checkpoints.all()[0]]


def test_whoever_keeps_most_keeps_fewer() -> None:
    budget = Budget(20 * SIZE)
    long, short = filled(budget, 12), filled(budget, 5)
    assert kept(long) == list(range(13))
    filled(budget, 1)
    assert kept(short) == list(range(6))
    other = filled(budget, 8)
    lengths = [len(kept(each)) for each in (long, short, other)]
    assert sum(lengths) <= 20
    assert kept(long)[0] == 0
    assert kept(long)[-1] == 12
    assert lengths[1] == 6


def test_what_is_gone_takes_no_room() -> None:
    budget = Budget(20 * SIZE)
    for _ in range(10):
        filled(budget, 12)
    assert kept(filled(budget, 15)) == list(range(16))


def test_only_branches_looked_at_lately_keep_what_was_shown() -> None:
    parent = filled(Budget(), 1)
    branches = [branched(parent, 0, SPEC) for _ in range(MOST_LOOKED_AT + 2)]
    expected = [each.trace(3).after.tobytes() for each in branches]
    shown = [bool(each.own.look._traces) for each in branches]
    assert shown == [False] * 2 + [True] * MOST_LOOKED_AT
    assert [each.trace(3).after.tobytes() for each in branches] == expected
