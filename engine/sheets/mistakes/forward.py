"""Mistakes of the forward pass: weighted sums, activations, the prediction."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.sheets.mistakes.own import Samples
from engine.sheets.mistakes.row import Mistake, Wrong, turned


def _sums(s: Samples, layer: int, a: Array, W: Array, biased: bool = True) -> Array:
    z = a @ turned(W)
    return z + _bias(s, layer) if biased and f"b{layer}" in s else z


def _bias(s: Samples, layer: int) -> Array:
    """A layer's biases, (variants, 1, units), or (variants, 1, 1) where all units have the same."""
    b = s[f"b{layer}"]
    return b.reshape(len(b), 1, -1)


def _without_bias(s: Samples, symbol: Symbol) -> Array | None:
    n = symbol.in_layer
    return _sums(s, n, s.out(n - 1), s[f"W{n}"], biased=False) if f"b{n}" in s else None


def _bias_taken_off(s: Samples, symbol: Symbol) -> Array | None:
    n = symbol.in_layer
    if f"b{n}" not in s:
        return None
    return _sums(s, n, s.out(n - 1), s[f"W{n}"], biased=False) - _bias(s, n)


def _turned(s: Samples, symbol: Symbol) -> Array | None:
    n = symbol.in_layer
    W = s[f"W{n}"]
    return _sums(s, n, s.out(n - 1), turned(W)) if W.shape[-1] == W.shape[-2] else None


def _from_sum(s: Samples, symbol: Symbol) -> Array | None:
    n = symbol.in_layer
    return _sums(s, n, s[f"z{n - 1}"], s[f"W{n}"]) if n > 1 else None


def _from_data(s: Samples, symbol: Symbol) -> Array | None:
    n = symbol.in_layer
    if n < 2 or s["x"].shape[-1] != s[f"W{n}"].shape[-1]:
        return None
    return _sums(s, n, s["x"], s[f"W{n}"])


def _other_weights(s: Samples, symbol: Symbol) -> Array | None:
    n = symbol.in_layer
    for other in (n - 1, n + 1):
        if f"W{other}" in s and s[f"W{other}"].shape == s[f"W{n}"].shape:
            return _sums(s, n, s.out(n - 1), s[f"W{other}"])
    return None


def _parameters_not_updated(s: Samples, symbol: Symbol) -> Array | None:
    n, last = symbol.in_layer, s.own.last
    if last is None or f"W{n}" not in last.before:
        return None
    z = s.out(n - 1) @ turned(last.before[f"W{n}"][0])
    return z + last.before[f"b{n}"][0] if f"b{n}" in last.before else z


def _one_input(s: Samples, symbol: Symbol) -> Array | None:
    n = symbol.in_layer
    a, W = s.out(n - 1), s[f"W{n}"]
    if a.shape[-1] < 2:
        return None
    return _sums(s, n, a[..., :1], W[..., :1])


# -- activations -----------------------------------------------------------------------------------


def _sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def _softmax(z: Array, axis: int = -1) -> Array:
    e = np.exp(z - z.max(axis, keepdims=True))
    return np.asarray(e / e.sum(axis, keepdims=True))


FUNCTIONS: tuple[tuple[str, str, Callable[[Array], Array]], ...] = (
    ("degrees", "taken in degrees", lambda z: np.tanh(np.deg2rad(z))),
    ("tan", "tan instead of the activation", np.tan),
    ("sigmoid", "the sigmoid instead", _sigmoid),
    ("sinh", "sinh instead of tanh", np.sinh),
    ("tanh", "tanh instead", np.tanh),
    ("relu", "ReLU instead", lambda z: np.maximum(z, 0)),
    ("none", "the activation left out", lambda z: z),
    ("arctan", "the arctangent, tan⁻¹, instead of tanh", np.arctan),
    (
        "atanh",
        "the inverse, tanh⁻¹, instead of tanh",
        lambda z: np.arctanh(np.clip(z, -0.999999, 0.999999)),
    ),
    ("half", "tanh of half the sum", lambda z: np.tanh(z / 2)),
    ("exp", "the exponential instead", np.exp),
)


def _of_sum(key: str, function: Callable[[Array], Array]) -> Wrong:
    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        layer = s.depth if symbol == "yhat" else symbol.in_layer
        if s.activation(layer) == {"none": "identity"}.get(key, key):
            return None
        return function(s[f"z{layer}"])

    return wrong


def _activations() -> Iterator[Mistake]:
    for key, said, function in FUNCTIONS:
        yield Mistake(
            key=f"activation-{key}",
            name=said,
            right="the activation that the run names, of this very sum",
            kinds=("a", "yhat"),
            wrong=_of_sum(key, function),
            rank=0 if key in ("none", "sigmoid", "degrees") else 1,
        )


def _earlier(s: Samples, symbol: Symbol) -> Array | None:
    """The activation of an earlier symbol: tanh of x, of the layer before."""
    layer = s.depth if symbol == "yhat" else symbol.in_layer
    name = s.activation(layer)
    functions: dict[str, Callable[[Array], Array]]
    functions = {"tanh": np.tanh, "sigmoid": _sigmoid, "softmax": _softmax}
    function = functions.get(name)
    for earlier in (s.out(layer - 1), s.now.get(f"z{layer - 1}")):
        if function is not None and earlier is not None and earlier.shape == s[f"z{layer}"].shape:
            return np.asarray(function(earlier))
    return None


# -- softmax ---------------------------------------------------------------------------------------


def _soft(function: Callable[[Array], Array]) -> Wrong:
    def wrong(s: Samples, _symbol: Symbol) -> Array | None:
        return (
            np.asarray(function(s[f"z{s.depth}"])) if s.activation(s.depth) == "softmax" else None
        )

    return wrong


def _over_samples(z: Array) -> Array:
    return _softmax(z, axis=-2)


def _shares(z: Array) -> Array:
    return np.asarray(z / z.sum(-1, keepdims=True))


def _to_base(base: float) -> Callable[[Array], Array]:
    def powers(z: Array) -> Array:
        p = base ** (z - z.max(-1, keepdims=True))
        return np.asarray(p / p.sum(-1, keepdims=True))

    return powers


def _both_axes(z: Array) -> Array:
    e = np.exp(z)
    return np.asarray(e / e.sum((-1, -2), keepdims=True))


_SOFT = (
    (
        "axis",
        "softmax over the samples instead of the classes",
        _over_samples,
        "each sample's classes add up to 1",
    ),
    (
        "whole",
        "softmax over the whole batch at once",
        _both_axes,
        "each sample's classes add up to 1",
    ),
    ("no-exp", "z over the sum of z, without exp", _shares, "e^z over the sum of e^z"),
    ("twice", "softmax taken twice", lambda z: _softmax(_softmax(z)), "once"),
    ("base10", "10^z instead of e^z", _to_base(10.0), "the base is e"),
    ("base2", "2^z instead of e^z", _to_base(2.0), "the base is e"),
    ("negative", "e^−z instead of e^z", lambda z: _softmax(-z), "e^z over the sum of e^z"),
    (
        "others",
        "e^z over the sum of the other classes",
        lambda z: np.exp(z) / (np.exp(z).sum(-1, keepdims=True) - np.exp(z)),
        "the sum is over all classes, its own too",
    ),
    (
        "swapped",
        "the classes exchanged",
        lambda z: _softmax(z)[..., ::-1],
        "each class keeps its own e^z",
    ),
)

_SUM = "weighted sum of what the layer before puts out, and the bias"
ROWS = (
    Mistake(
        key="no-bias",
        name="the bias left out",
        right=_SUM,
        kinds=("z",),
        wrong=_without_bias,
        rank=0,
    ),
    Mistake(
        key="minus-bias",
        name="the bias taken off instead of added",
        right=_SUM,
        kinds=("z",),
        wrong=_bias_taken_off,
    ),
    Mistake(
        key="W-transposed",
        name="W with rows and columns exchanged",
        right="row j of W belongs to unit j",
        kinds=("z",),
        wrong=_turned,
        rank=0,
    ),
    Mistake(
        key="z-for-a",
        name="z of the layer before instead of its a",
        right="the layer before is activated first",
        kinds=("z",),
        wrong=_from_sum,
        rank=0,
    ),
    Mistake(
        key="x-for-a",
        name="x instead of a of the layer before",
        right=_SUM,
        kinds=("z",),
        wrong=_from_data,
    ),
    Mistake(
        key="other-W",
        name="the weights of another layer",
        right=_SUM,
        kinds=("z",),
        wrong=_other_weights,
    ),
    Mistake(
        key="old-parameters",
        name="the parameters from before the last update",
        right="the next iteration goes on from the updated ones",
        kinds=("z",),
        wrong=_parameters_not_updated,
        rank=0,
    ),
    Mistake(
        key="one-input",
        name="only the first input counted",
        right="all inputs are weighed and added",
        kinds=("z",),
        wrong=_one_input,
        rank=2,
    ),
    *_activations(),
    Mistake(
        key="activation-of-earlier",
        name="the activation of an earlier number than this sum",
        right="the activation of this layer's z",
        kinds=("a", "yhat"),
        wrong=_earlier,
    ),
    *(
        Mistake(
            key=f"softmax-{key}",
            name=said,
            right=right,
            kinds=("yhat",),
            wrong=_soft(function),
            rank=0 if key in ("axis", "no-exp", "twice") else 1,
        )
        for key, said, function, right in _SOFT
    ),
)
