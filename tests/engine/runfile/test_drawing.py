"""Parameters and orders drawn by PyTorch's generator, against what PyTorch 2.13.0 drew."""

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.catalog.inits import BIASES
from engine.program.parameters import parameters
from engine.runfile.document import spec_document, spec_from
from engine.runfile.read import from_table
from engine.runfile.write import run_text
from engine.spec.data import Batches
from engine.spec.run import RunSpec, SpecError
from tests.fixtures import drawnruns
from tests.fixtures.drawnruns import CIRCLES, ORTHOGONAL, PASSES, told, training

RUNS = dict(drawnruns.runs())


@cache
def recorded() -> Any:
    path = Path(drawnruns.__file__).parent / "drawn" / "drawn.json"
    return json.loads(path.read_text(encoding="utf-8"))["runs"]


def differing(name: str) -> list[str]:
    """What of a run is not as PyTorch drew it."""
    spec, want = from_table(RUNS[name]), recorded()[name]
    found: list[str] = []
    for number, layer in enumerate(spec.layers, 1):
        if name.startswith(ORTHOGONAL):
            eps = np.finfo(spec.dtype).eps
            near = np.abs(layer.W - np.array(want[f"W{number}"])).max() <= 8 * eps
            found += [] if near else [f"{name}: W{number}"]
        elif told(layer.W) != want[f"W{number}"]:
            found.append(f"{name}: W{number}")
        if layer.b is not None and told(layer.b) != want[f"b{number}"]:
            found.append(f"{name}: b{number}")
    batches = Batches(spec.data, spec.seed)
    for each, order in zip(PASSES, want["orders"], strict=True):
        first = (each - 1) * batches.per_pass + 1
        rows = [int(batches.rows(t)[0]) for t in range(first, first + batches.per_pass)]
        if rows != order:
            found.append(f"{name}: pass {each}")
    return found


def test_what_is_drawn_is_pytorchs_to_the_last_bit():
    assert list(recorded()) == list(RUNS)
    assert [each for name in RUNS for each in differing(name)] == []


def test_the_articles_script_opens_with_its_own_parameters():
    layers = [{"units": 2, "activation": each} for each in ("tanh", "softmax")]
    data = {"x": [[1.0, 2.0]], "y": [[1.0, 0.0]]}
    script = Path(drawnruns.__file__).parent / "torch" / "runs" / "article-script.npz"
    with np.load(script) as file:
        want = [file[f"init.{name}"] for name in ["W1", "b1", "W2", "b2"]]
    for dtype in ("float32", "float64"):
        spec = from_table(training("torch", dtype, seed=0, layers=layers, data=data))
        found = [parameters(spec)[name] for name in ["W1", "b1", "W2", "b2"]]
        assert all(np.array_equal(a, b) for a, b in zip(found, want, strict=True))


def orders(spec: RunSpec, passes: int = 3) -> list[list[int]]:
    batches = Batches(spec.data, spec.seed)
    return [batches.rows(t).tolist() for t in range(1, passes * batches.per_pass + 1)]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"generator": "torch float64"},
        {"data": {**CIRCLES, "drawn": 3}},
        {"layers": [{"units": 2, "activation": "softmax", "init": "normal", "b_init": "uniform"}]},
        {"layers": [{"units": 2, "activation": "softmax", "b": 0.5}]},
        {"compare": {"generator": "numpy"}, "layers": [{"units": 2, "activation": "softmax"}]},
    ],
)
def test_a_run_keeps_its_orders_where_it_is_written_and_read(changes):
    spec = from_table(training("torch", "float32") | changes)
    stored = spec_from(*spec_document(spec))
    assert orders(stored) == orders(spec)
    assert stored.data.drawn == spec.data.drawn
    if "compare" not in changes:
        assert orders(from_table(tomllib.loads(run_text(spec)))) == orders(spec)
    elif stored.beside:
        assert stored.beside.data.drawn is None
        assert orders(stored.beside) != orders(spec)


def test_the_numbers_drawn_are_said_only_where_they_do_not_follow():
    assert "drawn" not in run_text(from_table(training("torch", "float64")))
    assert "drawn = 50" in run_text(from_table(training("torch float64", "float64")))


def test_a_layer_is_made_before_its_numbers_are_replaced():
    """So that what another layer draws does not depend on them."""
    plain = from_table(training("torch", "float32"))
    given = [
        {"units": 5, "activation": "tanh", "W": np.ones((5, 2)).tolist(), "b_init": "zeros"},
        {"units": 2, "activation": "softmax", "bias": False},
    ]
    spec = from_table(training("torch", "float32", layers=given))
    assert np.array_equal(spec.layers[1].W, plain.layers[1].W)
    assert not parameters(spec)["b1"].any()
    assert orders(spec) == orders(plain)


@pytest.mark.parametrize("generator", ["numpy", "torch"])
def test_biases_are_drawn_beside_given_weights(generator):
    layer = {"units": 2, "activation": "softmax", "W": [[1.0, 2.0], [3.0, 4.0]], "b_init": "normal"}
    found = parameters(from_table(training(generator, "float64", layers=[layer])))
    assert found["W1"].tolist() == layer["W"]
    assert len({0.0, *found["b1"].tolist()}) == 3


def test_biases_are_drawn_beside_weights_of_a_file(tmp_path):
    np.savez(tmp_path / "w.npz", W1=np.ones((2, 2)))
    layer = {"units": 2, "activation": "softmax", "b_init": {"name": "constant", "value": 0.5}}
    table = training("torch", "float64", layers=[layer], weights={"file": "w.npz"})
    found = parameters(from_table(table, "run", tmp_path))
    assert found["W1"].tolist() == [[1.0, 1.0]] * 2
    assert found["b1"].tolist() == [0.5, 0.5]


def test_what_goes_without_b_init():
    """Biases are 0 but for PyTorch's Linear, by both generators."""
    for generator in ("numpy", "torch"):
        for init in ("torch_linear", "normal"):
            layer = {"units": 2, "activation": "softmax", "init": init}
            spec = from_table(training(generator, "float64", layers=[layer]))
            assert parameters(spec)["b1"].any() == (init == "torch_linear")
            layer["b_init"] = "normal"
            spec = from_table(training(generator, "float64", layers=[layer]))
            assert np.abs(parameters(spec)["b1"]).min() > 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"generator": "tensorflow"}, 'generator is "tensorflow", and must be one of numpy, torch'),
        (
            {"generator": "numpy", "data": {**CIRCLES, "drawn": 3}},
            'data.drawn counts what generator = "torch" has drawn, and is without it.',
        ),
        ({"data": {**CIRCLES, "drawn": -1}}, "data.drawn is -1, and must be a whole number from 0"),
    ],
)
def test_a_wrong_generator_is_one_sentence(changes, said):
    with pytest.raises(SpecError) as caught:
        from_table(training("torch", "float64") | changes)
    assert caught.value.problems[0].startswith(f"run: {said}")
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ({"init": "normal", "std": -1}, "std is -1, and must be a number of at least 0."),
        ({"init": "uniform", "low": 2}, " has low = 2, which must be below high = 1."),
        ({"init": "kaiming_normal", "mode": "fan"}, 'mode is "fan", and must be one of fan_in,'),
        (
            {"init": "kaiming_normal", "a": 2, "nonlinearity": "relu"},
            ' has a = 2, a slope that only nonlinearity = "leaky_relu" has.',
        ),
        ({"init": "sparse"}, "sparsity is missing"),
        ({"init": "trunc_normal", "low": 9, "high": 99}, " would have to draw more than 100"),
        ({"b_init": "eye"}, 'b_init is "eye", and must be one of torch_linear, uniform, normal,'),
        ({"b_init": "constant"}, 'b_init is "constant", which needs options: { name = "constant"'),
        ({"b_init": {"name": "constant"}}, "b_init.value is missing"),
        ({"b_init": {"name": "uniform", "low": 3}}, "b_init has low = 3, which must be below"),
        ({"b_init": "zeros", "b": [0, 0]}, "b_init stands beside b; one of the two must go."),
        ({"b_init": "zeros", "bias": False}, "b_init is given, but bias = false; one of the two"),
        ({"init": "normal", "std": 3e38}, "init makes numbers that float32 does not hold."),
    ],
)
def test_a_wrong_init_is_one_sentence(layer, said):
    table = training("torch", "float32", layers=[{"units": 2, "activation": "softmax", **layer}])
    place = "run: layers[0]" if said.startswith(" ") else "run: layers[0]."
    with pytest.raises(SpecError) as caught:
        from_table(table)
    assert caught.value.problems[0].startswith(f"{place}{said}")
    assert len(caught.value.problems) == 1


def test_biases_can_be_drawn_by_these():
    assert list(BIASES) == [
        "torch_linear", "uniform", "normal", "trunc_normal", "zeros", "constant"
    ]  # fmt: skip


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("init", ["uniform", "normal", "trunc_normal", "orthogonal"])
@pytest.mark.parametrize("size", [1e-300, 1e30, 1e160, 1.7e308])
def test_numbers_of_any_size_are_drawn_or_refused_in_silence(init, size):
    options = {
        "uniform": {"low": -size / 2, "high": size / 2},
        "normal": {"mean": size, "std": size},
        "trunc_normal": {"mean": size, "std": size / 4, "low": size / 4, "high": size / 2},
        "orthogonal": {"gain": size},
    }
    layer = {"units": 2, "activation": "softmax", "init": init, **options[init]}
    refused = "run: layers[0].init makes numbers that float64 does not hold."
    for generator in ("numpy", "torch", "torch float64"):
        found: object = None
        try:
            spec = from_table(training(generator, "float64", layers=[layer]))
        except SpecError as error:
            found = error.problems
        assert found == (refused,) or np.isfinite(spec.layers[0].W).all()
