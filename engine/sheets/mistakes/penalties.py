"""Mistakes of a penalty on the parameters: in the loss, and in a gradient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.program.penalty import PENALTY, Penalised
from engine.sheets.mistakes.own import Samples
from engine.sheets.mistakes.row import WHOLE, Mistake, Wrong, turned

Penalties = Mapping[Symbol, Penalised]


def _given(s: Samples, **other: bool) -> Penalties:
    """The penalties of the run, or with other options."""
    return s.own.network.penalties(s.count, **other)


def _flipped(s: Samples, option: str) -> dict[str, bool]:
    """An option of the run's penalty the other way round; nothing where it has no penalty."""
    penalty = s.own.network.spec.penalty if s.own.network.spec else None
    return {} if penalty is None else {option: not getattr(penalty, option)}


# -- in a gradient ---------------------------------------------------------------------------------


def slope(s: Samples, symbol: Symbol, **other: bool) -> Array | float:
    """What the penalty adds to a gradient; 0 where it has none."""
    name = symbol.parameter
    each = _given(s, **other).get(name) if name is not None else None
    if each is None or name is None:
        return 0.0
    theta = s.old(name)
    squares, sizes = 2 / each.share * each.l2 * theta, each.l1 * np.sign(theta)
    return np.asarray((squares + sizes) / each.samples)


def _of_errors(s: Samples, symbol: Symbol) -> Array:
    """The gradient without any penalty."""
    delta = s[f"delta{symbol.in_layer}"]
    if symbol.kind.key == "db":
        return np.asarray(delta.sum(-2))
    return np.asarray(turned(delta) @ s.out(symbol.in_layer - 1))


def _times(factor: float) -> Wrong:
    """The penalty's slope so many times."""

    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        own = slope(s, symbol)
        return _of_errors(s, symbol) + factor * own if np.any(own) else None

    return wrong


def _other(s: Samples, symbol: Symbol, option: str) -> Array | None:
    """The slope that it has with an option the other way round."""
    flipped = _flipped(s, option)
    if not flipped:
        return None
    other = slope(s, symbol, **flipped)
    return _of_errors(s, symbol) + other if np.any(other != slope(s, symbol)) else None


_SLOPES: tuple[tuple[str, str, str, Wrong, int], ...] = (
    ("left-out", "the penalty left out", "its slope is a term of the gradient", _times(0), 0),
    ("sign", "the penalty taken off", "its slope is added", _times(-1), 1),
    (
        "factor",
        "a factor 2 of the penalty forgotten, or one too many",
        "the slope of λ/2·w² is λ·w, that of λ·w² is 2·λ·w",
        partial(_other, option="half"),
        0,
    ),
    (
        "biases",
        "a penalty on a bias that has none, or none on one that has",
        "the run says whether biases count",
        partial(_other, option="biases"),
        0,
    ),
    (
        "per-sample",
        "the penalty divided by the samples, or not",
        "the run says whether it is",
        partial(_other, option="per_sample"),
        1,
    ),
)
GRADIENT_ROWS = tuple(
    Mistake(
        key=f"penalty-slope-{key}", name=name, right=right, kinds=("dW", "db"), wrong=rule,
        rank=rank,
    )
    for key, name, right, rule, rank in _SLOPES
)  # fmt: skip


# -- in the loss -----------------------------------------------------------------------------------


def _added_up(
    s: Samples, penalties: Penalties, part: Callable[[Penalised, Array], Array]
) -> Array | None:
    """What some rule makes of each parameter, (variants, …), added up."""
    parts = [part(each, s.old(name)) for name, each in penalties.items()]
    return np.asarray(sum(parts)) if parts else None


def _sum(array: Array) -> Array:
    return np.asarray(array.reshape(len(array), -1).sum(-1))


def _part(each: Penalised, theta: Array, l2: float = 1.0, l1: float = 1.0) -> Array:
    """The part of a parameter, its two penalties so many times."""
    squares = l2 * each.l2 / each.share * _sum(theta**2)
    return np.asarray((squares + l1 * each.l1 * _sum(np.abs(theta))) / each.samples)


def _with(s: Samples, _symbol: Symbol, option: str) -> Array | None:
    flipped = _flipped(s, option)
    return _added_up(s, _given(s, **flipped), _part) if flipped else None


def _rooted(each: Penalised, theta: Array) -> Array:
    squares = each.l2 / each.share * np.sqrt(_sum(theta**2))
    return np.asarray((squares + each.l1 * _sum(np.abs(theta))) / each.samples)


def _not_squared(each: Penalised, theta: Array) -> Array:
    return np.asarray((each.l2 / each.share + each.l1) * _sum(theta) / each.samples)


def _without_weight(each: Penalised, theta: Array) -> Array:
    ones = each._replace(l2=float(each.l2 > 0), l1=float(each.l1 > 0))
    return _part(ones, theta)


def _rule(part: Callable[[Penalised, Array], Array]) -> Wrong:
    return lambda s, _symbol: _added_up(s, _given(s), part)


def _first_or_last(place: int) -> Wrong:
    def wrong(s: Samples, _symbol: Symbol) -> Array | None:
        every = [*_given(s).items()]
        return _added_up(s, dict(every[place:][:1]), _part) if len(every) > 1 else None

    return wrong


_SUMS: tuple[tuple[str, str, str, Wrong, int], ...] = (
    (
        "factor",
        "the ½ forgotten, or one too many",
        "λ/2·Σ w² where the run halves it, else λ·Σ w²",
        partial(_with, option="half"),
        0,
    ),
    (
        "biases",
        "the biases counted where they do not count, or not where they do",
        "the run says whether biases count",
        partial(_with, option="biases"),
        0,
    ),
    (
        "per-sample",
        "divided by the samples, or not",
        "the run says whether it is",
        partial(_with, option="per_sample"),
        1,
    ),
    ("root", "the root of the sums taken", "the squares are added up", _rule(_rooted), 1),
    ("not-squared", "the weights themselves added up", "their squares or sizes are",
     _rule(_not_squared), 1),
    ("no-weight", "λ left out", "each sum is multiplied by its λ", _rule(_without_weight), 0),
    ("last-layer", "that of the last layer alone", "all layers count", _first_or_last(-1), 1),
    ("first-layer", "that of the first layer alone", "all layers count", _first_or_last(0), 1),
)  # fmt: skip


def _whole(times: float) -> Wrong:
    return lambda s, _symbol: np.asarray(s["dataloss"] + times * s[PENALTY])


ROWS = (
    *(
        Mistake(
            key=f"penalty-{key}", name=name, right=right, kinds=(PENALTY,), wrong=rule, rank=rank
        )
        for key, name, right, rule, rank in _SUMS
    ),
    Mistake(
        key="loss-without-penalty",
        name="the penalty left out",
        right="the loss is E + R",
        kinds=(WHOLE,),
        wrong=_whole(0),
        rank=0,
    ),
    Mistake(
        key="loss-less-penalty",
        name="the penalty taken off",
        right="the loss is E + R",
        kinds=(WHOLE,),
        wrong=_whole(-1),
    ),
    Mistake(
        key="loss-penalty-alone",
        name="the penalty alone",
        right="the loss is E + R",
        kinds=(WHOLE,),
        wrong=lambda s, _symbol: s[PENALTY],
    ),
)
