"""Mistakes of the new parameter: by plain descent, with momentum, by Adam."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.catalog.symbols import PARAMETERS
from engine.formula.calls import Array
from engine.sheets.mistakes.row import Mistake
from engine.sheets.mistakes.updating import Rule, Update, of

HATS = ("mhat", "vhat")


def _change(u: Update) -> Array | None:
    """What is taken off, by the run's own rule: descent, momentum, or m̂ over the root of v̂; None
    where the rule is another one.
    """
    if _by_moments(u):
        m, v = u.vector("mhat"), u.vector("vhat")
        return None if m is None or v is None else u.lr * m / _root(u, v)
    for prefix in ("buf", "nes"):
        if prefix in u.reads and u.reads <= {"theta", "lr", prefix}:
            return _by_buffer(u, prefix)
    g = u.descends()
    return None if g is None else u.lr * g


def _by_buffer(u: Update, prefix: str) -> Array | None:
    direction = u.vector(prefix)
    if direction is None:
        return None
    return -direction if u.option("momentum_form") == "step" else u.lr * direction


def _by_moments(u: Update) -> bool:
    return {"lr", "mhat", "vhat"} <= u.reads


def _root(u: Update, v: Array) -> Array:
    """The root of v with ε where the run has it."""
    return np.asarray(np.sqrt(v + _eps(u)) if u.option("eps_inside") else np.sqrt(v) + _eps(u))


def _eps(u: Update) -> float:
    return u.number("eps") if u.has("eps") else 1e-8


def _changed(make: Callable[[Update, Array], Array | None]) -> Rule:
    """A rule of what the run's own takes off; none where that is not known here."""

    def rule(u: Update) -> Array | None:
        change = _change(u)
        return None if change is None else make(u, change)

    return rule


def _without_rate(u: Update) -> Array | None:
    """η is 1, where the run's rule has it."""
    change = _change(u)
    if change is None:
        return u.at_rate(1.0)
    return u.old - change / u.lr if u.lr else None


def _adam(make: Callable[[Update, Array, Array], Array], of: tuple[str, str] = HATS) -> Rule:
    """A rule of two moments, corrected or as they are, in the place of Adam's."""

    def rule(u: Update) -> Array | None:
        m, v = map(u.vector, of)
        return None if m is None or v is None or not _by_moments(u) else make(u, m, v)

    return rule


def _decayed(u: Update, change: Array) -> Array | None:
    decay = u.number("weight_decay") if u.has("weight_decay") else 0.0
    return u.old - change - u.lr * decay * u.old if decay else None


def _no_decay(u: Update) -> Array | None:
    return u.old - u.lr * u.g if "gwd" in u.reads and u.descends() is not None else None


def _averaged_momentum(u: Update) -> Array | None:
    buffer = u.before("buf")
    if buffer is None or u.option("momentum_form") != "sum":
        return None
    mu = u.number("momentum")
    return u.old - u.lr * (mu * buffer + (1 - mu) * u.g)


def _plain_descent(u: Update) -> Array | None:
    return u.old - u.lr * u.g if u.descends() is None else None


_RIGHT = "the old value less what the rule says"
PARAMETER: tuple[tuple[str, str, Rule, int], ...] = (
    (
        "no-rate",
        "η forgotten",
        _without_rate,
        0,
    ),
    ("rate-twice", "η taken twice", _changed(lambda u, change: u.old - u.lr * change), 0),
    ("plus", "plus instead of minus", _changed(lambda u, change: u.old + change), 0),
    ("change", "the change written for the new value", _changed(lambda _u, change: -change), 0),
    ("minus-change", "the step written for the new value", _changed(lambda _u, change: change), 0),
    ("gradient", "the gradient written for the new value", lambda u: u.g, 1),
    (
        "scaled",
        "W(1 − η·g) instead of W − η·g",
        _changed(lambda u, change: u.old * (1 - change)),
        0,
    ),
    ("kept", "not updated", lambda u: u.old, 0),
    (
        "share-again",
        "1/N taken again in the update",
        _changed(lambda u, change: u.old - change / u.s.count if u.s.count > 1 else None),
        0,
    ),
    (
        "without-sign",
        "the sign of the gradient lost",
        _changed(lambda u, change: u.old - np.abs(change)),
        1,
    ),
    (
        "one-minus-rate",
        "1 − η in the place of η",
        _changed(lambda u, change: u.old - (1 - u.lr) * change / u.lr if u.lr else None),
        1,
    ),
    (
        "accumulated",
        "the gradients of both iterations added",
        lambda u: None if (g := u.last_gradient()) is None else u.old - u.lr * (u.g + g),
        0,
    ),
    ("L2-decoupled", "decay taken off the weights besides", _changed(_decayed), 1),
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
        _adam(lambda u, m, v: u.old - u.lr * m / _root(u, v), of=("m", "v")),
        0,
    ),
    (
        "only-m-corrected",
        "v not corrected",
        _adam(lambda u, m, v: u.old - u.lr * m / _root(u, v), of=("mhat", "v")),
        1,
    ),
    (
        "only-v-corrected",
        "m not corrected",
        _adam(lambda u, m, v: u.old - u.lr * m / _root(u, v), of=("m", "vhat")),
        1,
    ),
    ("no-v", "not divided by the root of v̂", _adam(lambda u, m, v: u.old - u.lr * m), 0),
    (
        "g-for-m",
        "g instead of m̂",
        _adam(lambda u, m, v: u.old - u.lr * u.g / _root(u, v)),
        1,
    ),
)


ROWS = (
    *(
        Mistake(
            key=f"update-{key}",
            name=said,
            right=_RIGHT,
            kinds=PARAMETERS,
            wrong=of(rule),
            rank=rank,
        )
        for key, said, rule, rank in PARAMETER
    ),
)
