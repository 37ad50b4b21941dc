"""Data sets and mini-batches: pure functions of the seed, and true to their sources."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog.datasets import DATASETS, FOLDER
from engine.spec import data
from engine.spec.data import Batches, one_hot, standardize
from engine.spec.options import defaults
from engine.spec.run import DataSpec


def make(name: str, seed: int = 0, **options):
    row = DATASETS[name]
    return row.make(seed, **{**defaults(row.options), **options})


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_is_a_pure_function_of_the_seed(name):
    first, again, other = make(name), make(name), make(name, seed=1)
    assert first.x.tobytes() == again.x.tobytes()
    assert np.isfinite(first.x).all()
    if DATASETS[name].options:
        assert first.x.tobytes() != other.x.tobytes()
    if first.labels is not None:
        assert len(first.labels) == len(first.x)
        assert set(first.labels.tolist()) == set(range(DATASETS[name].outputs))
        assert len(first.classes) == DATASETS[name].outputs
    else:
        assert first.y is not None
        assert first.y.shape == (len(first.x), DATASETS[name].outputs)
    assert len(first.features) in (0, first.x.shape[1])


@pytest.mark.parametrize("name", [name for name, row in DATASETS.items() if row.options])
@pytest.mark.parametrize("samples", [2, 3, 11])
def test_made_data_has_as_many_samples_as_asked_for(name, samples):
    assert len(make(name, samples=samples, noise=0.0).x) == samples


def test_gates():
    for name, truth in (("xor", [0, 1, 1, 0]), ("and", [0, 0, 0, 1])):
        source = make(name)
        assert source.x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
        assert source.labels is not None
        assert source.labels.tolist() == truth


def test_circles_without_noise_lie_on_their_circles():
    source = make("circles", noise=0.0)
    assert source.labels is not None
    radius = np.hypot(*source.x.T)
    np.testing.assert_allclose(radius, np.where(source.labels == 0, 1.0, 0.5))


def test_iris_is_fishers():
    """Means as in Fisher's paper, and the two samples in which the UCI copy slips."""
    source = make("iris")
    assert source.x.shape == (150, 4)
    assert source.classes == ("setosa", "versicolor", "virginica")
    assert source.labels is not None
    assert np.bincount(source.labels).tolist() == [50, 50, 50]
    means = [source.x[source.labels == i].mean(axis=0).tolist() for i in range(3)]
    np.testing.assert_allclose(means[0], [5.006, 3.428, 1.462, 0.246], atol=1e-9)
    np.testing.assert_allclose(means[1], [5.936, 2.770, 4.260, 1.326], atol=1e-9)
    np.testing.assert_allclose(means[2], [6.588, 2.974, 5.552, 2.026], atol=1e-9)
    assert source.x[34].tolist() == [4.9, 3.1, 1.5, 0.2]
    assert source.x[37].tolist() == [4.9, 3.6, 1.4, 0.1]
    assert "Fisher" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_digits_are_told_apart_by_their_templates():
    """A picture is most like pictures of its own digit, made from another seed."""
    source, known = make("digits", samples=100, noise=0.05), make("digits", seed=5, samples=800)
    assert source.labels is not None
    assert known.labels is not None
    distance = ((source.x[:, None, :] - known.x[None, :, :]) ** 2).sum(axis=2)
    assert (known.labels[distance.argmin(axis=1)] == source.labels).mean() > 0.9
    assert source.x.min() >= 0
    assert source.x.max() <= 1


def test_one_hot():
    assert one_hot(np.array([1, 0, 2]), 3).tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
    assert one_hot(np.array([1, 0]), 1).tolist() == [[1], [0]]


def test_standardized_columns():
    found = np.array([[1.0, 5.0, 1e6], [2.0, 5.0, 2e6], [3.0, 5.0, 6e6]])
    standardize(found)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(found.std(axis=0), [1, 0, 1], atol=1e-12)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("shape", [(1, 1), (7, 1), (300, 1), (300, 2), (1000, 7), (150, 40)])
def test_standardizing_by_blocks_is_standardizing_at_once(shape, dtype, monkeypatch):
    monkeypatch.setattr(data, "BLOCK", 64)
    x = np.random.default_rng(shape).normal(3, 1e3, shape).astype(dtype)
    wide = x.astype(np.float64) - x.astype(np.float64).mean(axis=0)
    spread = np.sqrt(np.mean(wide * wide, axis=0))
    constant = np.ptp(x, axis=0) == 0
    at_once = np.where(constant, 0, wide / np.where(constant, 1, spread)).astype(dtype)
    standardize(x)
    assert x.tobytes() == at_once.tobytes()


@given(st.integers(1, 30), st.integers(1, 40), st.booleans(), st.integers(0, 5), st.integers(0, 3))
def test_a_pass_takes_every_sample_once(samples, size, shuffle, seed, pass_number):
    x = np.zeros((samples, 1))
    batches = Batches(DataSpec(x, x, size, shuffle), seed)
    first = pass_number * batches.per_pass + 1
    rows = [batches.rows(t) for t in range(first, first + batches.per_pass)]
    assert sorted(np.concatenate(rows).tolist()) == list(range(samples))
    assert {len(each) for each in rows} <= set(batches.sizes())
    again = Batches(DataSpec(x, x, size, shuffle), seed)
    assert all((again.rows(first + i) == each).all() for i, each in enumerate(rows))


def test_given_batches_come_one_after_another_and_then_again():
    x = np.zeros((4, 1))
    passes = (((3, 1), (0,)), ((2, 2, 0),))
    batches = Batches(DataSpec(x, x, 3, batches=passes), 0)
    wanted = [[3, 1], [0], [2, 2, 0], [3, 1], [0], [2, 2, 0]]
    assert [batches.rows(t).tolist() for t in range(1, 7)] == wanted
    assert [batches.pass_of(t) for t in range(1, 7)] == [0, 0, 1, 2, 2, 3]
    own = [(1, 2), (1, 2), (3,), (4, 5), (4, 5), (6,)]
    assert [tuple(batches.of_pass(t)) for t in range(1, 7)] == own
    assert (batches.sizes(), batches.whole) == ((3, 2, 1), False)
    alone = Batches(DataSpec(x, x, 4, batches=(((0, 1, 2, 3),),)), 0)
    assert (alone.sizes(), alone.whole) == ((4,), True)


@pytest.mark.parametrize("samples", [2, 5, 8])
def test_circles_and_spirals_without_noise_are_what_they_are_called(samples):
    turns = np.arange(samples) // 2
    arm = (samples + 1) // 2
    second = np.arange(samples) % 2 == 1

    circles = make("circles", samples=samples, noise=0.0).x
    assert np.hypot(*circles.T) == pytest.approx(np.where(second, 0.5, 1.0))
    angle = np.arctan2(circles[:, 1], circles[:, 0]) % (2 * np.pi)
    assert angle == pytest.approx(2 * np.pi * turns / arm)

    spirals = make("spirals", samples=samples, noise=0.0).x
    assert np.hypot(*spirals.T) == pytest.approx((turns + 1) / arm)
    ends = spirals[turns == arm - 1]
    assert ends == pytest.approx(np.array([[0.0, 1.0], [0.0, -1.0]])[: len(ends)], abs=1e-12)
