"""The parameters that a run file does not give: drawn by NumPy's generator or by PyTorch's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from engine.catalog.draws import Draws, FromNumPy
from engine.catalog.inits import BIASES, INITS, LINEAR, Init, biases, weights
from engine.runfile.optiontable import excuse_options, refused, take_named, take_options
from engine.spec.check import Table, choice, shown
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


def read_inits(table: Table, drawn: bool) -> tuple[Named, Named] | None:
    """By which rows a layer's W, if that is `drawn`, and its b are, and with which options; None,
    and sentences, where that is wrong. All other keys of its table have been taken.
    """
    init = _row(table, "init", INITS, LINEAR) if drawn else (LINEAR, {})
    usual = LINEAR if init is None or init[0] == LINEAR else "zeros"
    b_init = _row_of_its_own(table, "b_init", usual)
    table.close()
    if init is None or b_init is None or refused(table, INITS[init[0]], init[1]):
        return None
    return init, b_init


def _row(table: Table, key: str, rows: Mapping[str, Init], usual: str) -> Named | None:
    """The row that a key names, whose options stand beside it."""
    name = table.take(key, choice(rows), usual)
    if name is None:
        excuse_options(table, rows)
        return None
    options = take_options(table, rows[name])
    return None if options is None else (name, options)


def _row_of_its_own(table: Table, key: str, usual: str) -> Named | None:
    """The row that a key names, or that a table names which has its options, too."""
    if not isinstance(table.values.get(key), Mapping):
        name = table.take(key, choice(BIASES), usual)
        if name is None or all(o.default is not None for o in BIASES[name].options.values()):
            return None if name is None else (name, {})
        table.wrong(key, f'is {shown(name)}, which needs options: {{ name = "{name}", … }}')
        return None
    inner = table.table(key)
    return take_named(inner, BIASES) if inner else None


# -- drawn -----------------------------------------------------------------------------------------


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
    with np.errstate(all="ignore"):  # what is not finite is refused
        return weights(row[0], draws, start.units, start.inputs, row[1])


def _biases(draws: Draws, start: Start, row: Named) -> Array:
    with np.errstate(all="ignore"):
        return biases(row[0], draws, start.units, start.inputs, row[1])
