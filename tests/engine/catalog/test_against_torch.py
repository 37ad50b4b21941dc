"""Every row, with every option, held against what PyTorch made of it."""

from __future__ import annotations

import numpy as np
import pytest

from engine.catalog.draws import FromNumPy
from engine.catalog.inits import LINEAR, biases, weights
from engine.catalog.losses.parts import IGNORE
from engine.program.trainer import Trainer
from engine.runfile.template import TABLES
from engine.spec.run import DataSpec, LayerSpec, LossSpec, OptimizerSpec, RunSpec
from tests.engine.catalog.curves import computed
from tests.engine.helpers import FIRST, check_case, check_close
from tests.fixtures.cases import Case
from tests.fixtures.recorded import FOLDER, check, of_case, part
from tests.fixtures.rows import (
    DRAWN,
    GRID,
    PARTS,
    ROWS,
    SHARES,
    SUMS,
    Curve,
    Draws,
    Head,
)
from tests.fixtures.settings import SETTINGS
from tests.fixtures.variants import values, variants


def parts(kind: type) -> pytest.MarkDecorator:
    """The parts of one kind, named as they are recorded."""
    found = [pytest.param(p, id=f"{p.file} {p.key}") for p in PARTS if isinstance(p, kind)]
    return pytest.mark.parametrize("recorded", found)


@pytest.mark.parametrize("file", ROWS)
def test_a_row_is_recorded_as_it_is(file: str) -> None:
    assert ROWS[file].torch, "the row says no expression that computes the same with PyTorch"
    check(file)


def test_every_table_is_recorded_and_nothing_else() -> None:
    tables = {file.partition("/")[0] for file in ROWS}
    assert set(TABLES) - tables == {"datasets"}
    found = {str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("*.json")}
    assert found - set(ROWS) - set(SETTINGS) == set()


@pytest.mark.parametrize("file", ROWS)
def test_every_option_is_tried_in_some_way_that_the_row_allows(file: str) -> None:
    row = ROWS[file]
    assert not row.conflict(row.complete(next(variants(row))))
    for name, option in row.options.items():
        if option is IGNORE:
            continue
        first = values(option)[0]
        assert any(options.get(name) == first for options in variants(row)), name


@pytest.mark.parametrize("file", {p.file: p for p in PARTS if isinstance(p, Case)})
def test_most_trainings_are_compared_to_their_end(file: str) -> None:
    cases = [p for p in PARTS if isinstance(p, Case) and p.file == file]
    whole = [case for case in cases if of_case(case)["iterations"] == case.iterations]
    assert len(whole) >= 0.75 * len(cases)


@parts(Case)
def test_training_is_pytorchs(recorded: Case) -> None:
    check_case(recorded)


@parts(Curve)
def test_outputs_and_slopes_are_pytorchs(recorded: Curve) -> None:
    want = part(recorded.file, recorded.key)
    a, slope = computed(recorded.row, recorded.options, GRID.astype(recorded.dtype))
    check_close(recorded.dtype, a, want["a"], FIRST)
    check_close(recorded.dtype, slope, want["slope"], FIRST)


@parts(Head)
def test_losses_and_their_gradients_are_pytorchs(recorded: Head) -> None:
    want, units = part(recorded.file, recorded.key), SUMS.shape[1]
    loss = LossSpec(recorded.row.name, recorded.reduction, recorded.options)
    spec = RunSpec(
        name="head",
        title="head",
        data=DataSpec(SUMS, recorded.y, len(SUMS), labels=recorded.targets == "classes"),
        layers=(LayerSpec(units, recorded.last, np.eye(units), np.zeros(units)),),
        loss=loss,
        optimizer=OptimizerSpec("sgd", {"lr": 0.0}),
    )
    trainer = Trainer(spec)
    trace = trainer.trace(1, trainer.state.copy())
    last = len(trace.steps)
    check_close("float64", trace.known("loss", last), want["loss"], FIRST)
    check_close("float64", trace.known("delta1", last), want["grad"], FIRST)


@parts(Draws)
def test_starting_values_are_distributed_as_pytorchs(recorded: Draws) -> None:
    want, draws = part(recorded.file, recorded.key), FromNumPy(np.random.default_rng(3))
    name, times = recorded.row.name, range(4 if recorded.options else 20)
    own = LINEAR if name == LINEAR else "zeros"
    drawn = {
        "W": [weights(name, draws, *DRAWN, recorded.options) for _ in times],
        "b": [biases(own, draws, *DRAWN, {}) for _ in times],
    }
    for key, arrays in drawn.items():
        found = np.quantile(np.concatenate(arrays), SHARES)
        spread = float(np.ptp(want[key]))
        np.testing.assert_allclose(found, want[key], 0, 0.02 * spread or 1e-15)
