"""Answers to questions as whole pages, so chosen that each way through them is taken:
`pytest tests/engine/analysis --snapshot-update` writes them down anew; look at what differs.
"""

import re
from dataclasses import replace

import numpy as np
import pytest

from engine.analysis.asking import raised
from engine.analysis.questions import QUESTIONS
from engine.analysis.questions.base import Question, Scene
from engine.runfile.read import load
from engine.spec.run import ClipSpec, LossSpec, RunSpec
from tests.engine.analysis.test_questions import ASKED, lines, of, under
from tests.engine.lived import run
from tests.engine.networks import network


def made(loss: str, last: str) -> RunSpec:
    return network((2, 3, 2), ("relu", last), LossSpec(loss), 3, seed=4, batch_size=2)


def clipped(most: float) -> RunSpec:
    return replace(load("worked-example"), clip=ClipSpec("value", most))


def frozen(names: str, run: str = "worked-example") -> RunSpec:
    """A run in which some parameters do not learn: "W b" in all layers, or "W" in the last."""
    spec = load(run)
    *first, last = spec.layers
    kinds = frozenset(names.split())
    if len(kinds) > 1:
        first = [replace(layer, frozen=kinds) for layer in first]
    return replace(spec, layers=(*first, replace(last, frozen=kinds)))


def summed(loss: str, last: str) -> RunSpec:
    spec = made(loss, last)
    return replace(spec, loss=replace(spec.loss, reduction="sum"))


def divided(rate: float) -> RunSpec:
    """A run that is no number soon."""
    spec = load("diverging")
    return spec.with_optimizer(replace(spec.optimizer, options={**spec.optimizer.options,
                                                                "lr": rate}))  # fmt: skip


def unit(activation: str, weights: tuple[float, float], bias: float = 0.0) -> RunSpec:
    """A run whose first unit is made so; its inputs are 1 and 2."""
    spec = load("worked-example")
    first = replace(
        spec.layers[0],
        activation=activation,
        W=np.array([weights, (0.3, 0.4)]),
        b=np.array([bias, 0.0]),
    )
    return replace(spec, layers=(first, *spec.layers[1:]))


CENTERED = under("rmsprop", momentum=0.9, centered=True)
UNTRAINED = ("diverging", "1.1")
PAGES: dict[str, tuple[tuple[RunSpec | str, str], str]] = {
    "one step back": (
        ASKED["yhat-y"],
        "transpose vanishing jacobian another-loss equal momentum one-over-n mini-batch dead"
        " adam-first epsilon clipping soft-labels right",
    ),
    "one output": (
        ASKED["rose"],
        "order rose old-or-new maximum jacobian another-loss vanishing a-or-z one-over-n"
        " mini-batch",
    ),
    "equal weights": (ASKED["equal"], "equal decay yhat-y this-number delta vanishing"),
    "three numbers of Adam": (ASKED["adam-first"], "epsilon correction rose"),
    "a dead unit": (ASKED["dead"], "dead this-number"),
    "a dead unit that lives again": (("revived-unit", "1.loss"), "dead"),
    "some dead units": ((made("mse", "identity"), "2.W1"), "dead"),
    "an update": (ASKED["order"], "this-number"),
    "soft labels": (ASKED["soft-labels"], "soft-labels"),
    "a slope": (ASKED["a-or-z"], "a-or-z"),
    "what goes back": (ASKED["old-or-new"], "old-or-new"),
    "a loss": (ASKED["another-loss"], "this-number"),
    "a norm": (ASKED["clipping"], "clipping"),
    "momentum": (ASKED["momentum"], "momentum"),
    "decay": (ASKED["decay"], "decay"),
    "a bias": (ASKED["bias"], "this-number"),
    "a batch": (ASKED["one-over-n"], "right maximum transpose this-number"),
    "mini-batches": (ASKED["epoch"], "rose vanishing mini-batch"),
    "mini-batches in their order": (("batch-order", "1.1"), "one-over-n epoch"),
    "mini-batches that are shuffled": (("made", "1.1"), "epoch"),
    "mini-batches of two": (("made", "2.20"), "mini-batch"),
    "nothing is forgotten": ((under("sgd", momentum=1.0), "1.W2"), "momentum"),
    "cut off": ((clipped(0.1), "1.clip.W2"), "clipping this-number"),
    "several ways of clipping": (("settings", "2.loss"), "clipping"),
    "tied weights": (("settings", "1.1"), "epoch order"),
    "tied weights, at the loss": (("settings", "1.loss"), "bias"),
    "a first step": (UNTRAINED, "this-number rose"),
    "one error for two": ((made("cross_entropy", "softmax"), "1.delta2"), "this-number"),
    "yes or no": ((made("binary_cross_entropy", "sigmoid"), "1.loss"), "yhat-y another-loss"),
    "a script": (("article-script", "2.33"), "adam-first"),
    "centred": ((CENTERED, "8.b1"), "bias dead"),
    "softmax alone": (("softmax", "1.1"), "bias order"),
    "softmax, whole": (("softmax-jacobian", "1.1"), "yhat-y"),
    "saturated": (("saturated-mse", "1.1"), "jacobian old-or-new"),
    "saturated, by entropy": (("saturated-entropy", "2.loss"), "old-or-new"),
    "nothing learns": (
        (frozen("W b"), "1.loss"),
        "yhat-y decay mini-batch bias order transpose equal delta right momentum",
    ),
    "a batch of which nothing learns": ((frozen("W b", "xor"), "1.loss"), "one-over-n mini-batch"),
    "one matrix is frozen": ((frozen("W"), "1.9"), "old-or-new order"),
    "a sum": ((summed("cross_entropy", "softmax"), "1.loss"), "one-over-n yhat-y mini-batch"),
    "the loss fell": (("worked-example", "2.loss"), "rose"),
    "no number": ((divided(1e200), "6.loss"), "rose right this-number"),
    "no decay": ((under("adagrad"), "2.W2"), "epsilon adam-first correction"),
    "a sigmoid": ((made("binary_cross_entropy", "sigmoid"), "1.yhat"), "this-number"),
    "a logarithm": ((made("cross_entropy", "softmax"), "1.lossn"), "this-number"),
    "a square": ((made("mse", "identity"), "1.lossn"), "this-number"),
    "a maximum": ((made("mse", "identity"), "1.a1"), "this-number"),
    "a tangent": (("worked-example", "1.a1"), "this-number"),
    "a training that was begun before": (
        ("entered", "2.mhat.W1"),
        "correction adam-first momentum",
    ),
    "terms that cancel": ((unit("tanh", (0.5, -0.25)), "1.z1"), "this-number"),
    "terms that are 0": ((unit("tanh", (0.0, 0.0)), "1.z1"), "this-number"),
    "tanh of 0": ((unit("tanh", (0.5, -0.25)), "1.a1"), "this-number"),
    "the larger is 0": ((unit("relu", (-0.5, -0.25)), "1.a1"), "this-number"),
    "no slope": ((unit("relu", (-0.5, -0.25)), "1.fprime1"), "this-number dead"),
    "a factor of 0": ((unit("relu", (-0.5, -0.25)), "1.delta1"), "this-number delta"),
    "a sum of zeros": ((unit("relu", (-0.5, -0.25)), "1.dW1"), "this-number bias"),
    "below 0": ((unit("tanh", (-0.5, 0.25), -0.25), "1.z1"), "this-number"),
    "tanh below 0": ((unit("tanh", (-0.5, 0.125)), "1.a1"), "this-number a-or-z"),
    "unchanged": ((under("sgd", lr=0.0), "1.W2"), "this-number order"),
    "ten classes": (("digits", "1.1"), "jacobian"),
}


def scene(place: tuple[RunSpec | str, str]) -> Scene:
    spec, where = place
    return of(run(spec) if isinstance(spec, str) else spec, where)


@pytest.mark.parametrize("name", PAGES)
def test_an_answer_is_this_page(name, snapshot):
    place, asked = PAGES[name]
    at = scene(place)
    pages = (lines(QUESTIONS[each], at) for each in asked.split())
    assert "\n\n---\n\n".join("\n".join(page) for page in pages) == snapshot


@pytest.mark.parametrize(
    "spec",
    ["worked-example", "settings", "momentum", "diverging-clipped", "adam-decay", "ten-layers"],
)
def test_a_step_raises_these_questions(spec, snapshot):
    last = scene((spec, "2.1"))
    asked = {
        step.symbol: " ".join(each.id for each in raised(replace(last, step=step)))
        for step in last.trace.steps
    }
    assert "\n".join(f"{symbol}: {ids}" for symbol, ids in asked.items()) == snapshot


ROUNDING = r"≈ −?[0-9.]+e−1[5-9]"
"""What is left of numbers that cancel is not the same on all machines."""
ALL = (
    *("adam-decay", "dead-unit", "diverging-clipped", "iris", "momentum", "saturated-tanh"),
    *("settings", "soft-labels", "ten-layers-relu", "twins", "xor"),
)


@pytest.mark.parametrize("name", ALL)
def test_each_question_that_a_run_raises_is_answered_so(name, snapshot):
    """At the last element of the last step of iteration 3 that raises it."""
    at = scene((name, "3.1"))
    found: dict[Question, Scene] = {}
    for step in at.trace.steps:
        last = tuple(n - 1 for n in step.shape)
        here = replace(at, step=step, symbol=step.symbol, index=last)
        found |= dict.fromkeys(raised(here), here)
    pages = (
        f"{each.id} ({here.symbol})\n" + "\n".join(lines(each, here))
        for each, here in found.items()
    )
    assert re.sub(ROUNDING, "about 0", "\n\n".join(pages)) == snapshot
