"""Starting values: their bounds, deviations and shapes, and that a seed repeats them."""

import math

import numpy as np
import pytest

from engine.catalog.inits import INITS, initial
from tests.fixtures.variants import variants

UNITS, INPUTS = 300, 200
UNIFORM = {
    "torch_linear": 1 / math.sqrt(INPUTS),
    "xavier_uniform": math.sqrt(6 / (INPUTS + UNITS)),
    "kaiming_uniform": math.sqrt(6 / INPUTS),
}
NORMAL = {
    "xavier_normal": math.sqrt(2 / (INPUTS + UNITS)),
    "kaiming_normal": math.sqrt(2 / INPUTS),
}
VALUES = {name: dict(next(variants(row))) for name, row in INITS.items()}


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


@pytest.mark.parametrize("name", INITS)
def test_shapes_and_repetition(name):
    W, b = initial(name, rng(), 4, 3, **VALUES[name])
    assert W.shape == (4, 3)
    assert b.shape == (4,)
    assert W.dtype == b.dtype == np.float64
    again, b_again = initial(name, rng(), 4, 3, **VALUES[name])
    assert W.tobytes() == again.tobytes()
    assert b.tobytes() == b_again.tobytes()


@pytest.mark.parametrize(("name", "bound"), UNIFORM.items())
def test_uniform_within_its_bound_and_up_to_it(name, bound):
    W, b = initial(name, rng(), UNITS, INPUTS)
    assert 0.999 * bound < np.abs(W).max() <= bound
    assert W.std() == pytest.approx(bound / math.sqrt(3), rel=0.01)
    assert W.mean() == pytest.approx(0, abs=0.01 * bound)
    if name == "torch_linear":
        assert 0.95 * bound < np.abs(b).max() <= bound
        assert abs(np.corrcoef(W[:, 0], b)[0, 1]) < 0.2


@pytest.mark.parametrize(("name", "deviation"), NORMAL.items())
def test_normal_with_its_deviation(name, deviation):
    W, _ = initial(name, rng(), UNITS, INPUTS)
    assert W.std() == pytest.approx(deviation, rel=0.01)
    assert W.mean() == pytest.approx(0, abs=0.02 * deviation)
    assert np.mean(np.abs(W) < deviation) == pytest.approx(math.erf(math.sqrt(0.5)), abs=0.01)


@pytest.mark.parametrize("name", sorted(set(INITS) - {"torch_linear"}))
def test_biases_are_zero(name):
    assert not initial(name, rng(), 4, 3, **VALUES[name])[1].any()


def test_zeros_and_constant():
    assert not initial("zeros", rng(), 4, 3)[0].any()
    assert np.all(initial("constant", rng(), 4, 3, value=-2)[0] == -2.0)
    assert INITS["constant"].options["value"].default is None
