"""Starting values of a layer by name, distributed as PyTorch's; the numbers are NumPy's own."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.formula.calls import Array
from engine.spec.options import Option, any_number, defaults

Draw = Callable[..., Array]


@dataclass(frozen=True)
class Init:
    """A row of the table: `weights(rng, units, inputs)` draws W (units, inputs) and
    `biases(rng, units, inputs)` b (units,); options are keyword arguments of `weights`. `rule`
    says the distribution in a formula.
    """

    name: str
    rule: str
    weights: Draw
    biases: Draw = lambda _rng, units, _inputs: np.zeros(units)
    options: Mapping[str, Option] = field(default_factory=dict)


def initial(
    name: str, rng: np.random.Generator, units: int, inputs: int, **options: Any
) -> tuple[Array, Array]:
    """W (units, inputs) and b (units,) of a layer, float64, by the row `name`."""
    row = INITS[name]
    W = row.weights(rng, units, inputs, **(defaults(row.options) | options))
    return W, row.biases(rng, units, inputs)


def _uniform(bound: Callable[[int, int], float]) -> Draw:
    def draw(rng: np.random.Generator, units: int, inputs: int) -> Array:
        limit = bound(units, inputs)
        return rng.uniform(-limit, limit, (units, inputs))

    return draw


def _normal(deviation: Callable[[int, int], float]) -> Draw:
    def draw(rng: np.random.Generator, units: int, inputs: int) -> Array:
        return rng.normal(0.0, deviation(units, inputs), (units, inputs))

    return draw


def _torch_biases(rng: np.random.Generator, units: int, inputs: int) -> Array:
    limit = 1 / math.sqrt(inputs)
    return rng.uniform(-limit, limit, units)


INITS: dict[str, Init] = {
    row.name: row
    for row in (
        Init(
            "torch_linear",
            "W and b uniform, up to 1/√inputs either way, as PyTorch's Linear",
            _uniform(lambda _units, inputs: 1 / math.sqrt(inputs)),
            _torch_biases,
        ),
        Init(
            "xavier_uniform",
            "W uniform, up to √(6/(inputs + units)) either way, b 0",
            _uniform(lambda units, inputs: math.sqrt(6 / (inputs + units))),
        ),
        Init(
            "xavier_normal",
            "W normal with deviation √(2/(inputs + units)), b 0",
            _normal(lambda units, inputs: math.sqrt(2 / (inputs + units))),
        ),
        Init(
            "kaiming_uniform",
            "W uniform, up to √(6/inputs) either way, b 0",
            _uniform(lambda _units, inputs: math.sqrt(6 / inputs)),
        ),
        Init(
            "kaiming_normal",
            "W normal with deviation √(2/inputs), b 0",
            _normal(lambda _units, inputs: math.sqrt(2 / inputs)),
        ),
        Init(
            "zeros",
            "W and b 0",
            lambda _rng, units, inputs: np.zeros((units, inputs)),
        ),
        Init(
            "constant",
            "every W the value, b 0",
            lambda _rng, units, inputs, value: np.full((units, inputs), float(value)),
            options={"value": any_number(None, "What every weight is.")},
        ),
    )
}
