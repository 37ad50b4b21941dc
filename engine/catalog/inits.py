"""Starting values of a layer by name, distributed as PyTorch's torch.nn.init has them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from engine.catalog.draws import Draws
from engine.catalog.row import Row
from engine.catalog.truncated import between, truncated
from engine.formula.calls import Array
from engine.spec.check import choice
from engine.spec.options import Option, Options, any_number, at_least_0, positive, share

LINEAR = "torch_linear"
"""As PyTorch's Linear is when it is made."""
SLOPED = "leaky_relu"
SQUARED_GAINS = {
    "linear": 1.0,
    "sigmoid": 1.0,
    "tanh": (5 / 3) ** 2,
    "relu": 2.0,
    SLOPED: 2.0,
    "selu": (3 / 4) ** 2,
}
"""The squares of torch.nn.init.calculate_gain, of a slope of 0."""


class Draw(Protocol):
    """Draws W (units, inputs) or b (units,)."""

    def __call__(self, draws: Draws, units: int, inputs: int, /, *args: Any, **o: Any) -> Array: ...


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Init(Row):
    """A row of the table: `weights(draws, units, inputs)` draws W (units, inputs), and `biases` b
    (units,), where biases can be drawn so; options are keyword arguments of both. `rule` says the
    distribution in a formula. A layer's biases are 0 where they are not asked for by name, but for
    `LINEAR`.

    `torch` fills `W` and `b` of `layer`, a Linear, with all `options` at hand.
    """

    rule: str
    weights: Draw
    biases: Draw | None = None


def weights(name: str, draws: Draws, units: int, inputs: int, options: Options) -> Array:
    """The weights (units, inputs) of a layer by the row `name`."""
    row = INITS[name]
    return row.weights(draws, units, inputs, **row.complete(options))


def biases(name: str, draws: Draws, units: int, inputs: int, options: Options) -> Array:
    """The biases (units,) of a layer by the row `name` of `BIASES`."""
    row = BIASES[name]
    assert row.biases is not None
    return row.biases(draws, units, inputs, **row.complete(options))


# -- the distributions -----------------------------------------------------------------------------


def squared_gain(nonlinearity: str, a: float) -> float:
    """The square of torch.nn.init.calculate_gain; only leaky_relu has a slope a."""
    return SQUARED_GAINS[nonlinearity] / (1 + a**2)


def _around(draws: Draws, std: float, bound: float, units: int, inputs: int) -> Array:
    """Uniform weights of a deviation, up to `bound`, which PyTorch works out from it."""
    limit = math.sqrt(3.0) * std if draws.exact else bound
    return draws.uniform(-limit, limit, (units, inputs))


def _linear(draws: Draws, units: int, inputs: int) -> Array:
    std = math.sqrt(squared_gain(SLOPED, math.sqrt(5))) / math.sqrt(inputs)
    return _around(draws, std, 1 / math.sqrt(inputs), units, inputs)


def _linear_biases(draws: Draws, units: int, inputs: int) -> Array:
    limit = 1 / math.sqrt(inputs)
    return draws.uniform(-limit, limit, (units,))


def _xavier_uniform(draws: Draws, units: int, inputs: int, gain: float) -> Array:
    both = inputs + units
    std, bound = gain * math.sqrt(2.0 / both), gain * math.sqrt(6 / both)
    return _around(draws, std, bound, units, inputs)


def _xavier_normal(draws: Draws, units: int, inputs: int, gain: float) -> Array:
    return draws.normal(0.0, gain * math.sqrt(2.0 / (inputs + units)), (units, inputs))


def _kaiming_uniform(
    draws: Draws, units: int, inputs: int, a: float, mode: str, nonlinearity: str
) -> Array:
    fan, square = inputs if mode == "fan_in" else units, squared_gain(nonlinearity, a)
    std, bound = math.sqrt(square) / math.sqrt(fan), math.sqrt(3 * square / fan)
    return _around(draws, std, bound, units, inputs)


def _kaiming_normal(
    draws: Draws, units: int, inputs: int, a: float, mode: str, nonlinearity: str
) -> Array:
    fan, square = inputs if mode == "fan_in" else units, squared_gain(nonlinearity, a)
    std = math.sqrt(square) / math.sqrt(fan) if draws.exact else math.sqrt(square / fan)
    return draws.normal(0.0, std, (units, inputs))


def _orthogonal(draws: Draws, units: int, inputs: int, gain: float) -> Array:
    """Q of a QR decomposition, with the signs of R's diagonal (Mezzadri, math-ph/0609050)."""
    drawn = draws.normal(0.0, 1.0, (units, inputs))
    q, r = np.linalg.qr(drawn.T if units < inputs else drawn)
    q = q * np.sign(np.diag(r))
    found: Array = (q.T if units < inputs else q) * drawn.dtype.type(gain)
    return found


def _sparse(draws: Draws, units: int, inputs: int, sparsity: float, std: float) -> Array:
    """In each column a share of all units, rounded up, gets 0."""
    W = draws.normal(0.0, std, (units, inputs))
    zeros = math.ceil(sparsity * units)
    for column in range(inputs):
        W[draws.permutation(units)[:zeros], column] = 0.0
    return W


def _alike(plain: Callable[..., Array]) -> tuple[Draw, Draw]:
    """Draws W and b from one distribution, of which a shape is drawn so: plain(draws, shape)."""

    def weights(draws: Draws, units: int, inputs: int, **o: Any) -> Array:
        return plain(draws, (units, inputs), **o)

    def biases(draws: Draws, units: int, _inputs: int, **o: Any) -> Array:
        return plain(draws, (units,), **o)

    return weights, biases


_UNIFORM = _alike(lambda draws, shape, low, high: draws.uniform(low, high, shape))
_NORMAL = _alike(lambda draws, shape, mean, std: draws.normal(mean, std, shape))
_TRUNCATED = _alike(truncated)
_ZEROS = _alike(lambda _draws, shape: np.zeros(shape))
_CONSTANT = _alike(lambda _draws, shape, value: np.full(shape, float(value)))


# -- the table -------------------------------------------------------------------------------------


def _no_slope(o: Options) -> str:
    if o["a"] and o["nonlinearity"] != SLOPED:
        return f'has a = {o["a"]:g}, a slope that only nonlinearity = "{SLOPED}" has.'
    return ""


def _names(default: str, names: Iterable[str], does: str) -> Option:
    return Option(default, choice(names), does)


_TIMES = "What every weight is multiplied by."
_GAIN = {"gain": at_least_0(1.0, _TIMES)}
_FAN = {
    "a": any_number(0.0, "The slope below 0 of the leaky_relu that follows."),
    "mode": _names("fan_in", ("fan_in", "fan_out"), "Whether inputs are counted, or units."),
    "nonlinearity": _names(SLOPED, SQUARED_GAINS, "The activation whose gain is taken."),
}
_LOW = any_number(0.0, "The least that is drawn.")
_HIGH = any_number(1.0, "The end of what is drawn.")
_MEAN = any_number(0.0, "The mean of what is drawn.")
_STD = at_least_0(1.0, "The deviation of what is drawn.")

INITS: dict[str, Init] = {
    row.name: row
    for row in (
        Init(
            name=LINEAR,
            torch="layer.reset_parameters()",
            rule="W and b uniform, up to 1/√inputs either way, as PyTorch's Linear",
            weights=_linear,
            biases=_linear_biases,
        ),
        Init(
            name="xavier_uniform",
            torch="nn.init.xavier_uniform_(W, **options), nn.init.zeros_(b)",
            rule="W uniform, up to gain·√(6/(inputs + units)) either way, b 0",
            weights=_xavier_uniform,
            options=_GAIN,
        ),
        Init(
            name="xavier_normal",
            torch="nn.init.xavier_normal_(W, **options), nn.init.zeros_(b)",
            rule="W normal with deviation gain·√(2/(inputs + units)), b 0",
            weights=_xavier_normal,
            options=_GAIN,
        ),
        Init(
            name="kaiming_uniform",
            torch="nn.init.kaiming_uniform_(W, **options), nn.init.zeros_(b)",
            rule="W uniform, up to gain·√(3/inputs) either way, b 0",
            weights=_kaiming_uniform,
            options=_FAN,
            conflict=_no_slope,
        ),
        Init(
            name="kaiming_normal",
            torch="nn.init.kaiming_normal_(W, **options), nn.init.zeros_(b)",
            rule="W normal with deviation gain/√inputs, b 0",
            weights=_kaiming_normal,
            options=_FAN,
            conflict=_no_slope,
        ),
        Init(
            name="uniform",
            torch="nn.init.uniform_(W, options.get('low', 0.0), options.get('high', 1.0)),"
            " nn.init.zeros_(b)",
            rule="W uniform, from low to high, b 0",
            weights=_UNIFORM[0],
            biases=_UNIFORM[1],
            options={"low": _LOW, "high": _HIGH},
            conflict=between,
        ),
        Init(
            name="normal",
            torch="nn.init.normal_(W, **options), nn.init.zeros_(b)",
            rule="W normal with mean and deviation std, b 0",
            weights=_NORMAL[0],
            biases=_NORMAL[1],
            options={"mean": _MEAN, "std": _STD},
        ),
        Init(
            name="trunc_normal",
            torch="nn.init.trunc_normal_(W, options.get('mean', 0.0), options.get('std', 1.0),"
            " options.get('low', -2.0), options.get('high', 2.0)), nn.init.zeros_(b)",
            rule="W normal, but drawn again where it is not from low to high, b 0",
            weights=_TRUNCATED[0],
            biases=_TRUNCATED[1],
            options={
                "mean": _MEAN,
                "std": positive(1.0, "The deviation of the whole distribution."),
                "low": any_number(-2.0, _LOW.does),
                "high": any_number(2.0, "The most that is drawn."),
            },
            conflict=between,
        ),
        Init(
            name="orthogonal",
            torch="nn.init.orthogonal_(W, **options), nn.init.zeros_(b)",
            rule="W's rows, or its columns if fewer, at right angles and of length gain, b 0",
            weights=_orthogonal,
            options={"gain": any_number(1.0, _TIMES)},
        ),
        Init(
            name="sparse",
            torch="nn.init.sparse_(W, **options), nn.init.zeros_(b)",
            rule="W normal with deviation std, 0 for a share of the units of each input, b 0",
            weights=_sparse,
            options={
                "sparsity": share(None, "For what share of the units an input's weight is 0."),
                "std": at_least_0(0.01, "The deviation of the others."),
            },
        ),
        Init(
            name="eye",
            torch="nn.init.eye_(W), nn.init.zeros_(b)",
            rule="W 1 on its diagonal and else 0, b 0",
            weights=lambda _draws, units, inputs: np.eye(units, inputs),
        ),
        Init(
            name="zeros",
            torch="nn.init.zeros_(W), nn.init.zeros_(b)",
            rule="W and b 0",
            weights=_ZEROS[0],
            biases=_ZEROS[1],
        ),
        Init(
            name="constant",
            torch="nn.init.constant_(W, options['value']), nn.init.zeros_(b)",
            rule="every W the value, b 0",
            weights=_CONSTANT[0],
            biases=_CONSTANT[1],
            options={"value": any_number(None, "What every weight is.")},
        ),
    )
}

BIASES: Mapping[str, Init] = {name: row for name, row in INITS.items() if row.biases}
"""The rows that biases can be drawn by."""
