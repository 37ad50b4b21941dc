"""What each wrong rule gives, in every step of some runs: `pytest tests/engine/sheets
--snapshot-update` writes it down anew; look at what differs.
"""

import tomllib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from engine.catalog.optimizers import OPTIMIZERS
from engine.history.branching import history_of
from engine.runfile.read import from_table
from engine.sheets import visible
from engine.sheets.mistakes import MISTAKES
from engine.spec.run import LossSpec, OptimizerSpec, RunSpec
from tests.engine.networks import network
from tests.engine.sheets import planted


def made(
    sizes: tuple[int, ...], activations: tuple[str, ...], loss: LossSpec, optimizer: str,
    **options: Any,
) -> RunSpec:  # fmt: skip
    spec = network(sizes, activations, loss, 3, seed=1)
    row = OPTIMIZERS[optimizer]
    return spec.with_optimizer(OptimizerSpec(optimizer, row.complete({"lr": 0.1, **options})))


RUNS = {
    "softmax": from_table(tomllib.loads(planted.net(1).toml)),
    "adam": from_table(tomllib.loads(planted.net(1, adam=True).toml)),
    "sigmoid": from_table(tomllib.loads(planted.net(2, "sigmoid").toml)),
    "rmsprop": made(
        (2, 3, 2), ("sigmoid", "sigmoid"), LossSpec("binary_cross_entropy"), "rmsprop", momentum=0.9
    ),
    "adamw": made(
        (1, 2, 2, 2), ("relu", "tanh", "identity"), LossSpec("mse"), "adamw", weight_decay=0.1
    ),
    "momentum": made(
        (2, 2, 1), ("tanh", "identity"), LossSpec("l1"), "sgd", momentum=0.9, weight_decay=0.1
    ),
    "sum": made((2, 2, 2), ("tanh", "softmax"), LossSpec("cross_entropy", "sum"), "sgd"),
}


def given(spec: RunSpec) -> Iterator[str]:
    """A line a mistake in a step of the second iteration: what comes of it, and its rank."""
    for t, step, mistake, wrong, _ in visible.made(history_of(spec), 2):
        if t == 2:
            numbers = " ".join(f"{x + 0.0:.5g}" for x in np.ravel(wrong))
            yield f"{step.symbol} {mistake.key} ({mistake.rank}): {numbers}"


@pytest.mark.parametrize("run", RUNS)
def test_each_wrong_rule_gives_its_own_numbers(run, snapshot):
    assert "\n".join(given(RUNS[run])) == snapshot


def test_every_mistake_can_be_made_in_one_of_these_runs():
    made = {line.split()[1] for spec in RUNS.values() for line in given(spec)}
    assert {mistake.key for mistake in MISTAKES} == made
