"""A function at many places, and how far a run goes in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.analysis.landscape import ahead, heights
from engine.history.branching import history_of
from engine.program.trainer import Trainer
from engine.runfile.read import from_table
from engine.spec.run import FunctionSpec, RunSpec

FORMULAS = {
    "0.1*x1^2 + 2*x2^2": 2,
    "(1-x)^2 + 100*(y-x^2)^2": 2,
    "exp(-x)*sin(3y) + ln(x^2 + 1) - abs(y)": 2,
    "max(x, y)^2 + min(x, 2)/(1 + relu(y)) + tanh(x)·σ(y) + √(x^2)": 2,
    "2^x - x^3": 1,
    "7 + 0*x": 1,
}


def run(f: str, start: list[float], lr: float = 0.1, **more: Any) -> RunSpec:
    return from_table(
        {"function": {"f": f, "start": start}, "optimizer": {"name": "sgd", "lr": lr}} | more
    )


@pytest.mark.parametrize("f", FORMULAS)
def test_a_height_is_the_value_that_a_run_computes(f):
    rng = np.random.default_rng(0)
    for start in rng.normal(0, 2, (20, FORMULAS[f])).tolist():
        spec = run(f, start)
        assert isinstance(spec.instead, FunctionSpec)
        trace = history_of(spec).trace(1)
        found = heights(spec.instead, [np.array([value]) for value in start])
        assert found == pytest.approx(float(trace.known("loss", 99)), rel=1e-13)


def test_heights_of_a_grid_have_its_shape():
    spec = run("1/x", [1.0])
    assert isinstance(spec.instead, FunctionSpec)
    assert heights(spec.instead, [np.array([[0.0, 2.0]])]).tolist() == [[np.inf, 0.5]]
    two = run("x + 0*y", [1.0, 2.0])
    assert isinstance(two.instead, FunctionSpec)
    found = heights(two.instead, [np.arange(3.0)[None, :], np.arange(2.0)[:, None]])
    assert found.tolist() == [[0, 1, 2], [0, 1, 2]]


def test_how_far_a_run_goes_is_what_it_asks_for():
    spec = run("x^2", [3.0], iterations=5)
    trainer, found = Trainer(spec), [3.0]
    for t in range(1, 6):
        trainer.run(t, t, np.zeros(1))
        found.append(float(trainer.layout.view(trainer.state, "theta")[0]))
    assert [float(theta[0]) for theta in ahead(spec)] == found
    both = run("x^2", [3.0], iterations=5, compare={"name": "adam", "lr": 0.1})
    assert len(ahead(both)) == 12


def test_what_leaves_the_valley_is_not_followed():
    assert len(ahead(run("x^2", [3.0], lr=1.1, iterations=50))) == 1
    assert len(ahead(run("0*x - 1000*x", [0.0], lr=1.0, iterations=50))) == 1
