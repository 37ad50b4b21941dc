"""Records of PyTorch trainings: the run that each is prints its numbers, and none is lost."""

from __future__ import annotations

import numpy as np
import pytest

from engine.against.compare import Comparison
from engine.against.left import left
from engine.against.read import read_trace
from engine.history.branching import history_of
from engine.runfile.read import read
from tests.fixtures.recorded import FOLDER as TORCH

FOLDER = TORCH.parent / "records"
NAMES = sorted(path.stem for path in FOLDER.glob("*.npz"))


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
