"""Cross-entropy of yes-or-no targets, one for each output, joined with the sigmoid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from engine.catalog.losses import parts
from engine.catalog.losses.base import Head, Loss, Sample, nothing
from engine.catalog.row import digits
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.formula.expr import Expr
from engine.spec.check import Check
from engine.spec.options import Option, Options
from engine.spec.run import DataSpec

SURE = 1e-3
"""Closer than this to 0 or 1, a yes or no is shown by its sum z, which keeps the digits."""

# -- calls ---------------------------------------------------------------------------------------


def _emit(emit: Emit, head: Head, pos_weight: Sequence[float] = ()) -> None:
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
    parts.emit_sums(emit, head, terms)


def _emit_weighted_grad(emit: Emit, head: Head, scale: float, pos_weight: Sequence[float]) -> None:
    """(1 + (pos_weight − 1)·y)·ŷ − pos_weight·y"""
    wanted = emit.scratch(head.y.shape)
    emit(np.multiply, head.y, np.array(pos_weight, emit.dtype), wanted)
    emit(np.multiply, head.parts["weight"], head.yhat, head.grad)
    emit(np.subtract, head.grad, wanted, head.grad)
    parts.emit_scaled(emit, head.grad, scale)


# -- arithmetic ----------------------------------------------------------------------------------


def _value(sample: Sample, pos_weight: Sequence[float] = ()) -> Expr:
    """−Σ p·y·log ŷ + (1 − y)·log(1 − ŷ), or the same by z for what is nearly sure"""
    weights = pos_weight or [1.0] * len(sample.y)
    return ex.add(
        *(
            _by_share(yhat, y, p) if SURE < yhat.value < 1 - SURE else _by_sum(z, y, p)
            for z, yhat, y, p in zip(sample.z, sample.yhat, sample.y, weights, strict=True)
        )
    )


def _by_share(yhat: Expr, y: Expr, p: float) -> Expr:
    terms = []
    if y.value:
        terms.append(ex.mul(ex.times(p, y), ex.fn("log", yhat)))
    if y.value != 1:
        one = ex.num(1)
        terms.append(ex.mul(ex.sub(one, y), ex.fn("log", ex.sub(one, yhat))))
    return ex.neg(ex.add(*terms))


def _by_sum(z: Expr, y: Expr, p: float) -> Expr:
    one, zero = ex.num(1), ex.num(0)
    size = ex.fn("exp", ex.neg(ex.fn("abs", z)))
    missed = ex.add(ex.fn("max", zero, ex.neg(z)), ex.fn("log1p", size))
    return ex.add(ex.mul(ex.sub(one, y), z), _weighted(y, p, missed))


def _weighted(y: Expr, p: float, e: Expr) -> Expr:
    """(1 + (p − 1)·y)·e"""
    one = ex.num(1)
    weight = one if p == 1 else ex.add(one, ex.mul(ex.sub(ex.num(p), one), y))
    return e if weight.value == 1 else ex.mul(weight, e)


def _weighted_grad_value(sample: Sample, j: int, pos_weight: Sequence[float]) -> Expr:
    p, y = pos_weight[j], sample.y[j]
    return ex.sub(_weighted(y, p, sample.yhat[j]), ex.times(p, y))


def _said(sample: Sample, number: Number) -> str:
    """When the loss is least, and how large it is there."""
    y = [e.value for e in sample.y]
    if all(each in (0, 1) for each in y):
        return "It would be 0 if each ŷ were its y."
    least = number(sum(parts.entropy([each, 1 - each]) for each in y))
    return f"It is least where ŷ is the targets: {least}, their entropy."


# -- options -------------------------------------------------------------------------------------


def _weight_or_weights(value: Any) -> float | tuple[float, ...] | None:
    accepted: float | None = parts.WEIGHT.accept(value)
    return parts.weights(value) if accepted is None else accepted


def _bind(row: Loss, options: Options, data: DataSpec, _last: str) -> Loss:
    """Plain where all weights are 1, one weight for all outputs or one for each."""
    weight = options["pos_weight"]
    if isinstance(weight, int | float):
        weight = (weight,) * data.y.shape[1]
    if not weight or all(w == 1 for w in weight):
        return replace(row, formula=row.formula.replace("{pos_weight}·", ""))
    same = all(w == weight[0] for w in weight)
    several = digits(weight) if len(weight) <= parts.SHOWN_WEIGHTS else "p"
    p, by = (digits(weight[0]), "·") if same else (several, " ⊙ ")
    return replace(
        row,
        formula=row.formula.replace("{pos_weight}·", f"{p}{by}"),
        grad_formula=f"(1 + ({p} − 1){by}{{y}}) ⊙ {{yhat}} − {p}{by}{{y}}",
        why=f"{row.why} pos_weight is how much a miss of a 1 counts against one of a 0.",
        says=nothing,
        emit=partial(_emit, pos_weight=tuple(weight)),
        grad_emit=partial(_emit_weighted_grad, pos_weight=tuple(weight)),
        value=partial(_value, pos_weight=tuple(weight)),
        grad_value=partial(_weighted_grad_value, pos_weight=tuple(weight)),
    )


ROW = Loss(
    name="binary_cross_entropy",
    torch="nn.functional.binary_cross_entropy_with_logits(z, y, reduction=reduction,"
    " **{name: torch.as_tensor(value, dtype=z.dtype) for name, value in options.items()})",
    formula="−Σ ({pos_weight}·{y} ⊙ log {yhat} + (1 − {y}) ⊙ log(1 − {yhat}))",
    grad_formula="{yhat} − {y}",
    why="The surprise at each yes or no.",
    grad_why="{delta} = ∂L/∂{z}, sigmoid and loss as one: positive if ŷ is too big.",
    emit=_emit,
    grad_emit=parts.emit_joined_grad,
    value=_value,
    grad_value=parts.difference,
    joined="sigmoid",
    targets=parts.YES_OR_NO,
    says=_said,
    per_element=True,
    options={
        "pos_weight": Option(
            1.0,
            Check(
                "a number of at least 0, or a list of them, one for each output",
                _weight_or_weights,
            ),
            "How much a miss of a 1 counts against a miss of a 0.",
        ),
    },
    bind=_bind,
    place=2,
)
