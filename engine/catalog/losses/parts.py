"""The calls, arithmetic and targets that several losses share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.catalog.losses.base import Head, Sample, Targets
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.check import whole
from engine.spec.options import Option, at_least_0
from engine.spec.run import DataSpec

SHARES = Targets(
    lambda y: (y >= 0).all(axis=1) & (abs(y.sum(axis=1, dtype=np.float64) - 1) < 1e-6),
    "shares of the classes: none negative, and together 1",
    classes=True,
)
ONE_CLASS = Targets(
    lambda y: ((y == 0) | (y == 1)).all(axis=1) & (y.sum(axis=1) == 1),
    "1 at one class, and 0 at the others",
    classes=True,
)
COUNTS = Targets(lambda y: (y >= 0).all(axis=1), "numbers of at least 0")
SIDES = Targets(lambda y: (abs(y) == 1).all(axis=1), "1 or −1 each", off=-1.0)
YES_OR_NO = Targets(lambda y: ((y >= 0) & (y <= 1)).all(axis=1), "numbers from 0 to 1")

MOST_LABEL = 1_000_000_000
SHOWN_WEIGHTS = 6
"""A formula shows up to so many weights."""
WEIGHT = at_least_0(None, "").check


IGNORE = Option(
    -100,
    whole(-MOST_LABEL, MOST_LABEL),
    "Samples with this label have no loss and are not counted.",
)
"""An option about the data: it changes no formula, and is recorded with settings/ignored."""
IGNORED = "Samples with the label ignore_index have no loss: their targets are 0 everywhere."
BY_KEPT = "A mean over the samples that are not ignored: N counts those."


def any_ignored(data: DataSpec) -> bool:
    """Whether samples are ignored: whether targets that are classes have rows of zeros."""
    return bool(data.labels) and data.y.shape[1] > 1 and not data.y.any(axis=1).all()


def entropy(shares: Sequence[float]) -> float:
    """−Σ p·log p, where 0·log 0 is 0."""
    return sum(-p * math.log(p) for p in shares if p > 0)


def weights(value: Any) -> tuple[float, ...] | None:
    """A list of weights as a tuple; None where it is none."""
    if not isinstance(value, list | tuple):
        return None
    found = tuple(WEIGHT.accept(each) for each in value)
    return None if None in found else found


def emit_scaled(emit: Emit, array: Array, scale: float) -> None:
    """Scale an array in place."""
    if scale != 1:
        emit(np.multiply, array, emit.const(scale), array)


def emit_sums(emit: Emit, head: Head, terms: Array) -> None:
    """Each sample's loss is the sum of its terms (batch, units)."""
    emit(np.dot, terms, emit.ones(terms.shape[1]), head.per_sample)


def emit_difference(emit: Emit, head: Head) -> Array:
    """Emit ŷ − y and keep it for the gradient."""
    difference = head.parts["difference"] = emit.scratch(head.y.shape)
    emit(np.subtract, head.yhat, head.y, difference)
    return difference


def emit_squares(emit: Emit, head: Head) -> None:
    """Each sample's loss is Σ (ŷ − y)²."""
    difference, squares = emit_difference(emit, head), emit.scratch(head.y.shape)
    emit(np.multiply, difference, difference, squares)
    emit_sums(emit, head, squares)


def emit_joined_grad(emit: Emit, head: Head, scale: float) -> None:
    """The gradient ŷ − y."""
    emit(np.subtract, head.yhat, head.y, head.grad)
    emit_scaled(emit, head.grad, scale)


def difference(sample: Sample, j: int) -> Expr:
    """The difference ŷ − y at one output."""
    return ex.sub(sample.yhat[j], sample.y[j])


def differences(sample: Sample) -> list[Expr]:
    """The difference at each output."""
    return [difference(sample, j) for j in range(len(sample.y))]
