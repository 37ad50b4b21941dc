"""Mistakes of the new parameter: by plain descent, with momentum, by Adam."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.formula.calls import Array
from engine.sheets.mistakes.row import Mistake
from engine.sheets.mistakes.updating import Rule, Update, of


def _change(u: Update) -> Array:
    """What is taken off, by the run's own rule."""
    if (m := _first(u)) is not None:
        v = u.vector("vhat")
        assert v is not None
        return u.lr * m / _root(u, v)
    if (direction := u.vector("buf")) is not None:
        return -direction if "+ {buf." in u.formula else u.lr * direction
    return u.lr * u.g


def _root(u: Update, v: Array) -> Array:
    """The root of v with ε where the run has it."""
    inside = "√(" in u.formula
    return np.asarray(np.sqrt(v + _eps(u)) if inside else np.sqrt(v) + _eps(u))


def _first(u: Update) -> Array | None:
    return u.vector("mhat") if u.vector("vhat") is not None else None


def _eps(u: Update) -> float:
    return u.number("eps") if u.has("eps") else 1e-8


def _adam(make: Callable[[Update, Array, Array], Array]) -> Rule:
    """A rule of the corrected moments."""

    def rule(u: Update) -> Array | None:
        m, v = u.vector("mhat"), u.vector("vhat")
        return None if m is None or v is None else make(u, m, v)

    return rule


def _moments(make: Callable[[Update, Array, Array], Array]) -> Rule:
    """A rule of the moments as they are."""

    def rule(u: Update) -> Array | None:
        m, v = u.vector("m"), u.vector("v")
        return None if m is None or v is None else make(u, m, v)

    return rule


def _divided(u: Update) -> Array | None:
    return u.old - _change(u) / u.s.count if u.s.count > 1 else None


def _decayed(u: Update) -> Array | None:
    decay = u.number("weight_decay") if u.has("weight_decay") else 0.0
    return u.old - _change(u) - u.lr * decay * u.old if decay else None


def _no_decay(u: Update) -> Array | None:
    decay = u.number("weight_decay") if u.has("weight_decay") else 0.0
    return u.old - u.lr * u.g if decay else None


def _averaged_momentum(u: Update) -> Array | None:
    buffer = u.before("buf")
    mu = u.number("momentum") if u.has("momentum") else 0.0
    return None if buffer is None else u.old - u.lr * (mu * buffer + (1 - mu) * u.g)


def _plain_descent(u: Update) -> Array | None:
    adaptive = u.vector("vhat") is not None or u.vector("buf") is not None
    return u.old - u.lr * u.g if adaptive else None


_RIGHT = "the old value less what the rule says"
PARAMETER: tuple[tuple[str, str, Rule, int], ...] = (
    ("no-rate", "η forgotten", lambda u: u.old - _change(u) / u.lr if u.lr else None, 0),
    ("rate-twice", "η taken twice", lambda u: u.old - u.lr * _change(u), 0),
    ("plus", "plus instead of minus", lambda u: u.old + _change(u), 0),
    ("change", "the change written for the new value", lambda u: -_change(u), 0),
    ("minus-change", "the step written for the new value", lambda u: _change(u), 0),
    ("gradient", "the gradient written for the new value", lambda u: u.g, 1),
    ("scaled", "W(1 − η·g) instead of W − η·g", lambda u: u.old * (1 - _change(u)), 0),
    ("kept", "not updated", lambda u: u.old, 0),
    ("share-again", "1/N taken again in the update", _divided, 0),
    ("without-sign", "the sign of the gradient lost", lambda u: u.old - np.abs(_change(u)), 1),
    (
        "one-minus-rate",
        "1 − η in the place of η",
        lambda u: u.old - (1 - u.lr) * _change(u) / u.lr if u.lr else None,
        1,
    ),
    (
        "accumulated",
        "the gradients of both iterations added",
        lambda u: None if (g := u.last_gradient()) is None else u.old - u.lr * (u.g + g),
        0,
    ),
    ("L2-decoupled", "decay taken off the weights besides", _decayed, 1),
    ("no-decay", "weight decay left out", _no_decay, 0),
    ("plain", "plain gradient descent instead of the run's optimizer", _plain_descent, 0),
    ("momentum-averaged", "momentum as an average: (1 − μ)·g", _averaged_momentum, 0),
    (
        "no-root",
        "the root forgotten: divided by v̂",
        _adam(lambda u, m, v: u.old - u.lr * m / (v + _eps(u))),
        0,
    ),
    (
        "eps-inside",
        "ε inside the root",
        _adam(lambda u, m, v: u.old - u.lr * m / np.sqrt(v + _eps(u))),
        1,
    ),
    (
        "no-correction",
        "no bias correction",
        _moments(lambda u, m, v: u.old - u.lr * m / (np.sqrt(v) + _eps(u))),
        0,
    ),
    (
        "only-m-corrected",
        "v not corrected",
        lambda u: (
            None
            if (m := u.vector("mhat")) is None or (v := u.vector("v")) is None
            else u.old - u.lr * m / (np.sqrt(v) + _eps(u))
        ),
        1,
    ),
    (
        "only-v-corrected",
        "m not corrected",
        lambda u: (
            None
            if (m := u.vector("m")) is None or (v := u.vector("vhat")) is None
            else u.old - u.lr * m / (np.sqrt(v) + _eps(u))
        ),
        1,
    ),
    ("no-v", "not divided by the root of v̂", _adam(lambda u, m, v: u.old - u.lr * m), 0),
    (
        "g-for-m",
        "g instead of m̂",
        _adam(lambda u, m, v: u.old - u.lr * u.g / (np.sqrt(v) + _eps(u))),
        1,
    ),
)


ROWS = (
    *(
        Mistake(
            key=f"update-{key}",
            name=said,
            right=_RIGHT,
            kinds=("W", "b"),
            wrong=of(rule),
            rank=rank,
        )
        for key, said, rule, rank in PARAMETER
    ),
)
