"""A function to minimise at many places at once, and how far a run goes in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.formula.calls import Array
from engine.functions.read import read
from engine.functions.table import FUNCTIONS
from engine.functions.tree import Node
from engine.program.trainer import Trainer
from engine.spec.run import FunctionSpec, RunSpec

MOST_AHEAD = 200
"""So many iterations say how far a run goes at the most."""
FAR = 100.0
"""No further than this many times the size of its start."""
RISEN = 4.0
_OF_TWO = {"div": np.divide, "pow": np.power, "min": np.minimum, "max": np.maximum}


def heights(function: FunctionSpec, variables: Sequence[Array]) -> Array:
    """The function in float64 where its variables are these, arrays that fit each other; nan or
    infinite where it is.
    """
    tree = read(function.f, function.constants, function.names).tree
    shape = np.broadcast_shapes(*(each.shape for each in variables))
    with np.errstate(all="ignore"):
        return np.array(np.broadcast_to(_value(tree, variables), shape), np.float64)


def _value(e: Node, variables: Sequence[Array]) -> Array:
    """The value of a formula."""
    if e.op == "num":
        return np.array(e.value)
    if e.op == "var":
        return np.asarray(variables[e.index], np.float64)
    first, *others = (_value(each, variables) for each in e.args)
    if e.op == "neg":
        return -first
    if e.op in ("add", "mul"):
        for other in others:
            first = first + other if e.op == "add" else first * other
        return first
    if e.op in _OF_TWO:
        found: Array = _OF_TWO[e.op](first, *others)
        return found
    out = np.empty_like(first)
    FUNCTIONS[e.op].compute(first, out)
    return out


def ahead(spec: RunSpec) -> list[Array]:
    """Where the run and the optimizer beside it come in the iterations that it asks for, in as many
    as are soon done: θ (variables,) each, from the start on until it is far away.
    """
    runs = [spec, *([spec.with_optimizer(spec.compare)] if spec.compare else ())]
    return [theta for run in runs for theta in _course(run)]


def _course(spec: RunSpec) -> list[Array]:
    """θ until it is far away, or higher above the lowest so far than RISEN times its start is."""
    trainer = Trainer(spec)
    theta, losses = trainer.layout.view(trainer.state, "theta"), np.zeros(1)
    found, seen = [theta.copy()], list[float]()
    most = FAR * max(1.0, float(np.abs(theta).max()))
    for t in range(1, min(spec.iterations, spec.furthest, MOST_AHEAD) + 1):
        trainer.run(t, t, losses)
        seen.append(float(losses[0]))
        least = min(seen)
        if not seen[-1] - least <= RISEN * (seen[0] - least):
            return found[:-1] or found
        if not np.abs(theta).max() <= most:
            break
        found.append(theta.copy())
    return found
