"""[weights]: parameters from files of others, found where they fit in one way only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.program.trainer import Trainer
from engine.runfile.document import spec_document
from engine.runfile.read import from_table
from engine.spec.run import RunSpec, SpecError
from tests.engine.arrayfiles.mutations import FOLDER


def table(file: str, *units: int, **more: Any) -> dict[str, Any]:
    layers = [{"units": n, "activation": "tanh"} for n in units]
    x = [[0.5, 0.5], [-1.0, -1.0]]
    made: dict[str, Any] = {
        "data": {"x": x, "y": [[0.0] * units[-1]] * 2},
        "layers": layers,
        "loss": {"name": "mse"},
        "optimizer": {"name": "sgd", "lr": 0.1},
        "weights": {"file": file},
    }
    return made | more


def saved(folder: Path, **arrays: Any) -> Callable[..., RunSpec]:
    np.savez(folder / "w.npz", **arrays)
    return lambda *units, **more: from_table(table("w.npz", *units, **more), "r.toml", folder)


@pytest.mark.parametrize("name", ["model.pt", "checkpoint.pt", "model.npz"])
def test_what_pytorch_trained_has_pytorchs_loss(name):
    with np.load(FOLDER / "next.npz") as told:
        x, labels, losses = told["x"].tolist(), told["labels"].tolist(), told["losses"]
    more = {"data": {"x": x, "labels": labels}, "loss": {"name": "cross_entropy"}}
    made = table(name, 3, 2, **more)
    made["layers"][1]["activation"] = "softmax"
    spec = from_table(made, "r.toml", FOLDER)
    with np.load(FOLDER / "model.npz") as model:
        assert spec.layers[0].W.tobytes() == model["0.weight"].tobytes()
    loss = np.zeros(1)
    Trainer(spec).run(1, 1, loss)
    assert abs(loss[0] - losses[0]) < 1e-15
    assert spec_document(spec)[1]["W2"].shape == (2, 3)


def test_by_the_parameters_own_names(tmp_path):
    W = np.arange(4.0).reshape(2, 2)
    spec = saved(tmp_path, W1=W, W2=W + 1, b1=W[0], b2=W[1])(2, 2)
    assert spec.layers[1].W.tolist() == (W + 1).tolist()
    assert np.array_equal(np.asarray(spec.layers[1].b), [2, 3])


def test_biases_stand_beside_their_weights(tmp_path):
    arrays: dict[str, Any] = {"a.weight": np.ones((3, 2)), "a.bias": np.zeros(3)}
    arrays |= {"c.bias": np.ones(3), "c.weight": np.ones((3, 3), np.float32)}
    spec = saved(tmp_path, **arrays)(3, 3)
    assert [np.asarray(layer.b).tolist() for layer in spec.layers] == [[0, 0, 0], [1, 1, 1]]


def test_names_say_which_where_shapes_fit_in_two_ways(tmp_path):
    W = np.arange(4.0).reshape(2, 2)
    made = saved(tmp_path, p=W, q=W + 1, r=W[0])
    more: dict[str, Any] = {"weights": {"file": "w.npz", "names": {"W1": "q"}}}
    more["layers"] = [{"units": 2, "activation": "tanh", "bias": False} for _ in range(2)]
    spec = made(2, 2, **more)
    assert [layer.W[0, 0] for layer in spec.layers] == [1, 0]


def test_arrays_that_are_tied_are_one(tmp_path):
    W = np.arange(4.0).reshape(2, 2)
    layers = [
        {"units": 2, "activation": "tanh", "bias": False},
        {"units": 2, "activation": "tanh", "bias": False, "tie": "W1"},
    ]
    assert saved(tmp_path, p=W, q=W)(2, 2, layers=layers).layers[1].W.tolist() == W.tolist()


SQUARE = {"p": np.ones((2, 2)), "q": np.zeros((2, 2)), "b1": np.ones(2), "b2": np.ones(2)}
WRONG: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "two ways": (SQUARE, {}, r'W1 fits "p", "q" of w.npz; say which'),
    "none": ({"p": np.ones((3, 2))}, {}, r"W2 is \(2, 2\), and w.npz has no such array left"),
    "turned": (
        {"W1": np.ones((2, 5)), "p": np.ones((2, 3)), "b1": np.ones(2), "b2": np.ones(3)},
        {"layers": [{"units": 2, "activation": "tanh"}, {"units": 3, "activation": "tanh"}]},
        'W2 is .*"p" is its transpose',
    ),
    "no such name": (SQUARE, {"names": {"W1": "pp"}}, 'is "pp"; in w.npz .* nearest is p'),
    "no such parameter": (SQUARE, {"names": {"W3": "p"}}, "W3 is not a key"),
    "whole numbers": (SQUARE | {"W1": np.ones((2, 2), int)}, {}, "int64.* must be .* of floats"),
    "not finite": (SQUARE | {"W1": np.full((2, 2), np.inf)}, {"names": {"W2": "p"}}, "not finite"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_mistakes_are_sentences(case, tmp_path):
    arrays, more, said = WRONG[case]
    made = saved(tmp_path, **arrays)
    layers = {"layers": more["layers"]} if "layers" in more else {}
    names = {"names": more["names"]} if "names" in more else {}
    with pytest.raises(SpecError, match=said):
        made(2, 2, weights={"file": "w.npz", **names}, **layers)


def test_layers_that_give_their_own_keep_them(tmp_path):
    layers: list[dict[str, Any]] = [
        {"units": 2, "activation": "tanh", "init": "zeros"},
        {"units": 2, "activation": "tanh", "b": [5.0, 6.0]},
    ]
    spec = saved(tmp_path, p=SQUARE["p"])(2, 2, layers=layers)
    assert not spec.layers[0].W.any()
    assert spec.layers[1].W.tolist() == SQUARE["p"].tolist()
    assert np.array_equal(np.asarray(spec.layers[1].b), [5.0, 6.0])


def test_a_file_with_no_layer_to_go_to_is_a_mistake(tmp_path):
    layers = [{"units": 2, "activation": "tanh", "init": "zeros"}]
    with pytest.raises(SpecError, match="has no layer to go to"):
        saved(tmp_path, **SQUARE)(2, layers=layers)


def test_a_compared_start_is_drawn(tmp_path):
    arrays = {f"{kind}{n}": SQUARE[key] for n in (1, 2) for kind, key in (("W", "p"), ("b", "b1"))}
    spec = saved(tmp_path, **arrays)(2, 2, compare={"init": "zeros"})
    assert spec.layers[0].W.any()
    assert spec.beside is not None
    assert not spec.beside.layers[0].W.any()
