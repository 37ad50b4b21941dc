"""Records of PyTorch trainings: the run that each is prints its numbers, and none is lost."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from engine.against.compare import Comparison
from engine.against.left import left
from engine.against.read import read_trace
from engine.history.branching import history_of
from engine.runfile.document import spec_document
from engine.runfile.read import from_table, read
from engine.spec.problem import Problem
from engine.spec.run import ClipSpec, GroupSpec, SpecError
from tests.engine.recorded.mutations import FOLDER, NAMES, tried


def test_there_are_records():
    assert len(NAMES) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_the_run_of_a_record_has_its_numbers(name):
    spec = read(FOLDER / f"{name}.toml")
    history = history_of(spec)
    record = read_trace(FOLDER / f"{name}.npz", spec)
    assert record.iterations == tuple(range(1, spec.iterations + 1))
    comparison = Comparison(history, record)
    assert [*comparison.deviations()] == []
    assert left(comparison).iterations == 0
    with np.load(FOLDER / f"{name}.npz") as arrays:
        close = 1e-12 if spec.dtype == "float64" else 1e-5
        for t in record.iterations:
            trace = history.trace(t)
            assert abs(float(trace.known("loss", len(trace.steps))) - arrays[f"{t}/loss"]) < close


def test_outputs_that_were_squeezed_are_a_column(tmp_path):
    with np.load(FOLDER / "frozen.npz") as file:
        arrays = dict(file)
    flat = {key: array[:, 0] for key, array in arrays.items() if key.endswith("/head/out")}
    assert flat
    np.savez(tmp_path / "flat.npz", **(arrays | flat))
    spec = read(FOLDER / "frozen.toml")
    made = Comparison(history_of(spec), read_trace(tmp_path / "flat.npz", spec))
    assert [*made.deviations()] == []


def test_keys_beside_a_record_go_before_it(tmp_path):
    file = str(FOLDER / "classes.npz")
    beside = {"loss": {"reduction": "sum"}, "clip": False, "iterations": 3}
    spec = from_table({"record": file, **beside})
    assert (spec.loss.reduction, spec.loss.options["label_smoothing"]) == ("sum", 0.1)
    assert (spec.clippings, spec.iterations) == ((), 3)
    other = from_table(
        {"record": file, "loss": {"name": "kl_div"}, "schedule": {"name": "cosine", "T_max": 4}}
    )
    assert (other.loss.name, other.loss.options) == ("kl_div", {})
    assert other.schedule is not None
    assert other.schedule.name == "cosine"

    shuffled = from_table({"record": file, "data": {"batch_size": 5, "shuffle": True}}).data
    assert (shuffled.batches, shuffled.batch_size, len(shuffled.x)) == ((), 5, 10)
    data = {"x": [[0.0, 1.0, 2.0]], "labels": [2]}
    assert from_table({"record": file, "data": data}).data.x.tolist() == data["x"]


def test_what_was_recorded_is_what_the_run_says():
    classes, own, frozen = (read(FOLDER / f"{name}.toml") for name in ("classes", "own", "frozen"))
    assert [layer.activation for layer in classes.layers] == ["relu", "softmax"]
    assert classes.loss.options["weight"] == (1.0, 2.0, 0.5)
    assert classes.loss.options["label_smoothing"] == 0.1
    assert classes.optimizer.options["amsgrad"] is True
    assert classes.clip == ClipSpec("norm", 0.5)
    assert [len(rows) for rows in classes.data.batches[0]] == [4, 4, 2, 4, 4, 2]
    assert (len(classes.data.x), classes.data.labels) == (10, True)
    assert [layer.activation for layer in own.layers] == ["leaky_relu", "tanh", "sigmoid"]
    assert own.layers[0].activation_options == {"negative_slope": 0.2}
    assert own.layers[1].tie == ("W1.T",)
    assert (own.layers[2].b, own.loss.name, own.clip) == (None, "mse", ClipSpec("value", 0.01))
    assert own.groups == (GroupSpec(("W3", "b1"), {"lr": 0.2, "weight_decay": 0.1}),)
    assert (frozen.dtype, frozen.layers[0].frozen) == ("float32", frozenset("W"))
    assert frozen.loss.options == {"pos_weight": 2.0}
    raw = read(FOLDER / "raw.toml")
    assert (raw.loss.name, raw.optimizer.name) == ("cross_entropy", "rmsprop")
    assert [(layer.activation, layer.b is None) for layer in raw.layers] == [
        ("relu", False),
        ("softmax", True),
    ]


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_record_is_read_or_refused(seed):
    said = tried(seed)
    assert "\n" not in said or all(said.split("\n"))


def test_a_record_of_another_net_is_refused():
    spec = read(FOLDER / "classes.toml")
    with pytest.raises(
        SpecError, match=r"has 3 layers \(code/out, .*\), and the run has 2: a record"
    ):
        read_trace(FOLDER / "own.npz", spec)
    with pytest.raises(Problem, match="is a record of PyTorch's, and is compared by a run"):
        read_trace(FOLDER / "own.npz", None)


REFUSED = [
    ({"meta": None}, "is no record of gradstep_record.py"),
    ({"meta": b'{"gradstep": 2, "calls": [], "iterations": 0}'}, 'damaged at its array "meta"'),
    ({"meta": b'{"gradstep": ' + b"[" * 9000}, 'damaged at its array "meta"'),
    ({"1/2/out": None}, 'has no array "1/2/out"'),
    ({"1/y": None}, "no function was given targets"),
]


@pytest.mark.parametrize(("change", "sentence"), REFUSED)
def test_what_is_missing_is_said(tmp_path, change, sentence):
    with np.load(FOLDER / "classes.npz") as file:
        arrays: dict[str, Any] = dict(file)
    for name, data in change.items():
        arrays.pop(name)
        if data is not None:
            arrays[name] = np.frombuffer(data, np.uint8)
    np.savez(tmp_path / "r.npz", **arrays)
    with pytest.raises(SpecError, match=sentence) as refused:
        from_table({"record": "r.npz"}, "r.toml", tmp_path)
    assert len(refused.value.problems) == 1


def test_a_record_is_a_run_by_itself():
    one, other = (read(FOLDER / f"later.{ending}") for ending in ("npz", "toml"))
    document, arrays = spec_document(one)
    assert document == spec_document(other)[0]
    assert document["optimizer"]["since"] == -3
    assert {"optimizer.m.W1", "optimizer.v.b2"} <= arrays.keys()
    with pytest.raises(SpecError, match="is no record of gradstep_record"):
        read(FOLDER.parent / "arrays" / "model.npz")


def test_options_that_change_are_no_run(tmp_path):
    with np.load(FOLDER / "classes.npz") as file:
        arrays: dict[str, Any] = dict(file)
    meta = json.loads(arrays["meta"].tobytes())
    meta["groups"][2][0]["betas"] = [0.8, 0.999]
    arrays["meta"] = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    np.savez(tmp_path / "r.npz", **arrays)
    with pytest.raises(SpecError, match="has another betas in iteration 3, and in a run"):
        read(tmp_path / "r.npz")
