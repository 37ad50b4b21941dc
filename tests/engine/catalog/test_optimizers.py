"""Every optimizer under every option: what is shown, what is computed and what is compared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.catalog.optimizers import FORMS, OPTIMIZERS, slot_rules
from engine.program.state import OTHER, starting_state, state_layout
from engine.program.step import Phase
from engine.program.trace import Trace
from engine.program.trainer import Trainer
from engine.runfile.read import load
from engine.spec.run import ClipSpec, OptimizerSpec, RunSpec, ScheduleSpec
from tests.engine.helpers import spec_of
from tests.engine.optimizers_by_hand import TORCH_DEFAULTS, ByHand
from tests.fixtures.make import OPTIMIZER_CASES

VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("sgd", {}),
    "sgd momentum": ("sgd", {"momentum": 0.9}),
    "sgd dampening": ("sgd", {"momentum": 0.8, "dampening": 0.3}),
    "sgd nesterov": ("sgd", {"momentum": 0.9, "nesterov": True}),
    "sgd dampening alone": ("sgd", {"dampening": 0.3}),
    "sgd weight decay": ("sgd", {"weight_decay": 0.1}),
    "sgd maximize": ("sgd", {"maximize": True, "weight_decay": 0.1, "momentum": 0.5}),
    "adagrad": ("adagrad", {}),
    "adagrad lr decay": ("adagrad", {"lr_decay": 0.1, "weight_decay": 0.1}),
    "adagrad initial": ("adagrad", {"initial_accumulator_value": 0.5, "maximize": True}),
    "rmsprop": ("rmsprop", {}),
    "rmsprop momentum": ("rmsprop", {"momentum": 0.7, "weight_decay": 0.1}),
    "rmsprop centered": ("rmsprop", {"centered": True, "eps": 1e-4}),
    "rmsprop all": (
        "rmsprop",
        {"centered": True, "eps": 1e-4, "momentum": 0.5, "weight_decay": 0.1, "maximize": True},
    ),
    "adam": ("adam", {}),
    "adam amsgrad": ("adam", {"amsgrad": True, "betas": (0.5, 0.6)}),
    "adam weight decay": ("adam", {"weight_decay": 0.1, "maximize": True}),
    "adamw": ("adamw", {}),
    "adamw amsgrad": ("adamw", {"amsgrad": True, "weight_decay": 0.3, "maximize": True}),
    "adamw plain": ("adamw", {"weight_decay": 0.0}),
}
CLIPS = {"": None, "by norm": ClipSpec("norm", 0.05), "by value": ClipSpec("value", 0.02)}
DROPS = ScheduleSpec("step", {"step_size": 2, "gamma": 0.5})


def optimizer(variant: str, lr: float = 0.01) -> OptimizerSpec:
    name, options = VARIANTS[variant]
    return OptimizerSpec(name, {**OPTIMIZERS[name].defaults, "lr": lr, **options})


def run(own: str, compare: str = "", **changes: Any) -> RunSpec:
    spec = spec_of(OPTIMIZER_CASES[0])
    compared = optimizer(compare, 0.02) if compare else None
    return replace(spec, optimizer=optimizer(own), compare=compared, **changes)


def traces(spec: RunSpec, *wanted: int) -> list[Trace]:
    """The traces of some iterations."""
    trainer = Trainer(spec)
    states = np.zeros((max(wanted) + 1, len(trainer.state)), spec.dtype)
    states[0] = trainer.state
    trainer.run(1, max(wanted), np.zeros(max(wanted)), states[1:])
    return [trainer.trace(t, states[t - 1]) for t in wanted]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("schedule", [None, DROPS], ids=["", "scheduled"])
@pytest.mark.parametrize("clip", CLIPS)
def test_the_arithmetic_shown_is_the_value_computed(variant, schedule, clip):
    for trace in traces(run(variant, schedule=schedule, clip=CLIPS[clip]), 1, 2, 50):
        for step in trace.steps:
            value = trace.known(step.symbol, step.number)
            shown = [trace.expand(step, index).value for index in np.ndindex(step.shape)]
            expected = pytest.approx(value.ravel().tolist(), rel=1e-12, abs=1e-16)
            assert shown == expected, (trace.t, step.symbol)


@pytest.mark.parametrize("own", VARIANTS)
@pytest.mark.parametrize("clip", CLIPS)
def test_the_own_and_every_compared_update_are_those_of_pytorch(own, clip):
    for other in VARIANTS:
        spec = run(own, other, clip=CLIPS[clip], schedule=DROPS)
        mine, theirs = ([ByHand(*VARIANTS[name]) for _ in range(4)] for name in (own, other))
        for trace in traces(spec, *range(1, 6)):
            rate = 0.5 ** ((trace.t - 1) // 2)
            assert trace.scalars["lr"] == 0.01 * rate
            for name, ours, they in zip(("W1", "b1", "W2", "b2"), mine, theirs, strict=True):
                theta = trace.known(name, 0)
                grad = trace.known(f"clip.{name}" if spec.clip else f"d{name}", len(trace.steps))
                new = ours.update(theta, grad, 0.01 * rate)
                np.testing.assert_allclose(trace.known(name, len(trace.steps)), new, 1e-13, 1e-15)
                change = they.update(theta, grad, 0.02 * rate) - theta
                found = trace.compared("theta", name)
                assert found is not None
                np.testing.assert_allclose(found, change, 1e-11, 1e-15)
                for slot, value in they.slots.items():
                    found = trace.compared(slot, name)
                    assert found is not None
                    np.testing.assert_allclose(found, value, 1e-13, 1e-18)


@pytest.mark.parametrize("own", ["sgd", "sgd dampening", "adam"])
@pytest.mark.parametrize("other", ["sgd dampening", "rmsprop all", "adagrad lr decay"])
@pytest.mark.parametrize("schedule", [None, DROPS], ids=["", "scheduled"])
def test_iterations_repeat_bit_for_bit_in_any_order(own, other, schedule):
    spec = run(own, other, schedule=schedule)
    trainer = Trainer(spec)
    states = np.zeros((9, len(trainer.state)))
    states[0] = trainer.state
    trainer.run(1, 8, np.zeros(8), states[1:])
    for t in (8, 1, 5, 2, 1, 7):
        trace = trainer.trace(t, states[t - 1])
        assert trainer.state.tobytes() == states[t].tobytes()
        trace.compared("theta", "W1")


def test_the_worked_example_takes_as_many_calls_and_steps_as_before():
    spec = load("worked-example")
    trainer = Trainer(spec)
    assert (len(trainer.program(1).calls), len(trainer.program(1).steps)) == (29, 17)
    other = Trainer(spec.with_optimizer(OptimizerSpec("adam", {"lr": 0.1})))
    assert len(other.program(1).steps) == 33


@pytest.mark.parametrize(
    ("variant", "symbols"),
    [
        ("sgd", ["W1"]),
        ("sgd momentum", ["buf.W1", "W1"]),
        ("sgd nesterov", ["buf.W1", "nes.W1", "W1"]),
        ("sgd maximize", ["gneg.W1", "gwd.W1", "buf.W1", "W1"]),
        ("adagrad", ["sum.W1", "W1"]),
        ("rmsprop", ["v.W1", "W1"]),
        ("rmsprop all", ["gneg.W1", "gwd.W1", "v.W1", "avg.W1", "var.W1", "buf.W1", "W1"]),
        ("adam", ["m.W1", "v.W1", "mhat.W1", "vhat.W1", "W1"]),
        ("adam amsgrad", ["m.W1", "v.W1", "vmax.W1", "mhat.W1", "vhat.W1", "W1"]),
        ("adamw", ["decay.W1", "m.W1", "v.W1", "mhat.W1", "vhat.W1", "W1"]),
        ("adamw plain", ["m.W1", "v.W1", "mhat.W1", "vhat.W1", "W1"]),
    ],
)
def test_every_intermediate_is_a_step(variant, symbols):
    (trace,) = traces(run(variant), 1)
    update = [s for s in trace.steps if s.phase == Phase.UPDATE and s.param == "W1"]
    assert [step.symbol for step in update] == symbols


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_step_reads_only_what_is_known(variant):
    (trace,) = traces(run(variant, clip=CLIPS["by norm"]), 3)
    for step in trace.steps:
        for symbol in step.reads:
            trace.known(symbol, step.number - 1)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_options_have_pytorchs_names_and_defaults(name):
    row = OPTIMIZERS[name]
    assert dict(row.defaults) == TORCH_DEFAULTS[name]
    for option in row.options.values():
        assert option.check.accept(option.default) == option.default
        assert option.check.accept("fast") is None
        assert option.does.endswith(".")
    assert not row.conflict(row.defaults)


def test_rows_agree_on_forms_and_are_compared_with_another():
    for row in OPTIMIZERS.values():
        assert OPTIMIZERS[row.rival] is not row
        assert dict(row.forms) == {name: FORMS[name] for name in row.forms}


def test_what_is_no_valid_option_is_refused():
    sgd, adam = OPTIMIZERS["sgd"].options, OPTIMIZERS["adam"].options
    numbers: list[Any] = [-0.1, float("nan"), float("inf"), True, "0.1", [0.1], 10**400]
    assert [wrong for wrong in numbers if sgd["lr"].check.accept(wrong) is not None] == []
    flags: list[Any] = [0, 1, "true"]
    assert [wrong for wrong in flags if sgd["nesterov"].check.accept(wrong) is not None] == []
    pairs: list[Any] = [0.9, [0.9], [0.9, 1.0], [0.9, 0.99, 0.999], [-0.1, 0.9], ["0.9", 0.9]]
    assert [wrong for wrong in pairs if adam["betas"].check.accept(wrong) is not None] == []
    assert adam["betas"].check.accept([0.9, 0]) == (0.9, 0.0)


@pytest.mark.parametrize("options", [{}, {"momentum": 0.9, "dampening": 0.1}])
def test_nesterov_needs_momentum_and_no_dampening(options):
    row = OPTIMIZERS["sgd"]
    assert "momentum" in row.conflict(row.complete({"nesterov": True, **options}))


def test_dampening_begins_with_the_second_update():
    first, second = traces(run("sgd dampening"), 1, 2)
    assert (first.scalars["dampening"], second.scalars["dampening"]) == (0.0, 0.3)
    assert np.array_equal(first.known("buf.W1", 99), first.known("dW1", 99))


def test_adagrads_sum_starts_where_its_option_says():
    for spec, prefix in ((run("adagrad initial"), ""), (run("sgd", "adagrad initial"), OTHER)):
        layout, state = state_layout(spec), starting_state(spec)
        assert np.all(layout.view(state, f"{prefix}sum") == 0.5)
        assert np.all(layout.view(state, f"{prefix}sum.b2") == 0.5)


@pytest.mark.parametrize("variant", VARIANTS)
def test_slots_depend_on_nothing_that_is_left_out(variant):
    rules = OPTIMIZERS[VARIANTS[variant][0]].rules(optimizer(variant).options)
    known = {"theta", "grad"}
    for rule in slot_rules(rules):
        vectors = {r.prefix for r in rules} & set(rule.reads)
        assert vectors <= known | {rule.prefix}
        known.add(rule.prefix)
    assert {rule.prefix for rule in rules if rule.slot} <= known


@pytest.mark.parametrize("variant", VARIANTS)
def test_float32_stays_float32(variant):
    spec = spec_of(next(c for c in OPTIMIZER_CASES if c.dtype == "float32"))
    spec = replace(spec, optimizer=optimizer(variant), compare=optimizer(variant), schedule=DROPS)
    (trace,) = traces(spec, 3)
    for step in trace.steps:
        assert trace.known(step.symbol, step.number).dtype == np.float32
        for function, args in step.calls:
            arrays = [a for a in args if isinstance(a, np.ndarray)]
            assert all(a.dtype in (np.float32, np.bool_) for a in arrays), (step.symbol, function)
    compared = trace.compared("theta", "W1")
    assert compared is not None
    assert compared.dtype == np.float32


def test_numbers_too_large_for_float32_give_infinities_and_no_warning(recwarn):
    spec = spec_of(next(c for c in OPTIMIZER_CASES if c.dtype == "float32"))
    spec = replace(spec, optimizer=OptimizerSpec("sgd", {"lr": 1e300}), schedule=DROPS)
    (trace,) = traces(spec, 1)
    assert not np.any(np.isfinite(trace.known("W1", len(trace.steps))))
    assert not recwarn.list
