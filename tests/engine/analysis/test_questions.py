"""The questions of learners: each answered by the numbers of the run, in lines that close."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.analysis.asking import found_by, raised
from engine.analysis.questions import QUESTIONS
from engine.analysis.questions.base import Question, Scene, Sum, Table
from engine.catalog.optimizers import OPTIMIZERS
from engine.runfile.read import builtin_names, from_table, load
from engine.session.session import Session
from engine.spec.problem import Problem
from engine.spec.run import ClipSpec, LossSpec, OptimizerSpec, RunSpec
from tests.engine.helpers import fitting
from tests.engine.lived import run
from tests.engine.networks import network
from tests.fixtures.settings import plain
from tui.draw.questions import answer, sum_line, written
from tui.frame.asked import scene_of
from tui.frame.frame import build
from tui.text.format import Text

TEXT = Text()
ROOM = 21
"""The lines of a page at 80x24."""


def of(spec: RunSpec, place: str, text: Text = TEXT) -> Scene:
    session = Session(spec)
    session.go(session.target(place))
    return scene_of(session.branch.history, build(session, text))


def under(optimizer: str, spec: RunSpec | None = None, **options: object) -> RunSpec:
    row = OPTIMIZERS[optimizer]
    complete = row.complete({"lr": 0.1, **options})
    run = spec or load("worked-example")
    return fitting(run.with_optimizer(OptimizerSpec(optimizer, complete)))


def equal() -> RunSpec:
    spec = load("worked-example")
    first, second = spec.layers
    return replace(
        spec,
        layers=(replace(first, W=np.full((2, 2), 0.3)), replace(second, W=np.full((2, 2), 0.5))),
    )


def dead() -> RunSpec:
    spec = load("worked-example")
    first = replace(
        spec.layers[0], activation="relu", W=np.array([[0.1, 0.2], [-0.3, -0.4]]), b=np.zeros(2)
    )
    return replace(spec, layers=(first, spec.layers[1]))


def soft() -> RunSpec:
    spec = load("worked-example")
    return replace(spec, data=replace(spec.data, y=np.array([[0.8, 0.2]])))


ASKED: dict[str, tuple[RunSpec, str]] = {
    "yhat-y": (load("worked-example"), "1.6"),
    "old-or-new": (load("worked-example"), "1.9"),
    "order": (load("worked-example"), "1.14"),
    "transpose": (load("worked-example"), "1.9"),
    "one-over-n": (load("xor"), "1.loss"),
    "a-or-z": (load("worked-example"), "1.10"),
    "adam-first": (under("adam"), "2.W2"),
    "correction": (under("adam"), "1.mhat.W2"),
    "epsilon": (under("adam"), "2.W2"),
    "momentum": (under("sgd", momentum=0.9), "6.W2"),
    "rose": (load("diverging"), "2.loss"),
    "dead": (dead(), "1.fprime1"),
    "equal": (equal(), "1.dW1"),
    "jacobian": (load("worked-example"), "1.6"),
    "maximum": (load("worked-example"), "1.4"),
    "decay": (under("adam", weight_decay=0.1), "1.W2"),
    "penalty": (from_table(plain((2, 2, 2), penalty={"l2": 0.5})), "1.dW2"),
    "clipping": (replace(load("worked-example"), clip=ClipSpec("norm", 0.5)), "1.clip.W2"),
    "delta": (load("worked-example"), "1.11"),
    "epoch": (load("spirals"), "8.1"),
    "bias": (load("worked-example"), "1.13"),
    "mini-batch": (load("xor"), "1.dW1"),
    "another-loss": (load("worked-example"), "1.5"),
    "soft-labels": (soft(), "1.5"),
    "this-number": (load("worked-example"), "1.7"),
    "vanishing": (load("ten-layers"), "1.60"),
    "slope-learned": (network((2, 3, 2), ("prelu", "identity"), LossSpec("mse"), 3), "1.dalpha1"),
    "right": (load("worked-example"), "1.7"),
}
"""Where each is asked."""


def lines(question: Question, at: Scene) -> list[str]:
    found = answer(TEXT, at, question, 76)
    return ["".join(part for part, _ in line) for line in found]


def test_every_question_is_asked_here():
    assert set(ASKED) == set(QUESTIONS)
    assert len(QUESTIONS) == 28


@pytest.mark.parametrize("name", ASKED)
def test_each_is_answered_on_one_screen_in_lines_that_close(name):
    spec, place = ASKED[name]
    at, question = of(spec, place), QUESTIONS[name]
    assert question.lacks(at) == ""
    assert at.step is not None
    assert question in raised(at), at.step.symbol
    found = question.answer(at)
    assert any(isinstance(line, Sum | Table) for line in found)
    for line in found:
        if isinstance(line, Sum):
            assert sum_line(TEXT, at, line).sign == "=", written(TEXT, at, line)
            assert line.e.value == pytest.approx(line.value, rel=1e-6, abs=1e-12, nan_ok=True)
    assert len(lines(question, at)) <= ROOM


def nudged(spec: RunSpec) -> RunSpec:
    """The same run with other starting weights and inputs, and as many zeros and equals."""
    layers = tuple(replace(layer, W=layer.W * 1.25) for layer in spec.layers)
    return replace(spec, layers=layers, data=replace(spec.data, x=spec.data.x * 1.5))


@pytest.mark.parametrize("name", sorted(set(ASKED) - {"epoch"}))
def test_no_answer_is_a_stored_number(name):
    """Another run gives other numbers, under the same words."""
    spec, place = ASKED[name]
    question = QUESTIONS[name]
    here, there = (lines(question, of(each, place)) for each in (spec, nudged(spec)))
    assert here != there
    numbers = [
        {number for line in page for number in re.findall(r"\d\.\d{3,}", line)}
        for page in (here, there)
    ]
    assert numbers[0] != numbers[1]


def test_an_epoch_is_counted_from_the_data():
    words = "\n".join(lines(QUESTIONS["epoch"], of(load("spirals"), "8.1")))
    assert "= 192/32 = 6" in words
    assert "Iteration 8 is number 2 of epoch 2." in words


@pytest.mark.parametrize(
    ("t", "has", "said"),
    [
        (2, "2 iterations", "number 2 of epoch 1. It takes samples 1, 2."),
        (3, "1 iteration", "number 1 of epoch 2. It takes samples 2, 1, 3."),
        (4, "2 iterations", "number 1 of epoch 3. It takes sample 3."),
    ],
)
def test_an_epoch_of_given_batches_is_one_pass_of_them(t, has, said):
    answer = lines(QUESTIONS["epoch"], of(run("settings"), f"{t}.1"))
    words = " ".join(" ".join(answer).split())
    assert f"this epoch has {has}. Iteration {t} is {said}" in words
    assert "batch size" not in words


@pytest.mark.parametrize("name", [*builtin_names()])
def test_whatever_the_run_each_is_answered_or_says_what_is_missing(name):
    spec = load(name)
    last = len(Session(spec).branch.history.steps_of(2))
    for place in ("2.loss", f"2.{last}"):
        at = of(spec, place)
        for question in QUESTIONS.values():
            missing = question.lacks(at)
            assert missing == "" or missing.endswith(".")
            assert lines(question, at)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", ["mse", "cross_entropy", "nll", "l1"])
def test_whatever_the_optimizer_and_the_loss(optimizer, loss):
    end = "softmax" if loss in ("cross_entropy", "nll") else "identity"
    spec = network((2, 3, 2), ("relu", end), LossSpec(loss), 3, seed=4, batch_size=2)
    forms = ({"momentum": 0.5, "momentum_form": each} for each in ("mean", "step"))
    odd: tuple[dict[str, Any], ...] = ({"eps_inside": True}, {"bias_correction": False}, *forms)
    for options in ({}, {"weight_decay": 0.1}, *odd):
        if not set(options) <= set(OPTIMIZERS[optimizer].options):
            continue
        at = of(under(optimizer, spec, **options), "3.dW2")
        for question in QUESTIONS.values():
            assert lines(question, at)


# -- finding ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("old or new", "old-or-new"),
        ("why yhat - y", "yhat-y"),
        ("order of updates", "order"),
        ("transpose", "transpose"),
        ("1/N", "one-over-n"),
        ("bias correction", "correction"),
        ("epsilon", "epsilon"),
        ("momentum", "momentum"),
        ("loss rose", "rose"),
        ("dead relu", "dead"),
        ("adamw", "decay"),
        ("symmetry", "equal"),
        ("vanishing gradients", "vanishing"),
        ("nan", "this-number"),
        ("epoch", "epoch"),
        ("jacobian", "jacobian"),
        ("subtract max", "maximum"),
        ("clip", "clipping"),
    ],
)
def test_questions_are_found_by_words(words, name):
    assert found_by(words)[0].id == name


def test_words_of_no_question_are_refused():
    with pytest.raises(Problem):
        found_by("giraffe")
    start = of(load("worked-example"), "1.1")
    assert raised(replace(start, step=None)) == []


def test_moments_that_an_option_leaves_uncorrected_are_no_other_optimizers():
    for name in ("adam", "adamw"):
        scene = of(under(name, bias_correction=False), "1")
        for asked in ("adam-first", "correction"):
            missing = QUESTIONS[asked].lacks(scene)
            assert missing == "The moments are not corrected here: bias_correction is false."
    assert QUESTIONS["correction"].lacks(of(under("sgd"), "1")).startswith("Adam does not update")
    assert QUESTIONS["correction"].lacks(of(under("adam"), "1")) == ""


@pytest.mark.parametrize(
    ("optimizer", "options", "share", "gain"),
    [
        ("muon", {"momentum": 0.75}, 0.25, 1),
        ("sgd", {"momentum": 0.75}, 1, 4),
        ("sgd", {"momentum": 0.75, "momentum_form": "mean"}, 0.25, 1),
        ("sgd", {"momentum": 0.75, "momentum_form": "step"}, -0.1, -0.4),
        ("sgd", {"momentum": 0.75, "dampening": 0.5}, 0.5, 2),
        ("adam", {"betas": (0.75, 0.999)}, 0.25, 1),
    ],
)
def test_how_heavy_a_gradient_is_follows_from_the_rule_of_what_is_kept(
    optimizer, options, share, gain
):
    slot = "m" if optimizer == "adam" else "buf"
    at = of(under(optimizer, **options), f"4.{slot}.W2")
    said = " ".join(" ".join(lines(QUESTIONS["momentum"], at)).split())
    assert f"agree it comes to {TEXT.plain(TEXT.number(gain))} of them" in said
    past = [float(at.history.trace(t).known("dW2", 99)[0, 0]) for t in (4, 3)]
    for t, gradient, weight in zip((4, 3), past, (share, 0.75 * share), strict=True):
        assert f"iteration {t} {TEXT.number(gradient)} {TEXT.number(weight)}" in said


def test_rprop_remembers_a_gradient_but_no_sum_of_them():
    assert "remembers no sum" in QUESTIONS["momentum"].lacks(of(under("rprop"), "1"))
