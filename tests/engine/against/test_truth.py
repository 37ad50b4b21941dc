"""Trainings recorded with PyTorch, set against the runs that were meant."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.catalog.optimizers import OPTIMIZERS
from engine.runfile.read import read
from engine.spec.run import SpecError
from tests.against import DTYPES, compared, comparison_of, drawn_file, file_of, unpacked
from tests.fixtures.trainings.planted import PLANTED

CASES = [(training, mistake) for training, planted in PLANTED.items() for mistake in planted]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was recorded."""
    found = tmp_path_factory.mktemp("recorded")
    unpacked(found)
    return found


def alike(run: Path) -> None:
    """Hold that a run and its record are alike, all that the record has."""
    made = comparison_of(run, run.with_suffix(".npz"))
    assert made.first is None, (run.name, made.first)
    record = made.record
    assert not record.unmapped
    assert made.tally.iterations == len(record.iterations) > 4
    optimizer = read(run).optimizer
    kept = OPTIMIZERS[optimizer.name].slots(optimizer.options)
    assert {"x", "y", "z", "loss", "lr", "W", "dW", *kept} <= made.tally.kinds.keys()


@pytest.mark.parametrize("training", PLANTED)
def test_a_training_without_a_mistake_is_alike(folder: Path, training: str) -> None:
    alike(folder / f"{training}.toml")


@pytest.mark.parametrize(("training", "mistake"), CASES)
def test_a_planted_mistake_is_found_where_it_is_made_and_named(
    folder: Path, training: str, mistake: str
) -> None:
    record = folder / f"{file_of(training, mistake)}.npz"
    place, key, _ = compared(folder / f"{training}.toml", record, mistake)
    assert (place, key) == PLANTED[training][mistake]


def test_gradients_of_several_mini_batches_are_refused(folder: Path) -> None:
    twice = folder / f"{file_of('module', 'backward twice')}.npz"
    with np.load(twice) as found:
        arrays = dict(found)
    arrays["3/features/out'"] = arrays["3/features/out'"] + 1.0  # which is of another one
    np.savez(twice.with_name("added.npz"), **arrays)
    with pytest.raises(SpecError, match="steps of the gradients of several mini-batches"):
        comparison_of(folder / "module.toml", twice.with_name("added.npz"))


@pytest.mark.parametrize("dtype", DTYPES)
def test_no_alarm_on_drawn_trainings(folder: Path, dtype: str) -> None:
    for seed in range(50):
        alike(folder / f"{drawn_file(dtype, seed)}.toml")
