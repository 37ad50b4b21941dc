"""Functions of θ against PyTorch's numbers: values and gradients at points, and whole trainings."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from engine.functions.read import read
from engine.program.trainer import Trainer
from engine.runfile.read import from_table
from engine.spec.run import RunSpec
from tests.fixtures.functions import (
    CONSTANTS,
    FILE,
    FORMULAS,
    ITERATIONS,
    OPTIMIZERS,
    POINTS,
    SEEN,
    STARTS,
)

FIRST, LAST = 1e-13, 1e-10


@cache
def recorded() -> dict[str, Any]:
    with np.load(FILE) as found:
        return dict(found)


def run_of(name: str, start: tuple[float, ...], optimizer: str = "sgd", **options: Any) -> RunSpec:
    formula = FORMULAS[name][0]
    constants = CONSTANTS if name == "rosenbrock" else {}
    table = {
        "function": {"f": formula, "start": dict(zip("xy", start, strict=True))},
        "optimizer": {"name": optimizer, "lr": 0.1, **options},
    }
    if constants:
        table["function"]["constants"] = constants
    return from_table(table)


@pytest.mark.parametrize("name", FORMULAS)
def test_values_and_gradients_are_those_of_pytorch(name: str) -> None:
    for point, expected in zip(POINTS, recorded()[f"at {name}"], strict=True):
        trainer = Trainer(run_of(name, point))
        trace = trainer.trace(1, trainer.state.copy())
        found = np.array([trace.loss, *trace.known("dtheta", len(trace.steps))])
        np.testing.assert_allclose(found, expected, rtol=FIRST, atol=FIRST, err_msg=str(point))
        for step in trace.steps[:-1]:
            value = trace.known(step.symbol, step.number)
            for index in np.ndindex(value.shape):
                worked = trace.expand(step, index).value
                np.testing.assert_allclose(worked, value[index], rtol=FIRST, atol=FIRST)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_trainings_are_those_of_pytorch(optimizer: str) -> None:
    options = OPTIMIZERS[optimizer][1]
    for name, start in STARTS.items():
        trainer = Trainer(run_of(name, start, optimizer, **options))
        states, losses = np.zeros((ITERATIONS, len(trainer.state))), np.zeros(ITERATIONS)
        trainer.run(1, ITERATIONS, losses, states)
        theta = states[:, trainer.layout.place("theta")[0]]
        found = np.array([[losses[t - 1], *theta[t - 1]] for t in SEEN])
        expected = recorded()[f"{optimizer} {name}"]
        np.testing.assert_allclose(found[0], expected[0], rtol=FIRST, atol=FIRST, err_msg=name)
        np.testing.assert_allclose(found, expected, rtol=LAST, atol=LAST, err_msg=name)


def test_a_formula_names_what_the_recorded_one_does() -> None:
    for formula, _ in FORMULAS.values():
        assert {*read(formula, CONSTANTS).names} == {"x", "y"}
