"""Every optimizer under every option: what is shown, what is computed and what is compared."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest

from engine.catalog.optimizers import (
    FORMS,
    OPTIMIZERS,
    OTHERS,
    asgd,
    nadam,
    parts,
    rprop,
    slot_rules,
)
from engine.formula import expr as ex
from engine.program.parameters import trained
from engine.program.state import OTHER, starting_state, state_layout
from engine.program.step import Phase
from engine.program.trace import Trace
from engine.program.trainer import Trainer
from engine.runfile.read import load
from engine.spec.run import ClipSpec, GroupSpec, OptimizerSpec, RunSpec, ScheduleSpec
from tests.engine.helpers import fitting, spec_of
from tests.engine.shown import Shown
from tests.fixtures.rows import small
from tests.fixtures.variants import fullest, named, variants

CLIPS = {"": None, "by norm": ClipSpec("norm", 0.05), "by value": ClipSpec("value", 0.02)}
DROPS = ScheduleSpec("step", {"step_size": 2, "gamma": 0.5})
RATE = {"lr": 0.01}
PLAIN = small("")
VARIANTS = {
    named(name, options): OptimizerSpec(name, row.complete(options))
    for name, row in OPTIMIZERS.items()
    for options in variants(row, RATE)
}
"""Every optimizer with every way in which its options go together."""
ENDS = {
    named(name, options): VARIANTS[named(name, options)]
    for name, row in OPTIMIZERS.items()
    for options in (RATE, fullest(variants(row, RATE)))
}
"""Every optimizer with the fewest and with the most of them."""


def specs(given: Mapping[str, OptimizerSpec]) -> pytest.MarkDecorator:
    found = [pytest.param(optimizer, id=name) for name, optimizer in given.items()]
    return pytest.mark.parametrize("optimizer", found)


def optimizer_of(name: str, **options: Any) -> OptimizerSpec:
    return OptimizerSpec(name, OPTIMIZERS[name].complete({**RATE, **options}))


def run(own: OptimizerSpec, compare: OptimizerSpec | None = None, **changes: Any) -> RunSpec:
    return fitting(replace(spec_of(PLAIN), optimizer=own, compare=compare, **changes))


def takes_matrices(*optimizers: OptimizerSpec) -> bool:
    """Whether one of them takes nothing else: its updates take long."""
    return any(OPTIMIZERS[each.name].matrices for each in optimizers)


def traces(spec: RunSpec, *wanted: int) -> list[Trace]:
    """The traces of some iterations."""
    trainer = Trainer(spec)
    states = np.zeros((max(wanted) + 1, len(trainer.state)), spec.dtype)
    states[0] = trainer.state
    trainer.run(1, max(wanted), np.zeros(max(wanted)), states[1:])
    return [trainer.trace(t, states[t - 1]) for t in wanted]


def check_shown(spec: RunSpec, *wanted: int) -> None:
    """See that the arithmetic shown gives the values computed."""
    for trace in traces(spec, *wanted):
        for step in trace.steps:
            value = trace.known(step.symbol, step.number)
            shown = [trace.expand(step, index).value for index in np.ndindex(step.shape)]
            expected = pytest.approx(value.ravel().tolist(), rel=1e-12, abs=1e-16)
            assert shown == expected, (trace.t, step.symbol)


@specs(VARIANTS)
def test_the_arithmetic_shown_is_the_value_computed(optimizer):
    check_shown(run(optimizer), 1, 2, 50)


@specs(ENDS)
@pytest.mark.parametrize("clip", CLIPS)
def test_so_it_is_with_a_schedule_and_clipping(optimizer, clip):
    check_shown(run(optimizer, schedule=DROPS, clip=CLIPS[clip]), 1, 2, 50)


def check_updates(own: OptimizerSpec, other: OptimizerSpec, **changes: Any) -> None:
    """See that what a run's optimizer does, and what the compared one would do, are what is shown
    of them: both go by the run's gradients.
    """
    spec = run(own, other, schedule=DROPS, **changes)
    names = trained(spec)
    mine, theirs = ([Shown(o.name, o.options) for _ in names] for o in (own, other))
    for trace in traces(spec, 1, 2, 3):
        rate = 0.5 ** ((trace.t - 1) // 2)
        for name, ours, they in zip(names, mine, theirs, strict=True):
            theta = trace.known(name, 0)
            grad = trace.known(f"clip.{name}" if spec.clip else f"d{name}", len(trace.steps))
            new = ours.update(theta, grad, own.options["lr"] * rate)
            np.testing.assert_allclose(trace.known(name, len(trace.steps)), new, 1e-13, 1e-15)
            change = they.update(theta, grad, other.options["lr"] * rate) - theta
            found = trace.compared("theta", name)
            assert found is not None
            np.testing.assert_allclose(found, change, 1e-11, 1e-15)
            for slot, value in they.slots.items():
                found = trace.compared(slot, name)
                assert found is not None
                np.testing.assert_allclose(found, value, 1e-13, 1e-18)


@specs(VARIANTS)
def test_every_compared_update_is_the_one_shown(optimizer):
    check_updates(optimizer_of("sgd", momentum=0.9), optimizer)


@specs(ENDS)
@pytest.mark.parametrize("clip", CLIPS)
def test_whatever_the_run_goes_by(optimizer, clip):
    for other in ENDS.values():
        if "sgd" in (optimizer.name, other.name) or not takes_matrices(optimizer, other):
            check_updates(optimizer, other, clip=CLIPS[clip])


@specs(ENDS)
@pytest.mark.parametrize("schedule", [None, DROPS], ids=["", "scheduled"])
def test_iterations_repeat_bit_for_bit_in_any_order(optimizer, schedule):
    for other in ENDS.values():
        if takes_matrices(optimizer, other) and "sgd" not in (optimizer.name, other.name):
            continue
        spec = run(optimizer, other, schedule=schedule)
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
    ("optimizer", "symbols"),
    [
        (optimizer_of("sgd"), ["W1"]),
        (optimizer_of("sgd", momentum=0.9), ["buf.W1", "W1"]),
        (optimizer_of("sgd", momentum=0.9, nesterov=True), ["buf.W1", "nes.W1", "W1"]),
        (
            optimizer_of("sgd", maximize=True, weight_decay=0.1, momentum=0.5),
            ["gneg.W1", "gwd.W1", "buf.W1", "W1"],
        ),
        (optimizer_of("adagrad"), ["sum.W1", "W1"]),
        (optimizer_of("rmsprop"), ["v.W1", "W1"]),
        (
            optimizer_of("rmsprop", centered=True, momentum=0.5, weight_decay=0.1, maximize=True),
            ["gneg.W1", "gwd.W1", "v.W1", "avg.W1", "var.W1", "buf.W1", "W1"],
        ),
        (optimizer_of("adam"), ["m.W1", "v.W1", "mhat.W1", "vhat.W1", "W1"]),
        (
            optimizer_of("adam", amsgrad=True),
            ["m.W1", "v.W1", "vmax.W1", "mhat.W1", "vhat.W1", "W1"],
        ),
        (optimizer_of("adamw"), ["decay.W1", "m.W1", "v.W1", "mhat.W1", "vhat.W1", "W1"]),
        (optimizer_of("nadam"), ["m.W1", "v.W1", "nhat.W1", "vhat.W1", "W1"]),
        (
            optimizer_of("nadam", weight_decay=0.1, maximize=True),
            ["gneg.W1", "gwd.W1", "m.W1", "v.W1", "nhat.W1", "vhat.W1", "W1"],
        ),
        (
            optimizer_of("nadam", weight_decay=0.1, decoupled_weight_decay=True),
            ["decay.W1", "m.W1", "v.W1", "nhat.W1", "vhat.W1", "W1"],
        ),
        (optimizer_of("radam"), ["m.W1", "v.W1", "mhat.W1", "scale.W1", "W1"]),
        (optimizer_of("adadelta"), ["v.W1", "d.W1", "acc.W1", "W1"]),
        (optimizer_of("rprop"), ["grow.W1", "size.W1", "prev.W1", "W1"]),
        (optimizer_of("asgd"), ["decay.W1", "moved.W1", "ax.W1", "eta.W1", "W1"]),
        (optimizer_of("adamax"), ["m.W1", "u.W1", "mhat.W1", "W1"]),
        (optimizer_of("adamw", weight_decay=0.0), ["m.W1", "v.W1", "mhat.W1", "vhat.W1", "W1"]),
    ],
)
def test_every_intermediate_is_a_step(optimizer, symbols):
    (trace,) = traces(run(optimizer), 1)
    update = [s for s in trace.steps if s.phase == Phase.UPDATE and s.param == "W1"]
    assert [step.symbol for step in update] == symbols


def test_figures_are_steps_before_all_parameters_and_once_for_groups_that_have_them_alike():
    own = (GroupSpec(("b*",), {"momentum_decay": 0.5}), GroupSpec(("W2",), {"lr": 0.5}))
    spec = run(optimizer_of("nadam"), groups=own)
    first, second = traces(spec, 1, 2)
    figures = ["mu", "munext", "muprod", "ofmean", "ofgrad"]
    update = [s for s in first.steps if s.phase == Phase.UPDATE]
    assert [s.symbol for s in update[:10]] == [*figures, *(f"{name}#1" for name in figures)]
    assert all(s.param is None for s in update[:10])
    assert all(s.param for s in update[10:])
    for trace in (first, second):
        for name, decay in (("mu", 0.004), ("mu#1", 0.5)):
            mu = 0.9 * (1 - 0.5 * 0.96 ** (trace.t * decay))
            assert trace.known(name, 99) == pytest.approx(mu, rel=1e-15)
            step = trace.steps[trace.number(name) - 1]
            assert trace.expand(step, ()).value == trace.known(name, 99)
    step = second.steps[second.number("ofmean#1") - 1]
    assert step.formula == "{ofmean#1} = {munext#1}/(1 − {muprod#1}·{munext#1})"
    assert step.reads == ("munext#1", "muprod#1")


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_radam_divides_from_the_update_on_whose_mean_is_of_more_than_five_squares(dtype):
    spec = replace(run(optimizer_of("radam")), dtype=dtype)
    for trace in traces(spec, *range(1, 9)):
        rho, scale = trace.known("rhot", 99), trace.known("scale.W1", 99)
        assert (rho > 5) == (trace.t >= 6) == (scale != 1).all() == (trace.known("rect", 99) != 1)


def test_the_product_of_all_momenta_is_the_same_in_any_order_of_asking():
    row, options = OPTIMIZERS["nadam"], {"betas": (0.9999, 0.9), "momentum_decay": 1.0}
    given = row.complete(options)
    asked = {t: row.torch_counts(t, given)["mu_product"] for t in (9000, 1, 8192, 4096, 8191)}
    product = 1.0
    for t in range(1, 9001):
        product *= nadam.momentum(t, 0.9999, 1.0)
        assert asked.get(t, product) == product
    assert product > 0
    assert row.torch_counts(10**9, row.complete({}))["mu_product"] < 1e-300


@specs(VARIANTS)
def test_a_step_reads_only_what_is_known(optimizer):
    (trace,) = traces(run(optimizer, clip=CLIPS["by norm"]), 3)
    for step in trace.steps:
        for symbol in step.reads:
            trace.known(symbol, step.number - 1)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_options_accept_their_defaults_and_say_what_they_do(name):
    row = OPTIMIZERS[name]
    for option in row.options.values():
        assert option.check.accept(option.default) == option.default
        assert option.check.accept("fast") is None
        assert option.does.endswith(".")
    assert not row.conflict(row.defaults)


def test_rows_agree_on_forms_and_are_compared_with_another():
    for row in OPTIMIZERS.values():
        assert OPTIMIZERS[row.rival] is not row
        assert dict(row.forms) == {name: FORMS[name] for name in row.forms}
        assert not OTHERS & row.forms.keys()


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
    first, second = traces(run(optimizer_of("sgd", momentum=0.8, dampening=0.3)), 1, 2)
    assert (first.scalars["dampening"], second.scalars["dampening"]) == (0.0, 0.3)
    assert np.array_equal(first.known("buf.W1", 99), first.known("dW1", 99))


def test_adagrads_sum_starts_where_its_option_says():
    adagrad = optimizer_of("adagrad", initial_accumulator_value=0.5)
    for spec, prefix in ((run(adagrad), ""), (run(optimizer_of("sgd"), adagrad), OTHER)):
        layout, state = state_layout(spec), starting_state(spec)
        assert np.all(layout.view(state, f"{prefix}sum") == 0.5)
        assert np.all(layout.view(state, f"{prefix}sum.b2") == 0.5)


@pytest.mark.parametrize(
    ("schedule", "first"),
    [
        (None, 0.01),
        (ScheduleSpec("linear", {"start_factor": 0.25, "total_iters": 4}), 0.0025),
        (ScheduleSpec("step", {"step_size": 2, "gamma": 0.5}, done=4), 0.0025),
        (ScheduleSpec("plateau", {"factor": 0.5}), 0.01),
    ],
)
def test_rprops_step_sizes_start_from_the_rate_of_its_first_update(schedule, first):
    group = GroupSpec(("b1",), {"lr": 0.1})
    rprop = optimizer_of("rprop")
    for spec, prefix in (
        (run(rprop, schedule=schedule, groups=(group,)), ""),
        (run(optimizer_of("sgd"), rprop, schedule=schedule, groups=(group,)), OTHER),
    ):
        layout, state = state_layout(spec), starting_state(spec)
        assert layout.view(state, f"{prefix}size.W2") == pytest.approx(first)
        assert layout.view(state, f"{prefix}size.b1") == pytest.approx(10 * first)


@specs(VARIANTS)
def test_slots_depend_on_nothing_that_is_left_out(optimizer):
    rules = OPTIMIZERS[optimizer.name].rules(optimizer.options)
    known = {"theta", "grad", *(rule.prefix for rule in rules if rule.slot)}
    for rule in slot_rules(rules):
        vectors = {r.prefix for r in rules} & set(rule.reads)
        assert vectors <= known
        known.add(rule.prefix)
    assert {rule.prefix for rule in rules if rule.slot} <= {r.prefix for r in slot_rules(rules)}


@specs(VARIANTS)
def test_float32_stays_float32(optimizer):
    spec = spec_of(replace(PLAIN, dtype="float32"))
    spec = fitting(replace(spec, optimizer=optimizer, compare=optimizer, schedule=DROPS))
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
    spec = spec_of(replace(PLAIN, dtype="float32"))
    spec = replace(spec, optimizer=OptimizerSpec("sgd", {"lr": 1e300}), schedule=DROPS)
    (trace,) = traces(spec, 1)
    assert not np.any(np.isfinite(trace.known("W1", len(trace.steps))))
    assert not recwarn.list


@pytest.mark.parametrize(
    ("theta", "lr", "decay", "said"),
    [
        (0.5, 0.0, 0.1, ""), (0.0, 0.1, 0.1, ""), (0.5, math.inf, 0.1, ""),
        (0.5, 0.5, 2.0, " = 1.0 of it goes."), (0.5, 0.5, 4.0, " = 2.0 times it goes: beyond 0."),
        (0.5, 1.0, 2.5, " = 2.5 times it goes: beyond 0, and farther from it than before."),
    ],
)  # fmt: skip
def test_how_much_of_a_parameter_decays(theta, lr, decay, said):
    operands = {
        key: ex.num(x) for key, x in (("theta", theta), ("lr", lr), ("weight_decay", decay))
    }
    found = parts._goes(operands, str)
    assert found == (f"Here {{lr}}·{{weight_decay}}{said}" if said else "")


@pytest.mark.parametrize(
    ("size", "grow", "said"),
    [
        (0.5, 0.5, ""), (0.49, 0.5, "Held at {least}, the least there may be."),
        (4.0, 2.0, ""), (4.1, 2.0, "Held at {most}, the most there may be."),
    ],
)  # fmt: skip
def test_a_step_size_at_its_bound_is_not_held_by_it(size, grow, said):
    bounds = {"size": size, "grow": grow, "least": 0.25, "most": 8.0}
    assert rprop._cut({key: ex.num(x) for key, x in bounds.items()}, str) == said


def test_a_slot_of_an_optimizer_that_took_over_starts_from_the_first_rate_of_its_own():
    schedule = ScheduleSpec("step", {"step_size": 2, "gamma": 0.5}, done=4)
    for since, first in ((0, 0.0025), (1, 0.01), (5, 0.01)):
        spec = run(replace(optimizer_of("rprop"), since=since), schedule=schedule)
        size = state_layout(spec).view(starting_state(spec), "size.W2")
        assert size == pytest.approx(first)


def test_without_correction_there_is_none_among_the_scalars():
    for name in ("adam", "adamw"):
        for on in (True, False):
            found = Trainer(run(optimizer_of(name, bias_correction=on))).scalars(2)
            assert ("correction1" in found) == ("correction2" in found) == on


EXTREMES = (0.0, 5e-324, 1e-300, 0.5, math.nextafter(1, 0), 1.0, 2000.0, 1e308)


def extremes(name: str) -> Iterator[dict[str, Any]]:
    """Options of a row, two at a time as small, as large or as near to 1 as they may be."""
    row = OPTIMIZERS[name]
    valid: dict[str, list[Any]] = {
        key: [x for x in EXTREMES if option.check.accept(x) is not None]
        or [(x, y) for x in EXTREMES for y in EXTREMES if option.check.accept((x, y)) is not None]
        for key, option in row.options.items()
    }
    for one, other in combinations(row.options, 2):
        for given in product(valid[one], valid[other]):
            options = row.complete({"lr": 1.0, **dict(zip((one, other), given, strict=True))})
            for lambd in (0.5, 1.0) if "lambd" in options else (0.0,):
                full = {**options, **({"lambd": lambd} if "lambd" not in (one, other) else {})}
                if not row.conflict(full):
                    yield full


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_no_valid_option_ends_an_update(name):
    row, ts = OPTIMIZERS[name], (1, 2, 1000)
    for options in extremes(name):
        constant = row.constants(options)
        for t in ts:
            scalars = constant | row.scalars(t, options)
            e = {key: ex.num(value) for key, value in scalars.items()}
            row.torch_counts(t, options)
            for rule in row.scalar_rules:
                shown = rule.value(e).value
                assert shown == pytest.approx(scalars[rule.name], nan_ok=True), options


def test_a_rate_that_falls_beyond_all_numbers_is_0():
    own = optimizer_of("asgd", lr=1.0, lambd=1.0, alpha=2000.0)
    with np.errstate(all="ignore"):
        for trace in traces(run(own), 1, 2):
            step = trace.steps[trace.number("eta.W1") - 1]
            assert (trace.known("eta.W1", 99) == 0).all()
            assert trace.expand(step, (0, 0)).value == 0


def test_asgds_average_that_has_not_begun_is_a_copy_as_pytorchs_is():
    new, average = np.array([0.1, -3.0]), np.array([np.inf, 1e9])
    asgd.begun(np.array(0.5), new, average)
    assert average.tolist() == [np.inf, 1e9]
    asgd.begun(np.array(1.0), new, average)
    assert average.tolist() == new.tolist()
    for trace in traces(run(optimizer_of("asgd")), 1, 2, 50):
        assert np.array_equal(trace.known("ax.W1", 99), trace.known("moved.W1", 99))
