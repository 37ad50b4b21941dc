"""Guesses: a run against the same run with one thing changed, each told by what was changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.against.guesses import guess
from engine.against.guesses.batches import ROWS
from engine.against.guesses.elsewhere import at
from engine.against.guesses.optimizers import UPDATED
from engine.against.scene import Scene
from engine.against.tracefile import TraceFile
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.symbols import Symbol
from engine.program.trace import Trace
from engine.program.trainer import Trainer
from engine.runfile.read import from_table
from engine.spec.run import Array, RunSpec

SEEN = (
    *("z", "a", "yhat", "loss", "dW", "db", "dalpha", "W", "b", "alpha"),
    *("clip", "gnorm", "m", "v", "vmax", "buf", "sum"),
)
"""What a recorder sees of an iteration."""
ITERATIONS = 4
ADAM = {"name": "adam", "lr": 0.02, "eps": 1e-4}
ADAMW = {"name": "adamw", "lr": 0.02, "eps": 1e-4, "weight_decay": 0.1}
DECOUPLED = ADAM | {"weight_decay": 0.1, "decoupled_weight_decay": True}
SGD = {"name": "sgd", "lr": 0.02, "momentum": 0.8}
CLIP = {"norm": 0.05}
PENALTY = {"penalty": {"l2": 0.07}}
WEIGHTED = {"name": "cross_entropy", "weight": [1, 2, 0.5]}


BARE = [
    {"units": 4, "activation": "tanh", "init": "xavier_uniform", "bias": False},
    {"units": 3, "activation": "softmax", "init": "xavier_uniform", "bias": False},
]
MUON: dict[str, Any] = {"optimizer": {"name": "muon", "lr": 0.02}, "layers": BARE}


def muon(**options: Any) -> dict[str, Any]:
    """The same with other options."""
    return {"optimizer": MUON["optimizer"] | options}


RMSPROP = {"name": "rmsprop", "lr": 0.02, "eps": 1e-3}
ADAGRAD = {"name": "adagrad", "lr": 0.02, "lr_decay": 0.1}


def run(hidden: str = "tanh", slope: float | None = None, **changed: Any) -> RunSpec:
    """A run of 3-4-3 on mini-batches of 4 and of 2 samples, by Adam."""
    slope_of = {} if slope is None else {"negative_slope": slope}
    x = np.random.default_rng(4).normal(size=(6, 3)).tolist()
    table: dict[str, Any] = {
        "data": {"x": x, "labels": [0, 2, 1, 1, 0, 2], "batch_size": 4},
        "layers": [
            {"units": 4, "activation": hidden, "init": "torch_linear"} | slope_of,
            {"units": 3, "activation": "softmax", "init": "torch_linear"},
        ],
        "loss": {"name": "cross_entropy"},
        "optimizer": ADAM,
        **changed,
    }
    return from_table(table)


def record_of(spec: RunSpec) -> TraceFile:
    """What a recorder would have of a training."""
    trainer, values, starts = Trainer(spec), {}, {}
    for t in range(1, ITERATIONS + 1):
        trace = trainer.trace(t, trainer.state.copy())
        if t == 1:
            names = [name for name in map(Symbol, trainer.layout) if name.parameter]
            starts[1] = {name: trace.known(name, 0) for name in names}
        found = {Symbol(name): trace.known(name, 0) for name in ("x", "y")}
        found[Symbol("lr")] = np.array(trace.scalars["lr"])
        for step in trace.steps:
            if step.symbol.family in SEEN:
                found[step.symbol] = trace.known(step.symbol, step.number)
        values[t] = found
    return TraceFile(file="run.npz", dtype=spec.dtype, values=values, starts=starts)


def first(spec: RunSpec, record: TraceFile) -> Scene:
    """The first difference, each iteration from the record's own parameters and state."""
    trainer = Trainer(spec)
    trace = trainer.trace(1, trainer.state.copy())
    loss = Symbol("loss")
    begun = Scene(
        spec=spec,
        record=record,
        trace=trace,
        t=1,
        symbol=loss,
        step=trace.steps[trace.number(loss) - 1],
        theirs=record.values[1][loss],
        close=bool,
    )
    for t in record.iterations:
        scene = at(begun, t)
        assert scene is not None
        for symbol, theirs in record.values[t].items():
            ours = scene.value(symbol)
            if ours is not None and not close(theirs, ours):
                number = scene.trace.writer(symbol)
                step = scene.trace.steps[number - 1] if number else None
                near = partial(close, theirs)
                return replace(scene, symbol=symbol, step=step, theirs=theirs, close=near)
    pytest.fail("nothing differs")


def close(theirs: Array, array: Array) -> bool:
    return array.shape == theirs.shape and bool(np.allclose(array, theirs, 1e-9, 1e-12))


CHANGED: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    ({}, {"loss": {"name": "cross_entropy", "reduction": "sum"}}, "1.loss", "reduction"),
    ({"loss": WEIGHTED | {"reduction": "sum"}}, {"loss": WEIGHTED}, "1.loss", "reduction"),
    ({"loss": WEIGHTED}, {"optimizer": ADAM | {"amsgrad": True}}, "3.W1", "flag"),
    ({}, {"hidden": "relu"}, "1.a1", "activation"),
    ({}, {"optimizer": ADAM | {"amsgrad": True}}, "3.W2", "flag"),
    ({}, {"optimizer": ADAM | {"betas": [0.999, 0.9]}}, "1.m.W2", "betas"),
    ({}, {"optimizer": ADAM | {"maximize": True}}, "1.m.W2", "sign"),
    ({}, {"optimizer": ADAM | {"eps": 1e-7}}, "1.W2", "eps"),
    ({"optimizer": ADAMW}, {"optimizer": ADAMW | {"name": "adam"}}, "1.m.W2", "coupled"),
    ({"optimizer": DECOUPLED}, {"optimizer": ADAM | {"weight_decay": 0.1}}, "1.m.W2", "coupled"),
    ({"optimizer": ADAMW}, {"optimizer": ADAMW | {"weight_decay": 0.0}}, "1.W2", "no-decay"),
    ({"optimizer": SGD}, {"optimizer": SGD | {"nesterov": True}}, "1.W2", "nesterov"),
    ({"optimizer": SGD}, {"optimizer": SGD | {"dampening": 0.8}}, "2.buf.W2", "momentum"),
    ({"optimizer": SGD}, {"optimizer": SGD | {"momentum": 0.9}}, "2.buf.W2", "option"),
    ({"optimizer": RMSPROP}, {"optimizer": RMSPROP | {"alpha": 0.9}}, "1.v.W2", "option"),
    ({"optimizer": ADAGRAD}, {"optimizer": ADAGRAD | {"lr_decay": 1e-3}}, "2.W2", "option"),
    ({"hidden": "leaky_relu"}, {"slope": 0.2}, "1.a1", "activation-options"),
    ({"clip": CLIP}, {}, "1.m.W2", "not-clipped"),
    ({}, {"clip": CLIP}, "1.m.W2", "changed"),
    ({"clip": CLIP}, {"clip": {"value": 0.05}}, "1.clip.W2", "by-value"),
    ({"clip": CLIP}, {"clip": {"norm": 0.05, "norm_type": 1.0}}, "1.gnorm", "norm"),
    (MUON, muon(newton_schulz="float"), "1.W2", "choice"),
    (MUON, muon(adjust_lr_fn="match_rms_adamw"), "1.W2", "choice"),
    (MUON, muon(nesterov=False), "1.W2", "nesterov"),
    (MUON, muon(momentum=0.9), "1.buf.W2", "option"),
    (PENALTY, {"penalty": {"l2": 0}}, "1.loss", "other-penalty"),
    (PENALTY, {"penalty": {"l2": 0.07, "half": False}}, "1.loss", "other-penalty"),
    (PENALTY, {"penalty": {"l2": 0.07, "biases": True}}, "1.loss", "other-penalty"),
    (PENALTY, {"penalty": {"l2": 0.07, "per_sample": True}}, "1.loss", "other-penalty"),
    ({}, {"penalty": {"l2": 0.01}}, "1.loss", "penalty"),
    ({}, {"penalty": {"l1": 0.01, "biases": True}}, "1.loss", "penalty"),
    (
        {"schedule": {"name": "step", "step_size": 2, "gamma": 0.5}},
        {"schedule": {"name": "step", "step_size": 1, "gamma": 0.5}},
        "2.lr",
        "rate-of-another-iteration",
    ),
]


@pytest.mark.parametrize(("meant", "made", "place", "key"), CHANGED)
def test_what_was_changed_is_named(
    meant: dict[str, Any], made: dict[str, Any], place: str, key: str
) -> None:
    scene = first(run(**meant), record_of(run(**(meant | made if made else {}))))
    found = guess(scene)
    assert (f"{scene.t}.{scene.symbol}", found and found.key) == (place, key)


def penalized(trace: Trace) -> Array:
    weights = (trace.known(name, 0) for name in trace.parameters if name.startswith("W"))
    return np.asarray(trace.known("loss", 99) + 0.01 * sum((W**2).sum() for W in weights))


def rooted(trace: Trace) -> Array:
    step = 0.02 * trace.known("dW2", 99) / np.sqrt(trace.known("v.W2", 99) + 1e-3)
    return np.asarray(trace.known("W2", 0) - step)


def exchanged(trace: Trace) -> Array:
    return np.asarray(0.9 * trace.known("dW2", 99))  # of m, which begins at 0


def decayed_whole(trace: Trace) -> Array:
    step = trace.known("decay.W2", 99) - trace.known("W2", 99)
    return np.asarray(0.9 * trace.known("W2", 0) - step)


def unpenalized(trace: Trace) -> Array:
    return np.asarray(trace.known("dW2", 99) - 0.07 * trace.known("W2", 0))


def without_penalty(trace: Trace) -> Array:
    return trace.known("dataloss", 99)


def summed(trace: Trace) -> Array:
    return trace.known("dW2", 99)  # of a mean, which begins at 0


def of_all_sums(trace: Trace) -> Array:
    """A slope's gradient of the sums above 0, too."""
    return np.asarray((trace.known("da1", 99) * trace.known("z1", 99)).sum())


def of_first_sample(trace: Trace) -> Array:
    below = np.minimum(trace.known("z1", 99), 0)
    return np.asarray((trace.known("da1", 99) * below)[0].sum())


BY_HAND: list[tuple[dict[str, Any], str, Callable[[Trace], Array], str]] = [
    (MUON, "buf.W2", summed, "momentum-sum"),
    ({}, "loss", penalized, "penalty"),
    (PENALTY, "dW2", unpenalized, "as-on-a-sheet"),
    (PENALTY, "loss", without_penalty, "other-penalty"),
    ({}, "x", lambda trace: trace.known("x", 0) / 255, "scaled"),
    ({}, "y", lambda trace: trace.known("y", 0)[::-1], "targets"),
    ({}, "z1", lambda trace: trace.known("z1", 99) - 2 * trace.known("b1", 0), "bias"),
    ({}, "dW2", lambda trace: np.zeros_like(trace.known("dW2", 99)), "no-gradient"),
    ({"optimizer": RMSPROP}, "W2", rooted, "eps-inside"),
    ({}, "b2", lambda trace: trace.known("b2", 0), "not-updated"),
    ({"hidden": "prelu"}, "dalpha1", of_all_sums, "as-on-a-sheet"),
    ({"hidden": "prelu"}, "dalpha1", of_first_sample, "as-on-a-sheet"),
    ({"hidden": "prelu"}, "alpha1", lambda trace: trace.known("alpha1", 0), "not-updated"),
    ({"optimizer": DECOUPLED}, "m.W2", exchanged, "running-mean"),
    ({"optimizer": DECOUPLED}, "W2", decayed_whole, "decay"),
    ({"optimizer": ADAMW}, "W2", decayed_whole, "decay"),
]


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (-1, "the penalty left out, in the gradients alone"),
        (-2, "the penalty taken off, not added, in the gradients alone"),
        (1, "λ₂·Σ w² for λ₂/2·Σ w² (half = false), in the gradients alone"),
    ],
)
def test_a_penalty_that_no_gradient_has_as_the_loss_does_is_named(factor: int, said: str) -> None:
    spec = run(penalty=PENALTY["penalty"])
    record = record_of(spec)
    kept = ("x", "y", "z", "a", "yhat", "loss", "lr", "db")
    changed = {name: array for name, array in record.values[1].items() if name.family in kept}
    for name in map(Symbol, ("W2", "W1")):
        off = factor * 0.07 * record.starts[1][name]
        changed[name.gradient] = record.values[1][name.gradient] + off
    found = guess(first(spec, replace(record, values={1: changed})))
    assert found is not None
    assert (found.key, found.says.startswith(f"Likely: {said}")) == ("other-penalty", True), found


@pytest.mark.parametrize(("meant", "symbol", "made", "key"), BY_HAND)
def test_what_no_option_makes_is_named(
    meant: dict[str, Any], symbol: str, made: Callable[[Trace], Array], key: str
) -> None:
    spec = run(**meant)
    record = record_of(spec)
    trainer = Trainer(spec)
    trace = trainer.trace(1, trainer.state.copy())
    values = {1: {**record.values[1], Symbol(symbol): np.asarray(made(trace))}}
    scene = first(spec, replace(record, values=values))
    found = guess(scene)
    assert (scene.symbol, found and found.key) == (symbol, key)


def test_outputs_beside_all_targets_are_named() -> None:
    """What PyTorch computes of outputs (N, 1) and targets (N,)."""
    layer = {"units": 1, "activation": "identity", "init": "torch_linear"}
    data = {"x": [[1.0, 2.0], [0.5, -1.0], [3.0, 0.2]], "y": [[1.0], [0.2], [-0.7]]}
    spec = run(data=data, layers=[layer], loss={"name": "mse"}, optimizer=SGD)
    record = record_of(spec)
    apart = record.values[1][Symbol("z1")] - record.values[1][Symbol("y")].T
    values = {**record.values[1], Symbol("loss"): np.asarray((apart**2).mean())}
    values |= {Symbol("dW1"): 2 / 9 * apart.sum(axis=1)[None] @ record.values[1][Symbol("x")]}
    scene = first(spec, replace(record, values={1: values}))
    found = guess(scene)
    assert found is not None
    assert found.key == "broadcast"
    assert "outputs of shape (3, 1) beside targets of shape (3,)" in found.says


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"label_smoothing": 0.2}, "Likely: label_smoothing left out. "),
        ({"label_smoothing": 0.2, "weight": [1.0, 3.0, 2.0]}, "Likely: cross entropy with none"),
    ],
)
def test_of_a_loss_it_is_told_which_option_is_left_out(options: dict[str, Any], says: str) -> None:
    found = guess(first(run(loss={"name": "cross_entropy"} | options), record_of(run())))
    assert found is not None
    assert found.says.startswith(says)
    assert "in the place of" not in found.says


def test_a_group_is_told_by_its_parameters() -> None:
    decayed: dict[str, Any] = {"optimizer": ADAM | {"weight_decay": 0.1}}
    groups = [{"params": ["b1", "b2"], "weight_decay": 0.0}]
    found = guess(first(run(**decayed, groups=groups), record_of(run(**decayed))))
    assert found is not None
    assert found.says.startswith("Likely: b[2] updated as W[1], W[2] are: weight_decay 0.1.")


def test_a_mistake_in_a_step_that_the_record_does_not_have_is_named_with_it() -> None:
    """A slope of tanh by z in the place of a, where the record has the gradients alone."""
    spec = run()
    record = record_of(spec)
    trainer = Trainer(spec)
    trace = trainer.trace(1, trainer.state.copy())
    slope = 1 - trace.known("z1", 99) ** 2
    delta = trace.known("da1", 99) * slope
    values = dict(record.values[1])
    values[Symbol("dW1")] = delta.T @ trace.known("x", 0)
    values[Symbol("db1")] = delta.sum(0)
    scene = first(spec, replace(record, values={1: values}))
    found = guess(scene)
    assert found is not None
    assert (str(scene.symbol), found.key) == ("dW1", "unseen")
    assert "1 − z² instead of the slope, in δ[1]" in found.says


@pytest.mark.parametrize("optimizer", [ADAM, ADAMW, SGD], ids=lambda o: o["name"])
def test_numbers_that_are_anyhow_wrong_are_not_explained(optimizer: dict[str, Any]) -> None:
    spec = run(optimizer=optimizer, clip=CLIP)
    record = record_of(spec)
    random = np.random.default_rng(1)
    for symbol, array in record.values[2].items():
        other = array * (1 + 0.01 * random.uniform(0.5, 1, array.shape))
        values = {**record.values, 2: {**record.values[2], symbol: other}}
        scene = first(spec, replace(record, values=values))
        assert (scene.t, scene.symbol) == (2, symbol)
        assert guess(scene) is None, symbol


def test_what_no_row_gives_is_not_guessed() -> None:
    """Numbers that come nearer to the record's than ours, or that fit in all elements but one."""
    record = record_of(run(optimizer=ADAM | {"eps": 3e-4}))
    assert guess(first(run(), record)) is None
    spec = run()
    record = record_of(run(optimizer=ADAM | {"maximize": True}))
    array = record.values[1][Symbol("m.W2")].copy()
    array[0, 0] *= 1.001
    record.values[1][Symbol("m.W2")] = array  # type: ignore[index]
    assert guess(first(spec, record)) is None


def test_what_any_optimizer_keeps_can_be_guessed_at() -> None:
    kept = {slot for row in OPTIMIZERS.values() for slot in row.slots({"lr": 0.1})}
    assert kept | {"vmax", "W", "b"} <= {*UPDATED}


def test_targets_of_two_classes_can_be_one_off() -> None:
    """Two classes of which both can hold; where one does, that is 0 and 1 exchanged."""
    ours = np.array([[1.0, 1.0], [0.0, 1.0]])
    scene = SimpleNamespace(theirs=ours[:, ::-1], spec=None)
    setting: Any = SimpleNamespace(scene=scene, ours=ours, symbol="y", now=lambda _: None)
    (tries,) = (row.tries for row in ROWS if row.key == "targets")
    assert "every class is one off" in [told for told, _ in tries(setting)]
