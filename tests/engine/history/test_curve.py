"""Losses in buckets: what is shown up to an iteration follows from that iteration alone."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import engine.history.curve
from engine.history.branching import branched, history_of
from engine.history.curve import BUCKETS, Curve, grain
from engine.history.history import History
from engine.history.kept import NO_FINER
from engine.runfile.read import load

FEW = 8
SPEC = load("worked-example")


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, 1), (1, 1), (BUCKETS, 1), (BUCKETS + 1, 2), (2 * BUCKETS, 2), (2 * BUCKETS + 1, 4)],
)
def test_the_grain_is_the_finest_that_leaves_few_buckets(count: int, expected: int) -> None:
    assert grain(count) == expected


def plainly(values: np.ndarray, last: int) -> tuple[list[int], list[float]]:
    """The last iteration and the least value of each whole bucket, one bucket at a time."""
    width = 1
    while last > width * FEW:
        width *= 2
    ends = list(range(width, last + 1, width))
    return ends, [float(np.fmin.reduce(values[end - width : end])) for end in ends]


def listed(found: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(each.tolist() for each in found)


@given(
    st.lists(st.integers(0, 70), max_size=12),
    st.integers(0, 2**32 - 1),
    st.integers(0, 800),
    st.booleans(),
)
def test_least_values_up_to_any_iteration(
    sizes: list[int], seed: int, last: int, stored: bool
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(engine.history.curve, "BUCKETS", FEW)
        values = np.random.default_rng(seed).normal(size=sum(sizes))
        values[values > 2] = np.nan
        curve = Curve()
        for end, size in zip(accumulate(sizes), sizes, strict=True):
            curve.add(values[end - size : end])
        if stored:
            _, low, high = curve.buckets()
            other = Curve()
            other.restore(curve.count, curve.width, low, high, curve.finer)
            curve = other
        assert curve.knows(last)
        expected = plainly(values, min(last, len(values)))
        np.testing.assert_equal(listed(curve.least(last)), expected)
        ends, low, high = curve.buckets()
        for first, end, least, greatest in zip([0, *ends], ends, low, high, strict=False):
            part = values[first:end]
            assert (least, greatest) == pytest.approx(
                (np.fmin.reduce(part), np.fmax.reduce(part)), nan_ok=True, abs=0
            )


def test_without_the_finer_buckets_it_says_what_it_does_not_know() -> None:
    curve, other = Curve(), Curve()
    curve.add(np.arange(4.0 * BUCKETS))
    _, low, high = curve.buckets()
    other.restore(curve.count, curve.width, low, high, NO_FINER)
    assert [other.knows(at) for at in (60, BUCKETS, 2 * BUCKETS)] == [False] * 3
    assert other.knows(2 * BUCKETS + 1)
    other.add(np.arange(1.0))
    assert len(curve.finer) == 2
    assert not len(other.finer)


def bare(history: History) -> History:
    """The same, as if it had been saved without the finer buckets."""
    for stretch in history.stretches:
        stretch._curve._finer.clear()
        stretch._curve.whole = stretch._curve.width == 1
    return history


@pytest.mark.parametrize("saved", [False, True])
def test_losses_on_a_branch_do_not_depend_on_what_has_been_trained(saved: bool) -> None:
    def on_a_branch() -> History:
        return branched(history_of(SPEC), 9001, SPEC, {("W1", (0, 0)): 0.5})

    far = on_a_branch()
    far.stretches[0].extend(20_000)
    far.extend(20_000)
    far = bare(far) if saved else far
    assert far.recalled(8000) == (not saved)
    for t in (60, 8192, 8193, 9001, 9002, 9100, 17_194):
        near = on_a_branch()
        near.extend(t)
        assert near.recalled(t)
        assert listed(far.losses(t)) == listed(near.losses(t))


def test_losses_are_recalled_on_the_way_to_an_iteration() -> None:
    history, told = history_of(SPEC), list[int]()
    history.extend(20_000)
    assert history.wait(10_000) < 2000
    bare(history)
    assert not history.recalled(10_000)
    assert history.wait(10_000) > 10_000
    assert not history.approach(10_000, lambda: len(told) > 50, told.append)
    assert told == sorted(told)
    assert 10_000 < history.wait(10_000) + told[-1] < 12_000
    assert history.approach(10_000)
    assert history.recalled(10_000)
    assert history.wait(10_000) < 2000
    history.visit(60)
    assert history.recalled(60)
