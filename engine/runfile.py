"""Run files: a run spec from TOML, checked whole before anything starts."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from engine.optimizers import OPTIMIZERS
from engine.spec import DataSpec, LayerSpec, LossSpec, OptimizerSpec, RunSpec, SpecError

RUNS = Path(__file__).parent / "runs"
DEFAULT = "worked-example"


def builtin_names() -> list[str]:
    """The built-in runs, the default one first."""
    names = sorted(path.stem for path in RUNS.glob("*.toml"))
    return sorted(names, key=lambda name: name != DEFAULT)


def load(name: str) -> RunSpec:
    """The built-in run `name`. Raises SpecError where there is none."""
    if name not in builtin_names():
        raise SpecError(f"{name}: no such run; built in are {', '.join(builtin_names())}.")
    return from_table(tomllib.loads((RUNS / f"{name}.toml").read_text(encoding="utf-8")))


def from_table(table: dict[str, Any]) -> RunSpec:
    """The run spec that a TOML table describes."""
    dtype = table.get("dtype", "float64")
    x = np.array(table["data"]["x"], dtype)
    y = np.array(table["data"]["y"], dtype)
    return RunSpec(
        name=table["name"],
        title=table.get("title", table["name"]),
        data=DataSpec(x, y, table["data"].get("batch_size", len(x))),
        layers=tuple(
            LayerSpec(
                layer["units"],
                layer["activation"],
                np.array(layer["W"], dtype),
                np.array(layer["b"], dtype),
            )
            for layer in table["layers"]
        ),
        loss=LossSpec(**table["loss"]),
        optimizer=_optimizer(table["optimizer"]),
        compare=_optimizer(table["compare"]) if "compare" in table else None,
        seed=table.get("seed", 0),
        dtype=dtype,
        iterations=table.get("iterations", 2),
    )


def _optimizer(table: dict[str, Any]) -> OptimizerSpec:
    row = OPTIMIZERS[table["name"]]
    options = dict(row.options) | {k: v for k, v in table.items() if k != "name"}
    return OptimizerSpec(row.name, options)
