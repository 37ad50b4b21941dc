"""Learning-rate schedules against PyTorch's and in a run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog.schedules import SCHEDULES, Schedule, counted, rate_value, scheduled, stage
from engine.program.trainer import Trainer
from engine.runfile.read import from_table, load
from engine.spec.data import Batches
from engine.spec.run import DataSpec, ScheduleSpec, SpecError
from tests.fixtures.variants import values, variants

CYCLE: dict[str, Any] = {
    "max_lr": 0.5,
    "total_steps": 11,
    "cycle_momentum": False,
    "pct_start": 3 / 11,
}
LINE: dict[str, Any] = {"anneal_strategy": "linear", "div_factor": 5.0, "final_div_factor": 2.0}
WARM_UP = {"name": "linear", "start_factor": 0.5, "total_iters": 4}
EXAMPLES: dict[str, Any] = {
    "step": {"step_size": 3, "gamma": 0.5},
    "multi_step": {"milestones": (2, 5), "gamma": 0.5},
    "exponential": {"gamma": 0.9},
    "constant": {"factor": 0.25, "total_iters": 3},
    "linear": {"start_factor": 0.5, "end_factor": 1.0, "total_iters": 4},
    "polynomial": {"total_iters": 4, "power": 2.0},
    "cosine": {"T_max": 10, "eta_min": 0.01},
    "cosine_warm_restarts": {"T_0": 4, "T_mult": 2, "eta_min": 0.02},
    "one_cycle": {**CYCLE, **LINE},
    "list": {"rates": (0.3, 0.2, 0.0)},
    "factors": {"factors": (0.5, 2.0, 0.0)},
    "sequential": {"milestones": (4,), "schedulers": (WARM_UP, {"name": "cosine", "T_max": 10})},
}
PURE = [name for name, row in SCHEDULES.items() if isinstance(row, Schedule)]


@pytest.mark.parametrize(
    ("name", "t", "rate"),
    [
        ("step", 1, 0.1),
        ("step", 3, 0.1),
        ("step", 4, 0.05),
        ("multi_step", 2, 0.1),
        ("multi_step", 3, 0.05),
        ("multi_step", 5, 0.05),
        ("multi_step", 6, 0.025),
        ("exponential", 1, 0.1),
        ("exponential", 3, 0.1 * 0.81),
        ("constant", 3, 0.025),
        ("constant", 4, 0.1),
        ("linear", 1, 0.05),
        ("linear", 3, 0.075),
        ("linear", 5, 0.1),
        ("linear", 500, 0.1),
        ("polynomial", 1, 0.1),
        ("polynomial", 3, 0.025),
        ("polynomial", 5, 0.0),
        ("polynomial", 9, 0.0),
        ("cosine", 1, 0.1),
        ("cosine", 6, 0.055),
        ("cosine", 11, 0.01),
        ("cosine", 21, 0.1),
        ("cosine_warm_restarts", 3, 0.06),
        ("cosine_warm_restarts", 5, 0.1),
        ("cosine_warm_restarts", 9, 0.06),
        ("cosine_warm_restarts", 13, 0.1),
        ("cosine_warm_restarts", 21, 0.06),
        ("one_cycle", 1, 0.1),
        ("one_cycle", 2, 0.3),
        ("one_cycle", 3, 0.5),
        ("one_cycle", 7, 0.275),
        ("one_cycle", 11, 0.05),
        ("one_cycle", 900, 0.05),
        ("list", 1, 0.3),
        ("list", 2, 0.2),
        ("list", 3, 0.0),
        ("list", 9, 0.0),
        ("factors", 1, 0.05),
        ("factors", 2, 0.2),
        ("factors", 9, 0.0),
        ("sequential", 1, 0.05),
        ("sequential", 4, 0.0875),
        ("sequential", 5, 0.1),
        ("sequential", 10, 0.05),
        ("sequential", 15, 0.0),
    ],
)
def test_by_hand(name, t, rate):
    found = scheduled(ScheduleSpec(name, EXAMPLES[name]), 0.1, t)
    assert found == pytest.approx(rate, rel=1e-14, abs=1e-17)


def test_every_row_that_goes_by_t_has_an_example():
    assert {*EXAMPLES, "plateau"} == set(SCHEDULES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_arithmetic_shown_gives_the_rate(name):
    spec = ScheduleSpec(name, EXAMPLES[name])
    for t in (1, 2, 3, 4, 5, 9, 14, 40):
        shown = rate_value(spec, 0.3, t).value
        assert shown == pytest.approx(scheduled(spec, 0.3, t), rel=1e-14, abs=1e-18)


def test_the_letters_of_a_formula_have_their_numbers():
    def letters(name: str, t: int) -> Mapping[str, float]:
        row = SCHEDULES[name]
        assert isinstance(row, Schedule)
        return row.letters(t, row.complete(EXAMPLES[name]))

    assert letters("multi_step", 6) == {"k": 2}
    assert letters("cosine_warm_restarts", 9) == {"i": 4, "T": 8}
    assert letters("one_cycle", 7) == {"first": 0.5, "last": 0.05, "s": 0.5}
    assert letters("step", 6) == {}


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
    for name, options in (("cosine", {"T_max": total}), ("cosine_warm_restarts", {"T_0": total})):
        cosine = ScheduleSpec(name, {**options, "eta_min": low})
        assert scheduled(cosine, base, 1) == scheduled(cosine, base, 2 * total + 1) == base
    assert (
        scheduled(ScheduleSpec("cosine", {"T_max": total, "eta_min": low}), base, total + 1) == low
    )
    polynomial = ScheduleSpec("polynomial", {"total_iters": total, "power": 0.5})
    assert scheduled(polynomial, base, 1) == base
    assert scheduled(polynomial, base, total + 1) == 0


def test_a_cycle_goes_up_and_down_in_two_parts_or_three():
    for three in (False, True):
        options = {**CYCLE, "three_phase": three, "div_factor": 5.0, "final_div_factor": 2.0}
        rates = [scheduled(ScheduleSpec("one_cycle", options), 7.0, t) for t in range(1, 13)]
        np.testing.assert_allclose(rates[:3], [0.1, 0.3, 0.5], 1e-14)
        if three:
            np.testing.assert_allclose(rates[2:5], [0.5, 0.3, 0.1], 1e-14)
        assert rates[10] == rates[11] == pytest.approx(0.05, rel=1e-14)


# -- by passes, and one after another ------------------------------------------------------------


def test_a_schedule_by_passes_steps_when_a_pass_is_over():
    spec = load("xor")
    spec = replace(spec, data=replace(spec.data, batch_size=2))
    assert Batches(spec.data, 0).per_pass == 2
    options = {"step_size": 1, "gamma": 0.5}
    rates = {
        by: [
            Trainer(replace(spec, schedule=ScheduleSpec("step", options, by))).scalars(t)["lr"]
            for t in range(1, 6)
        ]
        for by in ("iteration", "pass")
    }
    lr = spec.optimizer.options["lr"]
    assert rates["iteration"] == [lr, lr / 2, lr / 4, lr / 8, lr / 16]
    assert rates["pass"] == [lr, lr, lr / 2, lr / 2, lr / 4]


@pytest.mark.parametrize(
    ("since", "passes"),
    [(0, [1, 1, 1, 2, 2, 2, 3]), (1, [1, 1, 2, 2, 2, 3]), (3, [1, 1, 1, 2])],
)
def test_an_optimizer_that_begins_later_counts_the_passes_from_its_own_on(since, passes):
    spec = ScheduleSpec("exponential", {"gamma": 0.5}, "pass")
    x = np.zeros((3, 1))
    batches = Batches(DataSpec(x, x, 1), 0)
    found = [counted(spec, t, since, batches) for t in range(since + 1, 8)]
    assert found == passes
    assert counted(replace(spec, by="iteration"), 7, since, batches) == 7 - since


def test_each_of_several_schedules_counts_from_1():
    spec = ScheduleSpec("sequential", EXAMPLES["sequential"])
    for t, number, own in ((1, 1, 1), (4, 1, 4), (5, 2, 1), (9, 2, 5)):
        now = stage(spec, t)
        assert (now.number, now.t, now.after) == (number, own, t - own)


def table(schedule: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": {"builtin": "xor"},
        "layers": [{"units": 1, "activation": "sigmoid"}],
        "loss": {"name": "mse"},
        "optimizer": {"name": "sgd", "lr": 0.1},
        "schedule": schedule,
    }


def test_a_run_file_says_one_schedule_after_another():
    parts = [WARM_UP, {"name": "cosine", "T_max": 10}]
    schedule = {"name": "sequential", "by": "pass", "milestones": [4], "schedulers": parts}
    spec = from_table(table(schedule)).schedule
    assert spec is not None
    assert spec.by == "pass"
    assert [part["name"] for part in spec.options["schedulers"]] == ["linear", "cosine"]
    assert spec.options["schedulers"][0]["end_factor"] == 1.0
    assert scheduled(spec, 0.1, 1) == 0.05


SEQUENCE: dict[str, Any] = {"name": "sequential", "milestones": [4]}


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ({"name": "step", "step_size": 1, "by": "epoch"}, 'schedule.by is "epoch", and must be'),
        (SEQUENCE, "schedule.schedulers is missing, and must be a list of 1 to 1,001 tables"),
        ({**SEQUENCE, "schedulers": [3]}, "schedule.schedulers is a list of 1, and must be a list"),
        ({**SEQUENCE, "schedulers": []}, "schedule.schedulers is an empty list, and must be"),
        (
            {**SEQUENCE, "schedulers": [WARM_UP]},
            "schedule has 1 schedulers and 1 milestones, and must have one milestone less",
        ),
        (
            {**SEQUENCE, "schedulers": [WARM_UP, {"name": "step"}]},
            "schedule.schedulers[1].step_size is missing",
        ),
        (
            {**SEQUENCE, "schedulers": [WARM_UP, {"name": "one_cycle"}]},
            'schedule.schedulers[1].name is "one_cycle", and must be one of step',
        ),
        (
            {**SEQUENCE, "schedulers": [WARM_UP, {**WARM_UP, "by": "pass"}]},
            "schedule.schedulers[1].by is not a key here",
        ),
        (
            {"name": "multi_step", "milestones": [4, 3]},
            "schedule.milestones is a list of 2, and must be a list of 1 to 1,000 rising whole",
        ),
        (
            {"name": "one_cycle", "max_lr": 1, "total_steps": 9},
            "schedule.cycle_momentum is missing, and must be false, as momentum is not cycled here",
        ),
        (
            {"name": "one_cycle", "max_lr": 1, "total_steps": 4, "cycle_momentum": False}
            | {"pct_start": 0.25},
            "schedule has a first part of no length, where PyTorch divides by 0",
        ),
        ({"name": "list", "rates": [0.1, -1]}, "schedule.rates is a list of 2, and must be"),
    ],
)
def test_what_a_schedule_cannot_be_is_refused(schedule, said):
    with pytest.raises(SpecError) as caught:
        from_table(table(schedule))
    assert len(caught.value.problems) == 1
    assert said in caught.value.problems[0]


# -- options -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEDULES)
def test_options(name):
    for key, option in SCHEDULES[name].options.items():
        for right in (*values(option), option.default):
            assert right is None or option.check.accept(right) == right, key
        for wrong in (-1, "1", None, float("nan"), [], [{"name": "no"}], [{"name": "step"}]):
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
        ScheduleSpec("multi_step", {"milestones": (1, 2, 3, 4), "gamma": gamma}),
        ScheduleSpec("polynomial", {"power": float(gamma)}),
        ScheduleSpec("cosine_warm_restarts", {"T_0": 1, "T_mult": 10_000_000, "eta_min": base}),
    ):
        assert not math.isnan(scheduled(spec, base, t))


@pytest.mark.parametrize("name", PURE)
def test_any_schedule_can_be_in_a_sequence_but_one_that_sets_its_own_bounds(name):
    least = {"name": name, **next(variants(SCHEDULES[name]))}
    accepted = SCHEDULES["sequential"].options["schedulers"].check.accept([least])
    assert (accepted is None) == (name == "one_cycle")


def test_the_optimizers_own_rate_is_not_used_where_the_schedule_says_so():
    for name in ("list", "one_cycle"):
        spec = ScheduleSpec(name, EXAMPLES[name])
        assert scheduled(spec, 0.1, 2) == scheduled(spec, 7.0, 2)
        assert "own rate is not used" in SCHEDULES[name].why


@pytest.mark.parametrize("t", [1, 2, 4, 7])
def test_a_cosine_goes_down_and_back_again_and_again(t):
    spec = ScheduleSpec("cosine", {"T_max": 4, "eta_min": 0.02})
    wanted = 0.02 + (0.3 - 0.02) * (1 + math.cos(math.pi * (t - 1) / 4)) / 2
    for turns in (0, 1, 2, 1000):
        assert scheduled(spec, 0.3, t + 8 * turns) == pytest.approx(wanted, rel=1e-14)
