"""What a network predicts for points that it is not trained on, and for all of its data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.formula.calls import Array
from engine.program.step import Phase
from engine.program.trace import Trace
from engine.program.trainer import Trainer
from engine.spec.data import Batches, Rows
from engine.spec.run import DataSpec, RunSpec

Classes = npt.NDArray[np.intp]


class Predictions:
    """The forward pass of a run on other points x (points, inputs), with any iteration's
    parameters. Not for two threads at once.
    """

    def __init__(self, spec: RunSpec, x: Array) -> None:
        points = np.asarray(x, spec.dtype)
        targets = np.zeros((len(points), spec.sizes[-1]), spec.dtype)
        data = DataSpec(points, targets, batch_size=len(points), accumulate=spec.data.accumulate)
        self._trainer = Trainer(replace(spec, data=data))

    def of(self, trace: Trace) -> Array:
        """ŷ (points, outputs) with the parameters that a trace's forward pass had."""
        trainer = self._trainer
        program = trainer.program(1)
        trainer.state[...] = trace.before
        with np.errstate(all="ignore"):
            for step in program.steps:
                if step.phase is Phase.FORWARD:
                    for function, args in step.calls:
                        function(*args)
        return program.layout.view(program.work, "yhat").copy()


def seconds(spec: RunSpec, points: int) -> float:
    """Roughly what the forward pass takes on so many points."""
    weights = sum(layer.W.size for layer in spec.layers)
    units = sum(spec.sizes[1:])
    return 1e-5 * len(spec.layers) + points * (0.2e-9 * weights + 10e-9 * units)


def classes_of(y: Array, targets: Array) -> Classes | None:
    """The classes (samples,) that predictions or targets y (samples, outputs) name: the largest of
    several outputs, or on which side of the middle of the two targets a single one is. None where
    the targets name no classes.
    """
    if targets.shape[1] > 1:
        one = targets.max(axis=1) > np.partition(targets, -2, axis=1)[:, -2]
        return y.argmax(axis=1) if one.all() else None
    low, high = float(targets.min()), float(targets.max())
    if low == high or not np.isin(targets, (low, high)).all():
        return None
    return (y[:, 0] > low / 2 + high / 2).astype(np.intp)


def rows_of(spec: RunSpec, t: int) -> Rows:
    """The samples of the data that iteration t trains on."""
    return Batches(spec.data, spec.seed).rows(t)
