"""Mistakes of the gradients of weights and biases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.sheets.mistakes.own import Samples
from engine.sheets.mistakes.penalties import GRADIENT_ROWS, slope
from engine.sheets.mistakes.row import Mistake, Wrong, turned


def _outer(
    delta: Callable[[Samples, int], Array | None], source: Callable[[Samples, int], Array | None]
) -> Wrong:
    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        layer = symbol.in_layer
        d, a = delta(s, layer), source(s, layer)
        if d is None or a is None:
            return None
        return _shaped(turned(d) @ a, s[f"W{layer}"])

    return wrong


def _shaped(found: Array, like: Array) -> Array | None:
    return found if found.shape == like.shape else None


def _delta(s: Samples, layer: int) -> Array | None:
    return s[f"delta{layer}"]


def _source(s: Samples, layer: int) -> Array | None:
    return s.out(layer - 1)


def _gradient_turned(s: Samples, symbol: Symbol) -> Array | None:
    layer = symbol.in_layer
    return _shaped(turned(s.out(layer - 1)) @ s[f"delta{layer}"], s[f"W{layer}"])


def _times(factor: Callable[[Samples], float]) -> Wrong:
    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        layer, times = symbol.in_layer, factor(s)
        if times == 1:
            return None
        delta = s[f"delta{layer}"]
        if symbol.kind.key == "db":
            return np.asarray(delta.sum(-2) * times)
        return np.asarray(turned(delta) @ s.out(layer - 1) * times)

    return wrong


def _accumulated(s: Samples, symbol: Symbol) -> Array | None:
    last = s.own.last
    if last is None or symbol not in last.now:
        return None
    layer = symbol.in_layer
    delta = s[f"delta{layer}"]
    now = delta.sum(-2) if symbol.kind.key == "db" else turned(delta) @ s.out(layer - 1)
    return np.asarray(now + last.now[symbol][0])


def _one_of(place: int) -> Wrong:
    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        layer = symbol.in_layer
        delta = s[f"delta{layer}"]
        if delta.shape[-2] < 2:
            return None
        here = slice(place, place + 1)
        if symbol.kind.key == "db":
            return np.asarray(delta[:, place])
        return np.asarray(turned(delta[:, here]) @ s.out(layer - 1)[:, here])

    return wrong


def _bias(function: Callable[[Samples, int], Array | None]) -> Wrong:
    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        return function(s, symbol.in_layer)

    return wrong


def _bias_by_source(s: Samples, layer: int) -> Array | None:
    a, delta = s.out(layer - 1), s[f"delta{layer}"]
    return (delta * a).sum(-2) if a.shape == delta.shape else None


def _error_before_slope(s: Samples, layer: int) -> Array | None:
    return s.now.get("dyhat" if layer == s.depth else f"da{layer}")


GRADIENTS = (
    (
        "z-for-a",
        "z of the layer before instead of its a",
        "δ times what the layer before puts out",
        _outer(_delta, lambda s, n: s.now.get(f"z{n - 1}")),
        0,
    ),
    (
        "x-for-a",
        "x instead of a of the layer before",
        "δ times what the layer before puts out",
        _outer(_delta, lambda s, n: s["x"] if n > 1 else None),
        1,
    ),
    (
        "own-a",
        "what this layer puts out instead of its input",
        "δ times what the layer before puts out",
        _outer(_delta, lambda s, n: s.out(n)),
        1,
    ),
    (
        "transposed",
        "∂L/∂W with rows and columns exchanged",
        "row j belongs to unit j: δ·aᵀ",
        _gradient_turned,
        0,
    ),
    (
        "yhat-for-delta",
        "ŷ instead of δ",
        "δ times what the layer before puts out",
        _outer(lambda s, n: s["yhat"] if n == s.depth else None, _source),
        1,
    ),
    ("before-slope", "the slope left out", "δ, not ∂L/∂a", _outer(_error_before_slope, _source), 1),
    (
        "W-for-a",
        "the error of another layer",
        "the layer's own δ",
        _outer(lambda s, n: s.now.get(f"delta{n + 1}"), _source),
        1,
    ),
)


def _rest(row: Mistake) -> Mistake:
    """A mistake in the rest of a gradient, whose penalty is as it should be."""

    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        found = row.wrong(s, symbol)
        return None if found is None else found + slope(s, symbol)

    return replace(row, wrong=wrong)


_OF_ERRORS = (
    *(
        Mistake(
            key=f"gradient-{key}", name=said, right=right, kinds=("dW",), wrong=wrong, rank=rank
        )
        for key, said, right, wrong, rank in GRADIENTS
    ),
    Mistake(
        key="gradient-share-again",
        name="1/N taken once more",
        right="1/N is already in δ",
        kinds=("dW", "db"),
        wrong=_times(lambda s: 1 / s.count),
        rank=0,
    ),
    Mistake(
        key="gradient-no-share",
        name="1/N left out",
        right="the mean of the loss puts 1/N into every gradient",
        kinds=("dW", "db"),
        wrong=_times(lambda s: float(s.count)),
        rank=1,
    ),
    Mistake(
        key="gradient-sign",
        name="the sign turned",
        right="δ has its sign already",
        kinds=("dW", "db"),
        wrong=_times(lambda s: -1.0),
        rank=1,
    ),
    Mistake(
        key="gradient-double",
        name="a factor 2 too many",
        right="no factor 2 here",
        kinds=("dW", "db"),
        wrong=_times(lambda s: 2.0),
        rank=1,
    ),
    Mistake(
        key="gradient-half",
        name="a factor ½ too many",
        right="no factor ½ here",
        kinds=("dW", "db"),
        wrong=_times(lambda s: 0.5),
        rank=1,
    ),
    Mistake(
        key="gradient-one-sample",
        name="the first sample alone",
        right="the samples are added",
        kinds=("dW", "db"),
        wrong=_one_of(0),
        rank=0,
    ),
    Mistake(
        key="gradient-second-sample",
        name="the second sample alone",
        right="the samples are added",
        kinds=("dW", "db"),
        wrong=_one_of(1),
        rank=0,
    ),
    Mistake(
        key="gradient-accumulated",
        name="the gradient of the iteration before added",
        right="gradients begin at 0 in every iteration",
        kinds=("dW", "db"),
        wrong=_accumulated,
        rank=0,
    ),
    Mistake(
        key="bias-zero",
        name="taken for 0",
        right="a bias's gradient is δ, added over the samples",
        kinds=("db",),
        wrong=_bias(lambda s, n: np.zeros_like(s[f"delta{n}"][:, 0])),
        rank=0,
    ),
    Mistake(
        key="bias-one",
        name="taken for 1",
        right="a bias's gradient is δ, added over the samples",
        kinds=("db",),
        wrong=_bias(lambda s, n: np.ones_like(s[f"delta{n}"][:, 0])),
        rank=1,
    ),
    Mistake(
        key="bias-times-a",
        name="multiplied by the input",
        right="a bias's gradient is δ itself",
        kinds=("db",),
        wrong=_bias(_bias_by_source),
        rank=1,
    ),
    Mistake(
        key="bias-before-slope",
        name="the slope left out",
        right="δ, not ∂L/∂a",
        kinds=("db",),
        wrong=_bias(lambda s, n: None if (u := _error_before_slope(s, n)) is None else u.sum(-2)),
        rank=1,
    ),
)

ROWS = (*map(_rest, _OF_ERRORS), *GRADIENT_ROWS)
