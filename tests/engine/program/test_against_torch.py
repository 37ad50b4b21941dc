"""Whole runs against the recorded ones: every activation, loss, optimizer and option."""

import numpy as np
import pytest

from engine.catalog.activations import ACTIVATIONS
from engine.catalog.losses import LOSSES
from engine.program.trainer import Trainer
from tests.engine.helpers import spec_of
from tests.fixtures.make import CASES, Array, Case, load, parameter_names

IDS = [case.name for case in CASES]
FIRST, LAST = 1e-13, 1e-10
"""How far float64 may be off after one iteration and after a thousand; relative above 1."""


def check(case: Case, got: Array, want: Array, atol: float) -> None:
    if case.dtype == "float32":
        np.testing.assert_allclose(got, want, rtol=1.3e-6, atol=1e-5)
    else:
        assert np.max(np.abs(got - want) / np.maximum(1, np.abs(want))) <= atol


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_first_iteration(case: Case) -> None:
    want = load(case)
    trainer = Trainer(spec_of(case))
    trace = trainer.trace(1, trainer.state.copy())
    last = len(trace.steps)
    check(case, trace.known("loss", last), want["loss"][0], FIRST)
    for name in parameter_names(len(case.activations)):
        check(case, trace.known(f"d{name}", last), want[f"grad1.{name}"], FIRST)
        check(case, trace.known(name, last), want[f"after1.{name}"], FIRST)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_all_iterations(case: Case) -> None:
    want = load(case)
    trainer = Trainer(spec_of(case))
    losses = np.zeros(case.iterations)
    trainer.run(1, case.iterations, losses)
    check(case, losses, want["loss"], LAST)
    for name in parameter_names(len(case.activations)):
        got = trainer.layout.view(trainer.state, name)
        check(case, got, want[f"after{case.iterations}.{name}"], LAST)


def test_every_activation_loss_and_option_is_recorded() -> None:
    used = {(name, "") for case in CASES for name in (*case.activations, case.loss)}
    for case in CASES:
        used |= {(case.loss, option) for option in case.loss_options}
        for name, options in zip(case.activations, case.activation_options, strict=False):
            used |= {(name, option) for option in options}
    for name, row in (ACTIVATIONS | LOSSES).items():
        assert (name, "") in used
        assert all((name, option) in used for option in row.options), name
    assert all((loss, "reduction") in used for loss in LOSSES)
