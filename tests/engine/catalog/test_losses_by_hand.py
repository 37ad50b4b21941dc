"""Losses worked out by hand, at their kinks and limits too; what they take and refuse."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.analysis.recorder import accuracy
from engine.catalog.losses import LOSSES
from engine.runfile.read import from_table
from engine.spec.run import LayerSpec, LossSpec, RunSpec, SpecError
from tests.engine.networks import check_expansions, known, last_of, network, trace_of

LOG = math.log


def head(name: str, z: Any, y: Any, last: str, *, by: str = "sum", **options: Any) -> RunSpec:
    """One layer that hands x on as z to its activation."""
    z, y = np.array(z, float), np.array(y, float)
    units = z.shape[1]
    spec = network((units, units), (last,), LossSpec(name, by, options), len(z), y=y)
    layer = LayerSpec(units, last, np.eye(units), np.zeros(units))
    return replace(spec, data=replace(spec.data, x=z), layers=(layer,))


@pytest.mark.parametrize(
    ("name", "options", "yhat", "y", "loss", "gradient"),
    [
        ("smooth_l1", {"beta": 2.0}, [1, -5], [0, 0], 1 / 4 + 4, [0.5, -1]),
        ("smooth_l1", {"beta": 2.0}, [2, 0], [0, 0], 1, [1, 0]),
        ("smooth_l1", {"beta": 0.0}, [3, -0.5], [1, 0], 2.5, [1, -1]),
        ("gaussian_nll", {"var": 0.5}, [1, 2], [0, 2], LOG(0.5) + 1, [2, 0]),
        ("gaussian_nll", {"var": (0.5, 2.0)}, [1, 2], [0, 4], LOG(1) / 2 + 1 + 1, [2, -1]),
        ("gaussian_nll", {"var": 0.1, "eps": 0.5}, [1, 0], [0, 0], LOG(0.5) + 1, [2, 0]),
        ("gaussian_nll", {"full": True}, [1, 0], [0, 0], LOG(2 * math.pi) + 0.5, [1, 0]),
        ("poisson_nll", {}, [0, LOG(3)], [2, 1], 1 + 3 - LOG(3), [-1, 2]),
        (
            "poisson_nll",
            {"full": True},
            [0, 0],
            [2, 1],
            2 + 2 * LOG(2) - 2 + LOG(4 * math.pi) / 2,
            [-1, 0],
        ),
        ("hinge", {}, [0.5, 0.5], [1, -1], 0.5 + 1.5, [-1, 1]),
        ("hinge", {}, [1, -3], [1, -1], 0, [0, 0]),
        ("multi_margin", {}, [0.5, 1, -2], [1, 0, 0], 1.5 / 3, [-1 / 3, 1 / 3, 0]),
        ("multi_margin", {"p": 2}, [0.5, 1, -2], [1, 0, 0], 2.25 / 3, [-1, 1, 0]),
        ("multi_margin", {"margin": 0.25}, [0, 0, 5], [0, 1, 0], 5.5 / 3, [1 / 3, -2 / 3, 1 / 3]),
        (
            "multi_margin",
            {"weight": (3.0, 6.0, 1.0)},
            [0, 0, -9],
            [0, 1, 0],
            2,
            [2, -2, 0],
        ),
    ],
)
def test_by_hand(name, options, yhat, y, loss, gradient):
    trace = trace_of(head(name, [yhat], [y], "identity", **options))
    assert float(known(trace, "loss")) == pytest.approx(loss, rel=1e-14)
    np.testing.assert_allclose(known(trace, "dyhat"), [gradient], 1e-14)
    check_expansions(trace)


def test_of_probabilities_and_of_their_logarithms_the_likelihood_is_the_same():
    z, y = [[0.5, -1.0, 2.0], [0.1, 0.2, -0.3]], [[0, 1, 0], [0.5, 0.5, 0]]
    entropy = LOG(2)
    for by, count in (("sum", 1), ("mean", 2)):
        found = [trace_of(head("nll", z, y, last, by=by)) for last in ("softmax", "log_softmax")]
        joined = trace_of(head("cross_entropy", z, y, "softmax", by=by))
        for trace in found:
            check_expansions(trace)
            for symbol in ("loss", "delta1", "dW1"):
                np.testing.assert_allclose(known(trace, symbol), known(joined, symbol), 1e-14)
        for last in ("softmax", "log_softmax"):
            trace = trace_of(head("kl_div", z, y, last, by="batchmean" if by == "mean" else by))
            less = float(known(joined, "loss")) - entropy / count
            assert float(known(trace, "loss")) == pytest.approx(less, rel=1e-13)
            np.testing.assert_allclose(known(trace, "delta1"), known(joined, "delta1"), 1e-13)
            check_expansions(trace)


OPTIONS: tuple[dict[str, Any], ...] = ({}, {"label_smoothing": 0.1}, {"weight": (0.5, 2.0, 1.0)})


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("by", ["mean", "sum"])
def test_cross_entropy_of_outputs_is_that_of_sums_where_the_outputs_are_the_sums(by, options):
    z, y = [[0.5, -1.0, 2.0], [0.1, 0.2, -0.3]], [[0, 1, 0], [0.5, 0.5, 0]]
    joined = trace_of(head("cross_entropy", z, y, "softmax", by=by, **options))
    for name in ("cross_entropy", "cross_entropy_of_outputs"):
        trace = trace_of(head(name, z, y, "identity", by=by, **options))
        np.testing.assert_array_equal(known(trace, "yhat"), z)
        for symbol in ("loss", "delta1"):
            np.testing.assert_allclose(known(trace, symbol), known(joined, symbol), 1e-13)
        check_expansions(trace)


def test_behind_a_log_softmax_one_more_softmax_changes_nothing():
    z, y = [[0.5, -1.0, 2.0]], [[0, 1, 0]]
    joined = trace_of(head("cross_entropy", z, y, "softmax"))
    trace = trace_of(head("cross_entropy", z, y, "log_softmax"))
    np.testing.assert_allclose(known(trace, "loss"), known(joined, "loss"), 1e-14)
    np.testing.assert_allclose(known(trace, "delta1"), known(joined, "delta1"), 1e-13, 1e-16)


@pytest.mark.parametrize(
    ("name", "last", "twice", "weak"),
    [
        ("cross_entropy", "softmax", False, False),
        ("cross_entropy", "identity", False, False),
        ("cross_entropy", "sigmoid", False, True),
        ("cross_entropy_of_outputs", "softmax", True, True),
        ("cross_entropy_of_outputs", "tanh", False, False),
    ],
)
def test_a_softmax_taken_twice_is_warned_of(name, last, twice, weak):
    trace = trace_of(head(name, [[60.0, -60.0, -60.0]], [[1, 0, 0]], last))
    why = next(step for step in trace.steps if step.symbol == "loss").why
    assert ("The softmax is taken twice here." in why) == twice
    assert ("no p can be above e/(e + 2) = 0.5761" in why) == weak
    if weak:
        assert float(known(trace, "loss")) == pytest.approx(-LOG(math.e / (math.e + 2)), rel=1e-12)


def test_a_mean_of_a_divergence_is_over_all_outputs_and_a_batchmean_over_samples():
    z, y = [[0.5, -1.0, 2.0], [0.1, 0.2, -0.3]], [[0, 1, 0], [0.5, 0.5, 0]]
    total, mean, batch = (
        trace_of(head("kl_div", z, y, "log_softmax", by=by)) for by in ("sum", "mean", "batchmean")
    )
    assert (float(known(mean, "N")), float(known(batch, "N"))) == (6, 2)
    assert known(mean, "loss") == pytest.approx(known(total, "loss") / 6, rel=1e-14)
    assert known(batch, "loss") == pytest.approx(known(total, "loss") / 2, rel=1e-14)


def test_a_divergence_without_zeros_needs_no_word_on_them():
    def formula(y: list[float]) -> str:
        trace = trace_of(head("kl_div", [[0.5, -1.0]], [y], "log_softmax"))
        return next(step for step in trace.steps if step.symbol == "loss").formula

    assert formula([0.25, 0.75]) == "{loss} = Σ {y} ⊙ (log {y} − {yhat})"
    assert formula([1, 0]).endswith(", where 0·log 0 is 0")


def test_of_probabilities_a_sure_mistake_counts_100():
    trace = trace_of(head("bce", [[800.0, -800.0]], [[0, 1]], "sigmoid"))
    assert known(trace, "loss") == 200
    np.testing.assert_array_equal(known(trace, "delta1"), [[0, 0]])
    step = next(step for step in trace.steps if step.symbol == "loss")
    assert trace.expand(step, ()).value == 200


def test_of_probabilities_it_is_what_it_is_of_sums():
    z, y = [[0.5, -1.0, 2.0]], [[1, 0, 0.25]]
    apart = trace_of(head("bce", z, y, "sigmoid"))
    joined = trace_of(head("binary_cross_entropy", z, y, "sigmoid"))
    for symbol in ("loss", "delta1"):
        np.testing.assert_allclose(known(apart, symbol), known(joined, symbol), 1e-14)


def table(loss: dict[str, Any], last: str, units: int = 2, **data: Any) -> dict[str, Any]:
    return {
        "data": {"x": [[0.5], [1.5]], **(data or {"y": [[0.0] * units] * 2})},
        "layers": [{"units": units, "activation": last}],
        "loss": loss,
        "optimizer": {"name": "sgd", "lr": 0.1},
    }


@pytest.mark.parametrize(("units", "y"), [(1, [[1], [-1]]), (2, [[-1, 1], [1, -1]])])
def test_classes_are_sides_for_a_hinge(units, y):
    spec = from_table(table({"name": "hinge"}, "identity", units, labels=[1, 0]))
    np.testing.assert_array_equal(spec.data.y, y)


@pytest.mark.parametrize(
    ("loss", "last", "data", "said"),
    [
        ({"name": "bce"}, "tanh", {}, "probabilities and needs its activation to be sigmoid or so"),
        ({"name": "kl_div"}, "identity", {}, "activation to be log_softmax or softmax, not ident"),
        (
            {"name": "poisson_nll", "log_input": False},
            "tanh",
            {},
            "takes the last layer's rates, which are not negative, and needs its activation to be",
        ),
        ({"name": "hinge"}, "identity", {}, "y[0] is [0, 0], and must be 1 or −1 each"),
        ({"name": "poisson_nll"}, "identity", {"y": [[1, 0], [-1, 0]]}, "must be numbers of at le"),
        (
            {"name": "multi_margin"},
            "identity",
            {"y": [[0.5, 0.5], [1, 0]]},
            "y[0] is [0.5, 0.5], and must be 1 at one class, and 0 at the others",
        ),
        ({"name": "gaussian_nll", "var": 0}, "identity", {}, "loss.var is 0, and must be a numb"),
        (
            {"name": "gaussian_nll", "var": [1.0]},
            "identity",
            {},
            "loss.var has 1 numbers, and must",
        ),
        (
            {"name": "mse", "reduction": "batchmean"},
            "identity",
            {},
            'loss.reduction is "batchmean", and must be one of mean, sum',
        ),
    ],
)
def test_what_a_loss_does_not_take_is_refused(loss, last, data, said):
    with pytest.raises(SpecError, match=re.escape(said)):
        from_table(table(loss, last, **data))


def test_a_margin_between_classes_needs_two():
    with pytest.raises(SpecError, match="multi_margin, which needs at least 2 outputs"):
        from_table(table({"name": "multi_margin"}, "identity", 1, labels=[0, 1]))


@pytest.mark.parametrize("name", LOSSES)
def test_only_what_pytorch_divides_so_has_a_batchmean(name):
    assert ("batchmean" in LOSSES[name].reductions) == (name == "kl_div")


def test_only_of_the_last_softmax_it_is_said_what_it_makes_with_the_likelihood():
    spec = network((2, 3, 2), ("softmax", "softmax"), LossSpec("nll"), y=np.array([[0.0, 1.0]]))
    says = {str(step.symbol): step.says for step in trace_of(spec).steps}
    assert says["delta2"]
    assert not says["delta1"]


@pytest.mark.parametrize(
    ("loss", "last"),
    [("cross_entropy", "softmax"), ("cross_entropy_of_outputs", "identity"), ("nll", "softmax")],
)
def test_an_ignored_sample_has_no_loss_and_is_not_counted(loss, last):
    spec = from_table(table({"name": loss}, last, 3, labels=[2, -100]))
    np.testing.assert_array_equal(spec.data.y, [[0, 0, 1], [0, 0, 0]])
    trace = trace_of(spec)
    check_expansions(trace)
    assert float(known(trace, "N")) == 1
    assert known(trace, "lossn")[1] == 0
    assert float(known(trace, "loss")) == known(trace, "lossn")[0]
    assert not known(trace, "delta1")[1].any()
    steps = {str(step.symbol): step for step in trace.steps}
    assert "have no loss" in steps["lossn"].why
    assert "N counts those" in steps["loss"].why


@pytest.mark.parametrize(
    ("loss", "labels", "said"),
    [
        ({"name": "cross_entropy"}, [-100, -100], "data has no label but -100, which is ignored"),
        ({"name": "cross_entropy"}, [-1, 0], "data.labels[0] is -1, and must be a whole number fr"),
        ({"name": "mse"}, [-100, 0], "data.labels[0] is -100, and must be a whole number from 0"),
        (
            {"name": "nll", "ignore_index": 0.5},
            [1, 0],
            "loss.ignore_index is 0.5, and must be a wh",
        ),
    ],
)
def test_only_what_is_said_to_be_ignored_is(loss, labels, said):
    last = "identity" if loss["name"] == "mse" else "softmax"
    with pytest.raises(SpecError, match=re.escape(said)):
        from_table(table(loss, last, 3, labels=labels))


def test_accuracy_leaves_out_what_is_ignored():
    yhat, y = np.array([[0.9, 0.1], [0.1, 0.9]]), np.array([[0.0, 0.0], [0.0, 1.0]])
    assert accuracy(yhat, y, 0.5) == 1
    assert math.isnan(accuracy(yhat[:1], y[:1], 0.5))
    sides = np.array([[0.2], [-0.1], [0.3]]), np.array([[1.0], [-1.0], [-1.0]])
    assert accuracy(*sides, 0.0) == 2 / 3


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("by", ["mean", "sum"])
def test_a_weight_of_a_sample_is_a_factor_of_its_loss_and_of_its_gradient(name, by):
    y = np.array([[0, 1, 0], [0, 0, 1]], float)
    if (targets := LOSSES[name].targets) and targets.off:
        y = np.where(y == 0, targets.off, y)
    z, last = [[0.5, -1.0, 2.0], [0.1, 0.2, -0.3]], last_of(LossSpec(name))
    plain = head(name, z, y, last, by=by)
    weighted = replace(plain, data=replace(plain.data, weights=np.array([0.25, 3.0])))
    one, other = trace_of(plain), trace_of(weighted)
    factors = np.array([0.25, 3.0])
    np.testing.assert_allclose(known(other, "lossn"), factors * known(one, "lossn"), 1e-15)
    gradient = known(one, "delta1") * factors[:, None]
    np.testing.assert_allclose(known(other, "delta1"), gradient, 1e-14, 1e-17)
    if by == "mean":
        assert known(one, "N") == known(other, "N")
    check_expansions(other)
    steps = {str(step.symbol): step for step in other.steps}
    assert steps["lossn"].formula.startswith("{lossn} = {wn} ⊙ ")
    assert "how much a sample counts" in steps["lossn"].why


def test_each_mini_batch_has_the_weights_of_its_samples():
    data: dict[str, Any] = {
        "y": [[0.0, 0.0], [1.0, 1.0]],
        "weights": [2.0, 0.5],
        "batches": [[1], [0]],
    }
    spec = from_table(table({"name": "mse"}, "identity", **data))
    for t, weight in ((1, 0.5), (2, 2.0), (3, 0.5)):
        trace = trace_of(spec, t)
        assert trace.known("wn", 0).tolist() == [[weight]]
        check_expansions(trace)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ([1.0], "data.weights has 1 numbers, and must have 2, one a sample"),
        ([1.0, -1.0], "data.weights is a list of 2, and must be a list of numbers of at least 0"),
        (2.0, "data.weights is 2.0, and must be a list of numbers of at least 0"),
    ],
)
def test_weights_are_numbers_of_at_least_0_one_for_each_sample(weights, said):
    with pytest.raises(SpecError, match=re.escape(said)):
        from_table(table({"name": "mse"}, "identity", y=[[0.0, 0.0]] * 2, weights=weights))
