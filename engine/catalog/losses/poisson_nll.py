"""The negative log-likelihood of counts that are Poisson's."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np

from engine.catalog.losses import parts
from engine.catalog.losses.base import Head, Loss, Sample
from engine.catalog.row import digits
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.options import Options, flag, positive
from engine.spec.run import DataSpec

WHOLE = 2 * math.pi
RATES = ("softplus", "relu", "sigmoid", "softmax")
"""The activations whose outputs are never negative."""


def _emit_stirling(emit: Emit, y: Array, terms: Array) -> None:
    """Add y·log y − y + ½·log(2π·y), which is nearly log y!, where y is above 1."""
    above, safe, found = (emit.scratch(y.shape) for _ in range(3))
    one = emit.const(1)
    emit(np.greater, y, one, above)
    emit(np.maximum, y, one, safe)
    emit(np.log, safe, found)
    half = emit.scratch(y.shape)
    emit(np.multiply, safe, emit.const(WHOLE), half)
    emit(np.log, half, half)
    emit(np.multiply, half, emit.const(0.5), half)
    emit(np.multiply, found, safe, found)
    emit(np.subtract, found, safe, found)
    emit(np.add, found, half, found)
    emit(np.multiply, found, above, found)
    emit(np.add, terms, found, terms)


def _emit(emit: Emit, head: Head, log_input: bool, full: bool, eps: float) -> None:
    """Σ e^ŷ − y·ŷ, or Σ ŷ − y·log(ŷ + eps)"""
    y, terms, wanted = head.y, emit.scratch(head.y.shape), emit.scratch(head.y.shape)
    if log_input:
        rate = head.parts["rate"] = emit.scratch(y.shape)
        emit(np.exp, head.yhat, rate)
        emit(np.multiply, y, head.yhat, wanted)
    else:
        rate = head.yhat
        shifted = head.parts["shifted"] = emit.scratch(y.shape)
        emit(np.add, head.yhat, emit.const(eps), shifted)
        emit(np.log, shifted, wanted)
        emit(np.multiply, y, wanted, wanted)
    emit(np.subtract, rate, wanted, terms)
    if full:
        _emit_stirling(emit, y, terms)
    parts.emit_sums(emit, head, terms)


def _emit_grad(emit: Emit, head: Head, scale: float, log_input: bool) -> None:
    """e^ŷ − y, or 1 − y/(ŷ + eps)"""
    if log_input:
        emit(np.subtract, head.parts["rate"], head.y, head.grad)
    else:
        emit(np.divide, head.y, head.parts["shifted"], head.grad)
        emit(np.subtract, emit.const(1), head.grad, head.grad)
    parts.emit_scaled(emit, head.grad, scale)


def _term(yhat: Expr, y: Expr, log_input: bool, full: bool, eps: float) -> Expr:
    rate, log = yhat, yhat
    if log_input:
        rate = ex.fn("exp", yhat)
    else:
        log = ex.fn("log", ex.add(yhat, ex.num(eps)))
    found = ex.sub(rate, ex.mul(y, log)) if y.value else rate
    if not full or y.value <= 1:
        return found
    half = ex.mul(ex.num(0.5), ex.fn("log", ex.mul(ex.num(WHOLE), y)))
    return ex.add(found, ex.sub(ex.mul(y, ex.fn("log", y)), y), half)


def _value(sample: Sample, log_input: bool, full: bool, eps: float) -> Expr:
    return ex.add(
        *(
            _term(yhat, y, log_input, full, eps)
            for yhat, y in zip(sample.yhat, sample.y, strict=True)
        )
    )


def _grad_value(sample: Sample, j: int, log_input: bool, eps: float) -> Expr:
    yhat, y = sample.yhat[j], sample.y[j]
    if log_input:
        return ex.sub(ex.fn("exp", yhat), y)
    return ex.sub(ex.num(1), ex.div(y, ex.add(yhat, ex.num(eps))))


def _bind(row: Loss, options: Options, _data: DataSpec, _last: str) -> Loss:
    """Of rates or of their logarithms, with the constant or without it."""
    log_input, full, eps = options["log_input"], options["full"], options["eps"]
    e = digits(eps)
    formula = "{yhat} − {y} ⊙ log({yhat} + " + e + ")"
    if log_input:
        formula = "e^{yhat} − {y} ⊙ {yhat}"
    stirling = ""
    if full:
        formula += " + h({y})"
        stirling = f" with h(k) = k ⊙ log k − k + ½·log({digits(WHOLE)}·k) where k > 1, else 0"
    given = "ŷ is the logarithm of the rate." if log_input else "ŷ is the rate itself."
    said = " With full, h is nearly log k!, Stirling's way." if full else ""
    return replace(
        row,
        formula=f"Σ ({formula}){stirling}",
        grad_formula="e^{yhat} − {y}" if log_input else f"1 − {{y}} ⊘ ({{yhat}} + {e})",
        why=f"{row.why} {given}{said}",
        grad_why="What the rate has too much: 0 where it is the count."
        if log_input
        else "Below 0 where ŷ + eps is less than the count, the more the smaller; else 0 to 1.",
        emit=partial(_emit, log_input=log_input, full=full, eps=eps),
        grad_emit=partial(_emit_grad, log_input=log_input),
        value=partial(_value, log_input=log_input, full=full, eps=eps),
        grad_value=partial(_grad_value, log_input=log_input, eps=eps),
    )


ROW = Loss(
    name="poisson_nll",
    torch="nn.functional.poisson_nll_loss(yhat, y, reduction=reduction, **options)",
    formula="Σ (e^{yhat} − {y} ⊙ {yhat})",
    grad_formula="e^{yhat} − {y}",
    why="The surprise at counts, were they of events that come at a steady rate.",
    grad_why="What the rate has too much.",
    emit=_emit,
    grad_emit=_emit_grad,
    value=_value,
    grad_value=_grad_value,
    follows=lambda o: () if o["log_input"] else RATES,
    takes="rates, which are not negative,",
    targets=parts.COUNTS,
    per_element=True,
    options={
        "log_input": flag(True, "Whether ŷ is the logarithm of the rate, or the rate."),
        "full": flag(False, "Whether the constant log y! is counted, nearly."),
        "eps": positive(1e-8, "Keeps the logarithm of a rate of 0 finite."),
    },
    bind=_bind,
    place=10,
)
