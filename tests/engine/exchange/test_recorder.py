"""The recorder with a stand-in for PyTorch writes what it wrote with PyTorch itself."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.fixtures import torch_standin
from tests.fixtures.record_scenarios import FILE, SCENARIOS, made

RECORDER = Path(__file__).parents[3] / "engine/exchange/torchside/gradstep_record.py"
KNOWN = json.loads(FILE.read_text("utf-8"))


@pytest.fixture
def torch(monkeypatch: pytest.MonkeyPatch) -> Any:
    modules = torch_standin.modules()
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    return modules["torch"]


@pytest.fixture
def recorder(torch: Any) -> Any:
    """The recorder's module."""
    found = importlib.util.spec_from_file_location("gradstep_record", RECORDER)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.__name__)
def test_it_writes_what_it_wrote_with_pytorch(scenario, torch, recorder):
    found, known = made(scenario, torch, recorder.record), KNOWN[scenario.__name__]
    arrays = [name for name in known if name.endswith(".npz")]
    for name in arrays:
        ours, theirs = found.pop(name), known[name]
        assert [*ours] == [*theirs]
        for each, array in theirs.items():
            np.testing.assert_allclose(ours[each], array, 1e-12, 1e-15, err_msg=each)
    assert json.loads(json.dumps(found)) == {k: v for k, v in known.items() if k not in arrays}


def test_nothing_is_left_of_it(torch, recorder):
    for scenario in SCENARIOS:
        made(scenario, torch, recorder.record)
    assert not torch_standin.MODES


def test_bfloat16_is_written_as_the_float32_that_it_is(torch, recorder):
    class Half(torch.Tensor):  # type: ignore[misc, name-defined]
        dtype = "bfloat16"

        def float(self) -> Any:
            return torch.Tensor(self.data.astype(np.float32))

    assert recorder.copied(Half(np.array([0.5, 1.0]))).dtype == np.float32
    assert recorder.copied(2).tolist() == 2
