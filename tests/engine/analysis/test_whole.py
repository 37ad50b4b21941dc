"""The gradient over all samples, however the run takes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.analysis.whole import whole_gradient
from engine.catalog.symbols import Symbol
from engine.program.trainer import Trainer
from engine.runfile.read import load
from engine.spec.run import DataSpec, RunSpec

NAME = Symbol("W1")


def of_first(spec: RunSpec, data: DataSpec) -> Any:
    """The trace of iteration 1 with other data, from the parameters that the run starts with."""
    trainer = Trainer(replace(spec, data=data))
    return trainer.trace(1, trainer.state.copy())


@pytest.mark.parametrize(
    "taken",
    [
        {"batch_size": 1, "shuffle": True},
        {"batch_size": 1, "batches": (((3,), (0,)),)},
        {"batch_size": 2, "accumulate": 2},
        {"batch_size": 2, "held": (1,)},
    ],
    ids=lambda taken: " ".join(taken),
)
def test_it_is_that_of_one_mini_batch_of_all_that_is_trained_on(taken: dict[str, Any]) -> None:
    spec = load("xor")
    left = np.delete(np.arange(4), taken.get("held", ()))
    every = replace(spec.data, x=spec.data.x[left], y=spec.data.y[left], batch_size=len(left))
    expected = of_first(spec, every)
    data = replace(spec.data, **taken)
    found = whole_gradient(of_first(spec, data), replace(spec, data=data), NAME)
    whole = expected.known(NAME.gradient, expected.number(NAME.gradient))
    assert found == pytest.approx(whole, rel=1e-14, abs=1e-17)
    one = of_first(spec, data)
    assert found != pytest.approx(one.known(NAME.gradient, one.number(NAME.gradient)), rel=1e-3)
