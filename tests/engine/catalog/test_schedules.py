"""Learning-rate schedules against PyTorch's and in a run."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog.schedules import SCHEDULES, rate_value, scheduled
from engine.spec.run import ScheduleSpec
from tests.fixtures.variants import values

EXAMPLES = {
    "step": {"step_size": 3, "gamma": 0.5},
    "exponential": {"gamma": 0.9},
    "cosine": {"T_max": 10, "eta_min": 0.01},
    "linear": {"start_factor": 0.5, "end_factor": 1.0, "total_iters": 4},
}


@pytest.mark.parametrize(
    ("name", "t", "rate"),
    [
        ("step", 1, 0.1),
        ("step", 3, 0.1),
        ("step", 4, 0.05),
        ("exponential", 1, 0.1),
        ("exponential", 3, 0.1 * 0.81),
        ("cosine", 1, 0.1),
        ("cosine", 6, 0.055),
        ("cosine", 11, 0.01),
        ("cosine", 21, 0.1),
        ("linear", 1, 0.05),
        ("linear", 3, 0.075),
        ("linear", 5, 0.1),
        ("linear", 500, 0.1),
    ],
)
def test_by_hand(name, t, rate):
    assert scheduled(ScheduleSpec(name, EXAMPLES[name]), 0.1, t) == pytest.approx(rate, rel=1e-15)


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_arithmetic_shown_gives_the_rate(name):
    spec = ScheduleSpec(name, EXAMPLES[name])
    for t in (1, 2, 3, 4, 5, 9, 14, 40):
        shown = rate_value(spec, 0.3, t).value
        assert shown == pytest.approx(scheduled(spec, 0.3, t), rel=1e-14, abs=1e-18)


@given(
    st.floats(1e-300, 1e300),
    st.floats(0, 1e300),
    st.floats(1e-6, 1),
    st.floats(0, 1),
    st.integers(1, 1000),
)
def test_a_schedule_ends_exactly_where_it_says(base, low, first, last, total):
    options = {"start_factor": first, "end_factor": last, "total_iters": total}
    linear = ScheduleSpec("linear", options)
    assert scheduled(linear, base, 1) == base * first
    assert scheduled(linear, base, total + 1) == base * last
    cosine = ScheduleSpec("cosine", {"T_max": total, "eta_min": low})
    assert scheduled(cosine, base, 1) == scheduled(cosine, base, 2 * total + 1) == base
    assert scheduled(cosine, base, total + 1) == low


@pytest.mark.parametrize("name", SCHEDULES)
def test_options(name):
    for key, option in SCHEDULES[name].options.items():
        for right in (*values(option), option.default):
            assert right is None or option.check.accept(right) == right, key
        for wrong in (-1, "1", None, True, float("nan")):
            assert option.check.accept(wrong) is None, key


@given(
    st.floats(0, 1e308),
    st.integers(1, 10_000_000),
    st.floats(0, 1e308) | st.integers(0, 10**300),
)
def test_no_factor_is_too_large(base, t, gamma):
    for spec in (
        ScheduleSpec("exponential", {"gamma": gamma}),
        ScheduleSpec("step", {"step_size": 2, "gamma": gamma}),
    ):
        assert not math.isnan(scheduled(spec, base, t))
