"""Edits: what is refused on a screen is what a run file refuses."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from engine.history.position import Position
from engine.saving.read import restored
from engine.saving.write import written
from engine.session.causes import EditError
from engine.session.session import Session
from tests.engine.lived import nearly, run


@pytest.mark.parametrize(("value", "row"), [(0.3, "0.3, 0"), (-1.0, "-1, 0"), (0.0, "0, 0")])
def test_a_target_that_a_run_file_refuses_is_refused(value, row):
    session = Session(run("worked-example"))
    session.go(Position(3, 5))
    with pytest.raises(EditError) as caught:
        session.edit("y", (0, 0), value, "y[1]")
    assert f"the row of targets is [{row}], and must be shares of the classes" in str(caught.value)
    assert str(caught.value).endswith("Give the whole row, such as 0, 1.")
    assert len(session.branches) == 2


def test_a_target_that_the_loss_takes_is_changed():
    session = Session(run("worked-example"))
    branch = session.edit("y", (0, 0), nearly(session), "y[1]")
    assert branch.spec.data.y[0].tolist() == [1 - 2.0**-24, 0]


def test_a_whole_row_of_targets_is_changed():
    session = Session(run("worked-example"))
    session.go(Position(3, 5))
    branch = session.edit_targets(0, [0.25, 0.75], "y")
    assert branch.words == "y (1, 0) → (0.25, 0.75) at 3.5"
    session.go(session.beside(branch), branch.number)
    trace = session.branch.history.trace(3)
    yhat, error = trace.known("yhat", 99), trace.known("delta2", 99)
    assert (yhat - error)[0] == pytest.approx([0.25, 0.75])
    earlier = session.branch.history.trace(2)
    assert earlier.known("y", 0).tolist() == [[1, 0]]


@pytest.mark.parametrize(
    "values", [[0.3, 0.3], [1.0], [0.0, 0.0, 1.0], [2.0, -1.0], [math.nan, 1.0]]
)
def test_a_row_of_targets_that_a_run_file_refuses_is_refused(values):
    session = Session(run("worked-example"))
    with pytest.raises(EditError):
        session.edit_targets(0, values, "y")
    assert len(session.branches) == 2


def test_a_row_belongs_to_its_sample():
    session = Session(run("iris"))
    session.go(Position(2, 1))
    branch = session.edit_targets(1, [0, 0, 1], "y of sample 2")
    rows = session.branch.history.own.rows(2)
    changed = np.flatnonzero((branch.spec.data.y != session.spec.data.y).any(axis=1))
    assert set(changed) <= {rows[1]}
    assert branch.spec.data.y[rows[1]].tolist() == [0, 0, 1]


def test_a_row_of_shares_is_no_label():
    spec = run("worked-example")
    labels = replace(spec, data=replace(spec.data, labels=True))
    one, several = (Session(labels).edit_targets(0, row, "y") for row in ([0, 1], [0.5, 0.5]))
    assert one.spec.data.labels is True
    assert several.spec.data.labels is False


def test_a_changed_row_is_saved():
    session = Session(run("worked-example"))
    branch = session.edit_targets(0, [0.25, 0.75], "y")
    document, arrays = written(session)
    again = restored(json.loads(json.dumps(document)), arrays).session.branches[branch.number]
    assert (again.words, again.cause) == (branch.words, branch.cause)
    assert again.spec.data.y.tolist() == [[0.25, 0.75]]
