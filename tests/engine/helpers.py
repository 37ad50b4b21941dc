"""What the engine's tests share: the run specs of recorded cases."""

from __future__ import annotations

import numpy as np

from engine.catalog.optimizers import OPTIMIZERS
from engine.spec.run import (
    ClipSpec,
    DataSpec,
    LayerSpec,
    LossSpec,
    OptimizerSpec,
    RunSpec,
    ScheduleSpec,
)
from tests.fixtures.make import Case, inputs


def spec_of(case: Case) -> RunSpec:
    """The run that a case describes."""
    start = inputs(case)
    by_layer = case.activation_options or ({},) * len(case.activations)
    layers = tuple(
        LayerSpec(
            case.units[number],
            activation,
            start[f"init.W{number}"],
            start[f"init.b{number}"],
            activation_options=by_layer[number - 1],
        )
        for number, activation in enumerate(case.activations, 1)
    )
    row = OPTIMIZERS[case.optimizer]
    reduction = case.loss_options.get("reduction", "mean")
    options = {key: value for key, value in case.loss_options.items() if key != "reduction"}
    return RunSpec(
        name=case.name,
        title=case.name,
        data=DataSpec(np.array(start["x"]), np.array(start["y"]), case.batch),
        layers=layers,
        loss=LossSpec(case.loss, reduction, options),
        optimizer=OptimizerSpec(row.name, row.complete(case.options)),
        clip=ClipSpec(*case.clip) if case.clip else None,
        schedule=ScheduleSpec(*case.schedule) if case.schedule else None,
        dtype=case.dtype,
        iterations=case.iterations,
    )
