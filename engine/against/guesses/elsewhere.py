"""The same place in other iterations: what tells alternatives apart that fit alike in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from engine.against.scene import Scene
from engine.formula.calls import Array
from engine.program.plateau import KEPT
from engine.program.state import own_names
from engine.program.trainer import Trainer

WITHIN = {"float64": 1e-9, "float32": 1e-4}
"""Nearer than this share of the largest, numbers with several steps behind them are the same."""


def alike(found: Array, theirs: Array) -> bool:
    """Whether an array is the record's by a tolerance for what has several steps behind it."""
    size = float(np.max(np.abs(theirs), where=np.isfinite(theirs), initial=0))
    within = WITHIN.get(theirs.dtype.name, 1e-2)
    return bool(np.allclose(found, theirs, rtol=within, atol=within * size, equal_nan=True))


def at(scene: Scene, t: int) -> Scene | None:
    """The scene of the same symbol in another iteration; None where the record has it not, or does
    not say how that begins.
    """
    theirs = scene.recorded(scene.symbol, t)
    if theirs is None:
        return None
    trainer = Trainer(scene.spec)
    if KEPT in trainer.layout:
        return None
    names = own_names(trainer.layout)
    start = scene.record.start(t, names)
    if len(start) < len(names):
        return None
    for name, array in start.items():
        trainer.layout.view(trainer.state, name)[...] = array
    close: Callable[[Array], bool] = partial(alike, theirs=theirs)
    trace = trainer.trace(t, trainer.state.copy())
    number = scene.step.number if scene.step else None
    step = None if number is None else trace.steps[number - 1]
    return replace(scene, t=t, trace=trace, theirs=theirs, step=step, close=close)
