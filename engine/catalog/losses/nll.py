"""The negative log-likelihood, of probabilities or of their logarithms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.catalog.losses import parts
from engine.catalog.losses.base import Head, Loss, Sample
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.options import Options
from engine.spec.run import DataSpec

LOGS = "log_softmax"
"""The activation whose outputs are logarithms already."""


def emit_loss(emit: Emit, head: Head) -> None:
    """−Σ y·log ŷ, where 0·log 0 is 0: PyTorch's NLLLoss, which takes log-probabilities, of log ŷ.
    Infinite where ŷ = 0 at the true class; cross_entropy, which takes the sums z, is not.
    """
    wanted = head.parts["wanted"] = emit.scratch(head.y.shape)
    terms = emit.scratch(head.y.shape)
    emit(np.equal, head.y, emit.const(0), wanted)
    emit(np.add, head.yhat, wanted, wanted)  # ŷ where y is not 0, else above 0
    emit(np.log, wanted, terms)
    emit(np.multiply, terms, head.y, terms)
    parts.emit_sums(emit, head, terms)
    emit(np.subtract, emit.const(0), head.per_sample, head.per_sample)


def emit_grad(emit: Emit, head: Head, scale: float) -> None:
    """−y/ŷ, 0 where y is 0"""
    emit(np.subtract, emit.const(0), head.y, head.grad)
    emit(np.divide, head.grad, head.parts["wanted"], head.grad)
    parts.emit_scaled(emit, head.grad, scale)


def emit_log_loss(emit: Emit, head: Head) -> None:
    """−Σ y·ŷ of log-probabilities ŷ"""
    terms = emit.scratch(head.y.shape)
    emit(np.multiply, head.yhat, head.y, terms)
    parts.emit_sums(emit, head, terms)
    emit(np.subtract, emit.const(0), head.per_sample, head.per_sample)


def emit_log_grad(emit: Emit, head: Head, scale: float) -> None:
    """−y"""
    emit(np.subtract, emit.const(0), head.y, head.grad)
    parts.emit_scaled(emit, head.grad, scale)


def _value(sample: Sample) -> Expr:
    pairs = zip(sample.y, sample.yhat, strict=True)
    terms = [ex.mul(y, ex.fn("log", p)) for y, p in pairs if y.value]
    return ex.neg(ex.add(*terms or [ex.num(0)]))


def grad_value(sample: Sample, j: int) -> Expr:
    """−y/ŷ"""
    y = sample.y[j]
    return ex.neg(ex.div(y, sample.yhat[j])) if y.value else ex.num(0)


def _log_value(sample: Sample) -> Expr:
    pairs = zip(sample.y, sample.yhat, strict=True)
    return ex.neg(ex.add(*[ex.mul(y, p) for y, p in pairs if y.value] or [ex.num(0)]))


def log_grad_value(sample: Sample, j: int) -> Expr:
    """−y"""
    y = sample.y[j]
    return ex.neg(y) if y.value else ex.num(0)


def _emit_count(emit: Emit, head: Head, count: Array) -> None:
    """How many samples have a target."""
    emit(np.add.reduce, head.y, None, None, count)


def _bind(row: Loss, _options: Options, data: DataSpec, last: str) -> Loss:
    """Of log-probabilities, as PyTorch's, behind the activation that makes them."""
    if parts.any_ignored(data):
        row = replace(
            row,
            count_emit=_emit_count,
            count_value=lambda sample: ex.add(*sample.y),
            count_why=parts.BY_KEPT,
        )
    ignored = f" {parts.IGNORED}" if row.count_emit else ""
    if last != LOGS:
        return replace(row, why=row.why + ignored)
    return replace(
        row,
        formula="−Σ {y} ⊙ {yhat}",
        grad_formula="−{y}",
        why=f"The surprise at the targets: ŷ is the logarithm of what was given to them.{ignored}",
        grad_why="The loss feels the log-probability of a target, and no other.",
        emit=emit_log_loss,
        grad_emit=emit_log_grad,
        value=_log_value,
        grad_value=log_grad_value,
    )


ROW = Loss(
    name="nll",
    torch="nn.functional.nll_loss(logs, y, reduction=reduction, **options) if y.ndim == 1"
    " else getattr(-(y * logs).sum(dim=1), reduction)()",
    formula="−Σ {y} ⊙ log {yhat}",
    grad_formula="−{y} ⊘ {yhat}",
    why="The surprise at the targets. After a softmax it takes probabilities, where PyTorch's takes"
    " their logarithms.",
    grad_why="The slope of −log ŷ is −1/ŷ: the less was given to a target, the steeper.",
    emit=emit_loss,
    grad_emit=emit_grad,
    value=_value,
    grad_value=grad_value,
    follows=lambda _o: ("softmax", LOGS),
    targets=parts.SHARES,
    options={"ignore_index": parts.IGNORE},
    bind=_bind,
    place=3,
)
