"""The parameters that a run file does not give: drawn by NumPy's generator or by PyTorch's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from engine.catalog.draws import Draws, FromNumPy
from engine.catalog.inits import LINEAR, biases, weights
from engine.spec.run import Array

NUMPY, TORCH = "numpy", "torch"
GENERATORS = {NUMPY: "", TORCH: "float32", "torch float64": "float64"}
"""The generators by name, and what PyTorch's draws in, which is its default dtype."""
STREAM = 1
"""Keeps the numbers drawn for parameters apart from those drawn for data and shuffling."""

Named = tuple[str, Mapping[str, Any]]
Drawn = tuple[Array | None, Array | None]


class Start(NamedTuple):
    """What a layer of such a size starts from: `W` and `b` are rows and their options, by which
    these are drawn, None where they are given; without a `bias` there is no b.
    """

    units: int
    inputs: int
    bias: bool
    W: Named | None
    b: Named | None


def usual_biases(init: str) -> str:
    """The row that biases are drawn by where none is named, as the weights are by `init`."""
    return LINEAR if init == LINEAR else "zeros"


def by_numpy(seed: int, starts: Sequence[Start]) -> list[Drawn]:
    """W and b of each layer, each layer's from a stream of its own."""
    return [_by_numpy(seed, number, start) for number, start in enumerate(starts, 1)]


def _by_numpy(seed: int, number: int, start: Start) -> Drawn:
    if start.W is None and start.b is None:
        return None, None
    draws = FromNumPy(np.random.default_rng((seed, number, STREAM)))
    W = _weights(draws, start, start.W or (LINEAR, {}))
    return W, _biases(draws, start, start.b) if start.b else None


def by_torch(seed: int, dtype: str, starts: Sequence[Start]) -> tuple[list[Drawn], int]:
    """W and b of each layer as a script of PyTorch's draws them after torch.manual_seed(seed), and
    how many words it has drawn then: first it makes all layers, of which each draws its W and its
    b, whatever becomes of them; then it calls nn.init, layer by layer, for what is not `LINEAR`.
    """
    from engine.drawn.draws import FromTorch  # most runs draw nothing so

    draws = FromTorch(seed, dtype)
    plain: Named = (LINEAR, {})
    made: list[Drawn] = [
        (_weights(draws, start, plain), _biases(draws, start, plain) if start.bias else None)
        for start in starts
    ]
    found: list[Drawn] = []
    for start, (W, b) in zip(starts, made, strict=True):
        if start.W and start.W[0] != LINEAR:
            W = _weights(draws, start, start.W)
        if start.b and start.b[0] != LINEAR:
            b = _biases(draws, start, start.b)
        found.append((W, b))
    return found, draws.drawn


def _weights(draws: Draws, start: Start, row: Named) -> Array:
    return weights(row[0], draws, start.units, start.inputs, row[1])


def _biases(draws: Draws, start: Start, row: Named) -> Array:
    return biases(row[0], draws, start.units, start.inputs, row[1])
