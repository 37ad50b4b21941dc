"""Ways to the loss: their products are the gradient."""

import math
from dataclasses import replace

import numpy as np
import pytest

from engine.analysis.ways import ways
from engine.history.branching import history_of
from engine.program.step import Phase
from engine.runfile.read import load
from engine.spec.problem import Problem
from engine.spec.run import LossSpec, RunSpec
from tests.engine.lived import run
from tests.engine.networks import known, network, trace_of

ALL = 100_000


def deep(depth: int, seed: int) -> RunSpec:
    """A random network of that depth, of units of several kinds."""
    rng = np.random.default_rng(seed)
    kinds = ("tanh", "relu", "softmax", "sigmoid", "identity", "gelu")
    hidden = [str(kind) for kind in rng.choice(kinds, depth - 1)]
    sizes = (2, *map(int, rng.integers(1, 4, depth - 1)), 2)
    end, loss = [("softmax", "cross_entropy"), ("tanh", "mse"), ("softmax", "nll")][seed % 3]
    return network(sizes, (*hidden, end), LossSpec(loss), int(rng.integers(1, 4)), seed=seed)


@pytest.mark.parametrize(
    "spec", [run("settings"), *(deep(d, seed) for d in range(1, 6) for seed in range(12))]
)
def test_all_ways_add_up_to_the_gradient(spec):
    trace = trace_of(spec)
    for step in trace.steps:
        if step.phase != Phase.BACKWARD or step.symbol.kind.key in ("fprime", "jac"):
            continue
        gradient = known(trace, step.symbol)
        for index in np.ndindex(gradient.shape):
            found = ways(trace, spec, step.symbol, index, ALL)
            assert len(found.strongest) == found.count < ALL
            for way in found.strongest:
                assert way.product == pytest.approx(
                    math.prod(factor.value for factor in way.factors), rel=1e-12
                )
            total = math.fsum(way.product for way in found.strongest)
            assert total == pytest.approx(float(gradient[index]), rel=1e-12, abs=1e-12)
            assert found.total == pytest.approx(total, rel=1e-12, abs=1e-12)
            assert found.rest == 0
            few = ways(trace, spec, step.symbol, index, 2)
            sizes = [abs(way.product) for way in few.strongest]
            best = sorted((abs(way.product) for way in found.strongest), reverse=True)[:2]
            assert sizes == pytest.approx(best, rel=1e-12)
            left = few.rest + math.fsum(way.product for way in few.strongest)
            assert left == pytest.approx(total, rel=1e-12, abs=1e-12)


def test_the_ways_of_a_weight_of_the_worked_example():
    trace = history_of(load("worked-example")).trace(1)
    found = ways(trace, load("worked-example"), "dW1", (0, 1))
    assert [[(f.symbol, f.index) for f in way.factors] for way in found.strongest] == [
        [("x", (0, 1)), ("fprime1", (0, 0)), ("W2", (1, 0)), ("delta2", (0, 1))],
        [("x", (0, 1)), ("fprime1", (0, 0)), ("W2", (0, 0)), ("delta2", (0, 0))],
    ]
    assert found.total == float(known(trace, "dW1")[0, 1])
    assert ways(trace, load("worked-example"), "W1", (0, 1)) == found


def test_inputs_and_frozen_parameters_have_ways_too():
    spec = network((2, 3, 2), ("tanh", "softmax"), LossSpec("cross_entropy"), 2)
    free = trace_of(spec)
    first = replace(spec.layers[0], frozen=frozenset({"W", "b"}))
    held = replace(spec, layers=(first, *spec.layers[1:]))
    found = ways(trace_of(held), held, "W1", (2, 1), ALL)
    assert found.total == pytest.approx(float(known(free, "dW1")[2, 1]), rel=1e-13)
    by_x = known(free, "delta1") @ free.known("W1", 0)
    assert ways(free, spec, "x", (1, 0)).total == pytest.approx(float(by_x[1, 0]), rel=1e-13)


def test_what_has_no_ways_is_said():
    trace = history_of(load("worked-example")).trace(1)
    for symbol in ("y", "loss", "yhat"):
        with pytest.raises(Problem, match="has no ways to the loss"):
            ways(trace, load("worked-example"), symbol, (0, 0))


def test_the_strongest_ways_of_a_net_of_real_size():
    spec = load("digits")
    trace = history_of(spec).trace(1)
    found = ways(trace, spec, "dW1", (2, 19))
    assert found.count == 64 * 64 * 10
    assert found.total == pytest.approx(float(known(trace, "dW1")[2, 19]), rel=1e-12)
    assert len(found.strongest) == 8
