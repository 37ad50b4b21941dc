"""Losses, a row each: the calls for the loss and its gradient, their formulas and element arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine import expr as ex
from engine.activations import softmax_parts
from engine.emit import Array, Emit
from engine.expr import Expr


@dataclass(frozen=True)
class Head:
    """The arrays at the end of a network: `z`, `yhat` and the target `y`, each (batch, units);
    `per_sample` (batch,) for each sample's loss before the reduction; `grad` (batch, units) for
    the gradient. `parts` hands intermediate arrays from one emitter to the next.
    """

    z: Array
    yhat: Array
    y: Array
    per_sample: Array
    grad: Array
    parts: dict[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One sample's numbers, for the arithmetic of its loss."""

    z: Sequence[Expr]
    yhat: Sequence[Expr]
    y: Sequence[Expr]


@dataclass(frozen=True)
class Loss:
    """A row of the table.

    `forward(emit, head)` fills `per_sample`. `backward(emit, head, scale)` fills `grad` with
    scale times the gradient of the summed loss: by z of the last layer where `joined` names that
    layer's activation, whose output `output(emit, head)` then computes; by ŷ otherwise.
    `sample_value(row)` and `grad_value(yhat, y)` are the same for one sample and one element;
    formulas name their arguments {yhat} and {y}. A mean divides by the number of samples, or,
    where `per_element`, by the number of elements (both as PyTorch defines them).
    """

    name: str
    formula: str
    grad_formula: str
    why: str
    grad_why: str
    joined: str
    per_element: bool
    forward: Callable[[Emit, Head], None]
    backward: Callable[[Emit, Head, float], None]
    sample_value: Callable[[Row], Expr]
    grad_value: Callable[[Expr, Expr], Expr]
    output: Callable[[Emit, Head], None] | None = None


def _scale(emit: Emit, array: Array, scale: float) -> None:
    if scale != 1:
        emit(np.multiply, array, emit.const(scale), array)


def _cross_entropy_output(emit: Emit, head: Head) -> None:
    head.parts["shifted"], head.parts["total"] = softmax_parts(emit, head.z, head.yhat)


def _cross_entropy(emit: Emit, head: Head) -> None:
    # −Σ y·log ŷ = log Σ e^(z−max) − Σ y·(z−max), as Σ y = 1: finite however small ŷ is.
    shifted, total = head.parts["shifted"], head.parts["total"]
    samples, units = shifted.shape
    column = emit.scratch((samples, 1))
    if samples == 1:
        emit(np.dot, shifted[0], head.y[0], column.reshape(()))
    else:
        chosen = emit.scratch(shifted.shape)
        emit(np.multiply, head.y, shifted, chosen)
        emit(np.dot, chosen, emit.ones(units, 1), column)
    emit(np.log, total[:, 0], head.per_sample)
    emit(np.subtract, head.per_sample, column[:, 0], head.per_sample)


def _cross_entropy_grad(emit: Emit, head: Head, scale: float) -> None:
    emit(np.subtract, head.yhat, head.y, head.grad)
    _scale(emit, head.grad, scale)


SMALLEST_LOG = 1e-12
"""Below this ŷ, log ŷ has lost digits, and the loss is shown by log-sum-exp instead."""


def _cross_entropy_value(row: Row) -> Expr:
    if all(p.value > SMALLEST_LOG for p, y in zip(row.yhat, row.y, strict=True) if y.value):
        terms = (
            ex.mul(y, ex.fn("log", p)) for p, y in zip(row.yhat, row.y, strict=True) if y.value
        )
        return ex.neg(ex.add(*terms))
    top = max(row.z, key=lambda z: z.value)
    total = ex.add(*(ex.fn("exp", ex.sub(z, top)) for z in row.z))
    chosen = ex.add(
        *(ex.mul(y, ex.sub(z, top)) for z, y in zip(row.z, row.y, strict=True) if y.value)
    )
    return ex.sub(ex.fn("log", total), chosen)


def _squared(emit: Emit, head: Head) -> None:
    difference = head.parts["difference"] = emit.scratch(head.y.shape)
    squares, column = emit.scratch(head.y.shape), emit.scratch((head.y.shape[0], 1))
    emit(np.subtract, head.yhat, head.y, difference)
    emit(np.multiply, difference, difference, squares)
    emit(np.dot, squares, emit.ones(head.y.shape[1], 1), column)
    emit(np.copyto, head.per_sample, column[:, 0])


def _squared_grad(emit: Emit, head: Head, scale: float) -> None:
    emit(np.multiply, head.parts["difference"], emit.const(2 * scale), head.grad)


LOSSES: dict[str, Loss] = {
    row.name: row
    for row in (
        Loss(
            "cross_entropy",
            "−Σ {y} ⊙ log {yhat}",
            "{yhat} − {y}",
            "The surprise at the true class: 0 when it was given probability 1.",
            "Softmax and cross-entropy together have this plain derivative: too much is positive.",
            "softmax",
            False,
            _cross_entropy,
            _cross_entropy_grad,
            _cross_entropy_value,
            ex.sub,
            _cross_entropy_output,
        ),
        Loss(
            "mse",
            "Σ ({yhat} − {y})²",
            "2·({yhat} − {y})",
            "The squares of the misses: far misses count most.",
            "The slope of a square is twice its root: how far off, and to which side.",
            "",
            True,
            _squared,
            _squared_grad,
            lambda row: ex.add(
                *(ex.power(ex.sub(p, y), 2) for p, y in zip(row.yhat, row.y, strict=True))
            ),
            lambda yhat, y: ex.mul(ex.num(2), ex.sub(yhat, y)),
        ),
    )
}
