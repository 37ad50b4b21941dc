"""What is said in answer to questions, held against numbers that are worked out in other ways."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.analysis.questions import QUESTIONS
from engine.analysis.questions.base import Say, Scene, Sum, Table
from engine.catalog.symbols import Symbol
from engine.runfile.read import load
from engine.runfile.run import run_spec
from engine.session.session import Session
from engine.spec.run import ClipSpec, DataSpec, LayerSpec, LossSpec, OptimizerSpec, RunSpec
from tests.engine.analysis.test_questions import TEXT, equal, of, soft, under
from tests.engine.networks import known
from tui.frame.asked import scene_of
from tui.frame.frame import build


def value(name: str, at: Scene, starts: str) -> float:
    """The result of the line whose name begins so."""
    found = QUESTIONS[name].answer(at)
    return next(e.value for e in found if isinstance(e, Sum) and e.name.startswith(starts))


def test_old_and_new_weights_are_both_computed_and_the_loss_tells_which():
    at = of(load("worked-example"), "1.9")
    W, new, delta = at.before("W2"), at.array("W2"), at.array("delta2")[0]
    assert value("old-or-new", at, "∂L/∂a[1]₁ with the old") == pytest.approx(W[:, 0] @ delta)
    assert value("old-or-new", at, "∂L/∂a[1]₁ with the new") == pytest.approx(new[:, 0] @ delta)
    slope = value("old-or-new", at, "ΔL/Δ")
    assert slope == pytest.approx(W[:, 0] @ delta, rel=1e-3)


def test_the_order_would_matter_only_with_another_pass():
    at = of(load("worked-example"), "1.14")
    spec = load("worked-example")
    moved = replace(spec, layers=(spec.layers[0], replace(spec.layers[1], W=at.array("W2"))))
    other = of(moved, "1.14")
    assert value("order", at, "∂L/∂W[1]₁₁") == pytest.approx(float(known(other.trace, "dW1")[0, 0]))


def test_overshoot_begins_where_a_smaller_step_would_have_ended_lowest():
    at = of(load("diverging"), "2.loss")
    rate = value("rose", at, "so overshoot begins")
    losses = []
    for share in (0.9, 1.0, 1.1):
        spec = load("diverging")
        options = {**spec.optimizer.options, "lr": rate * share}
        other = of(spec.with_optimizer(OptimizerSpec("sgd", options)), "2.loss")
        losses.append(float(other.array("loss")))
    assert losses[1] < min(losses[0], losses[2])


def test_momentum_is_the_weighted_sum_of_the_last_gradients():
    at = of(under("sgd", momentum=0.9), "4.W2")
    (table,) = [line for line in QUESTIONS["momentum"].answer(at) if isinstance(line, Table)]
    gradients = [float(at.at(t).array("dW2")[0, 0]) for t in (4, 3, 2, 1)]
    assert [row[1] for row in table.rows] == pytest.approx(gradients)
    assert [row[2] for row in table.rows] == pytest.approx([1, 0.9, 0.81, 0.729])
    assert sum(row[3] for row in table.rows if isinstance(row[3], float)) == pytest.approx(
        float(at.array("buf.W2")[0, 0])
    )


def test_clipping_by_norm_keeps_the_direction_and_by_value_turns_it():
    norm = of(replace(load("worked-example"), clip=ClipSpec("norm", 0.5)), "1.clip.W2")
    cut = of(replace(load("worked-example"), clip=ClipSpec("value", 0.1)), "1.clip.W2")
    assert value("clipping", norm, "cosine") == pytest.approx(1, abs=1e-12)
    assert value("clipping", cut, "cosine") < 0.999


def test_clipping_by_norm_says_what_clipping_by_value_would_have_turned():
    at = of(load("diverging-clipped"), "1.clip.W1")
    g = np.array([float(at.array("dW1")[0, 0]), float(at.array("db1")[0])])
    cut = np.clip(g, -1, 1)
    cosine = float(g @ cut) / (np.linalg.norm(g) * np.linalg.norm(cut))
    assert value("clipping", at, "by value, cosine") == pytest.approx(cosine, abs=1e-12)
    assert cosine < 0.95


def test_the_gradient_of_a_first_step_with_decay_is_the_one_that_m_averages():
    at = of(load("adam-decay"), "1.W2")
    (table,) = [line for line in QUESTIONS["adam-first"].answer(at) if isinstance(line, Table)]
    shown = {row[0]: row[1] for row in table.rows}
    assert shown["W[2]₁₁"] == at.array("gwd.W2")[0, 0] == at.array("mhat.W2")[0, 0]


def test_the_least_loss_of_soft_labels_is_their_entropy():
    at = of(soft(), "1.5")
    assert value("soft-labels", at, "least loss") == pytest.approx(
        -(0.8 * np.log(0.8) + 0.2 * np.log(0.2))
    )


def test_the_chain_through_softmax_comes_to_the_difference():
    at = of(load("worked-example"), "1.6")
    delta = float(at.array("delta2")[0, 0])
    for start in ("∂L/∂z[2]₁", "ŷ₁ − y₁"):
        assert value("yhat-y", at, start) == pytest.approx(delta, rel=1e-12)
    yhat = float(at.array("yhat")[0, 0])
    assert value("yhat-y", at, "∂L/∂ŷ₁") == pytest.approx(-1 / yhat)
    assert value("jacobian", at, "column 1") == pytest.approx(0, abs=1e-15)


def test_the_slope_is_measured_and_only_the_one_by_a_is_it():
    at = of(load("worked-example"), "1.10")
    z = float(at.array("z1")[0, 0])
    true = 1 / np.cosh(z) ** 2
    assert value("a-or-z", at, "1 − a²") == pytest.approx(true)
    assert value("a-or-z", at, "measured") == pytest.approx(true, rel=1e-5)
    assert value("a-or-z", at, "1 − z²") == pytest.approx(1 - z * z)


def test_another_loss_has_the_error_that_a_run_under_it_has():
    at = of(load("saturated-entropy"), "1.loss")
    other = of(load("saturated-mse"), "1.loss")
    (table,) = [line for line in QUESTIONS["another-loss"].answer(at) if isinstance(line, Table)]
    rows = {str(row[0]): row for row in table.rows}
    for j in range(2):
        _, _, _, entropy, mse = rows[f"output {j + 1}"]
        assert entropy == pytest.approx(float(at.array("delta2")[0, j]))
        assert mse == pytest.approx(float(other.array("delta2")[0, j]))
    assert value("another-loss", at, "mse") == pytest.approx(float(other.array("loss")))


@pytest.mark.parametrize(("optimizer", "line"), [("adam", "Adam: "), ("adamw", "AdamW: ")])
def test_decay_is_what_the_two_optimizers_make_of_it(optimizer, line):
    at = of(under("adam", weight_decay=0.1), "1.W2")
    there = of(under(optimizer, weight_decay=0.1), "1.W2")
    assert value("decay", at, line) == pytest.approx(float(there.array("W2")[0, 0]), rel=1e-12)


def test_sgd_with_decay_is_what_it_makes_of_it():
    at = of(under("adam", weight_decay=0.1), "1.W2")
    there = of(under("sgd", weight_decay=0.1), "1.W2")
    assert value("decay", at, "the new θ") == pytest.approx(float(there.array("W2")[0, 0]))


def test_a_mini_batch_is_compared_with_the_whole():
    spec = load("mini-batch")
    at = of(spec, "1.dW1")
    whole = replace(spec, data=replace(spec.data, batch_size=len(spec.data.x)))
    of_all = float(of(whole, "1.dW1").array("dW1")[0, 0])
    assert value("mini-batch", at, "∂L/∂W[1]₁₁ of all") == pytest.approx(of_all, rel=1e-12)
    mine = float(at.array("dW1")[0, 0])
    assert value("mini-batch", at, "∂L/∂W[1]₁₁, all") == pytest.approx(mine)
    assert value("mini-batch", at, "this mini-batch") == pytest.approx(mine - of_all)


def test_one_over_n_is_put_in_once():
    at = of(load("xor"), "1.loss")
    gradient = float(at.array("dW2")[0, 0])
    assert value("one-over-n", at, "the mean of single") == pytest.approx(gradient)
    assert value("one-over-n", at, "1/N twice") == pytest.approx(gradient / 4)


def test_bias_correction_and_the_step_without_it():
    at = of(under("adam"), "1.mhat.W2")
    moved = float(at.array("W2")[0, 0] - at.before("W2")[0, 0])
    m, v = (float(at.array(f"{prefix}.W2")[0, 0]) for prefix in "mv")
    assert -value("correction", at, "t = 1") == pytest.approx(moved)
    assert value("correction", at, "without") == pytest.approx(0.1 * m / (np.sqrt(v) + 1e-8))
    (table,) = [line for line in QUESTIONS["correction"].answer(at) if isinstance(line, Table)]
    assert [row[0] for row in table.rows] == ["t = 1", "t = 2", "t = 10", "t = 100"]
    assert table.rows[2][1] == pytest.approx(1 - 0.9**10)


def test_adams_first_step_is_eta_for_the_largest_and_the_least_gradient():
    at = of(under("adam"), "5.W2")
    (table,) = [line for line in QUESTIONS["adam-first"].answer(at) if isinstance(line, Table)]
    for _, g, moved in table.rows:
        assert moved == pytest.approx(-0.1 * np.sign(float(g)), rel=1e-6)


def test_epsilon_beside_and_under_the_root():
    at = of(under("adam", eps=0.01), "1.W2")
    g = abs(float(at.array("dW2")[0, 0]))
    assert abs(value("epsilon", at, "the step")) == pytest.approx(0.1 * g / (g + 0.01))
    assert abs(value("epsilon", at, "without ε")) == pytest.approx(0.1)
    under_it = 0.1 * g / np.sqrt(g * g + 0.01)
    assert abs(value("epsilon", at, "ε under")) == pytest.approx(under_it)


def test_column_and_row_of_the_weights():
    at = of(load("worked-example"), "1.9")
    W, delta = at.before("W2"), at.array("delta2")[0]
    assert value("transpose", at, "∂L/∂a[1]₁, column") == pytest.approx(W[:, 0] @ delta)
    assert value("transpose", at, "row 1") == pytest.approx(W[0] @ delta)


def test_delta_tells_what_a_step_of_z_does():
    at = of(load("worked-example"), "1.11")
    delta = float(at.array("delta1")[0, 0])
    assert value("delta", at, "so a step") == pytest.approx(0.01 * delta)
    assert value("delta", at, "and it does") == pytest.approx(0.01 * delta, rel=0.01)
    assert value("bias", of(load("worked-example"), "1.13"), "ΔL/Δ") == pytest.approx(
        delta, rel=1e-3
    )


def test_what_each_layer_puts_in_multiplies_to_the_whole():
    at = of(load("ten-layers"), "1.60")
    sizes = [float(np.linalg.norm(at.array(f"delta{n}"))) for n in (1, 10)]
    assert value("vanishing", at, "‖δ[1]‖/‖δ[10]‖") == pytest.approx(sizes[0] / sizes[1])
    (table,) = [line for line in QUESTIONS["vanishing"].answer(at) if isinstance(line, Table)]
    row = next(row for row in table.rows if row[0] == "9")
    assert isinstance(row[2], float)
    assert isinstance(row[3], float)
    delta9 = float(np.linalg.norm(at.array("delta9")))
    assert row[2] * row[3] == pytest.approx(delta9 / sizes[1])


def test_softmax_without_and_with_the_maximum():
    at = of(load("worked-example"), "1.4")
    share = float(at.array("yhat")[0, 0])
    for start in ("ŷ₁", "without the maximum", "with it"):
        assert value("maximum", at, start) == pytest.approx(share, abs=1e-4)
    said = [line.text for line in QUESTIONS["maximum"].answer(at) if isinstance(line, Say)]
    assert any("is inf, and the share without it nan" in text for text in said)


def test_how_far_a_dead_unit_is_from_living():
    at = of(load("dead-unit"), "1.fprime1")
    nearest = float(at.array("z1")[:, 1].max())
    assert nearest < 0
    assert value("dead", at, "its bias") == pytest.approx(-nearest)


@pytest.mark.parametrize(
    ("activation", "sums", "way", "by"),
    [
        ("relu6", [-0.5, -2.0], "rise", 0.5),
        ("relu6", [7.5, 6.25], "fall", 0.25),
        ("relu6", [-0.5, 6.25], "fall", 0.25),
        ("hardtanh", [-1.5, 9.0], "rise", 0.5),
        ("hardsigmoid", [-5.0, -4.0], "rise", 1.0),
        ("hardswish", [-4.0, -3.5], "rise", 0.5),
        ("tanh", [-40.0, -50.0], "", 0.0),
    ],
)
def test_which_way_a_dead_unit_lives_again(activation, sums, way, by):
    data = DataSpec(np.array([sums]).T, np.zeros((len(sums), 1)), len(sums))
    layer = LayerSpec(1, activation, np.ones((1, 1)), np.zeros(1))
    spec = replace(load("worked-example"), data=data, layers=(layer,), loss=LossSpec("mse"))
    at = of(spec, "1.fprime1")
    lines = [each for each in QUESTIONS["dead"].answer(at) if isinstance(each, Sum)]
    found = [each for each in lines if each.name.startswith("its bias")]
    assert [each.name for each in found] == [f"its bias would have to {way} by more than"][: by > 0]
    assert [each.value for each in found] == [by][: by > 0]
    leaks = any(each.name.startswith("with leaky_relu") for each in lines)
    assert leaks is (way != "fall")


def test_equal_units_are_named_only_where_they_are():
    assert QUESTIONS["equal"].missing(of(load("worked-example"), "1.7"))
    assert value("equal", of(equal(), "5.dW1"), "largest difference") == 0


def test_where_a_sum_is_no_number_it_says_which_operand_is():
    session = Session(load("diverging"))
    session.branch.history.extend(3000)
    session.go(session.target("nan"))
    t = session.position.iteration
    for place, first in (
        (f"{t}.loss", "All that L reads is finite; it breaks here:"),
        (f"{t + 1}.loss", "L is inf because it reads Lₙ₂ = inf, Lₙ₃ = inf."),
    ):
        session.go(session.target(place))
        at = scene_of(session.branch.history, build(session, TEXT))
        said = [line.text for line in QUESTIONS["this-number"].answer(at) if isinstance(line, Say)]
        assert said[0] == first


def tied() -> RunSpec:
    """Three layers that share their weights, one of them transposed, and one bias for two units."""
    layers = [
        {"units": 2, "activation": "relu", "W": [[0.1, 0.2], [0.3, -0.4]], "b": 0.35},
        {"units": 2, "activation": "tanh", "tie": "W1.T", "b": [0.1, 0.0]},
        {"units": 2, "activation": "softmax", "tie": "W1", "b": [0.0, 0.1]},
    ]
    table = {
        "data": {"x": [[1.0, 2.0], [0.5, -1.0]], "y": [[1, 0], [0, 1]]},
        "layers": layers,
        "loss": {"name": "cross_entropy"},
        "optimizer": {"name": "sgd", "lr": 0.1},
    }
    return run_spec(table, "tied", Path())


@pytest.mark.parametrize("symbol", ["dW1", "db1", "da2", "da1", "W1"])
def test_shared_parameters_are_asked_of_too(symbol):
    at = of(tied(), f"2.{symbol}")
    for question in QUESTIONS.values():
        if not question.missing(at):
            assert question.answer(at)
    gradient = float(at.array("dW1")[0, 0])
    assert sum(term.value for term in at.shares(Symbol("W1"), (0, 0))) == pytest.approx(gradient)
    bias = float(at.array("db1"))
    assert sum(term.value for term in at.shares(Symbol("b1"), ())) == pytest.approx(bias)
    for layer in (1, 2):
        back = float(at.array(f"da{layer}")[0, 0])
        asked = of(tied(), f"2.da{layer}")
        assert value("transpose", asked, f"∂L/∂a[{layer}]₁₁, column") == pytest.approx(back)


@pytest.mark.parametrize(
    ("symbol", "index", "asked", "picked"),
    [
        ("a1", (0, 1), "a1", (0, 1)), ("a1", (0, 1), "z1", (0, 1)), ("a1", (0, 1), "da1", (0, 1)),
        ("a1", (0, 1), "z2", (0, 0)), ("a1", (0, 1), "W1", (0, 0)), ("dW1", (1, 0), "z1", (0, 0)),
        ("dW1", (1, 0), "W1", (1, 0)), ("dW1", (1, 0), "dW1", (1, 0)), ("dW1", (1, 0), "b1", (0,)),
    ],
)  # fmt: skip
def test_what_is_looked_at_is_of_the_selected_unit_where_that_is_of_the_layer(
    symbol, index, asked, picked
):
    at = replace(of(load("worked-example"), "1.17"), symbol=Symbol(symbol), index=index)
    assert at.picked(asked) == picked
