"""The slopes that prelu learns, as run files and files of PyTorch have them."""

from __future__ import annotations

import tomllib
from typing import Any

import numpy as np
import pytest

from engine.analysis.ways import ways
from engine.history.branching import history_of
from engine.program.parameters import groups, trained
from engine.program.trainer import Trainer
from engine.runfile.document import spec_document, spec_from
from engine.runfile.read import from_table, read
from engine.runfile.write import run_text
from engine.spec.problem import Problem
from engine.spec.run import RunSpec, SpecError


def table(first: dict[str, Any], second: dict[str, Any] | None = None, **more: Any) -> Any:
    """A run with slopes in its first layer, of three units, and perhaps in its second, of two."""
    last = {"activation": "identity"} if second is None else {"activation": "prelu", **second}
    return {
        "data": {"x": [[1.0, 2.0], [-0.5, 1.0]], "y": [[1.0, 0.0], [0.0, 1.0]]},
        "layers": [{"units": 3, "activation": "prelu", **first}, {"units": 2, **last}],
        "loss": {"name": "mse"},
        "optimizer": {"name": "sgd", "lr": 0.1},
        **more,
    }


def slopes(first: dict[str, Any], second: dict[str, Any] | None = None) -> Any:
    alpha = from_table(table(first, second)).layers[0].alpha
    assert alpha is not None
    return alpha.tolist()


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, 0.25),
        ({"num_parameters": 1}, 0.25),
        ({"num_parameters": 3}, [0.25] * 3),
        ({"alpha": 0.5}, 0.5),
        ({"alpha": 1}, 1.0),
        ({"alpha": [0.5]}, 0.5),
        ({"alpha": 0.5, "num_parameters": 3}, [0.5] * 3),
        ({"alpha": [0.5, 0.25, -1.0]}, [0.5, 0.25, -1.0]),
        ({"alpha": [0.5, 0.25, -1.0], "num_parameters": 3}, [0.5, 0.25, -1.0]),
    ],
)
def test_one_slope_or_one_for_each_unit(given, wanted):
    assert slopes(given) == wanted


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ({"num_parameters": 2}, None, "layers[0].num_parameters is 2, and must be 1, or 3, one"),
        ({"alpha": [1.0, 2.0]}, None, "layers[0].alpha has shape (2), and must have (units) = (3)"),
        ({"alpha": "big"}, None, "layers[0].alpha is"),
        (
            {"alpha": [1.0, 2.0, 3.0], "num_parameters": 1},
            None,
            "layers[0].num_parameters is 1, and alpha has 3 numbers",
        ),
        ({"activation": "tanh", "alpha": 0.5}, None, "layers[0].alpha"),
        ({"activation": "tanh", "frozen": ["alpha"]}, None, '"alpha", which tanh does not have'),
        ({"activation": "tanh", "tie": "alpha2"}, {}, "alpha2, and tanh has no such parameter"),
        ({}, {"tie": "alpha1", "alpha": 0.5}, "layers[1].tie names alpha1 beside alpha"),
        ({"num_parameters": 3}, {"tie": "alpha1"}, "alpha1, of shape (3), and must have (units)"),
        ({}, {"tie": "alpha2"}, "layers[1].tie names alpha2, which is of this layer itself"),
        ({"frozen": ["alpha"]}, {"tie": "alpha1", "frozen": ["alpha"]}, "which is alpha1; freeze"),
    ],
)
def test_what_does_not_fit_is_one_sentence(first, second, wanted):
    with pytest.raises(SpecError) as found:
        from_table(table(first, second))
    assert wanted in str(found.value)


def same(one: RunSpec, other: RunSpec) -> None:
    (first, arrays), (second, others) = spec_document(one), spec_document(other)
    assert first == second
    assert {*arrays} == {*others}
    for name, array in arrays.items():
        assert np.array_equal(array, others[name]), name
        assert array.shape == others[name].shape


@pytest.mark.parametrize("second", [None, {}, {"tie": "alpha1"}])
@pytest.mark.parametrize("first", [{}, {"alpha": 0.5, "frozen": ["alpha"]}, {"alpha": [1, 2, 3]}])
def test_a_run_is_written_and_stored_and_read_as_the_same(first, second):
    if second and "alpha" in first and isinstance(first["alpha"], list):
        second = None
    more = {"groups": [{"params": ["?lpha*"], "lr": 0.5}]} if "frozen" not in first else {}
    spec = from_table(table(first, second, **more))
    same(spec_from(*spec_document(spec)), spec)
    same(from_table(tomllib.loads(run_text(spec))), spec)


def test_slopes_are_grouped_frozen_and_shared_as_other_parameters():
    run = table({}, {"tie": "alpha1"}, groups=[{"params": ["alpha*"], "lr": 0.5}])
    spec = from_table(run)
    assert trained(spec) == ["W1", "b1", "W2", "b2", "alpha1"]
    assert [group.names for group in groups(spec, spec.optimizer)][1] == ("alpha1",)
    trace = history_of(spec).trace(1)
    symbols = [step.symbol for step in trace.steps if step.symbol.parameter == "alpha1"]
    assert symbols == ["via2.alpha1", "via1.alpha1", "dalpha1", "alpha1"]
    change = trace.change("alpha1")
    assert change == pytest.approx(-0.5 * trace.known("dalpha1", 99), rel=1e-12)
    frozen = from_table(table({"frozen": ["alpha"]}))
    assert "alpha1" not in trained(frozen)
    assert Trainer(frozen).usual.writer.get("dalpha1") is None


def test_with_another_activation_there_are_no_slopes():
    spec = from_table(table({"alpha": 0.5}, compare={"activation": ["relu", "identity"]}))
    assert spec.beside is not None
    assert spec.beside.layers[0].kinds == ("W", "b")
    other = from_table(
        {**table({"activation": "relu"}), "compare": {"activation": ["prelu", "identity"]}}
    )
    assert other.beside is not None
    assert other.beside.layers[0].kinds == ("W", "b", "alpha")


def test_ways_from_a_slope_lead_through_the_samples_that_it_met():
    spec = from_table(table({"alpha": [0.5, 0.25, -1.0], "num_parameters": 3}, {}, seed=4))
    trace = history_of(spec).trace(1)
    z = trace.known("z1", 99)
    assert (z > 0).any()
    assert (z < 0).any()
    for unit in range(3):
        found = ways(trace, spec, "alpha1", (unit,))
        below = {n for n in range(2) if z[n, unit] <= 0}
        assert {way.sample for way in found.strongest} == below
        assert found.count == 2 * len(below)
        assert found.total == pytest.approx(float(trace.known("dalpha1", 99)[unit]), abs=1e-15)


STATE: dict[str, Any] = {
    "0.weight": np.arange(6.0).reshape(3, 2) / 10,
    "0.bias": np.zeros(3),
    "1.weight": np.array([0.125]),
    "2.weight": np.ones((2, 3)),
    "2.bias": np.zeros(2),
    "3.weight": np.array([0.5, -0.5]),
}
"""What nn.Sequential(Linear, PReLU, Linear, PReLU(2)) calls its parameters."""


def test_slopes_are_found_in_a_state_dict_behind_the_weights(tmp_path):
    np.savez(tmp_path / "m.npz", **STATE)
    path = tmp_path / "run.toml"
    path.write_text(
        "[data]\nx = [[1.0, 2.0]]\ny = [[1.0, 0.0]]\n"
        '[[layers]]\nunits = 3\nactivation = "prelu"\n'
        '[[layers]]\nunits = 2\nactivation = "prelu"\n'
        '[weights]\nfile = "m.npz"\n[loss]\nname = "mse"\n[optimizer]\nname = "sgd"\nlr = 0.1\n'
    )
    first, second = read(path).layers
    assert first.alpha is not None
    assert second.alpha is not None
    assert first.alpha.shape == ()
    assert float(first.alpha) == 0.125
    assert second.alpha.tolist() == [0.5, -0.5]
    np.savez(tmp_path / "m.npz", **{k: v for k, v in STATE.items() if k != "3.weight"})
    with pytest.raises(Problem, match=r"weights: alpha2 is \(2\), and m.npz has no such"):
        read(path)


@pytest.mark.parametrize("shape", [(), (1,)])
def test_an_optimizer_goes_on_from_what_it_kept_of_a_slope(tmp_path, shape):
    """PyTorch has one slope for all units as an array of one number."""
    shapes = {"W1": (3, 2), "b1": (3,), "alpha1": shape, "W2": (2, 3), "b2": (2,)}
    arrays: dict[str, Any] = {"t": np.array(7.0)}
    arrays |= {f"{slot}.{name}": np.full(of, 0.125) for slot in "mv" for name, of in shapes.items()}
    np.savez(tmp_path / "o.npz", **arrays)
    path = tmp_path / "run.toml"
    before = run_text(from_table(table({}))).split("[optimizer]")[0]
    path.write_text(f'{before}[optimizer]\nname = "adam"\nlr = 0.1\nstate = "o.npz"\n')
    trace = history_of(read(path)).trace(1)
    m = 0.9 * 0.125 + 0.1 * float(trace.known("dalpha1", 99))
    assert float(trace.known("m.alpha1", 99)) == pytest.approx(m, rel=1e-14)
