"""What is said of records whose account of themselves is other in one place: `pytest
tests/engine/recorded --snapshot-update` writes it down anew; look at what differs.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from engine.against.recorded import recorded
from engine.arrayfiles.file import File
from engine.recorded.tables import run_tables
from engine.recorded.written import written
from engine.runfile.read import from_table, read
from engine.runfile.write import run_text
from engine.spec.problem import Problem
from tests.engine.recorded.mutations import FOLDER
from tests.leaves import GONE, told

FILE = File("run.npz", b"")
JUNK: tuple[Any, ...] = (GONE, True, -1, 1.5, "x", [], {"output": "0/out"})
LINES = 4


@pytest.mark.parametrize("name", ["classes", "own"])
def test_each_place_of_what_a_record_says(name, snapshot):
    with np.load(FOLDER / f"{name}.npz") as file:
        arrays = dict(file)
    meta = json.loads(arrays["meta"].tobytes())
    meta["groups"] = meta["groups"][:1] * len(meta["groups"])

    def tables(other: Any) -> Any:
        text = json.dumps(other).encode()
        return run_tables(
            written(FILE, arrays | {"meta": np.frombuffer(text, np.uint8)}), "run.npz"
        )

    known = run_text(from_table(tables(meta))).splitlines()

    def said(other: Any) -> list[str]:
        try:
            lines = run_text(from_table(tables(other))).splitlines()
        except Problem as problem:
            return [str(problem)]
        return ["reads", *(line for line in lines if line not in known)][:LINES]

    assert "\n".join(told(meta, said, JUNK)) == snapshot


def test_each_array_that_a_record_has(snapshot):
    """Gone, of another shape, or no number; before or in the first iteration."""
    lines = []
    for name in ("classes", "own"):
        with np.load(FOLDER / f"{name}.npz") as file:
            arrays = dict(file)
        spec = read(FOLDER / f"{name}.toml")
        for key in arrays:
            if key.partition("/")[0] not in ("0", "1"):
                continue
            said: dict[str, list[str]] = {}
            for what, made in {
                "gone": None,
                "flat": arrays[key].ravel()[:1],
                "empty": arrays[key].ravel()[:0],
                "single": np.zeros(()),
                "whole": arrays[key].astype(np.int64),
                "nan": np.full_like(arrays[key], np.nan, dtype=np.float64),
            }.items():
                other = {k: v for k, v in arrays.items() if k != key}
                other |= {} if made is None else {key: made}
                try:
                    found = recorded(FILE, other, spec)
                    text = f"{len(found.values)} iterations, {len(found.unmapped)} not mapped"
                except Problem as problem:
                    text = str(problem)
                said.setdefault(text, []).append(what)
            lines.append(
                f"{name} {key}: " + "; ".join(f"{' '.join(w)} → {s}" for s, w in said.items())
            )
    assert "\n".join(lines) == snapshot
