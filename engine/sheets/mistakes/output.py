"""Mistakes of the error at the output."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.sheets.mistakes.own import Samples
from engine.sheets.mistakes.row import Mistake, Wrong


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
    (
        "slope-again",
        "multiplied by ŷ(1 − ŷ) once more",
        "that factor is already in it",
        _slope_again,
        0,
    ),
    (
        "tanh-slope-again",
        "multiplied by 1 − ŷ² once more",
        "that factor is already in it",
        _tanh_slope_again,
        1,
    ),
    ("double", "a factor 2 too many", "no factor 2 here", _scaled(2.0), 0),
    ("half", "a factor ½ too many", "no factor ½ here", _scaled(0.5), 0),
    ("quadruple", "a factor 4 too many", "no factor 4 here", _scaled(4.0), 1),
    ("no-share", "1/N left out", "the mean of the loss puts 1/N into every error", _no_share, 0),
    ("share-twice", "1/N taken twice", "1/N comes in once", _twice_share, 0),
    ("no-target", "y not taken off", "ŷ − y", lambda s: s["yhat"] * s.share, 0),
    ("minus-y", "ŷ left out", "ŷ − y", lambda s: -s["y"] * s.share, 1),
    (
        "log",
        "−y/ŷ, the derivative by ŷ instead of by z",
        "∂L/∂z = ŷ − y",
        lambda s: -s["y"] / np.where(s["yhat"] == 0, 1, s["yhat"]) * s.share,
        1,
    ),
    (
        "square",
        "the square of the difference",
        "the difference itself",
        lambda s: (s["yhat"] - s["y"]) ** 2 * s.share,
        1,
    ),
    ("absolute", "the sign lost", "ŷ − y, with its sign", lambda s: np.abs(_plain(s)), 1),
    (
        "one-output",
        "only the output of the true class",
        "every output has an error",
        _first_only,
        0,
    ),
    ("wrong-class", "the target of another class", "y as the data has it", _exchanged, 1),
)


ROWS = (
    *(
        Mistake(
            key=f"output-{key}",
            name=said,
            right=right,
            kinds=("delta", "dyhat"),
            wrong=_output(function),
            rank=rank,
        )
        for key, said, right, function, rank in OUTPUT
    ),
)
