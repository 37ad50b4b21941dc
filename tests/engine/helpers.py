"""What the engine's tests share: the run specs of recorded cases, and how far they may be off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from engine.catalog.clipping import CLIPS
from engine.catalog.optimizers import OPTIMIZERS
from engine.program.trace import Trace
from engine.program.trainer import Trainer
from engine.spec.run import (
    ClipSpec,
    DataSpec,
    LayerSpec,
    LossSpec,
    OptimizerSpec,
    RunSpec,
    ScheduleSpec,
)
from tests.fixtures.cases import Array, Case, inputs
from tests.fixtures.recorded import of_case

FIRST, LAST = 1e-13, 1e-10
"""How far float64 may be off after one iteration and after the last; relative above 1."""


def spec_of(case: Case) -> RunSpec:
    """The run that a case describes."""
    start = inputs(case)
    by_layer = case.activation_options or ({},) * len(case.activations)
    layers = tuple(
        LayerSpec(
            case.units[number],
            activation,
            start[f"init.W{number}"],
            start[f"init.b{number}"] if f"b{number}" in case.parameters else None,
            activation_options=by_layer[number - 1],
            alpha=start.get(f"init.alpha{number}"),
        )
        for number, activation in enumerate(case.activations, 1)
    )
    row = OPTIMIZERS[case.optimizer]
    return RunSpec(
        name=case.name,
        title=case.name,
        data=DataSpec(start["x"], start["y"], case.batch, labels=not case.soft),
        layers=layers,
        loss=LossSpec(case.loss, case.reduction, case.loss_options),
        optimizer=OptimizerSpec(row.name, row.complete(case.options)),
        clip=_clip(*case.clip) if case.clip else None,
        schedule=ScheduleSpec(*case.schedule, case.by) if case.schedule else None,
        dtype=case.dtype,
        iterations=case.iterations,
    )


def fitting(spec: RunSpec) -> RunSpec:
    """The run; without biases where one of its optimizers takes matrices only."""
    named = [each.name for each in (spec.optimizer, spec.compare) if each]
    if not any(OPTIMIZERS[name].matrices for name in named):
        return spec
    layers = tuple(replace(layer, b=None, frozen=layer.frozen - {"b"}) for layer in spec.layers)
    return replace(spec, layers=layers)


def _clip(name: str, options: Mapping[str, Any]) -> ClipSpec:
    rest = dict(options)
    return ClipSpec(name, rest.pop(CLIPS[name].limit), **rest)


def check_close(dtype: str, got: Array, want: Array, atol: float) -> None:
    """See that numbers are those recorded; `atol` holds for float64."""
    if dtype == "float32":
        np.testing.assert_allclose(got, want, rtol=1.3e-6, atol=1e-5)
    else:
        assert got.shape == want.shape
        assert np.max(np.abs(got - want) / np.maximum(1, np.abs(want))) <= atol


def check_case(case: Case) -> None:
    """See that a run is what PyTorch made of it, the first iteration and all others."""
    want, trainer = of_case(case), Trainer(spec_of(case))
    names = case.parameters
    trace = trainer.trace(1, trainer.state.copy())
    check_close(case.dtype, _known(trace, "d", names), want["grad1"], FIRST)
    check_close(case.dtype, _known(trace, "", names), want["after1"], FIRST)
    if "norm1" in want:
        check_close(case.dtype, trace.known("gnorm", len(trace.steps)), want["norm1"], FIRST)
    if "lr" in want:
        again, rates = Trainer(spec_of(case)), []
        for t in range(1, len(want["lr"]) + 1):
            rates.append(again.scalars(t)["lr"])
            again.run(t, t, np.zeros(1))
        np.testing.assert_allclose(rates, want["lr"], 0, 1e-13)

    trainer, last = Trainer(spec_of(case)), int(want["iterations"])
    losses = np.zeros(last, case.dtype)
    trainer.run(1, last, losses)
    seen = losses[np.array([t for t in case.seen if t <= last]) - 1]
    check_close(case.dtype, seen[:1], want["loss"][:1], FIRST)
    check_close(case.dtype, seen, want["loss"], LAST)
    after = [trainer.layout.view(trainer.state, name).ravel() for name in names]
    check_close(case.dtype, np.concatenate(after), want["after"], LAST)


def _known(trace: Trace, before: str, names: list[str]) -> Array:
    """What is known of all parameters when the iteration is done, in one vector."""
    last = len(trace.steps)
    return np.concatenate([trace.known(f"{before}{name}", last).ravel() for name in names])
