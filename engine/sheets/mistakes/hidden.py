"""Mistakes of slopes, and of the errors of hidden layers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.sheets.mistakes.own import Samples
from engine.sheets.mistakes.row import Mistake, Wrong, turned


def _pair(s: Samples, symbol: Symbol) -> tuple[Array, Array]:
    """Z and what the layer puts out."""
    layer = symbol.in_layer
    return s[f"z{layer}"], s.out(layer)


SLOPES: tuple[tuple[str, str, Callable[[Array, Array], Array], int], ...] = (
    ("one-minus-z2", "1 − z² instead of the slope", lambda z, a: 1 - z * z, 0),
    ("one-minus-a2", "1 − a², the slope of tanh", lambda z, a: 1 - a * a, 1),
    (
        "one-minus-tanh2-a",
        "1 − tanh²(a) instead of 1 − tanh²(z)",
        lambda z, a: 1 - np.tanh(a) ** 2,
        0,
    ),
    ("a-one-minus-a", "a(1 − a), the slope of the sigmoid", lambda z, a: a * (1 - a), 0),
    ("one-minus-a", "1 − a instead of the slope", lambda z, a: 1 - a, 0),
    ("z-one-minus-z", "z(1 − z) instead of the slope", lambda z, a: z * (1 - z), 1),
    (
        "sigmoid-twice",
        "σ(a)(1 − σ(a)) instead of a(1 − a)",
        lambda z, a: np.exp(-a) / (1 + np.exp(-a)) ** 2,
        1,
    ),
    ("a", "a instead of the slope", lambda z, a: a, 0),
    ("one", "the slope left out", lambda z, a: np.ones_like(a), 0),
    ("a2", "a² instead of the slope", lambda z, a: a * a, 1),
    ("a2-minus-one", "a² − 1, the sign of the slope turned", lambda z, a: a * a - 1, 1),
    ("half", "half the slope", lambda z, a: (1 - a * a) / 2, 2),
    ("z", "z instead of the slope", lambda z, a: z, 1),
    ("one-minus-2a", "1 − 2a instead of the slope", lambda z, a: 1 - 2 * a, 2),
    ("one-plus-a2", "1 + a² instead of 1 − a²", lambda z, a: 1 + a * a, 1),
    ("squared", "1 − tanh squared: (1 − a)²", lambda z, a: (1 - a) ** 2, 1),
    ("step", "1 where z is above 0, the slope of ReLU", lambda z, a: (z > 0) * 1.0, 1),
)


_RIGHT = {"one-minus-a2": "tanh", "a-one-minus-a": "sigmoid", "step": "relu", "one": "identity"}
"""What is no mistake where the layer has this activation."""


def _is_right(s: Samples, symbol: Symbol, key: str) -> bool:
    return s.activation(symbol.in_layer) == _RIGHT.get(key)


def _slope(key: str, function: Callable[[Array, Array], Array]) -> Wrong:
    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        if _is_right(s, symbol, key):
            return None
        return np.asarray(function(*_pair(s, symbol)))

    return wrong


def _upstream(s: Samples, symbol: Symbol) -> Array | None:
    name = "dyhat" if symbol.layer == s.depth else f"da{symbol.layer}"
    return s.now.get(name)


def _with_slope(key: str, function: Callable[[Array, Array], Array]) -> Wrong:
    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        upstream = _upstream(s, symbol)
        if upstream is None or _is_right(s, symbol, key):
            return None
        return np.asarray(upstream * function(*_pair(s, symbol)))

    return wrong


def _added(s: Samples, symbol: Symbol) -> Array | None:
    upstream, slope = _upstream(s, symbol), s.now.get(f"fprime{symbol.layer}")
    return None if upstream is None or slope is None else upstream + slope


def _only_slope(s: Samples, symbol: Symbol) -> Array | None:
    return s.now.get(f"fprime{symbol.layer}") if _upstream(s, symbol) is not None else None


def _back(make: Callable[[Samples, int], Array | None]) -> Wrong:
    """A wrong ∂L/∂a; for δ of the layer, times its slope."""

    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        layer = symbol.in_layer
        if layer >= s.depth:
            return None
        found = make(s, layer)
        if found is None or symbol.kind.key == "da":
            return found
        return found * s[f"fprime{layer}"] if f"fprime{layer}" in s else None

    return wrong


def _not_turned(s: Samples, layer: int) -> Array | None:
    W, delta = s[f"W{layer + 1}"], s[f"delta{layer + 1}"]
    return delta @ turned(W) if W.shape[-1] == W.shape[-2] else None


def _new_weights(s: Samples, layer: int) -> Array | None:
    name = f"W{layer + 1}"
    after = s.updated.get(name)
    return None if after is None else s[f"delta{layer + 1}"] @ after


def _one_output(place: int) -> Callable[[Samples, int], Array | None]:
    def made(s: Samples, layer: int) -> Array | None:
        W, delta = s[f"W{layer + 1}"], s[f"delta{layer + 1}"]
        if delta.shape[-1] <= place or delta.shape[-1] < 2:
            return None
        return delta[..., place : place + 1] @ W[..., place : place + 1, :]

    return made


def _gradient_for_weights(s: Samples, layer: int) -> Array | None:
    name = f"dW{layer + 1}"
    return s[f"delta{layer + 1}"] @ s[name] if name in s else None


def _no_weights(s: Samples, layer: int) -> Array | None:
    delta, W = s[f"delta{layer + 1}"], s[f"W{layer + 1}"]
    return delta + 0 if W.shape[-1] == W.shape[-2] else None


def _other_weights(s: Samples, layer: int) -> Array | None:
    W = s.now.get(f"W{layer}")
    if W is None or W.shape != s[f"W{layer + 1}"].shape:
        return None
    return s[f"delta{layer + 1}"] @ W


def _sums_of_weights(s: Samples, layer: int) -> Array | None:
    W, delta = s[f"W{layer + 1}"], s[f"delta{layer + 1}"]
    return np.broadcast_to(W.sum(-2)[:, None, :], (*delta.shape[:2], W.shape[-1])) + 0.0


def _from_prediction(s: Samples, layer: int) -> Array | None:
    return s["yhat"] @ s[f"W{layer + 1}"] * s.share if layer + 1 == s.depth else None


BACK = (
    (
        "not-turned",
        "W instead of Wᵀ on the way back",
        "∂L/∂a = Wᵀ·δ: unit i collects column i",
        _not_turned,
        0,
    ),
    (
        "new-W",
        "the updated W instead of the one of the forward pass",
        "all gradients are of one forward pass",
        _new_weights,
        0,
    ),
    (
        "one-output",
        "the error of the first output alone",
        "the errors of all units that it feeds are added",
        _one_output(0),
        0,
    ),
    (
        "second-output",
        "the error of the second output alone",
        "the errors of all units that it feeds are added",
        _one_output(1),
        0,
    ),
    ("dW-for-W", "∂L/∂W instead of W passed back", "∂L/∂a = Wᵀ·δ", _gradient_for_weights, 0),
    ("no-W", "δ passed back without the weights", "∂L/∂a = Wᵀ·δ", _no_weights, 1),
    (
        "other-W",
        "the weights of another layer",
        "the weights between the two layers",
        _other_weights,
        1,
    ),
    ("sum-of-W", "the weights added up without δ", "∂L/∂a = Wᵀ·δ", _sums_of_weights, 1),
    ("yhat-for-delta", "ŷ passed back instead of δ", "∂L/∂a = Wᵀ·δ", _from_prediction, 1),
)


ROWS = (
    *(
        Mistake(
            key=f"slope-{key}",
            name=said,
            right="the slope of the run's activation at z",
            kinds=("fprime",),
            wrong=_slope(key, function),
            rank=rank,
        )
        for key, said, function, rank in SLOPES
    ),
    *(
        Mistake(
            key=f"error-{key}",
            name=said,
            right="∂L/∂a times the slope",
            kinds=("delta",),
            wrong=_with_slope(key, function),
            rank=rank,
        )
        for key, said, function, rank in SLOPES
    ),
    Mistake(
        key="error-added",
        name="the slope added instead of multiplied",
        right="∂L/∂a times the slope",
        kinds=("delta",),
        wrong=_added,
        rank=0,
    ),
    Mistake(
        key="error-only-slope",
        name="∂L/∂a left out",
        right="∂L/∂a times the slope",
        kinds=("delta",),
        wrong=_only_slope,
    ),
    *(
        Mistake(
            key=f"back-{key}",
            name=said,
            right=right,
            kinds=("da", "delta"),
            wrong=_back(make),
            rank=rank,
        )
        for key, said, right, make, rank in BACK
    ),
)
