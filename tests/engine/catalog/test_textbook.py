"""What textbooks do otherwise than PyTorch, against plain calculations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.program.trainer import Trainer
from engine.runfile.read import from_table
from engine.spec.run import Array, RunSpec, SpecError
from tests.engine.helpers import FIRST, LAST

X = np.array([[1.0, -0.5, 0.25], [0.5, 2.0, -1.0], [-1.5, 0.3, 0.8], [0.2, 0.1, -0.7]])
Y = np.array([[1.0, 0.5], [-0.25, 0.75], [0.1, -1.0], [0.9, 0.0]])
W = np.array([[0.3, -0.2, 0.1], [0.05, 0.4, -0.6]])
B = np.array([0.1, -0.1])


def run(optimizer: Mapping[str, Any], dtype: str = "float64") -> RunSpec:
    """A linear layer whose mean squared error is made less."""
    return from_table(
        {
            "data": {"x": X.tolist(), "y": Y.tolist()},
            "layers": [{"units": 2, "activation": "identity", "W": W.tolist(), "b": B.tolist()}],
            "loss": {"name": "mse"},
            "optimizer": dict(optimizer),
            "dtype": dtype,
        }
    )


def plainly(optimizer: Mapping[str, Any], iterations: int) -> Array:
    """W and b, one after the other, after so many iterations, by nothing but NumPy."""
    eps = 1e-10 if optimizer["name"] == "adagrad" else 1e-8
    o = {"weight_decay": 0.0, "eps": eps, "maximize": False, **optimizer}
    theta = np.concatenate([W.ravel(), B])
    kept = {name: np.zeros_like(theta) for name in ("buf", "s", "m", "v", "mean", "max")}
    for t in range(1, iterations + 1):
        error = X @ theta[:6].reshape(2, 3).T + theta[6:] - Y
        g = np.concatenate([(error.T @ X).ravel(), error.sum(0)]) * 2 / Y.size
        g = -g if o["maximize"] else g
        decoupled = o["name"] == "adamw" or o.get("decoupled_weight_decay", False)
        if decoupled:
            theta = theta - o["lr"] * o["weight_decay"] * theta
        else:
            g = g + o["weight_decay"] * theta
        theta = theta + STEPS[o["name"]](o, kept, g, t)
    return theta


def _root(o: Mapping[str, Any], v: Array) -> Array:
    """√(v + ε), or √v + ε."""
    found = np.sqrt(v + o["eps"]) if o.get("eps_inside") else np.sqrt(v) + o["eps"]
    return np.asarray(found)


def _sgd(o: Mapping[str, Any], kept: dict[str, Array], g: Array, _t: int) -> Array:
    mu, form = o["momentum"], o["momentum_form"]
    if form == "step":
        kept["buf"] = mu * kept["buf"] - o["lr"] * g
        return kept["buf"]
    kept["buf"] = mu * kept["buf"] + ((1 - mu) * g if form == "mean" else g)
    return np.asarray(-o["lr"] * kept["buf"])


def _adagrad(o: Mapping[str, Any], kept: dict[str, Array], g: Array, t: int) -> Array:
    kept["s"] = kept["s"] + g**2
    rate = o["lr"] / (1 + (t - 1) * o.get("lr_decay", 0.0))
    return np.asarray(-rate * g / _root(o, kept["s"]))


def _rmsprop(o: Mapping[str, Any], kept: dict[str, Array], g: Array, _t: int) -> Array:
    alpha = o.get("alpha", 0.99)
    kept["s"] = alpha * kept["s"] + (1 - alpha) * g**2
    size = kept["s"]
    if o.get("centered"):
        kept["mean"] = alpha * kept["mean"] + (1 - alpha) * g
        size = size - kept["mean"] ** 2
    kept["buf"] = o.get("momentum", 0.0) * kept["buf"] + g / _root(o, size)
    return np.asarray(-o["lr"] * kept["buf"])


def _adam(o: Mapping[str, Any], kept: dict[str, Array], g: Array, t: int) -> Array:
    first, second = o.get("betas", (0.9, 0.999))
    kept["m"] = first * kept["m"] + (1 - first) * g
    kept["v"] = second * kept["v"] + (1 - second) * g**2
    kept["max"] = np.maximum(kept["max"], kept["v"])
    m, v = kept["m"], kept["max"] if o.get("amsgrad") else kept["v"]
    if o.get("bias_correction", True):
        m, v = m / (1 - first**t), v / (1 - second**t)
    return np.asarray(-o["lr"] * m / _root(o, v))


STEPS = {"sgd": _sgd, "adagrad": _adagrad, "rmsprop": _rmsprop, "adam": _adam, "adamw": _adam}


def parameters(spec: RunSpec, iterations: int) -> Array:
    trainer = Trainer(spec)
    trainer.run(1, iterations, np.zeros(iterations))
    return np.concatenate(
        [trainer.layout.view(trainer.state, name).ravel() for name in ("W1", "b1")]
    )


INSIDE, ALIKE = {"eps_inside": True, "eps": 1e-6}, {"lr": 0.01}
CASES: list[dict[str, Any]] = [
    {"name": "sgd", "lr": 0.05, "momentum": 0.9, "momentum_form": "mean"},
    {"name": "sgd", "lr": 0.05, "momentum": 0.9, "momentum_form": "step"},
    {"name": "adagrad", **ALIKE, **INSIDE},
    {"name": "adagrad", **ALIKE, **INSIDE, "lr_decay": 0.01},
    {"name": "rmsprop", **ALIKE, **INSIDE, "alpha": 0.9},
    {"name": "rmsprop", **ALIKE, **INSIDE, "centered": True, "momentum": 0.5},
    {"name": "adam", **ALIKE, **INSIDE},
    {"name": "adam", "lr": 0.001, "bias_correction": False},
    {"name": "adam", **ALIKE, **INSIDE, "bias_correction": False, "amsgrad": True},
    {"name": "adam", **ALIKE, "weight_decay": 0.1, "decoupled_weight_decay": True},
    {"name": "adamw", **ALIKE, **INSIDE, "bias_correction": False},
]


@pytest.mark.parametrize(
    "optimizer", CASES, ids=lambda o: " ".join(f"{k}={v}" for k, v in o.items())
)
def test_it_is_the_plain_calculation_in_the_first_step_and_after_a_thousand(optimizer):
    decay = {"weight_decay": 0.01} if optimizer["name"] == "adamw" else {}
    for iterations, near in ((1, FIRST), (2, FIRST), (1000, LAST)):
        found = parameters(run(optimizer), iterations)
        assert np.abs(found - plainly(optimizer | decay, iterations)).max() <= near
    single = parameters(run(optimizer, "float32"), 10)
    np.testing.assert_allclose(single, plainly(optimizer | decay, 10), 1e-5, 1e-6)


def test_asgd_keeps_the_mean_of_the_values_after_update_t0_plus_1():
    trainer = Trainer(run({"name": "asgd", "lr": 0.1, "lambd": 0.01, "t0": 3}))
    seen = []
    for t in range(1, 13):
        trainer.run(t, t, np.zeros(1))
        value, mean, rate = (
            trainer.layout.view(trainer.state, f"{prefix}W1").copy()
            for prefix in ("", "ax.", "eta.")
        )
        seen.append(value)
        np.testing.assert_allclose(rate, 0.1 / (1 + 0.01 * 0.1 * t) ** 0.75, 1e-15)
        np.testing.assert_allclose(mean, np.mean(seen[4:], 0) if t > 4 else value, 1e-14)


@st.composite
def mixtures(draw: st.DrawFn) -> dict[str, Any]:
    """Any of the optimizers with any of its options."""

    def some(**options: st.SearchStrategy[Any]) -> dict[str, Any]:
        return {name: draw(each) for name, each in options.items() if draw(st.booleans())}

    number = st.floats(0.05, 0.95)
    name = draw(st.sampled_from(sorted(STEPS)))
    common = some(weight_decay=st.floats(0.001, 0.1), maximize=st.booleans())
    found: dict[str, Any] = {"name": name, "lr": draw(st.floats(1e-4, 0.02)), "weight_decay": 0.0}
    if name == "sgd":
        forms = st.sampled_from(("mean", "step", "sum"))
        return found | common | {"momentum": draw(number), "momentum_form": draw(forms)}
    common |= some(eps_inside=st.booleans(), eps=st.floats(1e-9, 0.1))
    if name == "adagrad":
        return found | common | some(lr_decay=st.floats(0.001, 0.5))
    if name == "rmsprop":
        # a variance near 0 is all rounding, which a small ε lets grow
        apart = {"eps": 0.01} if draw(st.booleans()) else {}
        return (
            found
            | common
            | some(alpha=number, momentum=number, centered=st.just(bool(apart)))
            | apart
        )
    common |= some(betas=st.tuples(number, number).map(list), amsgrad=st.booleans())
    common |= some(bias_correction=st.booleans())
    return found | common | (some(decoupled_weight_decay=st.booleans()) if name == "adam" else {})


@given(mixtures())
@settings(max_examples=40, deadline=None)
def test_so_is_any_mixture_of_options(optimizer):
    found, want = parameters(run(optimizer), 20), plainly(optimizer, 20)
    assert np.abs(found - want).max() <= 1e-11 * max(1, np.abs(want).max())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"momentum_form": "mean"}, r'momentum_form = "mean" needs a momentum above 0 and below 1'),
        ({"momentum_form": "step"}, r'momentum_form = "step" needs a momentum above 0\.'),
        ({"momentum_form": "mean", "momentum": 1.5}, "above 0 and below 1"),
        (
            {"momentum_form": "step", "momentum": 0.5, "nesterov": True},
            'nesterov goes with .*"sum"',
        ),
        (
            {"momentum_form": "mean", "momentum": 0.5, "dampening": 0.5},
            'dampening goes with .*"sum"',
        ),
        ({"momentum_form": "torch", "momentum": 0.5}, "must be one of sum, mean, step"),
    ],
)
def test_what_does_not_go_together_is_refused(options, said):
    with pytest.raises(SpecError, match=said):
        run({"name": "sgd", "lr": 0.1, **options})
