"""Mistakes of an activation whose slope is learned, and of the gradient of that."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.sheets.mistakes.own import Samples
from engine.sheets.mistakes.row import Mistake, Wrong


def _upstream(s: Samples, layer: int) -> Array | None:
    return s.now.get("dyhat" if layer == s.depth else f"da{layer}")


def _slope(make: Callable[[Array, Array], Array]) -> Wrong:
    """What is added up for a slope, from ∂L/∂a and z (variants, samples, units)."""

    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        layer = symbol.in_layer
        upstream = _upstream(s, layer)
        return None if upstream is None else _added(make(upstream, s[f"z{layer}"]), s, symbol)

    return wrong


def _added(parts: Array, s: Samples, symbol: Symbol) -> Array:
    """The parts (variants, samples, units) added up as the slope is one of all units or of each."""
    alike = symbol.parameter is not None and s[symbol.parameter].ndim == 1
    return np.asarray(parts.sum((-2, -1) if alike else -2))


def _by_delta(s: Samples, symbol: Symbol) -> Array | None:
    delta, z = s.now.get(f"delta{symbol.layer}"), s[f"z{symbol.layer}"]
    return None if delta is None else _added(delta * np.minimum(z, 0), s, symbol)


def _only_sample(place: int) -> Wrong:
    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        upstream = _upstream(s, symbol.in_layer)
        if upstream is None or upstream.shape[-2] < 2:
            return None
        parts = upstream * np.minimum(s[f"z{symbol.layer}"], 0)
        return _added(parts[:, place : place + 1], s, symbol)

    return wrong


def _mean_of_samples(s: Samples, symbol: Symbol) -> Array | None:
    upstream = _upstream(s, symbol.in_layer)
    if upstream is None or upstream.shape[-2] < 2:
        return None
    parts = upstream * np.minimum(s[f"z{symbol.layer}"], 0)
    return np.asarray(_added(parts, s, symbol) / upstream.shape[-2])


def _one_unit(s: Samples, symbol: Symbol) -> Array | None:
    """Of a slope that all units have, the part of the first unit alone."""
    upstream, slope = _upstream(s, symbol.in_layer), symbol.parameter
    if upstream is None or slope is None or s[slope].ndim > 1 or upstream.shape[-1] < 2:
        return None
    return np.asarray((upstream * np.minimum(s[f"z{symbol.layer}"], 0))[..., 0].sum(-1))


_PART = "∂L/∂a times z where z is below 0, added over the samples"
SLOPES = (
    ("all-sums", "the sums above 0 counted too", _slope(lambda u, z: u * z), 0),
    (
        "sums-above",
        "the sums above 0 instead of those below",
        _slope(lambda u, z: u * z.clip(0)),
        1,
    ),
    ("first-sample", "the first sample alone", _only_sample(0), 0),
    ("second-sample", "the second sample alone", _only_sample(1), 0),
    ("mean", "the mean over the samples instead of the sum", _mean_of_samples, 1),
    ("first-unit", "the first unit alone, of a slope that all have", _one_unit, 0),
    ("by-delta", "δ instead of ∂L/∂a: the slope multiplied in", _by_delta, 0),
    ("no-sum", "∂L/∂a without z", _slope(lambda u, z: u * (z < 0)), 0),
    ("sign", "the sign turned", _slope(lambda u, z: -u * np.minimum(z, 0)), 1),
)


def _activated(make: Callable[[Array, Array], Array]) -> Wrong:
    """A wrong a of prelu, from z and the slope (variants, 1, units or 1)."""

    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        layer = s.depth if symbol == "yhat" else symbol.in_layer
        if s.activation(layer) != "prelu":
            return None
        z, alpha = s[f"z{layer}"], s[f"alpha{layer}"]
        return make(z, alpha.reshape(len(z), 1, -1))

    return wrong


def _leaky(z: Array, _alpha: Array) -> Array:
    return np.where(z > 0, z, 0.01 * z)


ACTIVATED = (
    ("everywhere", "the slope taken above 0, too", lambda z, alpha: alpha * z, 0),
    ("above", "the slope taken above 0, and not below", lambda z, a: np.where(z > 0, a * z, z), 0),
    ("leaky", "0.01 instead of the slope that is learned", _leaky, 0),
)


ROWS = (
    *(
        Mistake(
            key=f"prelu-{key}",
            name=said,
            right="z above 0, and α·z below",
            kinds=("a", "yhat"),
            wrong=_activated(make),
            rank=rank,
        )
        for key, said, make, rank in ACTIVATED
    ),
    *(
        Mistake(
            key=f"slope-{key}", name=said, right=_PART, kinds=("dalpha",), wrong=wrong, rank=rank
        )
        for key, said, wrong, rank in SLOPES
    ),
)
