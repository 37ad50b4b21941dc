"""The hinge loss of classes: PyTorch's MultiMarginLoss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from engine.catalog.losses import parts
from engine.catalog.losses.base import Head, Loss, Sample
from engine.catalog.row import digits
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.check import Check, whole
from engine.spec.options import Option, Options, any_number
from engine.spec.run import DataSpec


def _emit(emit: Emit, head: Head, p: int, margin: float, weight: Sequence[float]) -> None:
    """Σ (1 − y)·max(0, margin − ŷ of the class + ŷ)^p, over the classes, times the weight"""
    y, yhat = head.y, head.yhat
    samples, units = y.shape
    ones = emit.ones(units, 1)
    chosen, lacks, terms = (emit.scratch(y.shape) for _ in range(3))
    true = emit.scratch((samples, 1))
    others = head.parts["others"] = emit.scratch(y.shape)
    emit(np.multiply, y, yhat, chosen)
    emit(np.dot, chosen, ones, true)
    emit(np.subtract, yhat, true, lacks)
    emit(np.add, lacks, emit.const(margin), lacks)
    emit(np.maximum, lacks, emit.const(0), lacks)
    emit(np.subtract, emit.const(1), y, others)
    emit(np.divide, others, emit.const(units), others)
    if weight:
        emit(np.multiply, y, np.array(weight, emit.dtype), chosen)
        emit(np.dot, chosen, ones, true)
        emit(np.multiply, others, true, others)
    if p == 2:
        emit(np.multiply, lacks, lacks, terms)
        emit(np.multiply, terms, others, terms)
    else:
        emit(np.multiply, lacks, others, terms)
    head.parts["lacks"] = lacks
    parts.emit_sums(emit, head, terms)


def _emit_grad(emit: Emit, head: Head, scale: float, p: int) -> None:
    """The slopes h by the other classes, and −Σ h at the class: h − y·Σ h."""
    y, lacks = head.y, head.parts["lacks"]
    push, pull = emit.scratch(y.shape), emit.scratch((len(y), 1))
    if p == 2:
        emit(np.add, lacks, lacks, push)
    else:
        emit(np.sign, lacks, push)
    emit(np.multiply, push, head.parts["others"], push)
    emit(np.dot, push, emit.ones(y.shape[1], 1), pull)
    emit(np.multiply, y, pull, head.grad)
    emit(np.subtract, push, head.grad, head.grad)
    parts.emit_scaled(emit, head.grad, scale)


def _true(sample: Sample) -> int:
    """The number of the class."""
    return max(range(len(sample.y)), key=lambda j: sample.y[j].value)


def _lacks(sample: Sample, j: int, margin: float) -> Expr:
    """By how much the class is not ahead of another by the margin."""
    return ex.add(ex.sub(ex.num(margin), sample.yhat[_true(sample)]), sample.yhat[j])


def _share(e: Expr, sample: Sample, weight: Sequence[float]) -> Expr:
    """Over the classes, times the weight of the class."""
    w = weight[_true(sample)] if weight else 1.0
    return ex.div(ex.times(w, e), ex.num(len(sample.y)))


def _value(sample: Sample, p: int, margin: float, weight: Sequence[float]) -> Expr:
    terms = []
    for j in range(len(sample.y)):
        if j != _true(sample):
            lacks = ex.fn("max", ex.num(0), _lacks(sample, j, margin))
            terms.append(ex.power(lacks, 2) if p == 2 else lacks)
    return _share(ex.add(*terms or [ex.num(0)]), sample, weight)


def _slope(sample: Sample, j: int, p: int, margin: float) -> Expr:
    lacks = _lacks(sample, j, margin)
    if p == 2:
        return ex.mul(ex.num(2), ex.fn("max", ex.num(0), lacks))
    return ex.fn("step", lacks)


def _grad_value(sample: Sample, j: int, p: int, margin: float, weight: Sequence[float]) -> Expr:
    true = _true(sample)
    if j != true:
        return _share(_slope(sample, j, p, margin), sample, weight)
    others = [_slope(sample, i, p, margin) for i in range(len(sample.y)) if i != true]
    return ex.neg(_share(ex.add(*others or [ex.num(0)]), sample, weight))


def _kinks(yhat: Array, y: Array, margin: float) -> Sequence[Array]:
    true = (y * yhat).sum(axis=1, keepdims=True)
    return (np.where(y == 0, margin - true + yhat, np.inf),)


def _bind(row: Loss, options: Options, data: DataSpec, _last: str) -> Loss:
    p, margin, weight = options["p"], options["margin"], tuple(options["weight"])
    classes = data.y.shape[1]
    few = len(weight) <= parts.SHOWN_WEIGHTS
    lacks = f"{digits(margin)} − Σ {{y}} ⊙ {{yhat}} + {{yhat}}"
    cut = f"max(0, {lacks})"
    w = f"(Σ {digits(weight) if few else 'w'} ⊙ {{y}}) ⊙ " if weight else ""
    twice, slope = ("2·", cut) if p == 2 else ("", f"step({lacks})")
    what = row.why.replace(" lacks ", " lacks, squared, ") if p == 2 else row.why
    said = f" The weight {'' if few else 'w '}of its class makes some samples dearer."
    return replace(
        row,
        formula=f"{w}Σ (1 − {{y}}) ⊙ {cut}{'²' if p == 2 else ''}/{classes}",
        grad_formula=f"h − {{y}} ⊙ Σ h with h = {twice}{w}(1 − {{y}}) ⊙ {slope}/{classes}",
        why=what + (said if weight else ""),
        emit=partial(_emit, p=p, margin=margin, weight=weight),
        grad_emit=partial(_emit_grad, p=p),
        value=partial(_value, p=p, margin=margin, weight=weight),
        grad_value=partial(_grad_value, p=p, margin=margin, weight=weight),
        kinks=partial(_kinks, margin=margin),
    )


ROW = Loss(
    name="multi_margin",
    torch="nn.functional.multi_margin_loss(yhat, y if y.ndim == 1 else y.argmax(dim=1),"
    " reduction=reduction, **options)",
    formula="Σ (1 − {y}) ⊙ max(0, margin − Σ {y} ⊙ {yhat} + {yhat})",
    grad_formula="h − {y} ⊙ Σ h",
    why="What the true class lacks to lead each other one by the margin. Over the number of"
    " classes, it is the hinge loss of classes.",
    grad_why="h is the slope by another class, 0 where it trails by the margin. By the true one it"
    " is −Σ h.",
    emit=_emit,
    grad_emit=_emit_grad,
    value=_value,
    grad_value=_grad_value,
    targets=parts.ONE_CLASS,
    least_units=2,
    kinks=_kinks,
    options={
        "p": Option(1, whole(1, 2), "1, or 2 for squares."),
        "margin": any_number(1.0, "By how much the true class must be ahead."),
        "weight": Option(
            (),
            Check("a list of numbers of at least 0, one for each class", parts.weights),
            "How much a sample of each class counts.",
        ),
    },
    bind=_bind,
    place=12,
)
