"""Gradients against differences of the loss, and the arithmetic shown against what is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.catalog.activations import ACTIVATIONS
from engine.catalog.losses import LOSSES
from engine.catalog.row import Row
from engine.formula.calls import Array
from engine.program.parameters import trained, users, weights
from engine.program.trace import Trace
from engine.spec.options import Options
from engine.spec.run import LayerSpec, LossSpec, PenaltySpec, RunSpec
from tests.engine.networks import (
    check_expansions,
    differences,
    from_kinks,
    known,
    last_of,
    network,
    trace_of,
)
from tests.examples import examples
from tests.fixtures.variants import named, variants

AWAY = 0.003
"""How far from a kink everything must be for differences to tell."""


def fitted(given: Options, units: int) -> dict[str, Any]:
    """Options of which those with a number for each output have so many."""
    return {
        name: (value * units)[:units] if isinstance(value, tuple) else value
        for name, value in given.items()
    }


PENALTIES = st.builds(
    PenaltySpec,
    st.sampled_from([0.0, 0.25]),
    st.sampled_from([0.0, 0.125]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


def options(row: Row) -> Any:
    return st.sampled_from(list(variants(row)))


@st.composite
def networks(
    draw: Any,
    hidden: tuple[str, ...] = tuple(ACTIVATIONS),
    losses: tuple[str, ...] = tuple(LOSSES),
) -> RunSpec:
    """Networks of up to three layers with everything that a layer and a loss can have."""
    depth = draw(st.integers(1, 3))
    sizes = tuple(draw(st.lists(st.integers(1, 4), min_size=depth + 1, max_size=depth + 1)))
    loss = draw(st.sampled_from(losses))
    sizes = (*sizes[:-1], max(sizes[-1], LOSSES[loss].least_units))
    names = draw(st.lists(st.sampled_from(hidden), min_size=depth, max_size=depth))
    loss_options = fitted(draw(options(LOSSES[loss])), sizes[-1])
    names[-1] = last_of(LossSpec(loss, "mean", loss_options), names[-1])
    given = [draw(options(ACTIVATIONS[name])) for name in names]
    if LOSSES[loss].activations(loss_options):
        given[-1] = {}  # with others, softplus may be negative, of which there is no logarithm
    samples = draw(st.integers(1, 4))
    made = network(
        sizes,
        tuple(names),
        LossSpec(loss, draw(st.sampled_from(["mean", "sum"])), loss_options),
        samples,
        seed=draw(st.integers(0, 999)),
        options=tuple(given),
        bias=tuple(draw(st.lists(st.booleans(), min_size=depth, max_size=depth))),
        frozen=tuple(frozenset(draw(st.sampled_from([(), ("b",), ("W",)]))) for _ in range(depth)),
        batch_size=draw(st.integers(1, samples)),
    )
    layers = tuple(replace(x, l2=draw(st.sampled_from([None, None, 0.5]))) for x in made.layers)
    penalty = draw(st.none() | st.none() | PENALTIES)
    layers = draw(in_common(layers if penalty else made.layers))
    return replace(made, layers=layers, penalty=penalty)


@st.composite
def in_common(draw: Any, layers: tuple[LayerSpec, ...]) -> tuple[LayerSpec, ...]:
    """The layers, of which some have one bias for all units, or parameters of the first one."""
    found: list[LayerSpec] = []
    for layer in layers:
        if layer.b is not None and draw(st.booleans()):
            layer = replace(layer, b=np.array(draw(st.sampled_from([0.25, -0.5]))))
        if layer.alpha is not None and draw(st.booleans()):
            layer = replace(layer, alpha=np.linspace(-0.3, 0.4, layer.units))
        if found and draw(st.booleans()):
            layer = tied(layer, found[0])
        found.append(layer)
    return tuple(found)


def tied(layer: LayerSpec, first: LayerSpec) -> LayerSpec:
    """The layer with what it can have of the first one."""
    ties: dict[str, Array] = {}
    if first.W.shape == layer.W.shape:
        ties["W1"] = first.W
    elif first.W.T.shape == layer.W.shape:
        ties["W1.T"] = first.W.T
    made = replace(layer, W=next(iter(ties.values()), layer.W))
    if first.b is not None and made.b is not None and first.b.shape in ((), made.b.shape):
        ties["b1"] = first.b
        made = replace(made, b=first.b)
    if (
        first.alpha is not None
        and made.alpha is not None
        and first.alpha.shape in ((), (made.units,))
    ):
        ties["alpha1"] = first.alpha
        made = replace(made, alpha=first.alpha)
    return replace(made, tie=tuple(ties))


def check_gradients(spec: RunSpec, trace: Trace, rel: float) -> None:
    for name in trained(spec):
        wanted, got = differences(spec, name), known(trace, f"d{name}")
        off = float(np.linalg.norm(got - wanted))
        size = float(np.linalg.norm(got) + np.linalg.norm(wanted))
        assert off <= rel * max(size, 1e-4), (name, got, wanted)


def check_row(make: Callable[[int], RunSpec]) -> None:
    """See that gradients and arithmetic hold in the first such networks that are far from kinks."""
    made = ((spec, trace_of(spec)) for spec in map(make, range(200)))
    far = list(islice((each for each in made if from_kinks(*each) > AWAY), 3))
    assert len(far) == 3
    for spec, trace in far:
        check_gradients(spec, trace, 1e-6)
        check_expansions(trace)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        pytest.param(name, given, id=named(name, given))
        for name, row in ACTIVATIONS.items()
        for given in variants(row)
    ],
)
@pytest.mark.parametrize("samples", [1, 3])
def test_gradients_through_every_activation(name, given, samples):
    def make(seed: int) -> RunSpec:
        at = (given, given)
        return network((2, 3, 3), (name, name), LossSpec("mse"), samples, seed=seed, options=at)

    check_row(make)


@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize("shared", [False, True])
def test_gradients_of_a_slope_for_each_unit(shared, samples):
    def make(seed: int) -> RunSpec:
        made = network((2, 3, 3), ("prelu", "prelu"), LossSpec("mse"), samples, seed=seed)
        slopes = np.array([0.3, -0.2, 1.5])
        first, second = (replace(layer, alpha=slopes) for layer in made.layers)
        if shared:
            second = replace(second, tie=("alpha1",))
        return replace(made, layers=(first, second))

    check_row(make)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        pytest.param(name, given, id=named(name, given))
        for name, row in LOSSES.items()
        for given in variants(row)
    ],
)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("samples", [1, 3])
def test_gradients_of_every_loss(name, given, reduction, samples):
    def make(seed: int) -> RunSpec:
        loss = LossSpec(name, reduction, given)
        return network((2, 3, 3), ("tanh", last_of(loss)), loss, samples, seed=seed)

    check_row(make)


@given(networks())
@settings(max_examples=examples(200))
def test_gradients_are_those_of_the_loss(spec):
    trace = trace_of(spec)
    assume(from_kinks(spec, trace) > AWAY)
    check_gradients(spec, trace, 1e-6)


@given(networks(("tanh", "sigmoid", "identity"), ("cross_entropy", "mse")))
@settings(max_examples=examples(60))
def test_gradients_of_smooth_networks_are_close(spec):
    check_gradients(spec, trace_of(spec), 1e-7)


@given(networks())
@settings(max_examples=examples(200))
def test_the_arithmetic_shown_is_what_is_computed(spec):
    check_expansions(trace_of(spec))


@given(networks())
@settings(max_examples=examples(60))
def test_what_is_not_trained_has_no_gradient_and_does_not_change(spec):
    trace = trace_of(spec)
    symbols = {step.symbol for step in trace.steps}
    for name in weights(spec):
        learns = name in trained(spec)
        assert (f"d{name}" in symbols) == learns
        before, after = trace.known(name, 0), known(trace, name)
        assert learns or np.array_equal(before, after)
    for number, layer in enumerate(spec.layers, 1):
        assert {n[0] for n in weights(spec) if n.layer == number} == set(layer.own)
    if trained(spec):
        first = min(users(spec, name)[0] for name in trained(spec))
        assert not any(symbol.endswith(f"delta{first - 1}") for symbol in symbols)


@pytest.mark.parametrize("samples", [1, 3])
def test_a_layer_without_biases_says_so(samples):
    mse = LossSpec("mse")
    spec = network((2, 3, 2), ("tanh", "identity"), mse, samples, bias=(False, True))
    trace = trace_of(spec)
    z1, z2 = (next(step for step in trace.steps if step.symbol == s) for s in ("z1", "z2"))
    assert "b1" not in z1.formula + "".join(z1.reads)
    assert "b2" in z2.formula
    assert weights(spec) == ["W1", "W2", "b2"]
    np.testing.assert_allclose(known(trace, "z1"), trace.known("x", 0) @ spec.layers[0].W.T, 1e-15)


def test_softmax_between_layers_goes_back_through_its_jacobian():
    spec = network((2, 3, 3), ("softmax", "softmax"), LossSpec("mse"), 2)
    trace = trace_of(spec)
    assert [step.symbol for step in trace.steps if step.symbol.startswith("jac")] == [
        "jac2",
        "jac1",
    ]
    assert known(trace, "jac1").shape == (2, 3, 3)
    upstream, jacobian = known(trace, "da1"), known(trace, "jac1")
    wanted = np.einsum("nij,ni->nj", jacobian, upstream)
    np.testing.assert_allclose(known(trace, "delta1"), wanted, 1e-13)
    check_expansions(trace)
    check_gradients(spec, trace, 1e-7)


def test_a_softmax_under_another_loss_gives_what_joined_cross_entropy_gives():
    """∂L/∂ŷ of cross-entropy, sent through the Jacobian, is ŷ − y: the two routes agree."""
    spec = network((3, 3), ("softmax",), LossSpec("cross_entropy"))
    trace = trace_of(spec)
    yhat, y = known(trace, "yhat")[0], trace.known("y", 0)[0]
    jacobian = np.diag(yhat) - np.outer(yhat, yhat)
    np.testing.assert_allclose(known(trace, "delta1")[0], jacobian.T @ (-y / yhat), 1e-13)


@pytest.mark.parametrize("batch_size", [1, 2, 4])
def test_every_iteration_has_the_same_steps(batch_size):
    """Also where the last mini-batch of a pass has one sample."""
    spec = network((2, 2), ("tanh",), LossSpec("mse"), 5, batch_size=batch_size)
    first, last = trace_of(spec), trace_of(spec, -(-5 // batch_size))
    assert len(last.known("x", 0)) == 1
    assert [step.symbol for step in first.steps] == [step.symbol for step in last.steps]
    check_expansions(last)
