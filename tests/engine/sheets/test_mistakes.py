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
from tests.engine.helpers import fitting
from tests.engine.networks import network
from tests.engine.sheets import planted
from tests.fixtures.settings import plain


def made(
    sizes: tuple[int, ...], activations: tuple[str, ...], loss: LossSpec, optimizer: str,
    **options: Any,
) -> RunSpec:  # fmt: skip
    spec = network(sizes, activations, loss, 3, seed=1)
    row = OPTIMIZERS[optimizer]
    complete = row.complete({"lr": 0.1, **options})
    return fitting(spec.with_optimizer(OptimizerSpec(optimizer, complete)))


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
    "decay": made((2, 2, 1), ("tanh", "identity"), LossSpec("l1"), "sgd", weight_decay=0.1),
    "prelu": made((2, 2, 2), ("prelu", "prelu"), LossSpec("mse"), "sgd"),
    "sum": made((2, 2, 2), ("tanh", "softmax"), LossSpec("cross_entropy", "sum"), "sgd"),
}


PENALIZED = from_table(plain(penalty={"l2": 0.5, "l1": 0.125}))


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
    every = (*RUNS.values(), PENALIZED)  # of which tests/engine/sheets/test_penalties.py is
    made = {line.split()[1] for spec in every for line in given(spec)}
    assert {mistake.key for mistake in MISTAKES} == made


OWN_RATE = {
    "sgd": {},
    "sgd-momentum": {"momentum": 0.9},
    "adam": {},
    "adamw": {"weight_decay": 0.0},
}
OWN_RATE["rmsprop-momentum"] = {"momentum": 0.9}
OWN_RATE["sgd-nesterov"] = {"momentum": 0.9, "nesterov": True}
"""The optimizers whose update is known to the table, beside plain descent."""
BY_RULE = ("adagrad", "rmsprop", "nadam", "radam", "adadelta", "adamax", "adam-uncorrected")
"""Those that have a rate of which the slip is worked out by their own rule."""
RULES = {**OWN_RATE, **{name: {} for name in OPTIMIZERS}}
RULES["adam-uncorrected"] = {"bias_correction": False}


@pytest.mark.parametrize("named", RULES)
def test_descent_is_called_so_under_every_other_rule(named):
    """A sheet with W − g, and one with W − η·g."""
    name, options = named.partition("-")[0], RULES[named]
    spec = made((2, 2), ("tanh",), LossSpec("mse"), name, **options)
    history = history_of(spec)
    trace = history.trace(2)
    (old, g), new = (trace.known(s, 0 if s == "W1" else 99) for s in ("W1", "dW1")), {}
    for t, step, mistake, wrong, _ in visible.made(history, 2):
        if t == 2 and step.symbol == "W1":
            new[mistake.key.removeprefix("update-")] = wrong
    descends = named == "sgd"
    assert ("plain" in new) != descends
    assert ("no-rate" in new) == (named in OWN_RATE or named in BY_RULE)
    if named in BY_RULE:
        update = trace.steps[trace.number("W1") - 1]
        right = [trace.expand(update, index).value for index in np.ndindex(g.shape)]
        assert np.allclose(old - new["no-rate"], (old - np.reshape(right, g.shape)) / 0.1)
    assert ("without-sign" in new) == (named in OWN_RATE)
    like = {key for key, wrong in new.items() if np.allclose(wrong, old - 0.1 * g)}
    assert like == (set() if descends else {"plain"}), like
    if not descends:
        assert not [key for key, wrong in new.items() if np.allclose(wrong, old - g)]
    else:
        assert np.allclose(new["no-rate"], old - g)
