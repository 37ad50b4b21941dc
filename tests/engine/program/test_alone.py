"""Runs without a network: a function of θ, or gradients that are given."""

from typing import Any

import numpy as np
import pytest

from engine.history.branching import history_of
from engine.program.trace import Trace
from engine.runfile.read import from_table
from engine.spec.problem import Problem


def trace(table: dict[str, Any], t: int) -> Trace:
    return history_of(from_table(table)).trace(t)


QUADRATIC: dict[str, Any] = {
    "function": {"f": "0.1*x1^2 + 2*x2^2", "start": {"x1": -5, "x2": -2}},
    "optimizer": {"name": "sgd", "lr": 0.4},
}


def test_a_function_has_its_terms_its_value_and_its_gradient() -> None:
    first = trace(QUADRATIC, 1)
    assert [step.symbol for step in first.steps] == ["terms", "loss", "dtheta", "theta"]
    assert first.known("terms", 1).tolist() == pytest.approx([2.5, 8])
    assert first.known("loss", 2) == pytest.approx(10.5)
    assert first.known("dtheta", 3).tolist() == pytest.approx([-1, -8])
    assert first.known("theta", 4).tolist() == pytest.approx([-4.6, 1.2])
    assert first.steps[2].formula == "{dtheta} = (0.2·x₁, 4·x₂)"


def test_given_gradients_go_as_far_as_their_list() -> None:
    table: dict[str, Any] = {
        "gradients": {"start": 1.0, "g": [4, 2]},
        "optimizer": {"name": "adam", "lr": 0.1},
    }
    second = trace(table, 2)
    assert second.known("dtheta", 1).tolist() == [2]
    assert second.known("m.theta", 6).tolist() == pytest.approx([0.56])
    assert second.known("theta", 6).tolist() == pytest.approx([0.9 - 0.1 * 0.932183], abs=1e-6)
    with pytest.raises(Problem, match="gradients for 2 iterations"):
        trace(table, 3)
    table["gradients"]["repeat"] = True
    assert trace(table, 3).known("dtheta", 1).tolist() == [4]
    assert np.isfinite(trace(table, 3).loss)
