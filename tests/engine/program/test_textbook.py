"""A well-known example, as a reader writes it down: 2-2-2 with sigmoids and given weights."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.tui.terminals import run

RUN = """
name = "textbook"
iterations = 3

[data]
x = [[0.05, 0.10]]
y = [[0.01, 0.99]]

[[layers]]
units = 2
activation = "sigmoid"
W = [[0.15, 0.20], [0.25, 0.30]]
b = [0.35, 0.35]
frozen = ["b"]

[[layers]]
units = 2
activation = "sigmoid"
W = [[0.40, 0.45], [0.50, 0.55]]
b = [0.60, 0.60]
frozen = ["b"]

[loss]
name = "half_squared_error"

[optimizer]
name = "sgd"
lr = 0.5
"""
DIGITS = 5.1e-10
"""The example is printed to nine digits after the point."""
FIRST = {
    "z1": [[0.3775, 0.3925]],
    "a1": [[0.593269992, 0.596884378]],
    "z2": [[1.105905967, 1.224921404]],
    "yhat": [[0.751365070, 0.772928465]],
    "loss": 0.298371109,
    "dyhat": [[0.741365070, -0.217071535]],
    "fprime2": [[0.186815602, 0.175510053]],
    "delta2": [[0.138498562, -0.038098237]],
    "dW2": [[0.082167041, 0.082667628], [-0.022602540, -0.022740242]],
    "W2": [[0.358916480, 0.408666186], [0.511301270, 0.561370121]],
    "da1": [[0.036350306, 0.041370323]],
    "dW1": [[0.000438568, 0.000877135], [0.000497713, 0.000995425]],
    "W1": [[0.149780716, 0.199561432], [0.249751144, 0.299502287]],
}


@pytest.fixture
def records(tmp_path):
    path = tmp_path / "textbook.toml"
    path.write_text(RUN, encoding="utf-8")

    def read(*options: str) -> dict[tuple[int, str], object]:
        rows = map(json.loads, run(str(path), "--json", *options).stdout.splitlines())
        return {(row["iteration"], row["symbol"]): row["value"] for row in rows}

    return read


def flat(value: Any) -> list[float]:
    return [x for part in value for x in flat(part)] if isinstance(value, list) else [value]


def test_the_first_iteration(records):
    found = records()
    for symbol, wanted in FIRST.items():
        assert flat(found[1, symbol]) == pytest.approx(flat(wanted), abs=DIGITS), symbol
    assert (1, "b1") not in found
    assert (1, "db2") not in found


def test_the_errors_after_an_update_and_in_the_ten_thousandth_iteration(records):
    assert records()[2, "loss"] == pytest.approx(0.291027774, abs=DIGITS)
    last = records("--iterations", "10000", "--last")
    assert last[10000, "loss"] == pytest.approx(0.0000351085, abs=5.1e-11)
