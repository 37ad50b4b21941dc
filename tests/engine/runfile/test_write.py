"""Run files written: read again they are the same run, whatever it has."""

from __future__ import annotations

import json
import resource
import tomllib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.runfile.document import spec_document
from engine.runfile.read import builtin_names, from_table, load, read
from engine.runfile.write import run_text, save
from engine.sheets.exercise import parse, spec_of
from engine.spec.problem import Problem
from engine.spec.run import RunSpec, SpecError
from tests.fixtures.settings import plain

BASE: dict[str, Any] = {
    "name": "mine",
    "data": {"x": [[0.1, -2], [1e-9, 1.25], [3, 4]], "labels": [2, 0, 1]},
    "layers": [
        {"units": 2, "activation": "tanh", "init": "xavier_uniform"},
        {"units": 3, "activation": "softmax"},
    ],
    "loss": {"name": "cross_entropy"},
    "optimizer": {"name": "sgd", "lr": 0.1},
}
LAYERS, LOSS = BASE["layers"], BASE["loss"]
RUNS_OF_ALL_KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "words": {"title": 'a "run" \\ ŷ', "teaches": "’ˆ\t…", "opens": "1.loss", "seed": 7},
    "float32": {"dtype": "float32", "iterations": 9},
    "batches": {"data": BASE["data"] | {"batches": [[[2, 0]], [[1], [1, 2]]]}},
    "shuffled": {"data": BASE["data"] | {"batch_size": 2, "shuffle": True}},
    "held out": {"data": BASE["data"] | {"test": [1], "test_every": "iteration"}},
    "names": {"data": BASE["data"] | {"classes": ["a", "ŷ", "c"], "features": ["w", "h"]}},
    "weights": {"data": BASE["data"] | {"weights": [1, 0.5, 0.1]}},
    "targets": {"data": {"x": [[1, 2]], "y": [[0.2, 0.3, 0.5]]}},
    "ignored": {
        "data": BASE["data"] | {"labels": [2, 5, 1]},
        "loss": LOSS | {"ignore_index": 5, "label_smoothing": 0.1},
    },
    "one output": {
        "data": {"x": [[1], [2]], "labels": [1, 0], "classes": ["no", "yes"]},
        "layers": [{"units": 1, "activation": "identity"}],
        "loss": {"name": "hinge"},
    },
    "layers": {
        "layers": [
            {"units": 2, "activation": "elu", "alpha": 2.0, "frozen": ["b"]},
            {"units": 2, "activation": "relu", "tie": ["W1.T"], "bias": False},
            {"units": 3, "activation": "softmax", "W": [[1, 2]] * 3, "b": 0.35},
        ]
    },
    "updates": {
        "optimizer": {"name": "adam", "lr": 0.01, "betas": [0.8, 0.9]},
        "compare": {"name": "sgd", "lr": 1, "momentum": 0.9},
        "switch": [{"at": 3, "name": "rmsprop"}, {"at": 5, "name": "sgd", "nesterov": False}],
        "groups": [{"params": ["b*"], "lr": 0.5}],
        "clip": {"norm": float("inf"), "norm_type": 1.0},
    },
    "clips": {"clip": [{"params": ["W1"], "value": 0.5}, {"params": ["b*"], "norm": 1}]},
    "schedule": {
        "schedule": {
            "name": "sequential",
            "by": "pass",
            "milestones": [5],
            "schedulers": [
                {"name": "linear", "start_factor": 0.1, "total_iters": 5},
                {"name": "cosine", "T_max": 20},
            ],
        }
    },
    "beside": {
        "schedule": {"name": "step", "step_size": 3},
        "compare": {
            "loss": {"name": "cross_entropy", "label_smoothing": 0.1},
            "lr": 0.7,
            "batch_size": 1,
            "schedule": False,
            "clip": {"value": 0.1},
            "activation": "relu",
        },
    },
    "lesson": {
        "lesson": [
            {"at": "1.delta2", "select": "delta2[2,1]", "text": 'say "so"\\'},
            {"at": "2.1", "optimizer": "adam", "text": "b"},
        ]
    },
}


def the_same(a: RunSpec, b: RunSpec) -> bool:
    (first, arrays), (second, others) = spec_document(a), spec_document(b)
    return json.dumps(first) == json.dumps(second) and {
        key: (array.dtype, array.tobytes()) for key, array in arrays.items()
    } == {key: (array.dtype, array.tobytes()) for key, array in others.items()}


def written(spec: RunSpec) -> RunSpec:
    return from_table(tomllib.loads(run_text(spec)))


@pytest.mark.parametrize("kind", RUNS_OF_ALL_KINDS)
def test_it_is_read_as_the_same_run(kind):
    spec = from_table(BASE | RUNS_OF_ALL_KINDS[kind])
    assert the_same(written(spec), spec)


@pytest.mark.parametrize("name", builtin_names())
def test_every_built_in_run_is_written_and_read_as_the_same(name, tmp_path):
    spec = load(name)
    save(tmp_path / "mine.toml", run_text(spec))
    assert the_same(read(tmp_path / "mine.toml"), spec)


def test_an_exercise_is_written():
    spec = spec_of(parse("exercise:2-2-2"))
    assert the_same(written(spec), spec)


def test_what_goes_without_saying_is_not_said():
    text = run_text(from_table(BASE | RUNS_OF_ALL_KINDS["updates"]))
    assert "betas = [0.8, 0.9]" in text
    for word in ("eps", "dampening", "frozen", "bias =", "reduction"):
        assert word not in text


@pytest.mark.parametrize("own", [{}, {"l1": 0}, {"l2": 0.5}])
def test_another_run_that_differs_in_nothing_but_its_optimizer_stays_a_run(own):
    table = plain(compare={"name": "adam", "lr": 0.1, "penalty": False})
    table["layers"][0] |= own
    text = run_text(from_table(table))
    again = from_table(tomllib.loads(text))
    assert again.beside is not None
    assert again.beside.optimizer.name == "adam"
    assert run_text(again) == text


def test_a_run_that_a_file_cannot_hold_is_refused():
    other = from_table(BASE | {"compare": {"seed": 3}})
    with pytest.raises(Problem, match=r"all of this run \(beside\.W1, beside\.W2, beside\.b2\)"):
        run_text(other)
    spec = load("xor")
    data = replace(spec.data, x=np.zeros((300_000, 2)), y=np.tile([1.0, 0.0], (300_000, 1)))
    with pytest.raises(Problem, match="at most 2 MB"):
        run_text(replace(spec, data=data))


def test_a_file_that_is_there_is_written_over_only_where_that_is_said(tmp_path):
    path = tmp_path / "mine.toml"
    save(path, "a = 1\n")
    with pytest.raises(FileExistsError):
        save(path, "b = 2\n")
    assert path.read_text() == "a = 1\n"
    save(path, "b = 2\n", over=True)
    assert path.read_text() == "b = 2\n"
    assert [each.name for each in tmp_path.iterdir()] == ["mine.toml"]
    with pytest.raises(Problem, match=r"mine\.txt: the name of a run file ends with \.toml"):
        save(tmp_path / "mine.txt", "")


@pytest.mark.parametrize("over", [False, True])
def test_of_a_file_that_cannot_be_written_whole_nothing_is_left(tmp_path, over):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            save(tmp_path / "mine.toml", "iterations = 100\n", over)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"classes": ["a"]}, "data.classes has 1 names, and must have 3, one for each class"),
        ({"features": ["a"] * 3}, "data.features has 3 names, and must have 2"),
        ({"features": [1, 2]}, "data.features is a list of 2, and must be a list of short texts"),
    ],
)
def test_wrong_names_are_told(data, said):
    with pytest.raises(SpecError) as caught:
        from_table(BASE | {"data": BASE["data"] | data})
    assert said in str(caught.value)
