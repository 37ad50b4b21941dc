"""Every loss: its values and gradients, far out too; what N is; its formula and its arithmetic."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.catalog.losses import LOSSES, loss
from engine.formula.calls import Array
from engine.program.base import grouped
from engine.program.trace import Trace
from engine.spec.run import DataSpec, LayerSpec, LossSpec, RunSpec, SpecError
from tests.engine.networks import check_expansions, known, last_of, network, trace_of
from tests.fixtures.variants import named, variants

WEIGHT = (0.5, 2.0, 1.0)
of_each_row = pytest.mark.parametrize(
    ("name", "options"),
    [
        pytest.param(name, options, id=named(name, options))
        for name, row in LOSSES.items()
        for options in variants(row)
    ],
)


def head(
    name: str, options: Any, z: Any, y: Any, reduction: str = "mean", labels: bool | None = True
) -> RunSpec:
    """One layer that hands x on as z to the loss's own activation, or to none; the rows of y
    are of class numbers, or not.
    """
    z, y = np.array(z, float), np.array(y, float)
    if (targets := LOSSES[name].targets) and targets.off:
        y = np.where(y == 0, targets.off, y)
    units = z.shape[1]
    given = LossSpec(name, reduction, options)
    activation = last_of(given)
    spec = network((units, units), (activation,), given, len(z), y=y)
    layer = LayerSpec(units, activation, np.eye(units), np.zeros(units))
    return replace(spec, data=replace(spec.data, x=z, labels=labels), layers=(layer,))


def computed(spec: RunSpec) -> tuple[Trace, float, Array]:
    """The trace, the loss, and its gradient by z or by ŷ."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = trace_of(spec)
    return trace, float(known(trace, "loss")), known(trace, "delta1")


def step(trace: Trace, symbol: str) -> Any:
    return next(step for step in trace.steps if step.symbol == symbol)


Z = [[0.5, -1.0, 2.0], [0.1, 0.2, -0.3]]
CLASSES = [[0, 1, 0], [0, 0, 1]]


@of_each_row
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("samples", [1, 2])
def test_the_loss_is_its_samples_losses_reduced(name, options, reduction, samples):
    trace, loss, _ = computed(head(name, options, Z[:samples], CLASSES[:samples], reduction))
    check_expansions(trace)
    symbols = [step.symbol for step in trace.steps]
    assert ("lossn" in symbols) == (samples > 1)
    count = 1.0
    if reduction == "mean":
        per_element = LOSSES[name].per_element
        count = samples * (3 if per_element else 1)
        counted = "weight" in options and name.startswith("cross_entropy")
        if counted:
            count = sum(np.array(CLASSES[:samples]) @ options["weight"])
        if samples > 1 or count != 1 or counted:
            assert known(trace, "N") == count
            assert trace.known("N", 0) == count
    if samples > 1:
        assert known(trace, "lossn").shape == (samples,)
        assert loss == pytest.approx(known(trace, "lossn").sum() / count, rel=1e-15)


@of_each_row
def test_the_gradient_is_the_derivative_but_for_the_kinks(name, options):
    """Everywhere from −4 to 4: a kink that the row does not name is found."""
    h, sums = 1e-3, np.arange(-4, 4, 0.004)
    z, y = np.tile([0.0, 0.3, -0.17], (len(sums), 1)), np.tile([0.0, 1.0, 0.0], (len(sums), 1))

    def at(change: float) -> Trace:
        z[:, 0] = sums + change
        return trace_of(head(name, options, z, y, "sum"))

    above, below, farther, as_far = (known(at(c * h), "lossn") for c in (1, -1, 2, -2))
    wanted = (8 * (above - below) - (farther - as_far)) / (12 * h)
    trace = at(0)
    smooth, spec = np.ones(len(sums), bool), LossSpec(name, "sum", options)
    row = loss(spec, DataSpec(z, y, 1), last_of(spec))
    for away in row.kinks(known(trace, "yhat"), trace.known("y", 0)):
        smooth &= (abs(away) > 0.0021).all(axis=1)
    assert smooth.mean() > 0.9
    np.testing.assert_allclose(known(trace, "delta1")[smooth, 0], wanted[smooth], 1e-6, 1e-9)


def test_where_1_over_n_goes_is_in_the_formulas():
    mean, total = (
        trace_of(head("mse", {}, Z, CLASSES, reduction)) for reduction in ("mean", "sum")
    )
    assert step(mean, "lossn").formula == "{lossn} = Σ ({yhat} − {y})²"
    assert step(mean, "loss").formula == "{loss} = 1/{N} · Σₙ {lossn}"
    assert step(mean, "dyhat").formula == "{dyhat} = 1/{N} · 2·({yhat} − {y})"
    assert "N = 2 × 3" in step(mean, "loss").why
    assert step(total, "loss").formula == "{loss} = Σₙ {lossn}"
    assert step(total, "dyhat").formula == "{dyhat} = 2·({yhat} − {y})"
    alone = trace_of(head("mse", {}, Z[:1], CLASSES[:1]))
    assert step(alone, "loss").formula == "{loss} = 1/{N} · Σ ({yhat} − {y})²"
    alone = trace_of(head("cross_entropy", {}, Z[:1], CLASSES[:1]))
    assert step(alone, "loss").formula == "{loss} = −Σ {y} ⊙ log {yhat}"
    assert step(alone, "delta1").formula == "{delta1} = {yhat} − {y}"
    many = trace_of(head("cross_entropy", {}, Z, CLASSES))
    assert step(many, "delta1").formula == "{delta1} = 1/{N} · ({yhat} − {y})"
    assert (
        trace_of(head("cross_entropy", {}, Z, CLASSES))
        .expand(step(many, "delta1"), (0, 0))
        .args[1]
        .symbol
        == "N"
    )


@of_each_row
def test_formulas_name_only_symbols_and_options_are_put_in(name, options):
    trace = trace_of(head(name, options, Z, CLASSES))
    for each in trace.steps:
        assert set(re.findall(r"\{(\w+)\}", each.formula)) <= {
            "x", "y", "N", "W1", "b1", "z1", "yhat", "lossn", "loss", "dyhat", "fprime1",
            "delta1", "dW1", "db1", "theta", "lr", "jac1",
        }  # fmt: skip


@pytest.mark.parametrize("size", [40.0, 1000.0])
@pytest.mark.parametrize("label_smoothing", [0.0, 0.1])
def test_cross_entropy_of_huge_sums(size, label_smoothing):
    z = [[size, -size, 0], [size, -size, 0]]
    trace, loss, delta = computed(
        head("cross_entropy", {"label_smoothing": label_smoothing}, z, [[1, 0, 0], [0, 1, 0]])
    )
    spread = label_smoothing / 3 * 3 * size
    wanted = np.array([spread, (1 - label_smoothing) * 2 * size + spread])
    np.testing.assert_allclose(known(trace, "lossn"), wanted, 1e-14, 1e-17)
    assert loss == pytest.approx(wanted.mean(), rel=1e-14)
    assert np.isfinite(delta).all()
    check_expansions(trace)


@pytest.mark.parametrize("pos_weight", [1.0, 3.0])
@pytest.mark.parametrize("size", [40.0, 1000.0])
def test_binary_cross_entropy_of_huge_sums(size, pos_weight):
    options = {"pos_weight": pos_weight}
    z, y = [[size, size, -size, -size]], [[1, 0, 1, 0]]
    trace, loss, delta = computed(head("binary_cross_entropy", options, z, y, "sum"))
    small = np.log1p(np.exp(-size))
    wanted = (pos_weight + 1) * small + (1 + pos_weight) * size
    assert loss == pytest.approx(wanted, rel=1e-14)
    np.testing.assert_allclose(delta, [[0, 1, -pos_weight, 0]], atol=1e-15)
    check_expansions(trace)


def test_a_small_binary_cross_entropy_keeps_its_digits():
    _, loss, _ = computed(head("binary_cross_entropy", {}, [[30.0]], [[1]]))
    assert loss == pytest.approx(np.log1p(np.exp(-30.0)), rel=1e-14)
    _, loss, _ = computed(head("binary_cross_entropy", {}, [[-30.0]], [[0]]))
    assert loss == pytest.approx(np.log1p(np.exp(-30.0)), rel=1e-14)


def test_targets_that_do_not_add_up_to_1_are_taken_as_they_are():
    trace, loss, delta = computed(head("cross_entropy", {}, [[0.5, -1.0]], [[0.5, 0.25]]))
    p = np.exp([0.5, -1.0]) / np.exp([0.5, -1.0]).sum()
    assert loss == pytest.approx(-(np.log(p) @ [0.5, 0.25]), rel=1e-14)
    np.testing.assert_allclose(delta, [0.75 * p - [0.5, 0.25]], 1e-14)
    check_expansions(trace)


@pytest.mark.parametrize(
    ("labels", "loss", "count", "said"),
    [
        (True, 1.05983, 10, "N is the sum of the weights of the samples' classes"),
        (False, 5.29916, 2, "The weights are not in N"),
    ],
)
def test_a_weighted_mean_divides_by_the_weights_of_labels_and_by_the_samples_of_rows(
    labels, loss, count, said
):
    """PyTorch's numbers; no target changes what another sample counts."""
    options, z = {"weight": (2.0, 4.0, 6.0)}, [[0.2, 0.3, 0.5], [0.5, 0.2, 0.3]]
    spec = head("cross_entropy", options, z, [[0, 0, 1], [0, 1, 0]], labels=labels)
    trace, found, _ = computed(spec)
    assert (round(found, 5), known(trace, "N")) == (loss, count)
    assert said in step(trace, "loss").why
    check_expansions(trace)
    nudged = head("cross_entropy", options, z, [[0, 0, 1], [1e-12, 1, 0]], labels=labels)
    assert computed(nudged)[1] == pytest.approx(found, rel=1e-11)
    assert "weights" not in step(trace_of(head("cross_entropy", {}, z, spec.data.y)), "loss").why


@pytest.mark.parametrize(("y", "count"), [(CLASSES, 3.0), ([[0.2, 0.8, 0], [0, 0, 1]], 2.0)])
def test_a_session_that_does_not_say_goes_by_whether_all_rows_name_a_class(y, count):
    spec = head("cross_entropy", {"weight": WEIGHT}, Z, y, labels=None)
    assert known(trace_of(spec), "N") == count


def test_each_mini_batch_has_its_own_weights():
    spec = head("cross_entropy", {"weight": WEIGHT}, [*Z, [0, 0, 1]], [*CLASSES, [1, 0, 0]])
    spec = replace(spec, data=replace(spec.data, batch_size=2))
    assert [float(known(trace_of(spec, t), "N")) for t in (1, 2, 3)] == [3.0, 0.5, 3.0]


def test_l1_and_huber_at_and_beyond_their_kinks():
    _, loss, delta = computed(head("l1", {}, [[1.0, 2.0, -3.0]], [[1, 0, 0]], "sum"))
    assert loss == 5
    np.testing.assert_array_equal(delta, [[0, 1, -1]])
    y = [[0.0, 0.0, 0.0]]
    _, loss, delta = computed(head("huber", {"delta": 2.0}, [[1.0, 2.0, -5.0]], y, "sum"))
    assert loss == 0.5 + 2 + 2 * (5 - 1)
    np.testing.assert_array_equal(delta, [[1, 2, -2]])


def test_cross_entropy_of_probabilities_where_there_are_none():
    z = [[0.0, -800.0, 0.0], [0.0, -800.0, 0.0]]
    with np.errstate(all="ignore"):
        trace = trace_of(head("nll", {}, z, [[1, 0, 0], [0, 1, 0]], "sum"))
    np.testing.assert_allclose(known(trace, "lossn"), [np.log(2), np.inf])
    np.testing.assert_array_equal(known(trace, "dyhat"), [[-2, 0, 0], [0, -np.inf, 0]])
    assert not np.signbit(known(trace, "dyhat")[0, 1:]).any()
    np.testing.assert_allclose(known(trace, "delta1")[0], [-0.5, 0, 0.5])
    assert trace.expand(step(trace, "lossn"), (1,)).value == np.inf
    assert trace.expand(step(trace, "dyhat"), (1, 1)).value == -np.inf


def test_cross_entropy_of_probabilities_is_cross_entropy():
    apart, joined = (trace_of(head(name, {}, Z, CLASSES)) for name in ("nll", "cross_entropy"))
    for symbol in ("lossn", "loss", "delta1", "dW1"):
        np.testing.assert_allclose(known(apart, symbol), known(joined, symbol), 1e-14, 1e-16)


def test_half_squared_error_divides_by_samples():
    _, loss, delta = computed(
        head("half_squared_error", {}, [[1.0, 2.0], [0, 0]], np.zeros((2, 2)))
    )
    assert loss == 2.5 / 2
    np.testing.assert_array_equal(delta, [[0.5, 1], [0, 0]])


@pytest.mark.parametrize(
    ("spec", "activation", "key", "said"),
    [
        (LossSpec("binary_cross_entropy"), "softmax", "name", "to be sigmoid, not softmax"),
        (LossSpec("nll"), "sigmoid", "name", "takes the last layer's probabilities"),
        (
            LossSpec("cross_entropy", "mean", {"weight": (1.0, 2.0)}),
            "softmax",
            "weight",
            "has 2 numbers, and must have one for each of 3 outputs",
        ),
    ],
)
def test_what_does_not_fit_the_last_layer_is_refused(spec, activation, key, said):
    assert said in LOSSES[spec.name].misfits(spec, activation, 3)[key]
    run = network((2, 3), (activation,), spec)
    with pytest.raises(SpecError, match=re.escape(f"loss.{key}")):
        trace_of(run)


@pytest.mark.parametrize(
    ("name", "key", "good", "bad"),
    [
        ("cross_entropy", "weight", [1, 0.5], [1, -0.5]),
        ("cross_entropy", "weight", (), 2.0),
        ("cross_entropy", "label_smoothing", 1.0, 1.1),
        ("binary_cross_entropy", "pos_weight", 0, -1),
        ("binary_cross_entropy", "pos_weight", [1, 2], ["a"]),
        ("huber", "delta", 0.1, 0),
    ],
)
def test_options_are_checked(name, key, good, bad):
    check = LOSSES[name].options[key].check
    assert check.accept(good) is not None
    assert check.accept(bad) is None


def test_what_is_a_sum_is_grouped_as_a_factor():
    assert grouped("Σ ({yhat} − {y})²") == "Σ ({yhat} − {y})²"
    assert grouped("{yhat} − {y}") == "({yhat} − {y})"
    assert grouped("−Σ {y}") == "(−Σ {y})"
    assert grouped("{y}/2, at most 1 to either side") == "({y}/2, at most 1 to either side)"
    assert grouped("p − {y} with s = {y}, p = e^s") == "(p − {y}) with s = {y}, p = e^s"
    assert grouped("Σ h({y}) with h(d) = d − 1") == "Σ h({y}) with h(d) = d − 1"


@pytest.mark.parametrize(
    ("name", "option", "written", "short"),
    [
        ("binary_cross_entropy", "pos_weight", "(2, 3, 2, 3, 2, 3)", "p"),
        ("cross_entropy", "weight", "(2, 3, 2, 3, 2, 3)", "w"),
    ],
)
def test_a_few_weights_stand_in_the_formula_and_many_have_a_letter(name, option, written, short):
    for count, by in ((6, written), (7, short)):
        weights = tuple(2.0 + i % 2 for i in range(count))
        spec = head(name, {option: weights}, [[0.1] * count], [[1.0] + [0.0] * (count - 1)])
        found = step(trace_of(spec), "loss")
        assert f"{by} ⊙ " in found.formula
        assert (" weights w " in found.why) == (by == "w")
