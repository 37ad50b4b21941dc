"""What is said at the steps of the optimizers beyond Adam: each sentence where it holds."""

from __future__ import annotations

import pytest

from engine.session.session import Session
from engine.spec.run import RunSpec
from tests.tui.text.test_sentences import said, under
from tui.text.format import Text


@pytest.mark.parametrize(
    ("spec", "symbol", "t", "there", "not_there"),
    [
        (under("adamax"), "u.W1", 1, "Here |g| + ε is the larger.", "steeper"),
        (
            under("adamax"),
            "u.W2",
            2,
            "β₂·u(W[2]) is the larger: |g| was larger before.",
            "Here |",
        ),
        (under("adamax", weight_decay=0.5), "u.W1", 1, "the larger, g being gwd(W[1]).", "steeper"),
        (under("adamax"), "W1", 1, "u = |g| + ε, so the step is η·sign g.", "times η"),
        (under("adamax"), "W1", 2, "Here the step is", "t = 1"),
        (under("adamax", eps=0.5), "W1", 1, "times η long", "t = 1"),
        (under("nadam"), "mu", 1, "Here it is 0.5001 of β₁.", "x"),
        (under("nadam", betas=(0.0, 0.9)), "mu", 1, "a share from a half to 1", "Here"),
        (under("nadam"), "W1", 1, "Here the step is 1.0565", "from decay"),
        (
            under("nadam", weight_decay=0.5, decoupled_weight_decay=True),
            "W1", 1, "Here the step from decay(W[1]) is 1.0565", "t = 1",
        ),
        (under("radam"), "rhot", 5, "ρₜ ≤ 5: too few squares, so the update goes by mˆ", "> 5"),
        (under("radam"), "rhot", 6, "ρₜ > 5: enough squares, so the update divides by √v", "≤ 5"),
        (under("radam"), "rect", 5, "ρₜ ≤ 5: nothing is rectified", "> 5"),
        (under("radam"), "rect", 6, "The fewer squares, the shorter the step", "≤ 5"),
        (under("radam"), "scale.W1", 5, "ρₜ ≤ 5: v is of too few squares to divide by", "> 5"),
        (under("radam"), "scale.W1", 6, "Where v is of enough squares it is 1/√vˆ", "≤ 5"),
        (under("radam"), "W1", 5, "ρₜ ≤ 5: the step is η·mˆ, by momentum alone.", "Here"),
        (under("radam"), "W1", 6, "Here the step is", "alone."),
        (
            under("radam", weight_decay=0.5, decoupled_weight_decay=True),
            "W1", 1, "ρₜ ≤ 5: the step from decay(W[1]) is η·mˆ", "g being",
        ),
        (under("adadelta"), "d.W1", 1, "D(W[1]) is 0: √ε stands for the size of the", "No step"),
        (under("adadelta", eps=0.0), "d.W1", 1, "times the size of the steps of late", "stands"),
        (under("adadelta"), "d.W1", 2, "The gradient over its size of late", "stands"),
        (under("adadelta", rho=1.0), "d.W1", 3, "D(W[1]) is 0: √ε stands", "No step"),
        (under("adadelta"), "W1", 2, "Here the step is 0.00", "t = 1"),
        (under("rprop"), "grow.W1", 1, "Nothing kept to compare with", "turned"),
        (under("rprop"), "grow.W1", 2, "turned: too far, so the factor is η⁻.", "e as"),
        (under("rprop"), "grow.W2", 2, "as before: the factor is η⁺.", "ur"),
        (under("rprop", maximize=True), "grow.W2", 2, "factor is η⁺, g being gneg(W[2]).", "ur"),
        (under("rprop", step_sizes=(0.0, 0.1)), "grow.W2", 2, "the factor is η⁺.", "grows"),
        (under("rprop", step_sizes=(0.2, 1.0)), "size.W1", 1, "Held at Δmin, the least", "most"),
        (under("rprop", step_sizes=(0.0, 0.01)), "size.W1", 1, "Held at Δmax, the most", "least"),
        (under("rprop"), "size.W1", 1, "Every parameter has its own; the first is η.", "Held"),
        (under("rprop"), "prev.W1", 2, "The sign has turned: 0, so no step now", "No step:"),
        (under("rprop"), "prev.W2", 2, "this update goes by it", "turned"),
        (under("rprop"), "W1", 2, "No step: the sign has turned.", "is 0"),
        (under("rprop"), "W2", 2, "A step has the parameter's own size", "No step"),
        (under("rmsprop", eps_inside=True, eps=1e-12), "W1", 1, "about η/√(1 − α)", "Here"),
        (under("rmsprop", eps_inside=True, eps=1e-4), "W1", 1, "Here the step is", "√(1 − α)"),
        (under("adam", eps_inside=True), "W1", 1, "so the step is η·sign g.", "Here"),
        (under("adam", eps_inside=True, eps=1e-4), "W1", 1, "Here the step is 0.99", "t = 1"),
        (under("adam", bias_correction=False), "W1", 1, "Here the step is 3.1623 times η", "mˆ"),
        (
            under("adam", bias_correction=False, amsgrad=True),
            "W1", 1, "m and the greatest v as they are", "m and v",
        ),
        (under("adam", bias_correction=False), "W1", 1, "m and v as they are", "greatest"),
        (
            under("sgd", momentum=0.9, momentum_form="mean"),
            "W1", 2, "running mean of the gradients, which began at 0", "so far",
        ),
        (under("sgd", momentum=0.9, momentum_form="mean"), "buf.W1", 1, "A running mean", "gains"),
        (under("sgd", momentum=0.9, momentum_form="step"), "buf.W1", 1, "goes on, μ", "it gains"),
        (under("sgd", momentum=0.9, momentum_form="step"), "W1", 1, "the step itself", "against"),
        (under("asgd"), "mu", 2, "1: up to update t₀ + 2 nothing is averaged.", "How far to"),
        (under("asgd", t0=1.0), "mu", 3, "1: up to update t₀ + 2", "How far to"),
        (under("asgd", t0=1.0), "mu", 4, "How far the average goes", "1: up"),
        (under("asgd"), "ax.W1", 1, "With μₜ = 1 it is the new value itself.", "1: up"),
        (under("asgd", t0=0.0), "ax.W1", 3, "A mean of the later values", "With"),
    ],
)  # fmt: skip
def test_a_sentence_is_there_where_it_holds_and_only_there(
    spec: RunSpec, symbol: str, t: int, there: str, not_there: str
) -> None:
    text = said(spec, symbol, (0, 0) if "." in symbol or symbol[0] in "Wb" else (), t)
    assert there in text
    assert not_there not in text


def test_how_long_a_step_of_radam_is_said_to_be_is_how_far_it_goes() -> None:
    spec = under("radam", eps=0.5)
    history = Session(spec).branch.history
    went = abs(history.trace(7).change("W1")[0, 0]) / 0.1
    assert f"Here the step is {Text().number(went)} times η long." in said(spec, "W1", t=7)
