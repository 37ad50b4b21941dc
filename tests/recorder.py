"""What the recorder must not do to a training, and must do for it, tried with PyTorch.

    python -m tests.recorder

from the project's root, with a Python that has numpy and torch 2.13.0. Where all of it is as it
must be, which recorder that was is written down for the tests where PyTorch is not.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812
from torch.overrides import _get_current_function_mode

sys.path.insert(0, "engine/exchange/torchside")
from gradstep_record import record  # type: ignore[import-not-found]

RECORDER = Path(__file__).parent.parent / "engine/exchange/torchside/gradstep_record.py"
KNOWN = Path(__file__).parent / "fixtures/records/recorder.sha256"
X, Y = torch.arange(18.0).reshape(6, 3).sin(), torch.tensor([0, 1, 2, 0, 1, 2])


def net(*layers: Any) -> tuple[Any, Any]:
    """A model and its optimizer."""
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(3, 4), *(layers or (nn.ReLU(inplace=True),)), nn.Linear(4, 3))
    return model, torch.optim.Adam(model.parameters(), lr=0.1)


def step(model: Any, optimizer: Any) -> None:
    optimizer.zero_grad()
    F.cross_entropy(model(X), Y).backward()
    optimizer.step()


def meta() -> Any:
    with np.load("run.npz") as file:
        return json.loads(file["meta"].tobytes())


def untouched(model: Any, optimizer: Any) -> None:
    """Nothing is left of a recorder."""
    assert _get_current_function_mode() is None
    assert not optimizer._optimizer_step_pre_hooks
    assert not optimizer._optimizer_step_post_hooks
    assert not any(module._forward_hooks for module in model.modules())


def test_numbers_are_the_same_to_the_last_bit() -> None:
    alone, recorded = net(), net()
    for _ in range(5):
        step(*alone)
    with record(*recorded):
        for _ in range(5):
            step(*recorded)
    for one, other in zip(alone[0].parameters(), recorded[0].parameters(), strict=True):
        assert torch.equal(one, other)
    untouched(*recorded)


def test_opened_and_closed_without_a_block() -> None:
    model, optimizer = net()
    recorder = record(model, optimizer)
    step(model, optimizer)
    recorder.close()
    recorder.close()
    untouched(model, optimizer)
    assert meta()["iterations"] == 1


def test_an_exception_passes_and_what_there_is_is_written() -> None:
    model, optimizer = net()
    passed = False
    try:
        with record(model, optimizer):
            step(model, optimizer)
            F.cross_entropy(model(X), Y).backward()
            raise KeyError("mine")
    except KeyError:
        passed = True
    assert passed
    untouched(model, optimizer)
    assert meta()["iterations"] == 1
    with np.load("run.npz") as file:
        assert "2/loss" in file


def test_no_more_than_so_many_and_so_much() -> None:
    for bounds, most in (({"iterations": 2}, 2), ({"iterations": 500, "megabytes": 0}, 0)):
        model, optimizer = net()
        with record(model, optimizer, "run.npz", **bounds):
            for _ in range(4):
                step(model, optimizer)
        assert meta()["iterations"] == most
    model, optimizer = net(nn.Linear(4, 2000), nn.Linear(2000, 4))
    with record(model, optimizer, iterations=1000, megabytes=2):
        for _ in range(40):
            step(model, optimizer)
    assert Path("run.npz").stat().st_size < 4 << 20


def test_forward_passes_that_no_step_follows_are_let_go() -> None:
    model, optimizer = net()
    recorder = record(model, optimizer)
    for _ in range(40):
        model(torch.zeros(20_000, 3))
    assert recorder.held < 70 << 20
    step(model, optimizer)
    recorder.close()
    with np.load("run.npz") as file:
        assert file["1/0/out"].shape == (6, 4)


def test_a_mistake_of_the_recorder_does_not_end_the_training() -> None:
    model, optimizer = net()
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        recorder = record(model, optimizer)
        recorder.names = None
        for _ in range(3):
            step(model, optimizer)
        recorder.close()
    assert "the recorder failed" in said.getvalue()
    untouched(model, optimizer)


def test_what_is_not_followed_is_named() -> None:
    model, optimizer = net(nn.BatchNorm1d(4))
    said = io.StringIO()
    with contextlib.redirect_stderr(said), record(model, optimizer):
        step(model, optimizer)
        F.cross_entropy(model(X), Y).backward()
        step(model, optimizer)
    assert "what batch_norm computes" in said.getvalue()
    assert "batch_norm" in Path("run.toml").read_text()


def test_a_run_file_of_the_users_own_is_left_alone() -> None:
    Path("run.toml").write_text("# mine")
    model, optimizer = net()
    with record(model, optimizer):
        step(model, optimizer)
    assert Path("run.toml").read_text() == "# mine"


def test_a_place_that_cannot_be_written_is_said_before_the_training() -> None:
    model, optimizer = net()
    refused = ""
    try:
        record(model, optimizer, "nowhere/run.npz")
    except OSError as error:
        refused = str(error)
    assert "nowhere" in refused
    untouched(model, optimizer)


def test_other_modes_and_recorders_beside_it() -> None:
    model, optimizer = net()
    recorder = record(model, optimizer, "one.npz")
    torch.set_default_device("cpu")
    with record(model, optimizer):
        step(model, optimizer)
    recorder.close()
    torch.set_default_device(None)
    untouched(model, optimizer)
    with np.load("run.npz") as one, np.load("one.npz") as two:
        assert one.files == two.files
        assert all(np.array_equal(one[name], two[name]) for name in one.files)


def test_evaluation_is_not_taken_for_training() -> None:
    model, optimizer = net()
    with record(model, optimizer):
        for _ in range(2):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(X), Y)
            loss.backward()
            model(X[:2]).softmax(1).argmax(1)
            with torch.no_grad():
                model(X[:1])
            optimizer.step()
    assert meta()["notes"] == {}
    with np.load("run.npz") as file:
        assert file["2/2/out"].shape == (6, 3)


def test_half_precision_and_closures_do_no_harm() -> None:
    model, optimizer = net()
    model.bfloat16()
    with record(model, optimizer):
        optimizer.zero_grad()
        F.cross_entropy(model(X.bfloat16()), Y).backward()
        optimizer.step()
    model, _ = net()
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=3)

    def closure() -> Any:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(X), Y)
        loss.backward()
        return loss

    with record(model, optimizer):
        optimizer.step(closure)
    untouched(model, optimizer)


TESTS: list[Callable[[], None]] = [each for name, each in globals().items() if name[:5] == "test_"]


def main() -> None:
    """Run all, each in an empty folder."""
    for test in TESTS:
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            quiet = io.StringIO()
            with contextlib.redirect_stderr(quiet):
                test()
        print("passed", test.__name__)
    print(len(TESTS), "passed")
    KNOWN.write_text(f"{hashlib.sha256(RECORDER.read_bytes()).hexdigest()}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
