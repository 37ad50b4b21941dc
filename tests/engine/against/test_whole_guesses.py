"""What each alternative would give, in every symbol of some runs: `pytest tests/engine/against
--snapshot-update` writes it down anew; look at what differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from engine.against.guesses import ALTERNATIVES, guess
from engine.against.guesses.elsewhere import alike
from engine.against.guesses.setting import Read, Setting
from engine.against.scene import Scene
from engine.catalog.activations import ACTIVATIONS
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.symbols import Symbol
from engine.program.trainer import Trainer
from engine.spec.run import Array
from tests.engine.against.test_guesses import (
    ADAGRAD,
    ADAM,
    ADAMW,
    CLIP,
    RMSPROP,
    SGD,
    WEIGHTED,
    record_of,
    run,
)


@dataclass(frozen=True)
class Asked:
    """A run in iteration `t`, and what its record does not have, by kind or prefix."""

    changed: dict[str, Any]
    t: int = 2
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


def layers(*each: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"init": "torch_linear"} | layer for layer in each]


def steps(size: int) -> dict[str, Any]:
    return {"name": "step", "step_size": size, "gamma": 0.5}


ONE_OUTPUT = {
    "data": {"x": [[1.0, 2.0], [0.5, -1.0], [3.0, 0.2]], "y": [[1.0], [0.2], [-0.7]]},
    "layers": layers({"units": 1, "activation": "identity"}),
    "loss": {"name": "mse"},
}
SQUARE = layers(
    {"units": 3, "activation": "tanh"},
    {"units": 3, "activation": "relu", "bias": False},
    {"units": 3, "activation": "softmax"},
)
TIED = [
    *layers({"units": 3, "activation": "tanh"}),
    {"units": 3, "activation": "elu", "alpha": 0.7, "tie": ["W1", "b1"]},
    *layers({"units": 3, "activation": "softmax"}),
]
TURNED = [
    *layers({"units": 2, "activation": "tanh"}),
    {"units": 3, "activation": "softmax", "tie": "W1.T", "b": [0.1, 0.0, -0.1]},
]
GROUPS = [
    {"params": ["b1"], "weight_decay": 0.0},
    {"params": ["b2"], "weight_decay": 0.0},
    {"params": ["W1"], "lr": 0.5},
]
UPDATES = ("m", "v", "vmax", "buf", "sum", "clip", "gnorm", "W", "b", "lr")
RUNS: dict[str, Asked] = {
    "adam": Asked({}),
    "adamw": Asked({"optimizer": ADAMW | {"amsgrad": True}, "loss": WEIGHTED}),
    "sgd": Asked(
        {
            "optimizer": SGD | {"weight_decay": 0.1},
            "clip": CLIP,
            "schedule": steps(2),
            "loss": {"name": "cross_entropy", "reduction": "sum"},
        }
    ),
    "rmsprop": Asked(
        {"optimizer": RMSPROP | {"momentum": 0.5}, "hidden": "leaky_relu", "slope": 0.2}
    ),
    "mse": Asked({"loss": {"name": "mse"}, "optimizer": SGD | {"nesterov": True}}),
    "adam with decay": Asked({"optimizer": ADAM | {"weight_decay": 0.1}, "hidden": "sigmoid"}),
    "the first iteration": Asked({"loss": {"name": "cross_entropy", "label_smoothing": 0.1}}, t=1),
    "one output": Asked(ONE_OUTPUT | {"optimizer": SGD | {"weight_decay": 0.1, "dampening": 0.5}}),
    "three layers alike": Asked(
        {"layers": SQUARE, "optimizer": {"name": "sgd", "lr": 0.1, "weight_decay": 0.1}},
        t=3,
        only=("z", "dW", "W", "y"),
    ),
    "tied": Asked(
        {"layers": TIED, "clip": {"value": 0.05}, "optimizer": RMSPROP},
        only=("z", "a", "dW", "clip", "v", "b"),
    ),
    "tied the other way": Asked({"layers": TURNED, "optimizer": ADAGRAD}, only=("z", "dW", "db")),
    "float32": Asked(
        {"dtype": "float32", "optimizer": ADAMW}, only=("x", "z", "dW", "W", "m")
    ),
    "groups": Asked(
        {
            "groups": GROUPS,
            "optimizer": {"name": "adagrad", "lr": 0.1, "weight_decay": 0.1},
            "schedule": steps(3),
        },
        only=UPDATES,
    ),
    "a frozen layer": Asked(
        {"groups": [{"params": ["W2", "b2"], "frozen": True}], "optimizer": SGD},
        only=("W", "b", "buf"),
    ),
    "two ways of clipping": Asked(
        {
            "clip": [{"params": ["W1", "b1"], "norm": 1.0, "norm_type": "inf"},
                     {"params": ["W2"], "value": 0.05}],
            "optimizer": SGD | {"nesterov": True, "weight_decay": 0.1},
        },
        only=UPDATES,
    ),
    "clipped by the largest": Asked(
        {"clip": {"norm": 0.05, "norm_type": "inf", "params": ["W*"]},
         "optimizer": RMSPROP | {"centered": True}},
        only=UPDATES,
    ),
    "rates that no record has": Asked(
        {"schedule": steps(2), "optimizer": ADAM | {"maximize": True}}, t=3, without=("lr",),
        only=("W", "m"),
    ),
    "little is recorded": Asked(
        {"optimizer": ADAM}, without=("z", "a", "m", "v", "lr"), only=("yhat", "loss", "dW", "b")
    ),
    "log-probabilities": Asked(
        {"loss": {"name": "nll"}, "layers": layers({"units": 4, "activation": "silu"},
                                                   {"units": 3, "activation": "log_softmax"})},
        only=("yhat", "loss", "dW"),
    ),
    "a divergence": Asked(
        {"loss": {"name": "kl_div", "reduction": "batchmean"},
         "layers": layers({"units": 3, "activation": "log_softmax"})},
        only=("loss", "dW"),
    ),
}  # fmt: skip
MOST = 12
"""So many ways of an alternative are told one by one."""


def begun(asked: Asked) -> Scene:
    """The iteration against the run's own record, at any symbol."""
    spec = run(**asked.changed)
    record = record_of(spec)
    values = {
        t: {name: array for name, array in found.items() if name.family not in asked.without}
        for t, found in record.values.items()
    }
    trainer = Trainer(spec)
    for t in range(1, asked.t + 1):
        trace = trainer.trace(t, trainer.state.copy())
    return Scene(
        spec=spec,
        record=replace(record, values=values),
        trace=trace,
        t=asked.t,
        symbol=Symbol("loss"),
        step=None,
        theirs=np.zeros(()),
        close=bool,
    )


def scenes(asked: Asked) -> Iterator[Scene]:
    """The iteration at each symbol that the record has of it, and at what is not trained."""
    scene = begun(asked)
    trace = scene.trace
    kept = {name: trace.known(name, 0) for name in trace.parameters if not trace.writer(name)}
    for symbol, theirs in {**scene.record.values[asked.t], **kept}.items():
        if asked.only and symbol.family not in asked.only:
            continue
        if symbol.layer == 1 and symbol.parameter and len(scene.spec.layers) == 2:
            continue  # as in the second layer
        number = scene.trace.writer(symbol)
        step = scene.trace.steps[number - 1] if number else None
        yield replace(scene, symbol=symbol, theirs=theirs, step=step)


def total(array: Array) -> float:
    """All numbers added up, weighted by their places; those that are none count one each."""
    flat = np.ravel(array).astype(float)
    places = np.arange(1, flat.size + 1)
    return float(np.where(np.isfinite(flat), flat, 1.0) @ places)


def change(scene: Scene, symbol: Symbol, read: Read) -> float | None:
    """By how much an alternative is another number than the run's, which shows small changes; in
    float32, where the last digits are not the same on all machines, what it is.
    """
    found, ours = read(symbol), scene.value(symbol)
    if found is None:
        return None
    exact = ours is not None and ours.dtype == np.float64 and ours.shape == found.shape
    return total(found - ours if exact else found)  # type: ignore[operator]


def after(scene: Scene, read: Read) -> float:
    """The changes in all that comes after the symbol in the iteration."""
    steps = scene.trace.steps[scene.step.number if scene.step else 0 :]
    return sum((change(scene, step.symbol, read) or 0.0) * i for i, step in enumerate(steps, 1))


EARLIEST = ("sgd", "adagrad", "rmsprop", "adam", "adamw")
FIRST = (
    *("tanh", "sigmoid", "relu", "leaky_relu", "elu", "gelu", "gelu_tanh", "silu", "softplus"),
    *("identity", "softmax", "log_softmax"),
)
LATER = (
    *(f"{row.label} in" for name, row in OPTIMIZERS.items() if name not in EARLIEST),
    *(f"{name.replace('_', ' ')} in" for name in ACTIVATIONS if name not in FIRST),
)
"""How guesses at other rows begin, which are as many as there are."""


def written(number: float) -> str:
    return f"{round(number, 11) + 0.0:.5g}"


def told(scene: Scene) -> Iterator[tuple[str, str]]:
    """Each way of each alternative, and what comes of it: in the symbol, and after it."""
    setting = Setting(scene)
    for row in ALTERNATIVES:
        if scene.symbol.family not in row.kinds:
            continue
        ways: list[tuple[str, str, float]] = []
        with np.errstate(all="ignore"):
            for said, read in row.tries(setting):
                if said.startswith(LATER):
                    continue
                found = change(scene, scene.symbol, read)
                here = "none" if found is None else written(found)
                ways.append((said, here, after(scene, read)))
        name = f"{row.key} ({row.rank})"
        if len(ways) <= MOST:
            for said, here, later in ways:
                yield f"{name}: {said}", f"{here}…{written(later)}".removesuffix("…0")
        else:
            later = sum(each * i for i, (*_, each) in enumerate(ways, 1))
            here = " ".join(each for _, each, _ in ways)
            yield f"{name}: {ways[0][0]}, and {len(ways) - 1} more", f"{here}…{written(later)}"


@pytest.mark.parametrize("name", RUNS)
def test_each_alternative_gives_its_own_numbers(name, snapshot):
    lines: dict[str, list[str]] = {}
    for scene in scenes(RUNS[name]):
        for said, numbers in told(scene):
            lines.setdefault(said, []).append(f"{scene.symbol} {numbers}")
    pages = (
        f"{said} — {', '.join(each)}" if sum(map(len, each)) < 200 else "\n    ".join([said, *each])
        for said, each in lines.items()
    )
    assert "\n".join(pages) == snapshot


def planted(scene: Scene) -> Iterator[tuple[str, Scene]]:
    """The iteration as the first way of each alternative would have it, in all that it says."""
    setting = Setting(scene)
    for row in ALTERNATIVES:
        if scene.symbol.family in row.kinds:
            with np.errstate(all="ignore"):
                said, read = next(row.tries(setting), ("", lambda _: None))
                found = read(scene.symbol)
            if found is None or found.shape != scene.theirs.shape or alike(found, scene.theirs):
                continue
            values = dict(scene.record.values)
            made = {name: read(name) for name in values[scene.t]}
            later = scene.trace.steps[scene.step.number :] if scene.step else ()
            after = {step.symbol for step in later}
            follow = {name: x for name, x in made.items() if x is not None and name in after}
            values[scene.t] = {**values[scene.t], **follow}
            near = partial(alike, theirs=found)
            record = replace(scene.record, values=values)
            yield f"{scene.symbol} {said}", replace(scene, record=record, theirs=found, close=near)


def test_each_alternative_is_guessed_so(snapshot):
    lines = []
    for scene in scenes(replace(RUNS["one output"], only=("y", "loss", "buf"))):
        for said, other in planted(scene):
            found = guess(other)
            lines.append(f"{said} — {found and f'{found.key}: {found.says}'}")
    assert "\n".join(lines) == snapshot


def moved(scene: Scene, symbol: str, theirs: Array) -> Scene:
    return replace(scene, symbol=Symbol(symbol), theirs=theirs, step=None)


def test_other_samples_are_told(snapshot):
    """Mini-batches in another order, of another iteration, and targets that are not theirs."""
    scene = begun(Asked({}, t=2))
    x, y = scene.record.values[2][Symbol("x")], scene.record.values[2][Symbol("y")]
    data = scene.spec.data
    theirs = {
        "x turned": ("x", x[::-1].copy()),
        "x of iteration 1": ("x", scene.record.values[1][Symbol("x")]),
        "two other samples": ("x", data.x[[4, 1]]),
        "ten samples": ("x", data.x[[0, 1, 2, 3, 4, 5, 0, 1, 2, 3]]),
        "eight samples": ("x", data.x[[0, 1, 2, 3, 4, 5, 0, 1]]),
        "other data": ("x", x + 1),
        "fewer columns": ("x", x[:, :2]),
        "one row": ("x", x[0]),
        "y turned": ("y", y[::-1].copy()),
        "y of others": ("y", np.roll(data.y, 1, axis=0)[: len(y)]),
        "fewer classes": ("y", y[:, :2]),
    }
    lines = []
    for name, (symbol, array) in theirs.items():
        for said, numbers in told(moved(scene, symbol, array)):
            if said.startswith(("batch-order", "targets", "scaled (1): y standardized")):
                lines.append(f"{name}: {said} — {numbers}")
    assert "\n".join(lines) == snapshot
