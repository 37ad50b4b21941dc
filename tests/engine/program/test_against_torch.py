"""Whole runs against the recorded ones."""

import pytest

from tests.engine.helpers import check_case
from tests.fixtures.cases import RUNS, Case


@pytest.mark.parametrize("case", RUNS, ids=lambda case: case.name)
def test_runs_are_pytorchs(case: Case) -> None:
    check_case(case)
