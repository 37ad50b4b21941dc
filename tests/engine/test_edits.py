"""Edits: what is refused on a screen is what a run file refuses."""

from __future__ import annotations

import pytest

from engine.history.position import Position
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
    assert len(session.branches) == 2


def test_a_target_that_the_loss_takes_is_changed():
    session = Session(run("worked-example"))
    branch = session.edit("y", (0, 0), nearly(session), "y[1]")
    assert branch.spec.data.y[0].tolist() == [1 - 2.0**-24, 0]
