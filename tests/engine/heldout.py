"""The recorded trainings that hold samples out, as runs."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from engine.runfile.read import from_table
from engine.spec.run import RunSpec
from tests.fixtures.record_heldout import FOLDER, LR, SIZE

LAST = {"classes": "softmax", "yes-or-no": "sigmoid", "sides": "tanh", "regression": "identity"}
LOSS = {"classes": "cross_entropy", "yes-or-no": "binary_cross_entropy"}


@cache
def recorded(case: str) -> dict[str, Any]:
    """The arrays of a case."""
    with np.load(FOLDER / f"{case}.npz") as file:
        return dict(file)


def table_of(case: str) -> dict[str, Any]:
    """The tables of its run file."""
    found = recorded(case)
    targets = {"labels" if case == "classes" else "y": found["y"].tolist()}
    data = {"x": found["x"].tolist(), **targets, "test": found["held"].tolist()}
    layers = [
        {"units": len(found[f"b{n}"]), "activation": activation}
        | {kind: found[f"{kind}{n}"].tolist() for kind in "Wb"}
        for n, activation in ((1, "tanh"), (2, LAST[case]))
    ]
    return {
        "data": {**data, "batch_size": SIZE},
        "layers": layers,
        "loss": {"name": LOSS.get(case, "mse")},
        "optimizer": {"name": "sgd", "lr": LR, "momentum": 0.5},
    }


def run_of(case: str, **data: Any) -> RunSpec:
    """Its run, with other keys of [data] where they are given."""
    table = table_of(case)
    return from_table(table | {"data": table["data"] | data})
