"""Mistakes of the backward pass: errors, slopes, gradients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.sheets.mistakes.own import Samples
from engine.sheets.mistakes.row import Mistake, Wrong, turned

# -- the error at the output -----------------------------------------------------------------------


def _output(function: Callable[[Samples], Array | None]) -> Wrong:
    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        at_output = symbol == "dyhat" or (symbol.layer == s.depth and "dyhat" not in s)
        return function(s) if at_output else None

    return wrong


def _plain(s: Samples) -> Array:
    """What is right, from ŷ and y, by the run's own rule scaled from their difference."""
    return (s["yhat"] - s["y"]) * s.share


def _scaled(factor: float) -> Callable[[Samples], Array | None]:
    return lambda s: factor * _plain(s)


def _no_share(s: Samples) -> Array | None:
    return s["yhat"] - s["y"] if s.share != 1 else None


def _twice_share(s: Samples) -> Array | None:
    return _plain(s) * s.share if s.share != 1 else None


def _slope_again(s: Samples) -> Array | None:
    p = s["yhat"]
    return _plain(s) * p * (1 - p)


def _tanh_slope_again(s: Samples) -> Array | None:
    return _plain(s) * (1 - s["yhat"] ** 2)


def _first_only(s: Samples) -> Array | None:
    delta = _plain(s)
    kept = np.zeros_like(delta)
    hot = s["y"] != 0
    kept[hot] = delta[hot]
    return kept


def _exchanged(s: Samples) -> Array | None:
    return (s["yhat"] - s["y"][..., ::-1]) * s.share


OUTPUT = (
    ("sign", "y − ŷ instead of ŷ − y", "ŷ − y", _scaled(-1.0), 0),
    ("slope-again", "multiplied by ŷ(1 − ŷ) once more", "that factor is already in it", _slope_again, 0),
    ("tanh-slope-again", "multiplied by 1 − ŷ² once more", "that factor is already in it", _tanh_slope_again, 1),
    ("double", "a factor 2 too many", "no factor 2 here", _scaled(2.0), 0),
    ("half", "a factor ½ too many", "no factor ½ here", _scaled(0.5), 0),
    ("quadruple", "a factor 4 too many", "no factor 4 here", _scaled(4.0), 1),
    ("no-share", "1/N left out", "the mean of the loss puts 1/N into every error", _no_share, 0),
    ("share-twice", "1/N taken twice", "1/N comes in once", _twice_share, 0),
    ("no-target", "y not taken off", "ŷ − y", lambda s: s["yhat"] * s.share, 0),
    ("minus-y", "ŷ left out", "ŷ − y", lambda s: -s["y"] * s.share, 1),
    ("log", "−y/ŷ, the derivative by ŷ instead of by z", "∂L/∂z = ŷ − y", lambda s: -s["y"] / np.where(s["yhat"] == 0, 1, s["yhat"]) * s.share, 1),
    ("square", "the square of the difference", "the difference itself", lambda s: (s["yhat"] - s["y"]) ** 2 * s.share, 1),
    ("absolute", "the sign lost", "ŷ − y, with its sign", lambda s: np.abs(_plain(s)), 1),
    ("one-output", "only the output of the true class", "every output has an error", _first_only, 0),
    ("wrong-class", "the target of another class", "y as the data has it", _exchanged, 1),
)  # fmt: skip


# -- slopes and errors of hidden layers ------------------------------------------------------------


def _pair(s: Samples, symbol: Symbol) -> tuple[Array, Array]:
    """z and what the layer puts out."""
    layer = symbol.layer or 0
    return s[f"z{layer}"], s.out(layer)


SLOPES: tuple[tuple[str, str, Callable[[Array, Array], Array], int], ...] = (
    ("one-minus-z2", "1 − z² instead of the slope", lambda z, a: 1 - z * z, 0),
    ("one-minus-a2", "1 − a², the slope of tanh", lambda z, a: 1 - a * a, 1),
    ("one-minus-tanh2-a", "1 − tanh²(a) instead of 1 − tanh²(z)", lambda z, a: 1 - np.tanh(a) ** 2, 0),
    ("a-one-minus-a", "a(1 − a), the slope of the sigmoid", lambda z, a: a * (1 - a), 0),
    ("one-minus-a", "1 − a instead of the slope", lambda z, a: 1 - a, 0),
    ("z-one-minus-z", "z(1 − z) instead of the slope", lambda z, a: z * (1 - z), 1),
    ("sigmoid-twice", "σ(a)(1 − σ(a)) instead of a(1 − a)", lambda z, a: np.exp(-a) / (1 + np.exp(-a)) ** 2, 1),
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
)  # fmt: skip


def _slope(function: Callable[[Array, Array], Array]) -> Wrong:
    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        return np.asarray(function(*_pair(s, symbol)))

    return wrong


def _upstream(s: Samples, symbol: Symbol) -> Array | None:
    name = "dyhat" if symbol.layer == s.depth else f"da{symbol.layer}"
    return s.now.get(name)


def _with_slope(function: Callable[[Array, Array], Array]) -> Wrong:
    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        upstream = _upstream(s, symbol)
        return None if upstream is None else np.asarray(upstream * function(*_pair(s, symbol)))

    return wrong


def _added(s: Samples, symbol: Symbol) -> Array | None:
    upstream, slope = _upstream(s, symbol), s.now.get(f"fprime{symbol.layer}")
    return None if upstream is None or slope is None else upstream + slope


def _only_slope(s: Samples, symbol: Symbol) -> Array | None:
    return s.now.get(f"fprime{symbol.layer}") if _upstream(s, symbol) is not None else None


def _back(make: Callable[[Samples, int], Array | None], slope: bool) -> Wrong:
    """A wrong ∂L/∂a; for δ of the layer, times its slope."""

    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        layer = symbol.layer or 0
        if layer >= s.depth:
            return None
        found = make(s, layer)
        if found is None or not slope:
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
    ("not-turned", "W instead of Wᵀ on the way back", "∂L/∂a = Wᵀ·δ: unit i collects column i", _not_turned, 0),
    ("new-W", "the updated W instead of the one of the forward pass", "all gradients are of one forward pass", _new_weights, 0),
    ("one-output", "the error of the first output alone", "the errors of all units that it feeds are added", _one_output(0), 0),
    ("second-output", "the error of the second output alone", "the errors of all units that it feeds are added", _one_output(1), 0),
    ("dW-for-W", "∂L/∂W instead of W passed back", "∂L/∂a = Wᵀ·δ", _gradient_for_weights, 0),
    ("no-W", "δ passed back without the weights", "∂L/∂a = Wᵀ·δ", _no_weights, 1),
    ("other-W", "the weights of another layer", "the weights between the two layers", _other_weights, 1),
    ("sum-of-W", "the weights added up without δ", "∂L/∂a = Wᵀ·δ", _sums_of_weights, 1),
    ("yhat-for-delta", "ŷ passed back instead of δ", "∂L/∂a = Wᵀ·δ", _from_prediction, 1),
)  # fmt: skip


# -- gradients -------------------------------------------------------------------------------------


def _outer(
    delta: Callable[[Samples, int], Array | None], source: Callable[[Samples, int], Array | None]
) -> Wrong:
    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        layer = symbol.layer or 0
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
    layer = symbol.layer or 0
    return _shaped(turned(s.out(layer - 1)) @ s[f"delta{layer}"], s[f"W{layer}"])


def _times(factor: Callable[[Samples], float]) -> Wrong:
    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        layer, times = symbol.layer or 0, factor(s)
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
    layer = symbol.layer or 0
    delta = s[f"delta{layer}"]
    now = delta.sum(-2) if symbol.kind.key == "db" else turned(delta) @ s.out(layer - 1)
    return np.asarray(now + last.now[symbol][0])


def _one_of(place: int) -> Wrong:
    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        layer = symbol.layer or 0
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
        return function(s, symbol.layer or 0)

    return wrong


def _bias_by_source(s: Samples, layer: int) -> Array | None:
    a, delta = s.out(layer - 1), s[f"delta{layer}"]
    return (delta * a).sum(-2) if a.shape == delta.shape else None


def _error_before_slope(s: Samples, layer: int) -> Array | None:
    return s.now.get("dyhat" if layer == s.depth else f"da{layer}")


GRADIENTS = (
    ("z-for-a", "z of the layer before instead of its a", "δ times what the layer before puts out", _outer(_delta, lambda s, n: s.now.get(f"z{n - 1}")), 0),
    ("x-for-a", "x instead of a of the layer before", "δ times what the layer before puts out", _outer(_delta, lambda s, n: s["x"] if n > 1 else None), 1),
    ("own-a", "what this layer puts out instead of its input", "δ times what the layer before puts out", _outer(_delta, lambda s, n: s.out(n)), 1),
    ("transposed", "∂L/∂W with rows and columns exchanged", "row j belongs to unit j: δ·aᵀ", _gradient_turned, 0),
    ("yhat-for-delta", "ŷ instead of δ", "δ times what the layer before puts out", _outer(lambda s, n: s["yhat"] if n == s.depth else None, _source), 1),
    ("before-slope", "the slope left out", "δ, not ∂L/∂a", _outer(_error_before_slope, _source), 1),
    ("W-for-a", "the error of another layer", "the layer's own δ", _outer(lambda s, n: s.now.get(f"delta{n + 1}"), _source), 1),
    ("slope-for-a", "the slope instead of a", "δ times what the layer before puts out", _outer(_delta, lambda s, n: s.now.get(f"fprime{n - 1}")), 1),
)  # fmt: skip


ROWS = (
    *(
        Mistake(key=f"output-{key}", name=said, right=right, kinds=("delta", "dyhat"), wrong=_output(function), rank=rank)
        for key, said, right, function, rank in OUTPUT
    ),
    *(
        Mistake(key=f"slope-{key}", name=said, right="the slope of the run's activation at z", kinds=("fprime",), wrong=_slope(function), rank=rank)
        for key, said, function, rank in SLOPES
    ),
    *(
        Mistake(key=f"error-{key}", name=said, right="∂L/∂a times the slope", kinds=("delta",), wrong=_with_slope(function), rank=rank)
        for key, said, function, rank in SLOPES
    ),
    Mistake(key="error-added", name="the slope added instead of multiplied", right="∂L/∂a times the slope", kinds=("delta",), wrong=_added, rank=0),
    Mistake(key="error-only-slope", name="∂L/∂a left out", right="∂L/∂a times the slope", kinds=("delta",), wrong=_only_slope),
    *(
        Mistake(key=f"back-{key}", name=said, right=right, kinds=(kind,), wrong=_back(make, kind == "delta"), rank=rank)
        for key, said, right, make, rank in BACK
        for kind in ("da", "delta")
    ),
    *(
        Mistake(key=f"gradient-{key}", name=said, right=right, kinds=("dW",), wrong=wrong, rank=rank)
        for key, said, right, wrong, rank in GRADIENTS
    ),
    Mistake(key="gradient-share-again", name="1/N taken once more", right="1/N is already in δ", kinds=("dW", "db"), wrong=_times(lambda s: 1 / s.count), rank=0),
    Mistake(key="gradient-no-share", name="1/N left out", right="the mean of the loss puts 1/N into every gradient", kinds=("dW", "db"), wrong=_times(lambda s: float(s.count)), rank=1),
    Mistake(key="gradient-sign", name="the sign turned", right="δ has its sign already", kinds=("dW", "db"), wrong=_times(lambda s: -1.0), rank=1),
    Mistake(key="gradient-double", name="a factor 2 too many", right="no factor 2 here", kinds=("dW", "db"), wrong=_times(lambda s: 2.0), rank=1),
    Mistake(key="gradient-half", name="a factor ½ too many", right="no factor ½ here", kinds=("dW", "db"), wrong=_times(lambda s: 0.5), rank=1),
    Mistake(key="gradient-one-sample", name="the first sample alone", right="the samples are added", kinds=("dW", "db"), wrong=_one_of(0), rank=0),
    Mistake(key="gradient-second-sample", name="the second sample alone", right="the samples are added", kinds=("dW", "db"), wrong=_one_of(1), rank=0),
    Mistake(key="gradient-accumulated", name="the gradient of the iteration before added", right="gradients begin at 0 in every iteration", kinds=("dW", "db"), wrong=_accumulated, rank=0),
    Mistake(key="bias-zero", name="taken for 0", right="a bias's gradient is δ, added over the samples", kinds=("db",), wrong=_bias(lambda s, n: np.zeros_like(s[f"delta{n}"][:, 0])), rank=0),
    Mistake(key="bias-one", name="taken for 1", right="a bias's gradient is δ, added over the samples", kinds=("db",), wrong=_bias(lambda s, n: np.ones_like(s[f"delta{n}"][:, 0])), rank=1),
    Mistake(key="bias-times-a", name="multiplied by the input", right="a bias's gradient is δ itself", kinds=("db",), wrong=_bias(_bias_by_source), rank=1),
    Mistake(key="bias-before-slope", name="the slope left out", right="δ, not ∂L/∂a", kinds=("db",), wrong=_bias(lambda s, n: None if (u := _error_before_slope(s, n)) is None else u.sum(-2)), rank=1),
)  # fmt: skip
