"""What others compute with fewer digits than gradstep is no difference."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.against.compare import Comparison
from engine.catalog.symbols import Symbol
from engine.history.branching import history_of
from engine.runfile.read import from_table
from tests.engine.against.records import Values, record_of

SINGLE = np.float32


def by_erf(z: float) -> np.float32:
    """½·z·(1 + erf), each result in float32, as PyTorch has it."""
    return SINGLE(0.5) * SINGLE(z) * (SINGLE(1) + SINGLE(math.erf(z / math.sqrt(2))))


def by_tanh(z: float) -> np.float32:
    """½·z·(1 + tanh), likewise."""
    u = math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)
    return SINGLE(0.5) * SINGLE(z) * (SINGLE(1) + SINGLE(math.tanh(u)))


@pytest.mark.parametrize(("name", "other"), [("gelu", by_erf), ("gelu_tanh", by_tanh)])
@pytest.mark.parametrize("wrong", [1.0, 1.5])
def test_what_is_added_to_1_has_the_digits_of_1(name, other, wrong):
    """Far below 0, where a great learning rate makes much of them; and where it is wrong."""
    spec = from_table(
        {
            "dtype": "float32",
            "data": {"x": [[20.0]], "y": [[5.0]]},
            "layers": [
                {"units": 1, "activation": name, "W": [[-0.2]], "b": [-0.3]},
                {"units": 1, "activation": "identity", "W": [[1.0]], "b": [0.0]},
            ],
            "loss": {"name": "mse"},
            "optimizer": {"name": "sgd", "lr": 1000.0},
        }
    )
    a1 = Symbol("a1")

    def made_of(_t: int, made: Values, _before: Values) -> Values:
        found = other(float(made[Symbol("z1")][0, 0])) * SINGLE(wrong)
        assert abs(found / made[a1][0, 0] - 1) > 1e-4
        return {a1: np.full((1, 1), found, np.float32)}

    record = record_of(spec, 1, mistake=made_of)
    comparison = Comparison(history_of(spec), record)
    found = [each.pair.symbol for each in comparison.deviations() if each.differs.any()]
    assert (comparison.first is not None) is (wrong != 1), found
