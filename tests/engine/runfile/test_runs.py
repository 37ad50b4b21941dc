"""The built-in runs: each opens, trains both ways, and shows what it is said to teach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.analysis.asking import raised
from engine.analysis.questions import QUESTIONS
from engine.catalog.optimizers import OPTIMIZERS
from engine.program.trainer import Trainer
from engine.runfile import read as runfile
from engine.session.moves import MoveError
from engine.session.rivals import with_named_optimizer
from engine.session.session import Session
from engine.spec.data import Batches
from engine.spec.run import RunSpec
from tests.fixtures.recorded import FOLDER
from tui.frame.asked import scene_of
from tui.frame.frame import build
from tui.text.format import Text

NAMES = runfile.builtin_names()


def train(spec: RunSpec, iterations: int) -> tuple[np.ndarray, Trainer]:
    trainer, losses = Trainer(spec), np.zeros(iterations)
    trainer.run(1, iterations, losses)
    return losses, trainer


def swapped(spec: RunSpec) -> RunSpec:
    assert spec.compare is not None
    return spec.with_optimizer(spec.compare, spec.optimizer)


def first_deltas(spec: RunSpec) -> list[float]:
    """The largest δ of each layer in iteration 1, first layer first."""
    trainer = Trainer(spec)
    trace = trainer.trace(1, trainer.state.copy())
    values = [
        trace.value(f"delta{number}", len(trace.steps)) for number in range(1, len(spec.layers) + 1)
    ]
    return [float(np.abs(value).max()) for value in values if value is not None]


def test_the_default_run_comes_first():
    assert NAMES[0] == runfile.DEFAULT
    assert sorted(NAMES[1:]) == NAMES[1:]


@pytest.mark.parametrize("name", NAMES)
def test_every_run_says_what_it_is(name):
    spec = runfile.load(name)
    assert spec.name == name
    assert 0 < len(spec.title) <= 30
    assert 0 < len(spec.teaches) <= 100
    assert spec.compare is not None


@pytest.mark.parametrize("name", NAMES)
def test_every_run_trains_two_iterations_both_ways(name):
    spec = runfile.load(name)
    for each in (spec, swapped(spec)):
        losses, trainer = train(each, 2)
        assert np.isfinite(losses).all()
        assert np.isfinite(trainer.state).all()


def test_the_article_script_is_the_recorded_one():
    spec, recorded = runfile.load("article-script"), np.load(FOLDER / "runs/article-script.npz")
    assert spec.dtype == "float32"
    assert spec.data.x.tolist() == recorded["x"].tolist()
    assert spec.data.y.tolist() == recorded["y"].tolist()
    for number, layer in enumerate(spec.layers, 1):
        assert layer.b is not None
        assert layer.W.tobytes() == recorded[f"init.W{number}"].tobytes()
        assert layer.b.tobytes() == recorded[f"init.b{number}"].tobytes()
    losses, _ = train(spec, 2)
    np.testing.assert_allclose(losses, recorded["loss"], rtol=1.3e-6, atol=1e-5)
    (switch,) = spec.switches
    assert (switch.at, switch.optimizer.name) == (2, "adam")


def test_the_softmax_derivation():
    spec = runfile.load("softmax")
    trainer = Trainer(spec)
    trace = trainer.trace(1, trainer.state.copy())
    z = trace.value("z1", len(trace.steps))
    yhat = trace.value("yhat", len(trace.steps))
    delta = trace.value("delta1", len(trace.steps))
    assert z is not None
    assert yhat is not None
    assert delta is not None
    assert z.tolist() == [[2.0, 1.0, 0.1]]
    np.testing.assert_allclose(yhat, [[0.659, 0.242, 0.099]], atol=5e-4)
    np.testing.assert_allclose(delta, yhat - spec.data.y, atol=1e-15)


def test_the_softmax_derivation_the_long_way():
    short, long = (runfile.load(name) for name in ("softmax", "softmax-jacobian"))
    traces = [Trainer(spec).trace(1, Trainer(spec).state) for spec in (short, long)]
    symbols = [step.symbol for step in traces[1].steps]
    assert symbols[:7] == ["z1", "yhat", "loss", "dyhat", "jac1", "delta1", "dW1"]
    yhat = traces[1].known("yhat", 2)[0]
    np.testing.assert_allclose(traces[1].known("dyhat", 4)[0], [-1 / yhat[0], 0, 0], 1e-15)
    wanted = np.diag(yhat) - np.outer(yhat, yhat)
    np.testing.assert_allclose(traces[1].known("jac1", 5)[0], wanted, 1e-15)
    for symbol in ("loss", "delta1", "dW1"):
        a, b = (trace.known(symbol, len(trace.steps)) for trace in traces)
        np.testing.assert_allclose(a, b, 1e-14, 1e-16)


def test_sigmoid_loses_the_error_in_ten_layers_and_relu_does_not():
    sigmoid = first_deltas(runfile.load("ten-layers"))
    relu = first_deltas(runfile.load("ten-layers-relu"))
    assert len(sigmoid) == len(relu) == 10
    assert sigmoid[0] < 1e-5 * sigmoid[-1]
    assert relu[0] > 1e-2 * relu[-1]


def test_the_diverging_run_diverges_and_clipping_holds_it():
    losses, _ = train(runfile.load("diverging"), 1000)
    assert (np.diff(losses[:500]) > 0).all()
    assert not np.isfinite(losses[-1])
    clipped, _ = train(runfile.load("diverging-clipped"), 1000)
    assert clipped.max() == clipped[0]
    assert clipped[-1] > 0.05
    calm, _ = train(swapped(runfile.load("diverging")), 1000)
    assert calm[-1] < 1e-10


@pytest.mark.parametrize(
    ("name", "iterations", "least"),
    [("xor", 300, 0.02), ("spirals", 600, 0.05), ("iris", 500, 0.1), ("digits", 500, 0.1)],
)
def test_runs_that_learn_do(name, iterations, least):
    losses, _ = train(runfile.load(name), iterations)
    assert losses[-20:].mean() < least


TEACHES = {
    "equal-weights": "equal",
    "dead-unit": "dead",
    "revived-unit": "dead",
    "momentum": "momentum",
    "adam-decay": "decay",
    "soft-labels": "soft-labels",
    "saturated-mse": "another-loss",
    "saturated-entropy": "another-loss",
    "saturated-tanh": "a-or-z",
    "mini-batch": "mini-batch",
    "batch-order": "epoch",
    "diverging": "rose",
    "diverging-clipped": "clipping",
    "quadratic": "right",
}
"""The question that each run with a place to open at raises."""


@pytest.mark.parametrize("name", [name for name in NAMES if runfile.load(name).opens])
def test_a_run_opens_where_its_question_is_answered(name):
    session = Session(runfile.load(name))
    place = session.opening
    assert place.step
    session.go(place)
    scene = scene_of(session.branch.history, build(session, Text()))
    assert QUESTIONS[TEACHES[name]] in raised(scene)[:9]
    assert QUESTIONS[TEACHES[name]].answer(scene)


def test_what_the_runs_of_units_show():
    dead = Session(runfile.load("dead-unit")).branch.history
    assert (dead.trace(200).known("fprime1", 99)[:, 1] == 0).all()
    revived = Session(runfile.load("revived-unit")).branch.history
    slopes = [float(revived.trace(t).known("fprime2", 99)[0, 1]) for t in (1, 2, 3)]
    assert slopes == [0, 0, 1]
    equal = Session(runfile.load("equal-weights")).branch.history.trace(100)
    assert (equal.known("W1", 99)[0] == equal.known("W1", 99)[1]).all()


def test_what_the_saturated_runs_show():
    def moved(name: str) -> float:
        history = Session(runfile.load(name)).branch.history
        losses = [float(history.trace(t).known("loss", 99)) for t in (1, 20)]
        return losses[1] / losses[0]

    assert moved("saturated-mse") > 0.99
    assert moved("saturated-entropy") < 0.9
    soft = Session(runfile.load("soft-labels")).branch.history
    assert float(soft.trace(300).known("loss", 99)) == pytest.approx(0.5004, abs=1e-4)


def test_an_order_of_batches_that_is_another_in_each_pass():
    spec = runfile.load("batch-order")
    rows = [tuple(Batches(spec.data, spec.seed).rows(t)) for t in range(1, 7)]
    assert sorted(i for three in rows[:3] for i in three) == list(range(6))
    assert rows[:3] != rows[3:]


def test_a_place_to_open_at_that_is_none_is_told():
    session = Session(replace(runfile.load("xor"), opens="1.dW9"))
    with pytest.raises(MoveError, match=r"opens 1\.dW9"):
        _ = session.opening


@pytest.mark.parametrize("name", [name for name in NAMES if runfile.load(name).opens])
def test_a_run_opens_under_every_optimizer(name):
    spec = runfile.load(name)
    for optimizer in OPTIMIZERS:
        if OPTIMIZERS[optimizer].matrices:
            continue
        other = with_named_optimizer(spec, optimizer)
        assert Session(other).opening.step or ".buf." in spec.opens
        assert (other.opens == spec.opens) == (".buf." not in spec.opens or optimizer == "sgd")
