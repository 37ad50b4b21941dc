"""What all rows have in common: where they stand, in which order, and that each can refuse."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest

from engine.catalog.activations import ACTIVATIONS
from engine.catalog.clipping import CLIPS
from engine.catalog.datasets import DATASETS
from engine.catalog.inits import INITS
from engine.catalog.losses import LOSSES
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.row import RowTable
from engine.catalog.schedules import SCHEDULES
from engine.runfile.read import from_table
from engine.spec.run import SpecError

PACKAGES: dict[str, Any] = {
    "activations": ACTIVATIONS,
    "losses": LOSSES,
    "optimizers": OPTIMIZERS,
    "schedules": SCHEDULES,
}
TABLES: list[Any] = [*PACKAGES.values(), INITS, CLIPS, DATASETS]

RUN = {
    "data": {"builtin": "circles"},
    "layers": [
        {"units": 2, "activation": "elu", "init": "constant", "value": 0.1},
        {"units": 2, "activation": "softmax"},
    ],
    "loss": {"name": "cross_entropy"},
    "optimizer": {"name": "adam"},
    "compare": {"name": "sgd"},
    "schedule": {"name": "step", "step_size": 3},
    "clip": {"norm": 1.0},
}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_row_stands_in_the_module_of_its_name(package):
    for name, row in PACKAGES[package].items():
        assert import_module(f"engine.catalog.{package}.{name}").ROW is row
        assert row.name == name


@pytest.mark.parametrize("package", PACKAGES)
def test_rows_without_a_place_stand_last_by_name(package):
    rows = list(PACKAGES[package].values())
    assert rows == sorted(rows, key=lambda row: (row.place, row.name))


@pytest.mark.parametrize(
    ("table", "name", "place"),
    [
        (ACTIVATIONS, "elu", "layers[0]"),
        (INITS, "constant", "layers[0]"),
        (LOSSES, "cross_entropy", "loss"),
        (OPTIMIZERS, "adam", "optimizer"),
        (OPTIMIZERS, "sgd", "compare"),
        (SCHEDULES, "step", "schedule"),
        (CLIPS, "norm", "clip"),
        (DATASETS, "circles", "data"),
    ],
)
def test_every_row_can_refuse_what_does_not_go_together(monkeypatch, table, name, place):
    seen = []

    def conflict(options):
        seen.append(options)
        return "these do not go together."

    from_table(RUN, "mine.toml")
    rows = vars(table)["_rows"] if isinstance(table, RowTable) else table
    monkeypatch.setitem(rows, name, replace(table[name], conflict=conflict))
    with pytest.raises(SpecError) as caught:
        from_table(RUN, "mine.toml")
    assert caught.value.problems == (f"mine.toml: {place} these do not go together.",)
    assert set(seen[0]) == set(table[name].options)


def test_what_is_no_row_is_not_in_a_table():
    for name in ("base", "parts", "", "nothing", "..row", "os", "Adam"):
        assert all(name not in table for table in TABLES)
        with pytest.raises(KeyError):
            SCHEDULES[name]


def test_rows_show_their_names():
    for table in TABLES:
        for name, row in table.items():
            assert name in repr(row)
