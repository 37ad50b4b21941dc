"""Run files: what they can say, and one sentence for every mistake, all at once."""

from __future__ import annotations

import datetime as dt
import errno
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.catalog.activations import ACTIVATIONS
from engine.catalog.datasets import DATASETS
from engine.catalog.inits import INITS
from engine.catalog.losses import LOSSES
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.schedules import SCHEDULES
from engine.program.parameters import groups, trained, weights
from engine.program.trainer import Trainer
from engine.runfile import read as runfile
from engine.runfile.data import KINDS
from engine.runfile.template import template
from engine.spec import toml
from engine.spec.check import printable
from engine.spec.run import RunSpec, SpecError

quiet = settings(suppress_health_check=list(HealthCheck), deadline=None)

TABLES: list[Any] = [ACTIVATIONS, DATASETS, INITS, LOSSES, OPTIMIZERS, SCHEDULES]

VALID = """
name = "textbook"
seed = 3

[data]
x = [[0.05, 0.1]]
y = [[0.01, 0.99]]

[[layers]]
units = 2
activation = "sigmoid"
W = [[0.15, 0.2], [0.25, 0.3]]
b = [0.35, 0.35]
frozen = ["b"]

[[layers]]
units = 2
activation = "sigmoid"
W = [[0.4, 0.45], [0.5, 0.55]]
b = [0.6, 0.6]
frozen = ["b"]

[loss]
name = "half_squared_error"

[optimizer]
name = "sgd"
lr = 0.5
"""


TIED = {"units": 2, "activation": "sigmoid", "tie": "W1.T"}


def valid() -> dict[str, Any]:
    return tomllib.loads(VALID)


def mistakes(name_or_path: str) -> tuple[str, ...]:
    """The sentences with which a run is refused; () where it can be run."""
    try:
        runfile.resolve(name_or_path)
    except SpecError as error:
        return error.problems
    return ()


def build(table: dict[str, Any]) -> RunSpec:
    return runfile.from_table(table, "mine.toml")


def problems(table: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(SpecError) as caught:
        build(table)
    return caught.value.problems


def changed(place: str, value: Any) -> dict[str, Any]:
    """The valid table with another value at a place such as "layers.1.units"; None deletes."""
    table = valid()
    *path, last = (int(key) if key.isdigit() else key for key in place.split("."))
    inner: Any = table
    for key in path:
        inner = inner[key]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return table


def run(spec: RunSpec) -> None:
    """Two iterations and a trace: what a run spec promises to be good for."""
    trainer = Trainer(spec)
    before = trainer.state.copy()
    trainer.run(1, 2, np.zeros(2))
    assert trainer.trace(1, before).steps


# -- what can be said ----------------------------------------------------------------------------


def test_a_textbook_network_gives_the_textbooks_numbers():
    spec = build(valid())
    assert spec.sizes == (2, 2, 2)
    assert spec.title == "textbook"
    trainer, losses = Trainer(spec), np.zeros(1)
    trainer.run(1, 1, losses)
    assert losses[0] == pytest.approx(0.298371109)
    W = trainer.layout.view(trainer.state, "W1")
    assert W[0, 0] == pytest.approx(0.149780716)
    assert trainer.layout.view(trainer.state, "b1").tolist() == [0.35, 0.35]


def test_everything_at_once():
    table = valid() | {
        "title": "all of it",
        "teaches": "all",
        "opens": "1.dW1",
        "dtype": "float32",
        "iterations": 7,
        "compare": {"name": "adam", "lr": 1, "betas": [0.8, 0.9], "amsgrad": True},
        "clip": {"norm": 1},
        "schedule": {"name": "step", "step_size": 3},
        "switch": [{"at": 3, "name": "rmsprop"}, {"at": 5, "name": "sgd", "momentum": 0.9}],
    }
    table["data"] = {"builtin": "xor", "batch_size": 3, "shuffle": True}
    table["loss"] = {"name": "huber", "delta": 2, "reduction": "sum"}
    table["layers"][0] = {"units": 3, "activation": "elu", "alpha": 2, "bias": False}
    table["layers"][1] = {"units": 2, "activation": "tanh", "init": "constant", "value": 1}
    spec = build(table)
    assert spec.dtype == "float32"
    assert spec.layers[0].W.dtype == spec.data.x.dtype == np.float32
    assert spec.layers[0].b is None
    assert spec.layers[0].activation_options == {"alpha": 2.0}
    assert spec.layers[1].W.tolist() == [[1.0] * 3] * 2
    assert spec.data.y.tolist() == [[1, 0], [0, 1], [0, 1], [1, 0]]
    assert spec.data.batch_size == 3
    assert spec.loss.options["delta"] == 2.0
    assert spec.compare is not None
    assert spec.compare.options["betas"] == (0.8, 0.9)
    assert spec.compare.options["eps"] == 1e-8
    assert spec.clip is not None
    assert (spec.clip.kind, spec.clip.limit) == ("norm", 1.0)
    assert [switch.at for switch in spec.switches] == [3, 5]
    run(spec)


def test_parameters_come_from_the_seed_and_each_layer_draws_its_own():
    table = valid()
    for layer in table["layers"]:
        for key in ("W", "b", "frozen"):
            del layer[key]
    first, again = build(table), build(table)
    assert first.layers[1].W.tobytes() == again.layers[1].W.tobytes()
    assert build(table | {"seed": 4}).layers[1].W.tobytes() != first.layers[1].W.tobytes()
    table["layers"][0] |= {"W": [[1, 2], [3, 4]], "b": [0, 0]}
    assert build(table).layers[1].W.tobytes() == first.layers[1].W.tobytes()


def test_weights_can_be_given_with_a_row_for_each_input():
    layer = {"units": 3, "activation": "relu", "b": [0, 0, 0]}
    last = {"units": 2, "activation": "identity"}
    table = valid() | {"layers": [layer | {"W_T": [[1, 2, 3], [4, 5, 6]]}, last]}
    W = build(table).layers[0].W
    assert W.tolist() == [[1, 4], [2, 5], [3, 6]]
    assert W.flags.c_contiguous
    table["layers"][0] = {"units": 3, "activation": "relu", "W_T": [[1, 2, 3], [4, 5, 6]]}
    assert "layers[0].b is missing beside W_T" in problems(table)[0]
    table["layers"][0] = layer | {"W_T": [[1, 2, 3], [4, 5, 6]], "init": "zeros"}
    assert "layers[0].init stands beside W_T" in problems(table)[0]


def test_biases_may_be_given_beside_an_init():
    table = changed("layers.0", {"units": 2, "activation": "relu", "init": "zeros", "b": [1, 2]})
    layer = build(table).layers[0]
    assert layer.W.tolist() == [[0, 0], [0, 0]]
    assert layer.b is not None
    assert layer.b.tolist() == [1, 2]


def test_labels_of_one_output_are_0_and_1():
    table = changed("data", {"x": [[1.0], [2.0]], "labels": [1, 0]})
    table["layers"] = [{"units": 1, "activation": "sigmoid"}]
    assert build(table).data.y.tolist() == [[1.0], [0.0]]


def test_a_run_knows_whether_its_targets_were_given_as_labels():
    table = changed("data", {"x": [[1, 2]], "y": [[0, 1]]})
    assert build(table).data.labels is False
    assert build(changed("data", {"x": [[1, 2]], "labels": [1]})).data.labels is True
    assert runfile.load("xor").data.labels is True


def test_a_layer_may_have_what_is_anothers():
    table = valid()
    table["layers"][0]["b"] = 0.5
    table["layers"][1] = {"units": 2, "activation": "sigmoid", "tie": ["W1.T", "b1"]}
    spec = build(table)
    assert weights(spec) == ["W1", "b1"]
    assert np.array_equal(spec.layers[1].W, spec.layers[0].W.T)
    assert spec.layers[1].b is spec.layers[0].b
    table["layers"].append({"units": 2, "activation": "sigmoid", "tie": ["W2"]})
    (said,) = problems(table)
    assert said == "mine.toml: layers[2].tie names W2, which is W1; name that instead."
    table["layers"][1:] = [TIED | {"units": 3}, TIED]
    assert problems(table) == (
        "mine.toml: layers[1].tie names W1.T, of shape (2, 2), and must have (units, inputs) ="
        " (3, 2).",
        "mine.toml: layers[2].tie names W1.T, of shape (2, 2), and must have (units, inputs) ="
        " (2, 3).",
    )
    table["layers"][1:] = [TIED]
    drawn = build(table).layers[1]
    assert drawn.own == ("b",)
    assert drawn.b is not None
    assert drawn.b.shape == (2,)
    run(spec)


def test_a_group_may_freeze_and_takes_options_of_any_optimizer_of_the_run():
    table = valid()
    table["compare"] = {"name": "adam"}
    table["groups"] = [
        {"params": ["b*"], "frozen": True},
        {"params": ["W2"], "momentum": 0.9, "betas": [0.5, 0.6], "lr": 0.25},
    ]
    spec = build(table)
    assert [layer.frozen for layer in spec.layers] == [frozenset("b"), frozenset("b")]
    assert len(spec.groups) == 1
    assert trained(spec) == ["W1", "W2"]
    assert spec.compare is not None
    own, other = groups(spec, spec.optimizer), groups(spec, spec.compare)
    assert [g.names for g in own] == [g.names for g in other] == [("W1",), ("W2",)]
    assert own[1].own == {"momentum": 0.9, "lr": 0.25}
    assert other[1].optimizer.options["betas"] == (0.5, 0.6)
    assert other[1].optimizer.options["lr"] == 0.25
    run(spec)


def test_a_csv_file_is_seen_from_the_run_files_folder(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "f.csv").write_text("a,b,c\n1,5,x\n3,7,y\n", encoding="utf-8")
    text = VALID.replace(
        "x = [[0.05, 0.1]]\ny = [[0.01, 0.99]]", 'csv = "data/f.csv"\ntarget = "c"'
    )
    path = tmp_path / "mine.toml"
    path.write_text(text + "", encoding="utf-8")
    spec = runfile.resolve(str(path))
    assert spec.data.x.tolist() == [[1, 5], [3, 7]]
    assert spec.data.y.tolist() == [[1, 0], [0, 1]]
    assert spec.data.classes == ("x", "y")
    assert spec.data.labels
    path.write_text(text.replace("target", "standardize = true\ntarget"), encoding="utf-8")
    assert runfile.read(path).data.x.tolist() == [[-1, -1], [1, 1]]


def test_a_mistake_in_the_layers_is_said_beside_those_in_a_csv_file(tmp_path):
    (tmp_path / "f.csv").write_text("a,b,c\n1,5,7\n3,x,9\n", encoding="utf-8")
    path = tmp_path / "mine.toml"
    data = 'csv = "f.csv"\ntarget = "c"'
    text = VALID.replace("x = [[0.05, 0.1]]\ny = [[0.01, 0.99]]", data)
    path.write_text(text.replace("units = 2", 'units = "two"'), encoding="utf-8")
    found = mistakes(str(path))
    assert sum('units is "two"' in sentence for sentence in found) == 2, found
    assert any("f.csv" in sentence and "x" in sentence for sentence in found), found


def test_arrays_of_a_spec_cannot_be_written_to():
    spec = build(valid())
    for array in (spec.data.x, spec.data.y, spec.layers[0].W, spec.layers[0].b):
        assert array is not None
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


# -- what is refused -----------------------------------------------------------------------------

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("name", 3, "name is 3, and must be a text of 1 to 60 characters"),
        ("nam", "x", "nam is not a key here"),
        ("seed", -1, "seed is -1, and must be a whole number from 0"),
        ("seed", True, "seed is true, and must be a whole number"),
        ("seed", 10**400, "seed is a whole number beyond 64 bits, and must be"),
        ("dtype", "float16", "dtype is \"float16\", and must be one of float64, float32"),
        ("iterations", 0, "iterations is 0, and must be a whole number from 1 to 10,000,000"),
        ("iterations", 2.5, "iterations is 2.5, and"),
        ("data", None, "data is missing"),
        ("data", 3, "data is 3, and must be a table, written [data]"),
        ("data", {}, "data has neither x, file, csv nor builtin"),
        ("data.csv", "x.csv", "data has x and csv, and must have one of x, file, csv and builtin"),
        ("data.labels", [0], "data has both y and labels"),
        ("data.y", None, "data has x, but neither y nor labels"),
        ("data.x", [], "data.x is an empty list, and must be a list of rows of numbers"),
        ("data.x", [1.0, 2.0], "data.x[0] is 1.0, and must be a row of numbers"),
        ("data.x", [[1.0, NAN]], "data.x[0][1] is nan, and must be a finite number"),
        ("data.x", [[1.0, True]], "data.x[0][1] is true, and must be a finite number"),
        ("data.x", [[1.0, 10**400]], "data.x[0][1] is a whole number beyond 64 bits, and must"),
        ("data.x", [[1, 2], [3]], "data.x[1] is a row of 1, and must be as long as the first, 2"),
        ("data.x", [[1, 2], [3, 4]], "data.y has 1 sample, and must have as many as x, 2"),
        ("data.y", [[1.0]], "data.y has 1 target a sample, and the last layer has 2 units"),
        ("data.batch_size", 0, "data.batch_size is 0, and must be a whole number from 1"),
        ("data.batches", [], "data.batches is an empty list, and must be a list of"),
        ("data.batches", [[0], []], "data.batches is a list of 2, and must be a list of"),
        ("data.batches", [[0], [[0]]], "data.batches is a list of 2, and must be a list of mini"),
        ("data.batches", [[0], [1]], "data.batches[1][0] is 1, and must be a sample, counted from"),
        ("data.batches", [[[0], [True]]], "data.batches[0][1][0] is true, and must be a sample"),
        (
            "data",
            {"x": [[1, 2]], "y": [[1, 0]], "batches": [[0]], "shuffle": True},
            "data.batches stands beside shuffle; one of the two must go",
        ),
        ("data.shuffle", 1, "data.shuffle is 1, and must be true or false"),
        ("data.bach_size", 1, "data.bach_size is not a key here; the nearest is batch_size"),
        ("data", {"x": [[1, 2]], "labels": []}, "data.labels is an empty list, and must be a list"),
        ("data", {"x": [[1, 2]], "labels": "a"}, 'data.labels is "a", and must be a list of cl'),
        ("data", {"x": [[1, 2]], "labels": [2]}, "data.labels[0] is 2, and must be a whole number"),
        ("data", {"x": [[1, 2]], "labels": [-1]}, "from 0 to 1"),
        ("data", {"builtin": "xro"}, "the nearest is xor"),
        ("data", {"builtin": "iris"}, "data has 3 classes"),
        ("data", {"builtin": "circles", "noise": -1}, "data.noise is -1, and must be"),
        ("data", {"builtin": "xor", "noise": 1}, "data.noise is not a key here"),
        ("data", {"csv": "none.csv", "target": "a"}, "none.csv: there is no such file"),
        ("data", {"csv": "none.csv"}, "data.target is missing, and must be a column's name"),
        ("layers", None, "layers is missing; a run file has at least one table [[layers]]"),
        ("layers", {"units": 1}, "layers is a table, and must be a list of tables, each written"),
        ("layers.1.units", None, "layers[1].units is missing, and must be a whole number"),
        ("layers.1.units", "two", 'layers[1].units is "two", and must be a whole number from 1'),
        ("layers.1.units", 3, "layers[1].W has shape (2, 2), and must have (units, inputs) = (3, "),
        ("layers.0.units", 10**9, "layers[0].units is 1000000000, and must be a whole number"),
        ("layers.1.activation", "sigmid", "the nearest is sigmoid"),
        ("layers.1.W", [[1, 2, 3], [4, 5, 6]], "layers[1].W has shape (2, 3), and must have"),
        ("layers.1.W", [[1, 2], [3, "x"]], 'layers[1].W[1][1] is "x", and must be a finite number'),
        ("layers.1.W", None, ""),
        (
            "layers.1",
            {"units": 3, "activation": "sigmoid", "W": [[1, 2, 3], [4, 5, 6]], "b": [1, 2, 3]},
            "must have (units, inputs) = (3, 2); if its rows are inputs, call it W_T",
        ),
        (
            "layers.1",
            {"units": 3, "activation": "sigmoid", "W_T": [[1, 2], [4, 5], [7, 8]], "b": [1, 2, 3]},
            "must have (inputs, units) = (2, 3); if its rows are units, call it W.",
        ),
        ("layers.1.W_T", [[1, 2], [3, 4]], "layers[1].W_T stands beside W; one of the two must"),
        ("layers.1.b", [1.0], "layers[1].b has shape (1), and must have (units) = (2)"),
        ("layers.1.b", [1.0, INF], "layers[1].b[1] is inf, and must be a finite number"),
        ("layers.1.b", None, "layers[1].b is missing beside W"),
        ("layers.1.bias", False, "layers[1].b is given, but bias = false"),
        ("layers.1.init", "zeros", "layers[1].init stands beside W; one of the two must go"),
        ("layers.1.frozen", ["w"], "layers[1].frozen is a list of 1, and must be a list of some"),
        ("layers.1", {**TIED, "tie": "W3"}, "layers[1].tie names W3, and there is no W3"),
        ("layers.1.tie", "W1", "layers[1].tie names W1 beside W; one of the two must go"),
        ("layers.1.tie", "b1.T", 'layers[1].tie is "b1.T", and must be a parameter of another'),
        ("layers.1.tie", ["b1", "b2"], "layers[1].tie is a list of 2, and must be a parameter"),
        ("layers.1", {**TIED, "tie": "W2"}, "layers[1].tie names W2, which is of this layer"),
        ("layers.1", {**TIED, "frozen": ["W"]}, 'names "W", which is W1.T; freeze it in its own'),
        ("layers.1", {**TIED, "tie": ["b1"], "bias": False}, "names b1, but bias = false"),
        ("layers.1", {**TIED, "tie": ["W1.T", "b9"]}, "tie names b9, and there is no b9"),
        ("layers.1.b", True, "layers[1].b is true, and must be a list of numbers"),
        ("layers.1.b", INF, "layers[1].b[0] is inf, and must be a finite number"),
        ("layers.1.alpha", 1.0, "layers[1].alpha is not a key here"),
        ("loss.name", "mes", "the nearest is mse"),
        ("loss.name", "kl_div", "loss.name is kl_div"),
        ("loss.reduction", "none", "loss.reduction is \"none\", and must be one of mean, sum"),
        ("loss.delta", 1.0, "loss.delta is not a key here"),
        ("optimizer.name", None, "optimizer.name is missing, and must be one of sgd"),
        ("optimizer.lr", -0.1, "optimizer.lr is -0.1, and must be"),
        ("optimizer.lr", NAN, "optimizer.lr is nan, and must be"),
        ("optimizer.lr", "0.1", 'optimizer.lr is "0.1", and must be'),
        ("optimizer.lr", dt.date(2000, 1, 1), "optimizer.lr is a date or time"),
        ("optimizer.momentun", 0.9, "the nearest is momentum"),
        ("optimizer.nesterov", True, "optimizer "),
        ("compare", {"name": "adam", "betas": [0.9]}, "compare.betas is a list of 1, and must be"),
        ("compare", {"name": "adam", "betas": [0.9, 1.0]}, "compare.betas is a list of 2"),
        ("clip", {}, "clip has no limit, and must have one of norm, value"),
        ("clip", {"norm": 1, "value": 1}, "clip has norm and value"),
        ("clip", {"norm": 0}, "clip.norm is 0, and must be a number above 0"),
        ("clip", {"norm": 1, "norm_type": 0}, "clip.norm_type is 0, and must be a number above 0"),
        ("clip", {"value": INF}, "clip.value is inf, and must be a number above 0"),
        ("clip", {"value": 1, "norm_type": 1}, "clip.norm_type is not a key here"),
        ("clip", [{"norm": 1}, {"params": "W1", "norm": 1}], "clip[0] has no params, and is not"),
        ("clip", [{"params": "W9", "norm": 1}], 'clip[0].params names "W9", and there are W1'),
        (
            "clip",
            [{"params": "W*", "norm": 1}, {"params": "?1", "value": 1}],
            "clip[1].params names W1, which clip[0] has already",
        ),
        ("schedule", {"name": "cosin"}, "the nearest is cosine"),
        ("schedule", {"name": "step"}, "schedule.step_size is missing"),
        ("schedule", {"name": "linear", "start_factor": 0}, "start_factor is 0, and must be a num"),
        ("switch", [{"at": 1, "name": "sgd"}], "switch[0].at is 1, and must be a whole number"),
        (
            "switch",
            [{"at": 3, "name": "sgd"}, {"at": 3, "name": "adam"}],
            "switch[1].at is 3, and must be above that of the switch before it",
        ),
        ("groups", {"params": "W1"}, "groups is a table, and must be a list of tables"),
        ("groups", [{"lr": 1}], "groups[0].params is missing, and must be names of"),
        ("groups", [{"params": [], "lr": 1}], "groups[0].params is an empty list, and must"),
        ("groups", [{"params": [1], "lr": 1}], "groups[0].params is a list of 1, and must be"),
        ("groups", [{"params": ["b*"]}], "groups[0] has no option of its own, such as lr = 0.01"),
        ("groups", [{"params": "W9", "lr": 1}], 'groups[0].params names "W9", and there are W1'),
        ("groups", [{"params": "W1", "lr": -1}], "groups[0].lr is -1, and must be a number of at"),
        ("groups", [{"params": "W1", "betas": [0, 0]}], "groups[0].betas is not a key here"),
        ("groups", [{"params": "W1", "nesterov": True}], "groups[0] nesterov needs a momentum"),
        (
            "groups",
            [{"params": ["b*"], "lr": 1}, {"params": ["?1"], "lr": 2}],
            "groups[1].params names b1, which groups[0] has already",
        ),
        (
            "groups",
            [{"params": ["b*"], "lr": 1, "frozen": True}],
            "groups[0].frozen is true, and then lr means nothing",
        ),
        ("groups", [{"params": ["*"], "frozen": True}], "layers are all frozen, and at least one"),
        ("layer", [], "layer is not a key here; the nearest is layers"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_with_its_place(place, value, said):
    if not said:
        build(changed(place, value))
        return
    found = problems(changed(place, value))
    assert any(said in sentence for sentence in found), found
    for sentence in found:
        assert sentence.endswith(".")
        assert sentence.isprintable()
        assert sentence.startswith(("mine.toml: ", "none.csv: "))


def keys_of_template(table: str) -> dict[str, None]:
    """What the template writes in a table, whether as a comment or not."""
    section = re.split(rf"^\[{table}\]$", template(), flags=re.MULTILINE)[1]
    section = re.split(r"^\[|^# --", section, flags=re.MULTILINE)[0]
    return dict.fromkeys(re.findall(r"^(?:# )?(\w+) = ", section, re.MULTILINE))


@pytest.mark.parametrize(
    ("place", "value", "missing"),
    [
        ("data", dict.fromkeys((*keys_of_template("data"), "noise"), 1), KINDS),
        ("data", {"x": [[1.0]], "classes": ["a"], "features": ["b"]}, ()),
        ("data", {"builtin": "xr", "noise": 1, "test": 0.2}, ()),
        ("layers.0", {"activation": "pelu", "alpha": 1, "num_parameters": 1, "beta": 1}, ()),
        ("layers.0", {"activation": "tanh", "units": 2, "init": "narmal", "std": 1, "a": 1}, ()),
        ("loss", {"nam": "mse", "delta": 1}, ()),
        ("optimizer", {"name": "sdg", "momentum": 1}, ()),
        ("schedule", {"nam": "step", "step_size": 1}, ()),
        ("clip", {"norm_type": 1}, ()),
    ],
)
def test_no_valid_key_is_blamed_where_what_says_so_is_wrong(place, value, missing):
    found = problems(changed(place, {key: value[key] for key in value if key not in missing}))
    assert found
    assert [sentence for sentence in found if "is not a key here" in sentence] == []


def test_all_mistakes_at_once():
    table = valid() | {"nme": 1, "seed": -1}
    table["layers"][1]["units"] = "two"
    table["optimizer"]["lr"] = -1
    table["loss"]["nam"] = "mse"
    places = [sentence.split()[1] for sentence in problems(table)]
    assert places == ["seed", "layers[1].units", "loss.nam", "optimizer.lr", "nme"]


def test_targets_of_cross_entropy_are_shares():
    table = changed("loss.name", "cross_entropy")
    table["layers"][1]["activation"] = "softmax"
    table["data"] = {"x": [[1, 2], [3, 4]], "y": [[0.5, 0.5], [0.5, 0.6]]}
    (sentence,) = problems(table)
    assert sentence.startswith("mine.toml: data.y[1] is [0.5, 0.6], and must be shares")
    table["data"]["y"][1] = [-0.5, 1.5]
    assert "data.y[1] is [-0.5, 1.5]" in problems(table)[0]


def test_a_network_that_would_not_fit_is_refused_before_it_is_made():
    table = changed("layers", [{"units": 100_000, "activation": "relu"}] * 3)
    assert any("at most 5,000,000" in sentence for sentence in problems(table))
    table = changed("layers.1", {"units": 2, "activation": "relu"})
    table["layers"][0] = {"units": 20_000, "activation": "softmax"}
    assert any("numbers for a mini-batch" in sentence for sentence in problems(table))


def test_a_run_with_nothing_to_train_is_refused():
    table = valid()
    for layer in table["layers"]:
        layer["frozen"] = ["W", "b"]
    assert "all frozen" in problems(table)[0]


def test_numbers_beyond_float32():
    table = valid() | {"dtype": "float32"}
    table["data"]["x"] = [[1e39, 0.0]]
    table["optimizer"]["lr"] = 1e39
    found = problems(table)
    assert len(found) == 2
    assert all("float32" in sentence for sentence in found)


def test_thousands_of_mistakes_are_cut_short():
    table = valid() | {f"key{i}": i for i in range(5000)}
    table["data"]["x"] = [["x"] * 50] * 500
    assert len(problems(table)) < 50


def test_nothing_of_a_file_reaches_the_terminal_as_it_is():
    evil = "a\x1b[31m\x07\x9b\u202eb\u200b\n\tc"
    table = valid() | {"name": evil, "title": evil, "teaches": evil}
    spec = build(table)
    for text in (spec.name, spec.title, spec.teaches):
        assert text == "a�[31m���b���c"
    for sentence in problems(valid() | {evil: 1, "dtype": evil}):
        assert sentence.isprintable()


def test_markup_is_plain_text():
    assert build(valid() | {"title": "[red]x[/red]"}).title == "[red]x[/red]"


@given(st.text())
def test_printable(text):
    found = printable(text)
    assert len(found) == len(text)
    assert found.isprintable()


# -- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a = [1,\n 2\nb", "line 3, column 1 is not valid TOML"),
        (b'name = "x', "line 1, column 10 is not valid TOML"),
        (b"x = " + b"9" * 5000, "is not valid TOML"),
        (b"x = " + b"[" * 5000, "nested too deeply"),
        (b"seed = 0x" + b"f" * 9999, "seed is a whole number beyond 64 bits"),
        (b"a = 1\na = 2", "line 2, column 6 is not valid TOML"),
        (b"name = \xff", "is not UTF-8 text (byte 8 is 0xff)"),
        (b"\0", "line 1, column 1 is not valid TOML"),
        (b"", "data is missing"),
    ],
)
def test_what_is_no_run_file(tmp_path, content, said):
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    found = mistakes(str(path))
    assert any(said in sentence for sentence in found), found
    assert all(sentence.startswith(str(path)) for sentence in found)


def test_folders_missing_files_and_large_files(tmp_path, monkeypatch):
    assert mistakes(str(tmp_path)) == (f"{tmp_path}: this is a folder, not a file.",)
    with pytest.raises(SpecError, match=r"there is no such file\."):
        runfile.read(tmp_path / "none.toml")
    path = tmp_path / "mine.toml"
    path.write_text(VALID, encoding="utf-8")
    assert mistakes(str(path)) == ()
    monkeypatch.setattr(toml, "MOST_BYTES", 10)
    assert "is larger than" in mistakes(str(path))[0]


@pytest.mark.parametrize("name", ["", "xro", "../xor", "a\0b", "\x1b[31m", "x" * 5000, "\udcff"])
def test_unknown_runs(name):
    (sentence,) = mistakes(name)
    assert "there is no built-in run and no file of that name" in sentence
    assert "built in are worked-example, " in sentence
    assert sentence.isprintable()


def test_a_nearest_run_is_named():
    assert "the nearest is spirals;" in mistakes("spiral")[0]
    with pytest.raises(SpecError, match="the nearest is iris;"):
        runfile.load("Iris")


def test_a_file_named_like_a_built_in_run_is_reached_by_its_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("xor").write_text(VALID, encoding="utf-8")
    assert runfile.resolve("xor").name == "xor"
    assert runfile.resolve("./xor").name == "textbook"


def test_the_template_is_a_valid_run_and_names_everything(tmp_path):
    path = tmp_path / "template.toml"
    path.write_text(template(), encoding="utf-8")
    run(runfile.read(path))
    text = template()
    assert "@" not in text
    assert all(len(line) <= 100 for line in text.split("\n"))
    for rows in TABLES:
        for name, row in rows.items():
            assert name in text
            assert all(option in text for option in row.options)


def test_a_file_that_is_there_is_not_taken_for_an_unknown_name(tmp_path, monkeypatch):
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert mistakes(str(loop)) == (
        f"{loop}: cannot be read: its links lead in a circle; check the path.",
    )

    stat = os.stat

    def closed(path, **settings):
        if str(path).startswith("closed/"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return stat(path, **settings)

    monkeypatch.setattr(os, "stat", closed)
    monkeypatch.setattr(os, "lstat", closed)
    (sentence,) = mistakes("closed/mine.toml")
    assert sentence.startswith("closed/mine.toml: cannot be read: that is not permitted;")
