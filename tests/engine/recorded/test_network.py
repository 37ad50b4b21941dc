"""Calls as a network: which of them are followed, as what, and which are refused."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from engine.arrayfiles.file import File
from engine.catalog import losses
from engine.recorded.clipping import clippings
from engine.recorded.losses import ORDER
from engine.recorded.network import network
from engine.recorded.written import Call, Written
from engine.spec.run import Array, SpecError

X = np.array([[0.5, -1.0], [2.0, 0.25], [1.0, 3.0]])
W = np.array([[0.5, 1.0], [-1.0, 0.25]])
Z = X @ W.T
OFF = np.array([[1, 2]])
CLASSES = np.array([0, 1, 1])
OUT, TENSOR = {"output": "fc/out"}, {"tensor": [3, 2], "numbers": None}
GIVEN = {"parameter": "fc.weight", "turned": False}
LINEAR = Call("fc/out", "linear", (TENSOR, GIVEN, None), {})


def record(*calls: Call, y: Array = Z, loss: float = 9.0, **arrays: Array) -> Written:
    found = {"0/fc.weight": W, "1/x": X, "1/y": y, "1/fc/out": Z, "1/loss": np.array(loss)}
    found |= {f"1/{name}": array for name, array in arrays.items()}
    return Written(File("r.npz", b""), found, 1, calls, "SGD", ((),))


def call(name: str, *args: Any, **kwargs: Any) -> Call:
    return Call(name, name, (OUT, *args), kwargs)


MSE = call("mse_loss", TENSOR)

ACTIVATED = [
    (call("relu", inplace=True), ("relu", {})),
    (call("leaky_relu", 0.3, True), ("leaky_relu", {"negative_slope": 0.3})),
    (call("softplus", 2.0, 10.0), ("softplus", {"beta": 2.0, "threshold": 10.0})),
    (call("elu", alpha=0.5), ("elu", {"alpha": 0.5})),
    (call("gelu"), ("gelu", {})),
    (call("relu6", inplace=False), ("relu6", {})),
    (call("hardtanh", -2.0, max_val=2.0), ("hardtanh", {"min_val": -2.0, "max_val": 2.0})),
    (call("hardsigmoid", inplace=False), ("hardsigmoid", {})),
    (call("hardswish", False), ("hardswish", {})),
    (call("log_sigmoid"), ("logsigmoid", {})),
    (call("softsign"), ("softsign", {})),
    (call("selu", inplace=True), ("selu", {})),
    (call("mish"), ("mish", {})),
    (call("gelu", approximate="tanh"), ("gelu_tanh", {})),
    (call("softmax", -1, _stacklevel=5), ("softmax", {})),
    (call("log_softmax", dim=1), ("log_softmax", {})),
]


@pytest.mark.parametrize(("activation", "meant"), ACTIVATED)
def test_activations(activation, meant):
    net = network(record(LINEAR, activation, MSE))
    (layer,) = net.layers
    assert (layer.activation, layer.options) == meant
    assert (layer.z, layer.a) == ("fc/out", activation.key)


@pytest.mark.parametrize("given", ["by place", "by name"])
def test_a_slope_that_is_learned(given):
    slope = {"parameter": "act.weight", "turned": False}
    act = call("prelu", slope) if given == "by place" else call("prelu", weight=slope)
    (layer,) = network(record(LINEAR, act, MSE)).layers
    assert (layer.activation, layer.slope, layer.a) == ("prelu", "act.weight", act.key)


def test_a_slope_that_is_no_parameter_is_not_followed():
    with pytest.raises(SpecError, match="is made by prelu, which is not followed there"):
        network(record(LINEAR, call("prelu", TENSOR), MSE))


@pytest.mark.parametrize("name", ["linear", "matmul", "mm"])
@pytest.mark.parametrize("turned", [False, True])
def test_which_way_weights_lie(name, turned):
    weights = {"parameter": "fc.weight", "turned": turned}
    made = Call("fc/out", name, (TENSOR, weights), {})
    assert network(record(made, MSE)).layers[0].turned is (turned is (name == "linear"))


SMOOTH = {"label_smoothing": 0.1}
LOSSES: list[tuple[Call, tuple[Any, ...], str]] = [
    (call("cross_entropy", TENSOR), ("cross_entropy", "mean", {}), "softmax"),
    (
        call("cross_entropy", TENSOR, None, None, -100, None, "sum", 0.1),
        ("cross_entropy", "sum", SMOOTH),
        "softmax",
    ),
    (
        call("cross_entropy", TENSOR, weight={"tensor": [2], "numbers": [1.0, 2.0]}),
        ("cross_entropy", "mean", {"weight": [1.0, 2.0]}),
        "softmax",
    ),
    (
        call("binary_cross_entropy_with_logits", TENSOR, pos_weight={"tensor": [], "numbers": 3.0}),
        ("binary_cross_entropy", "mean", {"pos_weight": 3.0}),
        "sigmoid",
    ),
    (call("huber_loss", TENSOR, "sum", 2.0), ("huber", "sum", {"delta": 2.0}), "identity"),
    (
        call("gaussian_nll_loss", TENSOR, {"tensor": [3, 1], "numbers": [[0.5], [0.5], [0.5]]}),
        ("gaussian_nll", "mean", {"var": 0.5}),
        "identity",
    ),
    (call("kl_div", TENSOR, log_target=False), ("kl_div", "mean", {}), "identity"),
]


@pytest.mark.parametrize(("loss", "meant", "activation"), LOSSES)
def test_losses(loss, meant, activation):
    net = network(record(LINEAR, loss))
    assert (net.loss.name, net.loss.reduction, net.loss.options) == meant
    assert net.layers[0].activation == activation


def test_a_loss_of_what_an_activation_made():
    net = network(record(LINEAR, call("tanh"), call("cross_entropy", TENSOR)))
    assert (net.loss.name, net.layers[0].activation) == ("cross_entropy_of_outputs", "tanh")


def test_a_mean_taken_afterwards():
    each = call("cross_entropy", TENSOR, reduction="none")
    assert network(record(LINEAR, each, call("sum"))).loss.reduction == "sum"
    with pytest.raises(SpecError, match="cross_entropy is made by cross_entropy, which is not"):
        network(record(LINEAR, each))


BY_HAND: list[tuple[str, str, Array, float]] = [
    ("mse", "mean", Z + OFF, 2.5),
    ("mse", "sum", Z + OFF, 15.0),
    ("half_squared_error", "sum", Z + OFF, 7.5),
    ("l1", "mean", Z - OFF, 1.5),
]


@pytest.mark.parametrize(("name", "reduction", "y", "value"), BY_HAND)
def test_losses_that_are_written_out(name, reduction, y, value):
    net = network(record(LINEAR, call("sub"), call("mean"), y=y, loss=value))
    assert (net.loss.name, net.loss.reduction) == (name, reduction)
    with pytest.raises(SpecError, match="sub is made by sub, which is not followed there"):
        network(record(LINEAR, call("sub"), call("mean"), y=y, loss=value * (1 + 1e-6)))


def test_the_surprise_written_out():
    p = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    surprise = -np.log(p[range(3), CLASSES])
    calls: tuple[Call, ...] = (
        LINEAR,
        call("softmax", 1),
        call("log"),
        call("getitem"),
        call("mean"),
    )
    net = network(record(*calls, y=CLASSES, loss=surprise.mean(), softmax=p))
    assert (net.loss.name, net.loss.reduction) == ("cross_entropy", "mean")
    calls = (LINEAR, call("log_softmax", 1), call("getitem"), call("sum"))
    net = network(record(*calls, y=CLASSES, loss=surprise.sum(), log_softmax=np.log(p)))
    assert (net.loss.name, net.loss.reduction) == ("nll", "sum")


def test_what_changes_no_number_is_passed_over():
    same = Call("drop/out", "dropout", (OUT, 0.0, True), {})
    view = Call("drop/view", "view", (OUT, -1), {})
    made = record(LINEAR, same, view, MSE, **{"drop/out": Z, "drop/view": Z.ravel()})
    assert network(made).layers[0].z == "fc/out"
    made = record(LINEAR, same, MSE, **{"drop/out": Z * 2})
    with pytest.raises(SpecError, match=r"drop/out is made by dropout \(record it with p = 0\)"):
        network(made)


REFUSED = [
    ((), "has no loss that layers of the model led to"),
    ((LINEAR,), "fc/out is made by linear, which is not followed there"),
    ((LINEAR, call("softmax", 0), MSE), "softmax is made by softmax"),
    ((LINEAR, call("relu"), call("tanh"), MSE), "tanh is made by tanh"),
    ((LINEAR, call("add", OUT), MSE), "add is made by add"),
    (
        (LINEAR, MSE, call("div", 4)),
        r"div is made by div of the loss \(record one that is not scaled",
    ),
    ((LINEAR, call("div", 4), MSE), "div is made by div, which is not followed there"),
    ((call("conv1d"), LINEAR, MSE), "conv1d is made by conv1d"),
    ((Call("fc/out", "linear", (TENSOR, TENSOR), {}), MSE), "fc/out is made by linear"),
    ((LINEAR, call("mse_loss", TENSOR, weight=TENSOR)), "mse_loss has weight, which the loss mse"),
    (
        (LINEAR, call("gaussian_nll_loss", TENSOR, {"tensor": [2], "numbers": [1.0, 2.0]})),
        "gaussian_nll_loss has more than one number for var",
    ),
]


@pytest.mark.parametrize(("calls", "sentence"), REFUSED)
def test_what_is_not_followed(calls, sentence):
    with pytest.raises(SpecError, match=sentence):
        network(record(*calls))


# -- clipping ------------------------------------------------------------------------------------

G = np.array([[3.0, -4.0], [0.5, 0.0]])
NORM = float(np.linalg.norm(G))


def clipped(*after: Array | None) -> Any:
    arrays: dict[str, Array] = {"0/fc.weight": W}
    for t, each in enumerate(after, 1):
        arrays[f"{t}/fc.weight/grad"] = G * t
        if each is not None:
            arrays[f"{t}/fc.weight/clipped"] = each
    made = Written(File("r.npz", b""), arrays, len(after), (), "SGD", ((),) * len(after))
    return clippings(made, {"fc.weight": "W1"})


def test_clipping_is_told_by_its_numbers():
    whole = np.abs(G).sum()
    assert clipped(None, None) is None
    assert clipped(G * (1.5 / (NORM + 1e-6)), G * 2 * (1.5 / (2 * NORM + 1e-6))) == {"norm": 1.5}
    assert clipped(None, G * 2 * (6.25 / (2 * NORM + 1e-6))) == {"norm": 6.25}
    most = {"norm": 3.0, "norm_type": np.inf}
    assert clipped(G * (3 / (4 + 1e-6)), G * 2 * (3 / (8 + 1e-6))) == most
    assert clipped(G * (1 / (whole + 1e-6)), G * 2 * (1 / (2 * whole + 1e-6))) == {
        "norm": 1.0,
        "norm_type": 1.0,
    }
    assert clipped(np.clip(G, -2, 2), np.clip(G * 2, -2, 2)) == {"value": 2.0}
    for after in ((G * 0.5, G * 2 * 0.5), (-G,), (np.clip(G, -2, 1),)):
        with pytest.raises(SpecError, match="changed before a step in another way"):
            clipped(*after)


@pytest.mark.parametrize("name", losses.LOSSES)
def test_what_comes_after_the_targets_is_known_of_every_loss(name):
    function = re.search(r"functional\.(\w+)\(", losses.LOSSES[name].torch)
    assert function is None or function[1] in ORDER, "say it in engine/recorded/losses.py"


PENALTY = {"output": "/mul"}


@pytest.mark.parametrize("times", [1, 3])
def test_what_is_added_to_a_loss_is_no_part_of_the_network(times):
    keys = ["mse_loss", *("add" + "'" * n for n in range(times))]
    given = [key.rstrip("'") for key in keys]
    added = [
        Call(key, "add", ({"output": before}, PENALTY), {})
        for key, before in zip(keys[1:], given, strict=False)
    ]
    assert network(record(LINEAR, MSE, *added)).loss.name == "mse"


@pytest.mark.parametrize(
    "other",
    [
        Call("add", "add", (PENALTY, {"output": "mse_loss"}), {}),
        Call("mul", "mul", ({"output": "mse_loss"}, PENALTY), {}),
        Call("add", "add", ({"output": "mse_loss"}, 0.5), {}),
    ],
)
def test_what_else_is_made_of_a_loss_is_not_followed(other):
    with pytest.raises(SpecError, match=f"{other.key} is made by {other.name}, which is not"):
        network(record(LINEAR, MSE, other))
