"""The scripts of --export-torch are those that PyTorch has run, and print gradstep's losses."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from engine.exchange.torchscript import torch_script
from engine.runfile.read import builtin_names, from_table, load
from engine.spec.problem import Problem
from tests.fixtures import drawnruns, mixedruns
from tests.fixtures.settings import plain
from tests.torch import FILE, NEAR, RECORDED, alone, digest, length, runs, told

RECORD = "python -m tests.torch --record"


@pytest.fixture(scope="module")
def known():
    return json.loads(FILE.read_text("utf-8"))


def test_scripts_are_those_that_pytorch_has_run(known):
    found = {name: digest(torch_script(spec, min(RECORDED, length(spec)))) for name, spec in runs()}
    other = [name for name in found if name in known and known[name]["script"] != found[name]]
    assert not other, f"other scripts than PyTorch has run: {RECORD}"


DRAWN = {f"drawn {name}": table for name, table in drawnruns.trainings()}


ALONE = dict(alone()) | {f"mixed {name}": table for name, table in mixedruns.RUNS.items()}


@pytest.mark.parametrize("name", [*builtin_names(), *DRAWN, *ALONE])
def test_scripts_print_gradsteps_losses(name, known):
    assert name in known, f"not recorded: {RECORD}"
    table = (DRAWN | ALONE).get(name)
    spec = from_table(table) if table else load(name)
    losses = np.array(known[name]["losses"])
    assert np.allclose(told(spec, RECORDED), losses, rtol=0, atol=NEAR[spec.dtype])


@pytest.mark.parametrize(
    ("optimizer", "said"),
    [
        ({"name": "adam", "bias_correction": False}, "PyTorch's Adam has no bias_correction"),
        ({"name": "rmsprop", "eps_inside": True}, "PyTorch's RMSprop has no eps_inside: leave"),
        ({"name": "sgd", "momentum": 0.5, "momentum_form": "mean"}, "SGD has no momentum_form"),
    ],
)
def test_what_pytorch_has_not_is_refused(optimizer, said):
    with pytest.raises(Problem, match=said):
        torch_script(from_table(plain(optimizer=optimizer)), 1)
    switched = plain(switch=[{"at": 2, **optimizer}])
    with pytest.raises(Problem, match=said):
        torch_script(from_table(switched), 1)


def test_a_script_has_exactly_the_runs_numbers():
    spec = load("article-script")
    script = torch_script(spec, 2)
    compile(script, "script", "exec")
    assert repr(float(spec.layers[0].W[0, 0])) in script
    assert "2: lambda: torch.optim.Adam(parameters, lr=0.1)" in script
    assert "y = torch.tensor([0], dtype=torch.int64)" in script


def test_a_function_that_is_one_variable_is_told_as_it_was_before_the_update():
    table = {"function": {"f": "x", "start": [1.0]}, "optimizer": {"name": "sgd", "lr": 0.1}}
    assert "    return theta[0].clone()\n" in torch_script(from_table(table), 2)


def test_a_seed_stands_for_what_it_draws_and_for_nothing_else():
    table = drawnruns.training("torch", "float64")
    spec = from_table(table)
    script = torch_script(spec, 9)
    assert "torch.manual_seed(7)" in script
    assert "for _ in range(3) for rows in loader" in script
    other = replace(spec, layers=(replace(spec.layers[0], W=-spec.layers[0].W), spec.layers[1]))
    assert "manual_seed" not in torch_script(other, 9)
    later = from_table({**table, "data": {**table["data"], "drawn": 99}})
    assert "loader" not in torch_script(later, 9)
    numpy = from_table({**table, "generator": "numpy"})
    assert "manual_seed" not in torch_script(numpy, 9)


def test_large_data_is_written_as_bytes():
    script = torch_script(load("digits"), 1)
    assert "import base64" in script
    assert max(map(len, script.splitlines())) < 5000


def test_a_title_stays_in_its_line():
    script = torch_script(from_table(plain(title="a\nimport os")), 1)
    assert script.splitlines()[1] == "import torch"


ONE_CYCLE = {"name": "one_cycle", "max_lr": 0.1, "total_steps": 5, "cycle_momentum": False}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"data": plain()["data"] | {"weights": [1.0] * 6}}, "weights of samples"),
        (
            {"schedule": ONE_CYCLE},
            "after 5 updates",
        ),
        ({"schedule": ONE_CYCLE | {"by": "pass"}}, "after 5 passes"),
        ({"data": plain()["data"] | {"batch_size": 4}}, "2,000,000"),
        (
            {"schedule": {"name": "plateau"}, "switch": [{"at": 2, "name": "sgd", "lr": 0.1}]},
            "leave one of them out",
        ),
    ],
)
def test_what_pytorch_would_do_otherwise_is_refused(changes, said):
    spec = from_table(plain(**changes))
    with pytest.raises(Problem, match=said):
        torch_script(spec, 1_000_000)
