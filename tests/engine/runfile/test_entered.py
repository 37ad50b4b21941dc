"""[optimizer] state: a training that was begun elsewhere is entered where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.exchange.arrayfile import exported
from engine.history.branching import history_of
from engine.program.trainer import Trainer
from engine.runfile.document import spec_document, spec_from
from engine.runfile.read import from_table
from engine.spec.run import RunSpec, SpecError
from tests.engine.arrayfiles.mutations import FOLDER

NEXT = 10


def table(state: str, **optimizer: Any) -> dict[str, Any]:
    """The run that tests/fixtures/record_arrays.py has trained for 5,000 steps."""
    with np.load(FOLDER / "next.npz") as told:
        data = {"x": told["x"].tolist(), "labels": told["labels"].tolist()}
    return {
        "data": data,
        "layers": [{"units": 3, "activation": "tanh"}, {"units": 2, "activation": "softmax"}],
        "loss": {"name": "cross_entropy"},
        "weights": {"file": "checkpoint.pt"},
        "optimizer": {"name": "adam", "state": state, **optimizer},
    }


def losses(spec: RunSpec, count: int = NEXT) -> Any:
    found = np.zeros(count)
    Trainer(spec).run(1, count, found)
    return found


@pytest.mark.parametrize("state", ["checkpoint.pt", "adam.pt", "adam.npz"])
def test_the_next_ten_steps_are_pytorchs(state):
    spec = from_table(table(state), "r.toml", FOLDER)
    with np.load(FOLDER / "next.npz") as told:
        assert np.abs(losses(spec) - told["losses"]).max() < 1e-15
    assert spec.optimizer.since == -5000
    assert spec.optimizer.options["lr"] == 1e-4
    trace = history_of(spec).trace(1)
    assert trace.scalars["t"] == 5001


def test_a_session_has_all_of_it_bit_for_bit():
    spec = from_table(table("adam.pt"), "r.toml", FOLDER)
    document, arrays = spec_document(spec)
    again = spec_from(document, arrays)
    assert losses(again).tobytes() == losses(spec).tobytes()
    for name, array in list(arrays.items()):
        if name.startswith("optimizer."):
            broken: Any = {**arrays, name: array[:1]}
            with pytest.raises(SpecError, match="the state of optimizer"):
                spec_from(document, broken)


def test_what_is_exported_is_entered(tmp_path: Path):
    spec = from_table(table("adam.pt"), "r.toml", FOLDER)
    (tmp_path / "after.npz").write_bytes(exported(history_of(spec), 4, 4, ".npz"))
    values = table("after.npz", lr=1e-4) | {"weights": {"file": "after.npz"}}
    later = from_table(values, "r.toml", tmp_path)
    assert later.optimizer.since == -5004
    assert losses(later, 6).tobytes() == losses(spec)[4:].tobytes()
