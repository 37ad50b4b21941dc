"""Where a penalty on the parameters is added to the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from engine.against.guesses.row import Alternative, Tries
from engine.against.guesses.setting import Read, Setting
from engine.catalog.symbols import GRADIENTS, Symbol
from engine.formula.calls import Array

USUAL = (0.1, 0.05, 0.01, 5e-3, 1e-3, 5e-4, 1e-4, 1e-5)
"""The weights that penalties mostly have."""
Slope = Callable[[Array], Array]


def _square(theta: Array) -> Array:
    return 2 * theta


KINDS: tuple[tuple[str, Callable[[Array], Array], Slope, float], ...] = (
    ("½·{λ}·Σ θ²", np.square, _square, 0.5),
    ("{λ}·Σ θ²", np.square, _square, 1.0),
    ("{λ}·Σ |θ|", np.abs, np.sign, 1.0),
)
"""How a penalty is told, of what it is the sum, the slope of that, and the factor before it."""


def _weights(s: Setting) -> Iterator[float]:
    own = float(s.scene.spec.optimizer.options.get("weight_decay", 0.0))
    yield from dict.fromkeys(each for each in (own, *USUAL) if each)


def _tries(s: Setting) -> Tries:
    trace = s.scene.trace
    every = [name for name in trace.parameters if s.old(name) is not None]
    learned = [name for name in every if trace.writer(name) is not None]
    weights = [name for name in learned if name.kind.key == "W"]
    for of, whose in ((learned, ""), (weights, " of the weights alone")):
        for told, part, slope, factor in KINDS:
            for weight in _weights(s):
                said = told.replace("{λ}", f"{weight:g}")
                yield (
                    f"a penalty in the loss, {said}{whose}",
                    _read(s, of, part, slope, factor * weight),
                )


def _read(
    s: Setting, of: list[Symbol], part: Callable[[Array], Array], slope: Slope, weight: float
) -> Read:
    def read(symbol: Symbol) -> Array | None:
        ours, parameter = s.scene.value(symbol), symbol.parameter
        if symbol == "loss" and ours is not None:
            penalty = sum(float(part(_old(s, name)).sum()) for name in of)
            return np.asarray(ours + ours.dtype.type(weight * penalty))
        if symbol.is_gradient and parameter in of and ours is not None:
            return ours + ours.dtype.type(weight) * slope(_old(s, parameter))
        return None

    return read


def _old(s: Setting, name: Symbol) -> Array:
    found = s.old(name)
    assert found is not None
    return found


ROWS = (Alternative(key="penalty", kinds=("loss", *GRADIENTS), tries=_tries, rank=1),)
