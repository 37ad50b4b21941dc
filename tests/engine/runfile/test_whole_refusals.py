"""What is said of run files in which one thing is another one, place by place:
`pytest tests/engine/runfile --snapshot-update` writes it down anew; look at what differs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.catalog.activations import ACTIVATIONS
from engine.catalog.inits import INITS
from engine.catalog.losses import LOSSES
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.schedules import SCHEDULES
from engine.runfile.document import spec_document, spec_from
from engine.runfile.read import from_table
from engine.runfile.write import run_text
from engine.spec.problem import Problem
from engine.spec.run import SpecError
from tests.engine.lived import SETTINGS
from tests.engine.runfile.test_runfile import valid
from tests.fixtures.enteredruns import FOLDER, following
from tests.leaves import short, told

SMALL: dict[str, Any] = {
    "data": {"x": [[1.0, 2.0], [0.5, -1.0], [2.0, 0.0]], "labels": [0, 1, 1], "batch_size": 2},
    "layers": [{"units": 2, "activation": "softmax", "init": "zeros"}],
    "loss": {"name": "cross_entropy"},
    "optimizer": {"name": "sgd", "lr": 0.1},
    "schedule": {"name": "step", "step_size": 2, "gamma": 0.5},
    "switch": [{"at": 5, "name": "adam", "lr": 0.01}],
}
LINES = 4
"""So many lines are told that are other in a run that reads."""


def plain(table: dict[str, Any]) -> list[str]:
    """The run as a file again."""
    return run_text(from_table(table)).splitlines()


def reader(table: dict[str, Any]) -> Any:
    """What is said of a run file: sentences where it is refused, else what is other in it than in
    this one, by its lines.
    """
    known = plain(table)

    def read(other: dict[str, Any]) -> list[str]:
        try:
            lines = plain(other)
        except SpecError as error:
            return [each.removeprefix("run: ") for each in error.problems]
        return ["reads", *(line for line in lines if line not in known)][:LINES]

    return read


@pytest.mark.parametrize("name", ["valid", "settings", "small"])
def test_each_place_of_a_run_file(name, snapshot):
    table = {"valid": valid(), "settings": SETTINGS, "small": SMALL}[name]
    assert "\n".join(told(table, reader(table))) == snapshot


ROWS: dict[str, tuple[Any, str, str]] = {
    "activation": (ACTIVATIONS, "layers", "leaky_relu elu softplus"),
    "init": (INITS, "layers", "constant"),
    "loss": (
        LOSSES,
        "loss",
        "cross_entropy cross_entropy_of_outputs binary_cross_entropy bce nll kl_div huber smooth_l1"
        " hinge multi_margin poisson_nll gaussian_nll",
    ),
    "optimizer": (OPTIMIZERS, "optimizer", "sgd adagrad rmsprop adam adamw"),
    "schedule": (
        SCHEDULES,
        "schedule",
        "step multi_step exponential cosine cosine_warm_restarts linear polynomial one_cycle"
        " plateau list constant sequential",
    ),
}
"""Rows, the table where they are named, and those of which all options are tried."""


@pytest.mark.parametrize("kind", ROWS)
def test_each_option_of_each_row(kind, snapshot):
    rows, table, names = ROWS[kind]
    alone = {key: SMALL[key] for key in ("data", "layers", "loss", "optimizer")}
    values: tuple[Any, ...] = (
        -1,
        0,
        0.5,
        1,
        1.5,
        2,
        10**30,
        float("inf"),
        True,
        "x",
        [],
        [1],
        [0.5, 0.5, 1],
        {},
    )
    lines = []
    for name in names.split():
        for option in rows[name].options:
            said: dict[str, list[str]] = {}
            for value in values:
                given = {("name" if table == kind else kind): name, option: value}
                run: dict[str, Any] = {**alone, table: given}
                if table == "layers":
                    run["layers"] = [SMALL["layers"][0] | given]
                    if kind == "activation":
                        run |= {"loss": {"name": "mse"}}
                try:
                    found = "; ".join(line for line in plain(run) if line.startswith(f"{option} ="))
                except SpecError as error:
                    found = "; ".join(each.removeprefix("run: ") for each in error.problems)
                said.setdefault(short(found), []).append(repr(value))
            lines.append(f"{name}.{option}")
            lines += [f"  {' '.join(each)} → {found}" for found, each in said.items()]
    assert "\n".join(lines) == snapshot


def told_of(table: dict[str, Any]) -> str:
    return "\n".join(told(table, reader(table)))


def test_each_place_of_a_lesson(snapshot):
    stops = [
        {"at": "1.loss", "text": "Here the loss is.", "select": "loss", "optimizer": "sgd"},
        {"at": "2.W1", "text": "And\n here   a weight."},
    ]
    assert told_of({**SMALL, "lesson": stops}) == snapshot


def test_each_place_of_what_is_stored(snapshot):
    """The document that a session is saved with."""
    spec = from_table(SETTINGS)
    document, arrays = spec_document(spec)
    known = run_text(spec).splitlines()

    def read(other: Any) -> list[str]:
        try:
            lines = run_text(spec_from(other, arrays)).splitlines()
        except Problem as problem:
            return [str(problem)]
        return ["reads", *(line for line in lines if line not in known)][:LINES]

    assert "\n".join(told(document, read)) == snapshot


def test_each_array_of_what_is_stored(snapshot):
    spec = from_table(SETTINGS)
    document, arrays = spec_document(spec)
    lines = []
    for name, array in arrays.items():
        others = [None, array.ravel()[:1], array * np.nan, array.astype(np.float32), array.T]
        for other in others:
            made = {key: x for key, x in arrays.items() if key != name}
            made |= {} if other is None else {name: other}
            try:
                spec_from(document, made)
                said = "reads"
            except SpecError as error:
                said = "; ".join(error.problems)
            lines.append(f"{name} {'gone' if other is None else other.shape}: {said}")
    assert "\n".join(lines) == snapshot


@pytest.mark.parametrize("name", ["adam-passes", "sgd-plateau"])
def test_each_place_of_a_training_that_is_entered(name, snapshot):
    table = following(name)
    known = run_text(from_table(table, "run", FOLDER)).splitlines()

    def read(other: Any) -> list[str]:
        try:
            lines = run_text(from_table(other, "run", FOLDER)).splitlines()
        except SpecError as error:
            said = (each.removeprefix("run: ") for each in error.problems)
            return [each.replace(f"{FOLDER}/", "") for each in said]
        return ["reads", *(line for line in lines if line not in known)][:LINES]

    few = {key: value for key, value in table.items() if key not in ("data", "layers", "loss")}
    assert "\n".join(told(few, lambda other: read({**table, **other}))) == snapshot
