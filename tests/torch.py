"""The scripts of --export-torch, run by PyTorch and set against gradstep's losses.

    python -m tests.torch [--record] [NAME ...]

with a Python that has numpy and torch 2.13.0: every built-in run, every setting of
`tests/fixtures/settings.py`, every row's training and every one that is entered midway.
--record writes what the tests compare where PyTorch is not.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.exchange.torchscript import torch_script
from engine.history.branching import history_of
from engine.runfile.read import builtin_names, from_table, load
from engine.spec.run import GradientsSpec, RunSpec
from tests.engine.heldout import run_of, table_of
from tests.engine.helpers import spec_of
from tests.fixtures import drawnruns, enteredruns, functions, mixedruns
from tests.fixtures.cases import Case
from tests.fixtures.record_heldout import CASES
from tests.fixtures.rows import PARTS
from tests.fixtures.settings import SETTINGS

FILE = Path(__file__).parent / "fixtures" / "scripts" / "scripts.json"
ITERATIONS = 20
RECORDED = 3
GROWN = 1e9
"""A training with such a loss goes nowhere, and no other can follow it."""
SHAKEN = 10
NEAR = {"float64": 1e-12, "float32": 2e-6}


def runs() -> Iterator[tuple[str, RunSpec]]:
    """The runs that are compared, by name."""
    for name in builtin_names():
        yield name, load(name)
    for file, tables in SETTINGS.items():
        for name, table in tables.items():
            spec = from_table(table)
            if spec.data.weights is None:  # PyTorch has no such thing
                yield f"{file} {name}", spec
    for part in PARTS:
        if isinstance(part, Case):
            yield part.name, spec_of(part)
    for name, table in drawnruns.trainings():
        yield f"drawn {name}", from_table(table)
    for case in CASES:
        spec = run_of(case)
        yield f"held out {case}", spec
        data = replace(spec.data, batch_size=16, test_every="iteration")
        yield f"held out {case}, all at once", replace(spec, data=data)
    yield "held out, with a penalty", from_table(table_of("classes") | {"penalty": {"l2": 0.1}})
    for name, table in alone():
        yield name, from_table(table)
    for name, table in mixedruns.RUNS.items():
        yield f"mixed {name}", from_table(table)
    for name in enteredruns.RUNS:
        yield f"entered {name}", from_table(enteredruns.following(name), "run", enteredruns.FOLDER)


def alone() -> Iterator[tuple[str, dict[str, Any]]]:
    """Runs without a network."""
    for name, (formula, _) in functions.FORMULAS.items():
        if name != "outside":
            function = {"f": formula, "start": {"x": 0.7, "y": -0.3}}
            constants = {"constants": functions.CONSTANTS} if name == "rosenbrock" else {}
            optimizer = {"name": "adam", "lr": 0.01}
            yield f"function {name}", {"function": function | constants, "optimizer": optimizer}
    for name, (_, options) in functions.OPTIMIZERS.items():
        given = {"start": 1.0, "g": [4, 2, -1, 0.5], "repeat": True}
        yield f"given to {name}", {"gradients": given, "optimizer": {"name": name, **options}}


def told(spec: RunSpec, count: int) -> np.ndarray:
    """Gradstep's losses of so many iterations."""
    history = history_of(spec)
    found = [history.trace(t) for t in range(1, count + 1)]
    if isinstance(spec.instead, GradientsSpec):  # of which θ is printed
        return np.array([each.known("theta", len(each.steps))[0] for each in found], np.float64)
    return np.array([each.known("loss", len(each.steps)) for each in found], np.float64)


def printed(script: str) -> tuple[np.ndarray, np.ndarray]:
    """The losses that a script prints, and those of what is held out."""
    held = io.StringIO()
    with contextlib.redirect_stdout(held):
        exec(compile(script, "script", "exec"), {})
    lines = [*map(str.split, held.getvalue().splitlines())]
    own, others = (
        np.array([float(line[-1]) for line in lines if len(line) == words]) for words in (2, 4)
    )
    return own, others


def told_of_held(spec: RunSpec, count: int) -> np.ndarray:
    """Gradstep's losses on what is held out, of so many iterations."""
    history = history_of(spec)
    history.extend(count)
    _, (loss, _) = history.tests(count)
    return np.array([each for each in loss.tolist() if each == each])


def nudged(spec: RunSpec) -> RunSpec:
    """The run from weights that differ in their last digit."""
    near = 1 + np.finfo(spec.dtype).eps
    if spec.instead:
        return replace(spec, instead=replace(spec.instead, start=spec.instead.start * near))
    layers = tuple(replace(each, W=(each.W * near).astype(spec.dtype)) for each in spec.layers)
    return replace(spec, layers=layers)


def apart(spec: RunSpec, theirs: np.ndarray) -> float:
    """How far a script's losses are from gradstep's, in units of what they may be: more where
    gradstep's own go apart from a start that differs in the last digit.
    """
    grown = np.flatnonzero(~(np.abs(theirs) <= GROWN))
    theirs = theirs[: grown[0] if len(grown) else None]
    ours, near = told(spec, len(theirs)), told(nudged(spec), len(theirs))
    size = np.maximum(1, np.abs(theirs))
    may = NEAR[spec.dtype] + SHAKEN * np.abs(ours - near) / size
    return float((np.abs(ours - theirs) / size / may).max(initial=0))


def length(spec: RunSpec) -> int:
    """How many iterations are compared: no more than a schedule of PyTorch's has."""
    options = spec.schedule.options if spec.schedule else {}
    return min(ITERATIONS, options.get("total_steps") or ITERATIONS)


def digest(script: str) -> str:
    """A script in short."""
    return hashlib.sha256(script.encode()).hexdigest()[:16]


def main(asked: list[str]) -> int:
    """Compare all; the exit status."""
    found: dict[str, Any] = {}
    slips = 0
    names = [name for name in asked if name != "--record"]
    for name, spec in runs():
        if names and not any(each in name for each in names):
            continue
        try:
            theirs, held = printed(torch_script(spec, length(spec)))
            ours = told_of_held(spec, length(spec))
            if ours.shape != held.shape or not np.allclose(ours, held, 0, NEAR[spec.dtype]):
                raise ValueError("other losses on what is held out")
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {error}")
            slips += 1
            continue
        far = apart(spec, theirs)
        if not far <= 1:
            slips += 1
            print(f"{name}: {far:.3g} times as far apart as may be")
        short = digest(torch_script(spec, min(RECORDED, length(spec))))
        found[name] = {"script": short, "losses": theirs[:RECORDED].tolist()}
    print(f"{len(found)} scripts, {slips} of them with other losses")
    if "--record" in asked and not slips:
        before = json.loads(FILE.read_text("utf-8")) if names else {}
        lines = (
            f"{json.dumps(name)}: {json.dumps(each)}" for name, each in (before | found).items()
        )
        FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    return 1 if slips else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
