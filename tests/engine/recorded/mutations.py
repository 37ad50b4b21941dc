"""Records with something wrong in them: what they say is read, or refused with a sentence.

python -m tests.engine.recorded.mutations 100000
"""

from __future__ import annotations

import copy
import json
import random
import sys
from typing import Any

import numpy as np

from engine.against.compare import Comparison
from engine.against.recorded import recorded
from engine.arrayfiles.file import File
from engine.history.branching import history_of
from engine.recorded.tables import run_tables
from engine.recorded.written import written
from engine.runfile.read import from_table, read
from engine.spec.problem import Problem
from tests.fixtures.recorded import FOLDER as TORCH

FOLDER = TORCH.parent / "records"
NAMES = sorted(path.stem for path in FOLDER.glob("*.npz"))
JUNK: list[Any] = [
    None, True, -1, 0, 1, 2, 10**30, 1.5, float("nan"), float("inf"), "", "x", "linear", "0/out",
    "0.weight", [], [[]], [1, 2], {}, {"output": "0/out"}, {"parameter": "0.weight"},
    {"parameter": 3, "turned": 7}, {"tensor": [2], "numbers": [1.0, 2.0]}, {"tensor": None},
    "mean", "sum", "relu", "cross_entropy", "a" * 5000, [[[[]]]],
]  # fmt: skip
MOST_COMPARED = 10


def mutated(arrays: dict[str, Any], r: random.Random) -> dict[str, Any]:
    """The arrays of a record with a few things in them changed."""
    found, meta = dict(arrays), json.loads(arrays["meta"].tobytes())
    for _ in range(r.randint(1, 3)):
        if r.random() < 0.7:
            _junk(meta, r)
        else:
            _array(found, r)
    if "meta" in found:
        found["meta"] = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    return found


def _junk(value: Any, r: random.Random) -> None:
    """Change something somewhere in a value."""
    while True:
        keys = [*value] if isinstance(value, dict) else [*range(len(value))]
        if not keys:
            return
        key = r.choice(keys)
        if isinstance(value[key], dict | list) and value[key] and r.random() < 0.85:
            value = value[key]
            continue
        kind = r.random()
        if kind < 0.15:
            del value[key]
        elif kind < 0.3 and isinstance(value, list):
            value.insert(key, copy.deepcopy(r.choice(value)))
        else:
            value[key] = copy.deepcopy(r.choice(JUNK))
        return


def _array(found: dict[str, Any], r: random.Random) -> None:
    """Lose an array, or have another one there."""
    name = r.choice([*found])
    array = found.pop(name)
    if r.random() < 0.7:
        kinds = (
            lambda: array.ravel(),
            lambda: array.ravel()[:0],
            lambda: array.ravel()[:1],
            lambda: array.T,
            lambda: np.asarray(array * np.nan),
            lambda: array.astype(r.choice(["f2", "f4", "i4", "u1", "b1"])),
            lambda: np.zeros(()),
            lambda: found[r.choice([*found])],
        )
        with np.errstate(all="ignore"):
            found[name] = r.choice(kinds)()


def tried(seed: int) -> str:
    """What came of one mutation: the sentence, or "" where it could be read."""
    r = random.Random(seed)
    name = NAMES[seed % len(NAMES)]
    with np.load(FOLDER / f"{name}.npz") as file:
        arrays = mutated(dict(file), r)
    try:
        record = written(File(f"{name}.npz", b""), arrays)
        tables = run_tables(record, f"{name}.npz")
        from_table(tables, name, FOLDER)
        said = ""
    except Problem as problem:
        said = str(problem)
    try:
        spec = read(FOLDER / f"{name}.toml")
        trace = recorded(File(f"{name}.npz", b""), arrays, spec)
        if seed % MOST_COMPARED == 0:
            list(Comparison(history_of(spec), trace).deviations())
    except Problem as problem:
        said += str(problem)
    return said


def main() -> None:
    """Try as many as are asked for."""
    said = 0
    for seed in range(int(sys.argv[1])):
        try:
            said += bool(tried(seed))
        except Exception:
            print("seed", seed)
            raise
    print(said, "refused")


if __name__ == "__main__":
    main()
