"""Run specs of small made networks, and how far arithmetic on them may be off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.catalog.activations import ACTIVATIONS, Elementwise, activation
from engine.catalog.losses import LOSSES
from engine.catalog.losses import loss as loss_row
from engine.catalog.optimizers import OPTIMIZERS
from engine.formula.calls import Array
from engine.formula.expr import Expr
from engine.program.penalty import penalised
from engine.program.trace import Trace
from engine.program.trainer import Trainer
from engine.spec.run import DataSpec, LayerSpec, LossSpec, OptimizerSpec, RunSpec


def network(
    sizes: tuple[int, ...],
    activations: tuple[str, ...],
    loss: LossSpec,
    samples: int = 1,
    *,
    seed: int = 0,
    options: tuple[Mapping[str, Any], ...] = (),
    bias: tuple[bool, ...] = (),
    frozen: tuple[frozenset[str], ...] = (),
    y: Array | None = None,
    batch_size: int = 0,
) -> RunSpec:
    """A network of `sizes` units, inputs included, on made data: classes where the loss takes
    such, numbers in 0…1 else.
    """
    rng = np.random.default_rng(seed)
    labels = False
    layers = []
    for i, name in enumerate(activations):
        learns = ACTIVATIONS[name].learns
        layers.append(
            LayerSpec(
                sizes[i + 1],
                name,
                rng.uniform(-1, 1, (sizes[i + 1], sizes[i])),
                rng.uniform(-1, 1, sizes[i + 1]) if not bias or bias[i] else None,
                frozen[i] if frozen else frozenset(),
                options[i] if options else {},
                alpha=np.array(learns.start) if learns else None,
            )
        )
    x = rng.uniform(-1, 1, (samples, sizes[0]))
    if y is None:
        y = rng.uniform(0, 1, (samples, sizes[-1]))
        targets = LOSSES[loss.name].targets
        if targets and targets.off:
            y = np.where(y < 0.5, targets.off, 1.0)
        if targets and targets.classes:
            y, labels = np.eye(sizes[-1])[rng.integers(0, sizes[-1], samples)], True
    row = OPTIMIZERS["sgd"]
    return RunSpec(
        name="made",
        title="made",
        data=DataSpec(x, y, batch_size or samples, labels=labels),
        layers=tuple(layers),
        loss=loss,
        optimizer=OptimizerSpec("sgd", row.complete({"lr": 0.1})),
    )


def last_of(loss: LossSpec, otherwise: str = "identity") -> str:
    """The activation that the last layer has before a loss: the usual one where not any will do."""
    return LOSSES[loss.name].usual(loss.options) or otherwise


def trace_of(spec: RunSpec, t: int = 1) -> Trace:
    """What the first iteration computes; or, from the same state, that of mini-batch t."""
    trainer = Trainer(spec)
    return trainer.trace(t, trainer.state.copy())


def known(trace: Trace, symbol: str) -> Array:
    """A symbol's array when the iteration is done."""
    return trace.known(symbol, len(trace.steps))


def magnitude(e: Expr) -> float:
    """How large the numbers are whose rounding enters the value of `e`: a sum's terms count by
    their sizes, whatever they cancel to.
    """
    parts = [magnitude(arg) for arg in e.args]
    match e.op:
        case "add" | "sub":
            return sum(parts)
        case "mul":
            return float(np.prod(parts))
        case "div":
            return parts[0] / abs(e.args[1].value)
        case "neg" | "abs" | "max" | "min":
            return max(parts)
        case "log":
            return max(abs(e.value), parts[0] / abs(e.args[0].value))
        case "pow":
            return float(parts[0] ** e.args[1].value)
        case _:
            return abs(e.value)


def check_expansions(trace: Trace, rel: float = 1e-12) -> None:
    """Every element of every step is what its arithmetic gives."""
    for step in trace.steps:
        value = trace.known(step.symbol, step.number)
        assert value.shape == step.shape
        for index in np.ndindex(step.shape):
            e = trace.expand(step, index)
            close = rel * max(abs(float(value[index])), magnitude(e))
            assert abs(e.value - float(value[index])) <= close, (step.symbol, index)


def from_kinks(spec: RunSpec, trace: Trace) -> float:
    """How far the nearest sum, miss or parameter of a network is from where a slope jumps."""
    row = loss_row(spec.loss, spec.data, spec.layers[-1].activation)
    away: list[Array] = [*row.kinks(known(trace, "yhat"), trace.known("y", 0))]
    for number, layer in enumerate(spec.layers, 1):
        act = activation(layer.activation, layer.activation_options)
        if isinstance(act, Elementwise):
            away += [known(trace, f"z{number}") - kink for kink in act.kinks()]
    away += [trace.known(each.name, 0) for each in penalised(spec) if each.l1]
    return min((float(np.abs(each).min()) for each in away), default=np.inf)


def differences(spec: RunSpec, name: str, h: float = 1e-4) -> Array:
    """The loss's gradient by a parameter from differences of order h⁴ around its values."""
    trainer = Trainer(spec)
    start = trainer.state.copy()
    losses = np.zeros(1)
    found = np.zeros_like(trainer.layout.view(start, name))

    def at(index: tuple[int, ...], change: float) -> float:
        trainer.state[...] = start
        trainer.layout.view(trainer.state, name)[index] += change
        trainer.run(1, 1, losses)
        return float(losses[0])

    for index in np.ndindex(found.shape):
        near = at(index, h) - at(index, -h)
        far = at(index, 2 * h) - at(index, -2 * h)
        found[index] = (8 * near - far) / (12 * h)
    return found
