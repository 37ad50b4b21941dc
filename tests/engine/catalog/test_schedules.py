"""Learning-rate schedules against PyTorch's and in a run."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog.schedules import SCHEDULES, scheduled
from engine.program.trainer import Trainer
from engine.spec.run import ScheduleSpec
from tests.engine.helpers import spec_of
from tests.fixtures.make import OPTIMIZER_CASES, load

SCHEDULED = [case for case in OPTIMIZER_CASES if case.schedule]
EXAMPLES = {
    "step": {"step_size": 3, "gamma": 0.5},
    "exponential": {"gamma": 0.9},
    "cosine": {"T_max": 10, "eta_min": 0.01},
    "linear": {"start_factor": 0.5, "end_factor": 1.0, "total_iters": 4},
}


@pytest.mark.parametrize("case", SCHEDULED, ids=lambda case: case.name)
def test_every_iteration_has_pytorchs_learning_rate(case):
    trainer = Trainer(spec_of(case))
    rates = [trainer.scalars(t)["lr"] for t in range(1, case.iterations + 1)]
    np.testing.assert_allclose(rates, load(case)["lr"], 0, 1e-13)


def test_every_schedule_has_a_recorded_case():
    assert {case.schedule[0] for case in SCHEDULED if case.schedule} == set(SCHEDULES)


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
def test_options(name):
    row = SCHEDULES[name]
    assert set(EXAMPLES[name]) == set(row.options)
    for key, value in EXAMPLES[name].items():
        option = row.options[key]
        assert option.check.accept(value) == value
        for wrong in (-1, "1", None, True, float("nan")):
            assert option.check.accept(wrong) is None
        if option.default is not None:
            assert option.check.accept(option.default) == option.default


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
