"""Starting values of a layer by name, distributed as PyTorch's; the numbers are NumPy's own."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from engine.catalog.row import Row
from engine.formula.calls import Array
from engine.spec.options import any_number


class Draw(Protocol):
    """Draws W (units, inputs) or b (units,)."""

    def __call__(
        self, rng: np.random.Generator, units: int, inputs: int, /, *args: Any, **o: Any
    ) -> Array: ...


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Init(Row):
    """A row of the table: `weights(rng, units, inputs)` draws W (units, inputs) and
    `biases(rng, units, inputs)` b (units,); options are keyword arguments of `weights`. `rule`
    says the distribution in a formula.

    `torch` fills `W` and `b` of `layer`, a Linear, with all `options` at hand.
    """

    rule: str
    weights: Draw
    biases: Draw = lambda _rng, units, _inputs: np.zeros(units)


def initial(
    name: str, rng: np.random.Generator, units: int, inputs: int, **options: Any
) -> tuple[Array, Array]:
    """W (units, inputs) and b (units,) of a layer, float64, by the row `name`."""
    row = INITS[name]
    W = row.weights(rng, units, inputs, **row.complete(options))
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
            name="torch_linear",
            torch="layer.reset_parameters()",
            rule="W and b uniform, up to 1/√inputs either way, as PyTorch's Linear",
            weights=_uniform(lambda _units, inputs: 1 / math.sqrt(inputs)),
            biases=_torch_biases,
        ),
        Init(
            name="xavier_uniform",
            torch="nn.init.xavier_uniform_(W), nn.init.zeros_(b)",
            rule="W uniform, up to √(6/(inputs + units)) either way, b 0",
            weights=_uniform(lambda units, inputs: math.sqrt(6 / (inputs + units))),
        ),
        Init(
            name="xavier_normal",
            torch="nn.init.xavier_normal_(W), nn.init.zeros_(b)",
            rule="W normal with deviation √(2/(inputs + units)), b 0",
            weights=_normal(lambda units, inputs: math.sqrt(2 / (inputs + units))),
        ),
        Init(
            name="kaiming_uniform",
            torch="nn.init.kaiming_uniform_(W), nn.init.zeros_(b)",
            rule="W uniform, up to √(6/inputs) either way, b 0",
            weights=_uniform(lambda _units, inputs: math.sqrt(6 / inputs)),
        ),
        Init(
            name="kaiming_normal",
            torch="nn.init.kaiming_normal_(W), nn.init.zeros_(b)",
            rule="W normal with deviation √(2/inputs), b 0",
            weights=_normal(lambda _units, inputs: math.sqrt(2 / inputs)),
        ),
        Init(
            name="zeros",
            torch="nn.init.zeros_(W), nn.init.zeros_(b)",
            rule="W and b 0",
            weights=lambda _rng, units, inputs: np.zeros((units, inputs)),
        ),
        Init(
            name="constant",
            torch="nn.init.constant_(W, options['value']), nn.init.zeros_(b)",
            rule="every W the value, b 0",
            weights=lambda _rng, units, inputs, value: np.full((units, inputs), float(value)),
            options={"value": any_number(None, "What every weight is.")},
        ),
    )
}
