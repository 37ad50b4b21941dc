"""What each alternative would give, in every symbol of some runs: `pytest tests/engine/against
--snapshot-update` writes it down anew; look at what differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.against.guesses import ALTERNATIVES
from engine.against.guesses.elsewhere import at
from engine.against.guesses.setting import Setting
from engine.against.scene import Scene
from engine.program.trainer import Trainer
from tests.engine.against.test_guesses import (
    ADAM,
    ADAMW,
    CLIP,
    RMSPROP,
    SGD,
    WEIGHTED,
    record_of,
    run,
)

RUNS: dict[str, dict[str, Any]] = {
    "adam": {},
    "adamw": {"optimizer": ADAMW | {"amsgrad": True}, "loss": WEIGHTED},
    "sgd": {
        "optimizer": SGD | {"weight_decay": 0.1},
        "clip": CLIP,
        "schedule": {"name": "step", "step_size": 2, "gamma": 0.5},
        "loss": {"name": "cross_entropy", "reduction": "sum"},
    },
    "rmsprop": {"optimizer": RMSPROP | {"momentum": 0.5}, "hidden": "leaky_relu", "slope": 0.2},
    "mse": {"loss": {"name": "mse"}, "optimizer": SGD | {"nesterov": True}},
    "adam with decay": {"optimizer": ADAM | {"weight_decay": 0.1}, "hidden": "sigmoid"},
}


def scenes(**changed: Any) -> Iterator[Scene]:
    """The second iteration of a run against its own record, at each symbol."""
    spec = run(**changed)
    record = record_of(spec)
    trainer = Trainer(spec)
    begun = Scene(
        spec=spec,
        record=record,
        trace=trainer.trace(1, trainer.state.copy()),
        t=1,
        symbol=next(iter(record.values[1])),
        step=None,
        theirs=np.zeros(()),
        close=bool,
    )
    second = at(begun, 2)
    assert second is not None
    for symbol, theirs in record.values[2].items():
        if symbol.layer == 1 and symbol.parameter:
            continue  # as in the second layer
        number = second.trace.writer(symbol)
        step = second.trace.steps[number - 1] if number else None
        yield replace(second, symbol=symbol, theirs=theirs, step=step)


def told(scene: Scene) -> Iterator[str]:
    """A line an alternative: how many ways of it there are, and all their numbers added up,
    weighted by their places.
    """
    setting = Setting(scene)
    for row in ALTERNATIVES:
        if scene.symbol.family not in row.kinds:
            continue
        with np.errstate(all="ignore"):
            tried = [read(scene.symbol) for _, read in row.tries(setting)]
        found = [np.ravel(array) for array in tried if array is not None]
        if found:
            total = sum(float(np.nansum(x * np.arange(1, x.size + 1))) for x in found)
            ways = f"{len(found)} of {len(tried)}"
            yield f"{scene.symbol} {row.key} ({row.rank}): {ways}, {total + 0.0:.5g}"


@pytest.mark.parametrize("name", RUNS)
def test_each_alternative_gives_its_own_numbers(name, snapshot):
    lines = (line for scene in scenes(**RUNS[name]) for line in told(scene))
    assert "\n".join(lines) == snapshot
