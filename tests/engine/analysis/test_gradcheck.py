"""Gradients beside central differences, and numbers that are other than they were."""

from dataclasses import replace

import numpy as np
import pytest

from engine.analysis.gradcheck import Check, GradientCheck, checked, gradient_of
from engine.analysis.nudge import nudged
from engine.analysis.trial import Trial
from engine.catalog.losses import LOSSES
from engine.catalog.symbols import Symbol
from engine.history.branching import history_of
from engine.runfile.read import builtin_names, load
from engine.spec.problem import Problem
from engine.spec.run import LossSpec, RunSpec
from tests.engine.lived import run
from tests.engine.networks import known, last_of, network, trace_of


def check_of(spec: RunSpec, t: int = 1) -> GradientCheck:
    return GradientCheck(history_of(spec), t)


def parameters(check: GradientCheck) -> list[Check]:
    return list(check.all_of(check.parameters))


@pytest.mark.parametrize(
    "name", ["settings", *(name for name in builtin_names() if name != "digits")]
)
def test_the_gradients_of_the_built_in_runs_are_right(name):
    found = parameters(check_of(run(name), 2))
    assert all(each.agrees for each in found)
    assert all(each.error is not None for each in found)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_loss_and_either_width(loss, dtype):
    end = last_of(LossSpec(loss))
    spec = replace(network((2, 3, 2), ("tanh", end), LossSpec(loss), 3, seed=3), dtype=dtype)
    found = parameters(check_of(spec))
    assert len(found) == 17
    for each in found:
        assert each.agrees or each.kinks
        assert abs(each.above - each.below) < 1e-3
    assert max(each.error or 0 for each in found) < (1e-7 if dtype == "float64" else 1e-4)


def test_a_wrong_gradient_is_told_from_a_right_one():
    one = check_of(load("worked-example")).check("W2", (0, 0))
    assert one.agrees
    assert one.backprop is not None
    for wrong in (-one.backprop, one.backprop * 1.001, 0.0):
        assert not replace(one, backprop=wrong).agrees


def test_the_error_against_h_has_two_branches():
    curve = check_of(load("worked-example")).curve("W1", (0, 0))
    errors = [each.error or 0 for each in curve]
    least = int(np.argmin(errors))
    assert curve[least].h in (1e-4, 1e-5, 1e-6)
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)
    assert errors[-1] > 1e3 * errors[least]


def kinked() -> RunSpec:
    """A relu unit whose sum is exactly 0, and another one's that is not."""
    spec = network((2, 2, 1), ("relu", "identity"), LossSpec("mse"))
    first = replace(spec.layers[0], W=np.array([[1.0, -1.0], [1.0, 1.0]]), b=np.zeros(2))
    data = replace(spec.data, x=np.array([[0.5, 0.5]]))
    return replace(spec, data=data, layers=(first, *spec.layers[1:]))


def test_kinks_between_the_two_losses_are_named():
    check = check_of(kinked())
    kinks = check.check("W1", (0, 1)).kinks
    assert [(kink.symbol, kink.index, kink.at) for kink in kinks] == [("z1", (0, 0), 0.0)]
    assert check.check("W1", (1, 0)).kinks == ()
    assert check.check("W2", (0, 0)).kinks == ()
    assert not check.check("b1", (0,)).agrees


def test_kinks_of_the_loss_are_those_of_the_misses():
    spec = network((1, 1), ("identity",), LossSpec("l1"))
    layer = replace(spec.layers[0], W=np.array([[1.0]]), b=np.array([0.0]))
    data = replace(spec.data, x=np.array([[0.5]]), y=np.array([[0.5]]))
    (kink,) = check_of(replace(spec, layers=(layer,), data=data)).check("b1", (0,)).kinks
    assert (kink.symbol, kink.index, kink.at) == ("yhat", (0, 0), None)


def test_a_frozen_parameter_has_a_difference_and_no_gradient():
    spec = network(
        (2, 2, 2), ("tanh", "softmax"), LossSpec("cross_entropy"),
        frozen=(frozenset("W"), frozenset()),
    )  # fmt: skip
    frozen = check_of(spec).check("W1", (0, 0))
    free = check_of(
        replace(spec, layers=tuple(replace(x, frozen=frozenset()) for x in spec.layers))
    )
    assert (frozen.backprop, frozen.error, frozen.agrees) == (None, None, True)
    assert frozen.numeric == free.check("W1", (0, 0)).numeric


def test_numbers_on_the_way_have_gradients_too():
    check = check_of(load("iris"), 3)
    for symbol in ("z1", "a1", "z2"):
        for index in list(check.indices(symbol))[:5]:
            found = check.check(symbol, index)
            assert found.backprop is not None
            assert found.agrees
    assert check.check("x", (0, 0)).backprop is None


def test_in_any_order_each_check_is_the_same():
    def first(spec: RunSpec) -> GradientCheck:
        return check_of(spec)

    spec = load("worked-example")
    alone = {
        name: first(spec).check(name, (0,) * len(Trial(trace_of(spec), spec).array(name).shape))
        for name in ("W1", "z1", "W2", "a1", "b2", "x")
    }
    together = first(spec)
    for name in ("W2", "W1", "z1", "b2", "x", "a1", "W1"):
        assert together.check(name, alone[name].index) == alone[name]


def test_what_has_no_gradient_is_said():
    check = check_of(load("worked-example"))
    for symbol in ("y", "yhat", "loss", "dW1"):
        with pytest.raises(Problem):
            check.check(symbol, (0, 0))
    assert [checked(Symbol(name)) for name in ("dW1", "m.b2", "delta2", "da1", "a1")] == [
        "W1", "b2", "z2", "a1", "a1",
    ]  # fmt: skip
    with pytest.raises(Problem, match="is no gradient"):
        checked(Symbol("fprime1"))


def test_an_iteration_with_another_number_is_all_of_it():
    spec = load("worked-example")
    trial = Trial(history_of(spec).trace(2), spec)
    plain = trial.given
    changed = trial.traced("W1", (0, 1), 0.9)
    assert float(known(changed, "loss")) == trial.loss_with("W1", (0, 1), 0.9)
    assert changed.before[1] == 0.9
    on_the_way = trial.traced("z1", (0, 0), 0.7)
    assert float(known(on_the_way, "a1")[0, 0]) == np.tanh(0.7)
    assert float(known(on_the_way, "z1")[0, 0]) == 0.7
    assert known(on_the_way, "dW1")[0, 0] != known(plain, "dW1")[0, 0]
    assert known(on_the_way, "W1")[0, 0] != known(plain, "W1")[0, 0]
    again = trial.traced("x", (0, 0), float(plain.known("x", 0)[0, 0]))
    assert all(
        known(again, step.symbol).tobytes() == known(plain, step.symbol).tobytes()
        for step in plain.steps
    )


def test_what_a_gradient_predicts_of_another_number():
    history = history_of(load("worked-example"))
    for symbol, index in (("W1", (0, 1)), ("x", (0, 0)), ("z1", (0, 0)), ("a1", (0, 1))):
        found = nudged(history, 1, Symbol(symbol), index, 1e-4)
        assert found.predicted is not None
        assert found.predicted == pytest.approx(found.after, abs=1e-8)
        assert abs(found.after - found.before) > 1e-6
        assert {name for name, _, _ in found.after_it()} >= {"yhat", "loss", "dW1", "W2"}


@pytest.mark.parametrize(
    ("symbol", "gradient"),
    [
        ("W2", "dW2"), ("b1", "db1"), ("z2", "delta2"), ("a1", "da1"), ("yhat", "dyhat"),
        ("x", None), ("loss", None), ("m.W2", None), ("fprime1", None),
    ],
)  # fmt: skip
def test_what_has_a_gradient_is_what_the_gradient_is_checked_by(symbol, gradient):
    assert gradient_of(Symbol(symbol)) == gradient
    if gradient:
        assert checked(Symbol(gradient)) == symbol
