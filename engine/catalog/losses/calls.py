"""What losses compute: the calls for each sample's loss and for the gradient at the output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.catalog.activations.calls import softmax_parts
from engine.formula.calls import Array, Emit


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


def _scale(emit: Emit, array: Array, scale: float) -> None:
    if scale != 1:
        emit(np.multiply, array, emit.const(scale), array)


def _add_up(emit: Emit, head: Head, terms: Array) -> None:
    """Each sample's loss is the sum of its terms (batch, units)."""
    emit(np.dot, terms, emit.ones(terms.shape[1]), head.per_sample)


def joined_grad(emit: Emit, head: Head, scale: float) -> None:
    """ŷ − y"""
    emit(np.subtract, head.yhat, head.y, head.grad)
    _scale(emit, head.grad, scale)


def cross_entropy_output(emit: Emit, head: Head) -> None:
    """The softmax of z, its parts kept."""
    head.parts["shifted"], head.parts["total"] = softmax_parts(emit, head.z, head.yhat)


def cross_entropy(emit: Emit, head: Head) -> None:
    """−Σ y·log ŷ = log Σ e^(z−max) − Σ y·(z−max), as Σ y = 1: finite however small ŷ is."""
    shifted, total = head.parts["shifted"], head.parts["total"]
    samples, units = shifted.shape
    column = emit.scratch((samples, 1))
    if samples == 1:
        emit(np.dot, shifted[0], head.y[0], column.reshape(()))
    else:
        chosen = emit.scratch(shifted.shape)
        emit(np.multiply, head.y, shifted, chosen)
        emit(np.dot, chosen, emit.ones(units, 1), column)
    log_total = emit.scratch((samples,))  # in place, NumPy takes twice as long for one sample
    emit(np.log, total[:, 0], log_total)
    emit(np.subtract, log_total, column[:, 0], head.per_sample)


def mixed_entropy(emit: Emit, head: Head, weight: Sequence[float], label_smoothing: float) -> None:
    """−Σ t·log ŷ = (Σ t)·log Σ e^(z−max) − Σ t·(z−max) with
    t = weight ⊙ ((1 − smoothing)·y + smoothing/units); no weights are weights of 1.
    """
    shifted, total = head.parts["shifted"], head.parts["total"]
    samples, units = shifted.shape
    w = np.array(weight or [1.0] * units, emit.dtype)
    target = head.parts["target"] = emit.scratch(shifted.shape)
    mass = head.parts["mass"] = emit.scratch((samples, 1))
    chosen, column = emit.scratch(shifted.shape), emit.scratch((samples, 1))
    emit(np.multiply, head.y, (1 - label_smoothing) * w, target)
    if label_smoothing:
        emit(np.add, target, label_smoothing / units * w, target)
    emit(np.dot, target, emit.ones(units, 1), mass)
    emit(np.multiply, target, shifted, chosen)
    emit(np.dot, chosen, emit.ones(units, 1), column)
    emit(np.log, total[:, 0], head.per_sample)
    emit(np.multiply, head.per_sample, mass[:, 0], head.per_sample)
    emit(np.subtract, head.per_sample, column[:, 0], head.per_sample)


def mixed_entropy_grad(emit: Emit, head: Head, scale: float) -> None:
    """ŷ·Σ t − t"""
    emit(np.multiply, head.yhat, head.parts["mass"], head.grad)
    emit(np.subtract, head.grad, head.parts["target"], head.grad)
    _scale(emit, head.grad, scale)


def weights_of_targets(emit: Emit, head: Head, count: Array, weight: Sequence[float]) -> None:
    """The sum of the weights of the targets' classes."""
    of_targets = emit.scratch(head.y.shape)
    emit(np.multiply, head.y, np.array(weight, emit.dtype), of_targets)
    emit(np.add.reduce, of_targets, None, None, count)


def binary_entropy(emit: Emit, head: Head, pos_weight: Sequence[float] = ()) -> None:
    """Σ (1 − y)·z + (1 + (pos_weight − 1)·y)·log(1 + e^−z), finite for any z, which equals
    −Σ pos_weight·y·log ŷ + (1 − y)·log(1 − ŷ).
    """
    z, y, zero, one = head.z, head.y, emit.const(0), emit.const(1)
    missed, terms = emit.scratch(z.shape), emit.scratch(z.shape)
    emit(np.negative, z, missed)
    emit(np.logaddexp, missed, zero, missed)
    if pos_weight:
        weight = head.parts["weight"] = emit.scratch(z.shape)
        emit(np.multiply, y, np.array(pos_weight, emit.dtype) - 1, weight)
        emit(np.add, weight, one, weight)
        emit(np.multiply, missed, weight, missed)
    emit(np.subtract, one, y, terms)
    emit(np.multiply, terms, z, terms)
    emit(np.add, terms, missed, terms)
    _add_up(emit, head, terms)


def binary_entropy_grad(emit: Emit, head: Head, scale: float, pos_weight: Sequence[float]) -> None:
    """(1 + (pos_weight − 1)·y)·ŷ − pos_weight·y"""
    wanted = emit.scratch(head.y.shape)
    emit(np.multiply, head.y, np.array(pos_weight, emit.dtype), wanted)
    emit(np.multiply, head.parts["weight"], head.yhat, head.grad)
    emit(np.subtract, head.grad, wanted, head.grad)
    _scale(emit, head.grad, scale)


def of_probabilities(emit: Emit, head: Head) -> None:
    """−Σ y·log ŷ, where 0·log 0 is 0: PyTorch's NLLLoss, which takes log-probabilities, of log ŷ.
    Infinite where ŷ = 0 at the true class; cross_entropy, which takes the sums z, is not.
    """
    wanted = head.parts["wanted"] = emit.scratch(head.y.shape)
    terms = emit.scratch(head.y.shape)
    emit(np.equal, head.y, emit.const(0), wanted)
    emit(np.add, head.yhat, wanted, wanted)  # ŷ where y is not 0, else above 0
    emit(np.log, wanted, terms)
    emit(np.multiply, terms, head.y, terms)
    _add_up(emit, head, terms)
    emit(np.subtract, emit.const(0), head.per_sample, head.per_sample)


def of_probabilities_grad(emit: Emit, head: Head, scale: float) -> None:
    """−y/ŷ, 0 where y is 0"""
    emit(np.subtract, emit.const(0), head.y, head.grad)
    emit(np.divide, head.grad, head.parts["wanted"], head.grad)
    _scale(emit, head.grad, scale)


def _difference(emit: Emit, head: Head) -> Array:
    """Emit ŷ − y and keep it for the gradient."""
    difference = head.parts["difference"] = emit.scratch(head.y.shape)
    emit(np.subtract, head.yhat, head.y, difference)
    return difference


def squared(emit: Emit, head: Head) -> None:
    """Σ (ŷ − y)²"""
    difference, squares = _difference(emit, head), emit.scratch(head.y.shape)
    emit(np.multiply, difference, difference, squares)
    _add_up(emit, head, squares)


def squared_grad(emit: Emit, head: Head, scale: float) -> None:
    """2·(ŷ − y)"""
    emit(np.multiply, head.parts["difference"], emit.const(2 * scale), head.grad)


def half_squared(emit: Emit, head: Head) -> None:
    """½·Σ (ŷ − y)²"""
    squared(emit, head)
    emit(np.multiply, head.per_sample, emit.const(0.5), head.per_sample)


def half_squared_grad(emit: Emit, head: Head, scale: float) -> None:
    """ŷ − y"""
    emit(np.multiply, head.parts["difference"], emit.const(scale), head.grad)


def absolute(emit: Emit, head: Head) -> None:
    """Σ |ŷ − y|"""
    difference, sizes = _difference(emit, head), emit.scratch(head.y.shape)
    emit(np.absolute, difference, sizes)
    _add_up(emit, head, sizes)


def absolute_grad(emit: Emit, head: Head, scale: float) -> None:
    """The sign of ŷ − y, 0 where they are equal."""
    emit(np.sign, head.parts["difference"], head.grad)
    _scale(emit, head.grad, scale)


def huber(emit: Emit, head: Head, delta: float) -> None:
    """Σ ½·d² where |d| < delta, else delta·(|d| − ½·delta); with c = d cut at ±delta both are
    c·(d − ½·c).
    """
    difference, terms = _difference(emit, head), emit.scratch(head.y.shape)
    cut = head.parts["cut"] = emit.scratch(head.y.shape)
    emit(np.minimum, difference, emit.const(delta), cut)
    emit(np.maximum, cut, emit.const(-delta), cut)
    emit(np.multiply, cut, emit.const(0.5), terms)
    emit(np.subtract, difference, terms, terms)
    emit(np.multiply, terms, cut, terms)
    _add_up(emit, head, terms)


def huber_grad(emit: Emit, head: Head, scale: float, delta: float) -> None:  # noqa: ARG001
    """ŷ − y, cut at ±delta"""
    emit(np.multiply, head.parts["cut"], emit.const(scale), head.grad)
