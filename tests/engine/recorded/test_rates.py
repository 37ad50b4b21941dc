"""The schedule of a record: the learning rates, and what no schedule can list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from engine.arrayfiles.file import File
from engine.recorded.tables import run_tables
from engine.recorded.written import Call, Group, Written
from engine.spec.run import SpecError

X, W = np.array([[0.5, -1.0]]), np.array([[0.5, 1.0], [-1.0, 0.25]])
NAMES = ("fc.weight", "fc.bias")
TENSOR = {"tensor": [1, 2], "numbers": None}
CALLS = (
    Call("fc/out", "linear", (TENSOR, *({"parameter": name} for name in NAMES)), {}),
    Call("mse_loss", "mse_loss", ({"output": "fc/out"}, TENSOR), {}),
)


def schedule_of(rates: Sequence[Sequence[float]]) -> Any:
    """The table of a training with the rates of each iteration, of one group or of two."""
    arrays = {"0/fc.weight": W, "0/fc.bias": W[0]}
    for t in range(1, len(rates) + 1):
        arrays |= {f"{t}/x": X, f"{t}/y": X, f"{t}/fc/out": X @ W.T, f"{t}/loss": np.array(1.0)}
    names = [NAMES] if len(rates[0]) == 1 else [NAMES[:1], NAMES[1:]]
    groups = [
        tuple(Group(own, {"lr": lr}) for own, lr in zip(names, each, strict=True)) for each in rates
    ]
    record = Written(File("r.npz", b""), arrays, len(rates), CALLS, "SGD", tuple(groups))
    return run_tables(record, "r.npz").get("schedule")


def test_rates_are_listed_where_they_change() -> None:
    assert schedule_of([[0.1]]) is None
    assert schedule_of([[0.1], [0.1]]) is None
    assert schedule_of([[0.1], [0.2]]) == {"name": "list", "rates": [0.1, 0.2]}
    assert schedule_of([[0.1, 0.3], [0.05, 0.15]]) == {"name": "factors", "factors": [1.0, 0.5]}


@pytest.mark.parametrize("rates", [[[0.1, 0.3], [0.05, 0.3]], [[0.0, 0.3], [0.1, 0.6]]])
def test_groups_that_go_different_ways_are_refused(rates: list[list[float]]) -> None:
    with pytest.raises(SpecError, match=r"otherwise than each other in iteration 2, .*ions=1\."):
        schedule_of(rates)


def test_more_rates_than_a_schedule_lists_are_refused_unless_the_last_stays() -> None:
    rates = [[0.1 / t] for t in range(1, 1001)]
    assert len(schedule_of([*rates, rates[-1]])["rates"]) == 1000
    with pytest.raises(SpecError, match=r"change after iteration 1,000, .*iterations=1000\."):
        schedule_of([*rates, [0.5]])
