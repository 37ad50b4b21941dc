"""Parameters and orders drawn by PyTorch's generator, against what PyTorch 2.13.0 drew."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from engine.runfile.read import from_table
from engine.spec.data import Batches
from tests.fixtures import drawnruns
from tests.fixtures.drawnruns import ORTHOGONAL, PASSES, told

RUNS = dict(drawnruns.runs())


@cache
def recorded() -> Any:
    path = Path(drawnruns.__file__).parent / "drawn" / "drawn.json"
    return json.loads(path.read_text(encoding="utf-8"))["runs"]


def differing(name: str) -> list[str]:
    """What of a run is not as PyTorch drew it."""
    spec, want = from_table(RUNS[name]), recorded()[name]
    found: list[str] = []
    for number, layer in enumerate(spec.layers, 1):
        if name.startswith(ORTHOGONAL):
            eps = np.finfo(spec.dtype).eps
            near = np.abs(layer.W - np.array(want[f"W{number}"])).max() <= 8 * eps
            found += [] if near else [f"{name}: W{number}"]
        elif told(layer.W) != want[f"W{number}"]:
            found.append(f"{name}: W{number}")
        if layer.b is not None and told(layer.b) != want[f"b{number}"]:
            found.append(f"{name}: b{number}")
    batches = Batches(spec.data, spec.seed)
    for each, order in zip(PASSES, want["orders"], strict=True):
        first = (each - 1) * batches.per_pass + 1
        rows = [int(batches.rows(t)[0]) for t in range(first, first + batches.per_pass)]
        if rows != order:
            found.append(f"{name}: pass {each}")
    return found


def test_what_is_drawn_is_pytorchs_to_the_last_bit():
    assert list(recorded()) == list(RUNS)
    assert [each for name in RUNS for each in differing(name)] == []
