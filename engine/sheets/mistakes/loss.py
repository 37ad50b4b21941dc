"""Mistakes of the loss."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.sheets.mistakes.own import Samples
from engine.sheets.mistakes.row import Mistake, Wrong

Each = Callable[[Array, Array], Array]
"""A loss of each sample from ŷ and y, (variants, samples, units) to (variants, samples)."""
_LEAST = 1e-300


def _log(p: Array) -> Array:
    return np.log(np.maximum(p, _LEAST))


def _entropy(p: Array, y: Array) -> Array:
    return np.asarray(-(y * _log(p)).sum(-1))


def _binary(p: Array, y: Array) -> Array:
    return np.asarray(-(y * _log(p) + (1 - y) * _log(1 - p)).sum(-1))


def _squares(p: Array, y: Array) -> Array:
    return np.asarray(((p - y) ** 2).sum(-1))


def _wrong_class(p: Array, y: Array) -> Array:
    return _entropy(p, np.roll(y, 1, axis=-1))


EACH: tuple[tuple[str, str, str, Each, tuple[str, ...]], ...] = (
    (
        "log2",
        "the logarithm to base 2",
        "the natural logarithm",
        lambda p, y: _entropy(p, y) / np.log(2),
        ("softmax",),
    ),
    (
        "log10",
        "the logarithm to base 10",
        "the natural logarithm",
        lambda p, y: _entropy(p, y) / np.log(10),
        ("softmax",),
    ),
    (
        "sign",
        "the minus sign left out",
        "−log: a loss is not negative",
        lambda p, y: -_entropy(p, y),
        ("softmax",),
    ),
    (
        "class",
        "the probability of a wrong class",
        "the true class's ŷ counts, where y is 1",
        _wrong_class,
        ("softmax",),
    ),
    (
        "no-log",
        "the logarithm left out",
        "−log ŷ of the true class",
        lambda p, y: (y * p).sum(-1),
        ("softmax",),
    ),
    (
        "complement",
        "1 − ŷ instead of −log ŷ",
        "−log ŷ of the true class",
        lambda p, y: 1 - (y * p).sum(-1),
        ("softmax",),
    ),
    (
        "all-classes",
        "log(1 − ŷ) of the other classes added",
        "only the true class counts",
        _binary,
        ("softmax",),
    ),
    (
        "classes",
        "divided by the number of classes too",
        "the mean is over samples, not classes",
        lambda p, y: _entropy(p, y) / p.shape[-1],
        ("softmax",),
    ),
    (
        "squared",
        "the squared error",
        "the cross-entropy that the run names",
        _squares,
        ("softmax",),
    ),
    (
        "half-squared",
        "half the squared error",
        "the cross-entropy that the run names",
        lambda p, y: _squares(p, y) / 2,
        ("softmax",),
    ),
    (
        "mean-squared",
        "the mean squared error",
        "the cross-entropy that the run names",
        lambda p, y: _squares(p, y) / p.shape[-1],
        ("softmax",),
    ),
    ("no-half", "the factor ½ left out", "half the square", _squares, ("squares",)),
    (
        "half",
        "a factor ½ too many",
        "the run's loss has none here",
        lambda p, y: _squares(p, y) / 2,
        ("squares",),
    ),
    (
        "mean-units",
        "divided by the number of outputs",
        "added over the outputs",
        lambda p, y: _squares(p, y) / p.shape[-1],
        ("squares",),
    ),
    (
        "half-mean-units",
        "half the mean over the outputs",
        "added over the outputs",
        lambda p, y: _squares(p, y) / 2 / p.shape[-1],
        ("squares",),
    ),
    (
        "quarter",
        "a quarter of the square instead of half",
        "half the square",
        lambda p, y: _squares(p, y) / 4,
        ("squares",),
    ),
    (
        "no-square",
        "the square left out",
        "the difference is squared",
        lambda p, y: (y - p).sum(-1),
        ("squares",),
    ),
    (
        "absolute",
        "the absolute value instead of the square",
        "the difference is squared",
        lambda p, y: np.abs(y - p).sum(-1),
        ("squares",),
    ),
    (
        "root",
        "the root taken",
        "no root is taken",
        lambda p, y: np.sqrt(_squares(p, y)),
        ("squares",),
    ),
    (
        "square-sum",
        "the sum of the differences squared",
        "each difference is squared, then added",
        lambda p, y: (y - p).sum(-1) ** 2,
        ("squares",),
    ),
    (
        "entropy",
        "the cross-entropy",
        "the squared error that the run names",
        _entropy,
        ("squares",),
    ),
)


def _family(s: Samples) -> str:
    name = s.own.network.loss
    return "softmax" if "entropy" in name or name == "nll" else "squares"


def _wrong(each: Each, families: tuple[str, ...]) -> Wrong:
    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        if _family(s) not in families or (symbol == "loss" and "lossn" in s.own.written):
            return None
        losses = np.asarray(each(s["yhat"], s["y"]))
        if symbol == "lossn":
            return losses
        return np.asarray(losses.mean(-1) if s.own.network.mean else losses.sum(-1))

    return wrong


def _summed(s: Samples, symbol: Symbol) -> Array | None:
    if symbol != "loss" or "lossn" not in s or not s.own.network.mean:
        return None
    return np.asarray(s["lossn"].sum(-1))


def _averaged(s: Samples, symbol: Symbol) -> Array | None:
    if symbol != "loss" or "lossn" not in s or s.own.network.mean:
        return None
    return np.asarray(s["lossn"].mean(-1))


def _over_classes(s: Samples, symbol: Symbol) -> Array | None:
    if symbol != "loss" or "lossn" not in s:
        return None
    return np.asarray(s["lossn"].mean(-1) / s["yhat"].shape[-1])


def _one_sample(s: Samples, symbol: Symbol) -> Array | None:
    return s["lossn"][:, 0] if symbol == "loss" and "lossn" in s else None


ROWS = (
    Mistake(
        key="loss-sum",
        name="the sum over the samples instead of the mean",
        right="the run takes the mean",
        kinds=("loss",),
        wrong=_summed,
        rank=0,
    ),
    Mistake(
        key="loss-mean",
        name="the mean over the samples instead of the sum",
        right="the run takes the sum",
        kinds=("loss",),
        wrong=_averaged,
    ),
    Mistake(
        key="loss-mean-classes",
        name="divided by the number of classes too",
        right="the mean is over the samples",
        kinds=("loss",),
        wrong=_over_classes,
    ),
    Mistake(
        key="loss-one-sample",
        name="the loss of one sample alone",
        right="all samples count",
        kinds=("loss",),
        wrong=_one_sample,
    ),
    *(
        Mistake(
            key=f"loss-{key}",
            name=said,
            right=right,
            kinds=("loss", "lossn"),
            wrong=_wrong(each, families),
            rank=1,
        )
        for key, said, right, each, families in EACH
    ),
)
