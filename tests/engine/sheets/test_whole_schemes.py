"""What is said of schemes of points in which one thing is another one: `pytest
tests/engine/sheets --snapshot-update` writes it down anew; look at what differs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.sheets.scheme import read_scheme
from engine.spec.run import SpecError
from tests.leaves import GONE, told

SCHEME = {
    "transposed": True,
    "names": {"w5": "W2[1,1]", "out": "yhat"},
    "points": {"figure": 2, "slip": 0.5, "W1": 3, "dW": 0, "δ[2]": 1.5},
}
JUNK: tuple[Any, ...] = (GONE, True, -1, 0, 1, 1.5, 10**7, 1e6, "x", "W9[1]", [], [1], {}, {"x": 1})


def toml(value: Any) -> str:
    """A value as TOML has it, tables within the line."""
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{json.dumps(key)} = {toml(each)}" for key, each in value.items())
            + "}"
        )
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value)


def test_each_place_of_a_scheme(tmp_path: Path, snapshot):
    path = tmp_path / "scheme.toml"

    def read(scheme: Any) -> list[str]:
        path.write_text("".join(f"{json.dumps(k)} = {toml(v)}\n" for k, v in scheme.items()))
        try:
            found = read_scheme(path)
        except SpecError as error:
            return [each.removeprefix(f"{path}: ") for each in error.problems]
        points = found.points
        worth = points and (points.figure, points.slip, points.symbols)
        return [f"reads {dict(found.names)} {found.transposed} {worth}"]

    assert "\n".join(told(SCHEME | {"more": 1}, read, JUNK)) == snapshot
