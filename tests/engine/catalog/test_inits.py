"""Starting values: their bounds, deviations and shapes, and that a seed repeats them."""

import math
from typing import Any

import numpy as np
import pytest

from engine.catalog.draws import FromNumPy
from engine.catalog.inits import BIASES, INITS, biases, weights
from engine.catalog.truncated import between, truncated
from engine.spec.run import Array
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
    "normal": 1.0,
}
VALUES = {name: dict(next(variants(row))) for name, row in INITS.items()}


def draws() -> FromNumPy:
    return FromNumPy(np.random.default_rng(3))


def drawn(name: str, units: int = UNITS, inputs: int = INPUTS, **options: Any) -> Array:
    return weights(name, draws(), units, inputs, options)


@pytest.mark.parametrize("name", INITS)
def test_shapes_and_repetition(name):
    W = drawn(name, 4, 3, **VALUES[name])
    assert W.shape == (4, 3)
    assert W.dtype == np.float64
    assert W.tobytes() == drawn(name, 4, 3, **VALUES[name]).tobytes()
    if name in BIASES:
        b = biases(name, draws(), 4, 3, VALUES[name])
        assert b.shape == (4,)
        assert b.dtype == np.float64


@pytest.mark.parametrize(("name", "bound"), UNIFORM.items())
def test_uniform_within_its_bound_and_up_to_it(name, bound):
    W = drawn(name)
    assert 0.999 * bound < np.abs(W).max() <= bound
    assert W.std() == pytest.approx(bound / math.sqrt(3), rel=0.01)
    assert W.mean() == pytest.approx(0, abs=0.01 * bound)
    if name == "torch_linear":
        b = biases(name, draws(), UNITS, INPUTS, {})
        assert 0.95 * bound < np.abs(b).max() <= bound


@pytest.mark.parametrize(("name", "deviation"), NORMAL.items())
def test_normal_with_its_deviation(name, deviation):
    W = drawn(name)
    assert W.std() == pytest.approx(deviation, rel=0.01)
    assert W.mean() == pytest.approx(0, abs=0.02 * deviation)
    assert np.mean(np.abs(W) < deviation) == pytest.approx(math.erf(math.sqrt(0.5)), abs=0.01)


def test_zeros_constant_and_eye():
    assert not drawn("zeros").any()
    assert np.all(drawn("constant", value=-2) == -2.0)
    assert INITS["constant"].options["value"].default is None
    assert drawn("eye", 2, 3).tolist() == [[1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 4)])
def test_orthogonal_rows_or_columns(shape):
    W = drawn("orthogonal", *shape, gain=-2.0)
    square = W @ W.T if shape[0] <= shape[1] else W.T @ W
    np.testing.assert_allclose(square, 4 * np.eye(min(shape)), 0, 1e-14)


def test_sparse_has_so_many_zeros_in_each_column():
    W = drawn("sparse", 10, 30, sparsity=0.25, std=2.0)
    assert (W == 0).sum(axis=0).tolist() == [3] * 30
    assert W[W != 0].std() == pytest.approx(2.0, rel=0.1)


@pytest.mark.parametrize(
    ("mean", "std", "low", "high"),
    [(0, 1, -2, 2), (0.5, 2, -0.25, 1), (0, 1, 3, 4), (0, 1, -4, -3), (1, 0.5, 0.9, 30)],
)
def test_truncated_as_its_density_has_it(mean, std, low, high):
    """The share below the middle, by Simpson's rule."""
    found = truncated(draws(), (20_000,), mean, std, low, high)
    assert low <= found.min() <= found.max() <= high
    x = np.linspace(low, min(high, mean + 8 * std), 2001)
    density = np.exp(-0.5 * ((x - mean) / std) ** 2)
    middle = x[np.searchsorted(np.cumsum(density), density.sum() / 2)]
    assert np.mean(found < middle) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((0, 1, 1, 1), "has low = 1, which must be below high = 1."),
        ((0, 1, -1e308, 1e308), "has low and high too far apart."),
        ((0, 1, 5, 1000), "would have to draw more than 100 numbers"),
        ((0, 1e-300, 0.5, 1), "would have to draw more than 100 numbers"),
        ((0, 1, -3000, -5), "would have to draw more than 100 numbers"),
        ((0, 1, 5, 6), ""),
        ((0, 1, 30, 30.01), ""),
        ((0, 1e300, 0, 1), ""),
        ((2, 1, -1, 0), ""),
        ((0, 1, 1e-300, 2e-300), ""),
        ((0, 1, -1e9, 1e9), ""),
        ((0, 1, 0.1, 30), ""),
    ],
)
def test_what_would_be_drawn_for_ever_is_refused(options, said):
    found = between(dict(zip(("mean", "std", "low", "high"), options, strict=True)))
    assert found.startswith(said)
    assert bool(found) == bool(said)


def test_the_gain_of_an_activation():
    relu, tanh = (
        drawn("kaiming_normal", nonlinearity=name, mode="fan_out") for name in ("relu", "tanh")
    )
    assert relu.std() == pytest.approx(math.sqrt(2 / UNITS), rel=0.01)
    np.testing.assert_allclose(tanh * math.sqrt(2), relu * (5 / 3), rtol=1e-12)
    sloped = drawn("kaiming_normal", a=2.0)
    np.testing.assert_allclose(sloped * math.sqrt(5), drawn("kaiming_normal"), rtol=1e-12)
