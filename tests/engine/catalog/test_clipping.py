"""Gradient clipping: a phase of its own, by PyTorch's definitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.catalog.clipping import CLIPS
from engine.formula.expr import Expr
from engine.program.step import Phase
from engine.program.trace import Trace
from engine.program.trainer import Trainer
from engine.spec.run import ClipSpec, LayerSpec, LossSpec, RunSpec
from tests.engine.helpers import spec_of
from tests.engine.networks import network
from tests.fixtures.rows import small

SMALL = small("", options={"lr": 0.05, "momentum": 0.9})
NAMES = ("W2", "b2", "W1", "b1")


def first(spec: RunSpec) -> Trace:
    trainer = Trainer(spec)
    return trainer.trace(1, trainer.state.copy())


def clipped(clip: ClipSpec | None) -> RunSpec:
    return replace(spec_of(SMALL), clip=clip)


@pytest.mark.parametrize("kind", CLIPS)
def test_the_phase_stands_between_the_gradients_and_the_update(kind):
    steps = first(clipped(ClipSpec(kind, 0.1))).steps
    phases = list(dict.fromkeys(step.phase for step in steps))
    assert phases == [Phase.FORWARD, Phase.LOSS, Phase.BACKWARD, Phase.CLIP, Phase.UPDATE]
    symbols = [step.symbol for step in steps if step.phase == Phase.CLIP]
    norm = ["gnorm"] if kind == "norm" else []
    assert symbols == [*norm, *(f"clip.{name}" for name in NAMES)]
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))


def test_the_update_goes_by_the_clipped_gradients():
    steps = first(clipped(ClipSpec("value", 0.1))).steps
    buffer = next(step for step in steps if step.symbol == "buf.W1")
    assert buffer.formula == "{buf.W1} ← {momentum}·{buf.W1} + {clip.W1}"
    assert buffer.reads == ("buf.W1", "clip.W1")


@pytest.mark.parametrize("limit", [0.01, 1e6])
def test_by_norm(limit):
    trace = first(clipped(ClipSpec("norm", limit)))
    grads = [trace.known(f"d{name}", 99) for name in NAMES]
    norm = np.sqrt(sum(np.sum(g * g) for g in grads))
    assert trace.known("gnorm", 99) == pytest.approx(norm, rel=1e-14)
    for name, grad in zip(NAMES, grads, strict=True):
        expected = grad * min(1.0, limit / (norm + 1e-6))
        np.testing.assert_allclose(trace.known(f"clip.{name}", 99), expected, 1e-14, 0)
    assert trace.scalars["max_norm"] == limit


def test_by_value():
    trace = first(clipped(ClipSpec("value", 0.02)))
    for name in NAMES:
        grad = trace.known(f"d{name}", 99)
        assert np.array_equal(trace.known(f"clip.{name}", 99), np.clip(grad, -0.02, 0.02))
    assert trace.scalars["clip_value"] == 0.02


def test_frozen_parameters_have_no_part_in_the_norm():
    spec = clipped(ClipSpec("norm", 0.1))
    layers = tuple(replace(layer, frozen=frozenset({"b"})) for layer in spec.layers)
    trace = first(replace(spec, layers=layers))
    grads = [trace.known(f"d{name}", 99) for name in ("W2", "W1")]
    norm = np.sqrt(sum(np.sum(g * g) for g in grads))
    assert trace.known("gnorm", 99) == pytest.approx(norm, rel=1e-14)


def test_the_norm_of_many_numbers_is_expanded_by_parameter():
    spec = clipped(ClipSpec("norm", 0.1))
    draw = np.random.default_rng(1).normal
    layers = (
        LayerSpec(600, "tanh", draw(size=(600, 2)), draw(size=600)),
        LayerSpec(2, "softmax", draw(size=(2, 600)), draw(size=2)),
    )
    trace = first(replace(spec, layers=layers))
    step = trace.steps[trace.number("gnorm") - 1]
    shown: Expr = trace.expand(step, ())
    assert len(shown.args[0].args) == 4
    assert shown.value == pytest.approx(float(trace.known("gnorm", 99)), rel=1e-13)


@pytest.mark.parametrize("kind", CLIPS)
def test_nan_and_infinity_pass_as_in_pytorch(kind):
    spec = clipped(ClipSpec(kind, 0.1))
    x = spec.data.x.copy()
    x[0, 0] = np.nan
    trace = first(replace(spec, data=replace(spec.data, x=x)))
    assert np.all(np.isnan(trace.known("clip.W2", 99)))


@pytest.mark.parametrize(
    ("layers", "written"),
    [
        (2, "{gnorm} = √(Σ {dW2}² + Σ {db2}² + Σ {dW1}² + Σ {db1}²)"),
        (3, "{gnorm} = √(Σ {dW3}² + Σ {db3}² + … + Σ {db1}²)"),
    ],
)
def test_the_norm_names_the_gradients_that_it_is_of(layers, written):
    spec = network((2,) * (layers + 1), ("tanh",) * layers, LossSpec("mse"), 1)
    steps = first(replace(spec, clip=ClipSpec("norm", 1.0))).steps
    (step,) = (each for each in steps if each.symbol == "gnorm")
    assert step.formula == written
    assert step.reads == tuple(f"d{kind}{n}" for n in range(layers, 0, -1) for kind in "Wb")
