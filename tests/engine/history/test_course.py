"""The course of a history: its parameters, as often as a picture can tell apart."""

from __future__ import annotations

import numpy as np
import pytest

from engine.formula.calls import Array
from engine.history.branching import branched, history_of
from engine.history.course import FINE
from engine.program.parameters import VECTOR
from engine.program.trainer import Trainer
from engine.runfile.read import load
from engine.spec.run import RunSpec


def trained(spec: RunSpec, last: int) -> list[Array]:
    """The parameters after each iteration, plainly."""
    trainer = Trainer(spec)
    found = [trainer.layout.view(trainer.state, VECTOR).copy()]
    for t in range(1, last + 1):
        trainer.run(t, t, np.zeros(1))
        found.append(trainer.layout.view(trainer.state, VECTOR).copy())
    return found


@pytest.mark.parametrize(
    "visits", [(3000,), (1, 2, 257, 300, 1025, 3000, 40), (700, 3000), (9, 300, 20, 3000, 257)]
)
def test_a_course_has_what_training_gives(visits):
    spec = load("xor")
    plainly, history = trained(spec, 3000), history_of(spec)
    history.extend(3000)
    for last in visits:
        points = history.course(last)
        every = [at for at, _ in points]
        apart = 1
        while last > FINE * apart:
            apart *= 2
        assert every == list(range(0, last + 1, apart)), "from the place alone"
        assert len(every) <= FINE + 1
        for at, theta in points:
            assert (theta == plainly[at]).all()
            assert not theta.flags.writeable


def test_a_branch_goes_on_with_its_own():
    spec = load("xor")
    history = history_of(spec)
    branch = branched(history, 20, spec, {("W1", (0, 0)): 7.0})
    branch.extend(30)
    at = [t for t, _ in branch.course(30)]
    assert at == [*range(21), *range(20, 31)]
    before, after = (theta[0] for t, theta in branch.course(30) if t == 20)
    assert after == 7.0 != before
    assert [t for t, _ in branch.course(20)] == [*range(21)]
