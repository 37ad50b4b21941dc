"""--export-torch and --export hand a run to other programs."""

import numpy as np
import pytest

from engine.arrayfiles.read import read_arrays
from engine.history.branching import history_of
from engine.runfile.read import load
from tests.tui.command.test_grade import ran


def test_export_torch_prints_a_script(capsys):
    status, script, error = ran(capsys, "xor", "--export-torch", "--iterations", "3")
    assert (status, error) == (0, "")
    assert "for t in range(1, 4):" in script
    compile(script, "script", "exec")


def test_export_torch_takes_another_optimizer(capsys):
    _, script, _ = ran(capsys, "--export-torch", "--optimizer", "adam")
    assert "torch.optim.Adam(parameters, lr=0.1)" in script
    status, _, error = ran(capsys, "--export-torch", "--optimizer", "adamm")
    assert status == 2
    assert "adam" in error


def test_export_writes_what_the_iterations_computed(capsys, tmp_path):
    file = tmp_path / "m.npz"
    status, said, error = ran(capsys, "momentum", "--export", str(file), "--iterations", "2")
    assert (status, error) == (0, "")
    assert said.startswith(str(file))
    found = read_arrays(file)
    history = history_of(load("momentum"))
    for t in (1, 2):
        trace = history.trace(t)
        for step in trace.steps:
            known = trace.known(step.symbol, step.number)
            assert np.array_equal(found[f"{t}.{step.symbol}"], known)
    assert np.array_equal(found["W1"], found["2.W1"])
    assert np.array_equal(found["buf.W1"], found["2.buf.W1"])


def test_exported_weights_start_a_run(capsys, tmp_path):
    file = tmp_path / "w.safetensors"
    assert ran(capsys, "--export", str(file), "--iterations", "3")[0] == 0
    found = read_arrays(file)
    trace = history_of(load("worked-example")).trace(4)
    assert list(found) == ["W1", "b1", "W2", "b2"]
    for name, array in found.items():
        assert np.array_equal(array, trace.known(name, 0))


@pytest.mark.parametrize("name", ["a.txt", "there.npz", "none/a.npz"])
def test_export_writes_over_nothing(name, capsys, tmp_path):
    (tmp_path / "there.npz").write_text("mine")
    status, said, error = ran(capsys, "--export", str(tmp_path / name))
    assert (status, said) == (2, "")
    assert error.count("\n") == 1
    assert (tmp_path / "there.npz").read_text() == "mine"
