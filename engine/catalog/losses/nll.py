"""The negative log-likelihood of probabilities."""

from __future__ import annotations

import numpy as np

from engine.catalog.losses import parts
from engine.catalog.losses.base import Head, Loss, Sample
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.formula.expr import Expr


def _emit(emit: Emit, head: Head) -> None:
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


def _emit_grad(emit: Emit, head: Head, scale: float) -> None:
    """−y/ŷ, 0 where y is 0"""
    emit(np.subtract, emit.const(0), head.y, head.grad)
    emit(np.divide, head.grad, head.parts["wanted"], head.grad)
    parts.emit_scaled(emit, head.grad, scale)


def _value(sample: Sample) -> Expr:
    pairs = zip(sample.y, sample.yhat, strict=True)
    terms = [ex.mul(y, ex.fn("log", p)) for y, p in pairs if y.value]
    return ex.neg(ex.add(*terms or [ex.num(0)]))


def _grad_value(sample: Sample, j: int) -> Expr:
    y = sample.y[j]
    return ex.neg(ex.div(y, sample.yhat[j])) if y.value else ex.num(0)


ROW = Loss(
    name="nll",
    torch="nn.functional.nll_loss(yhat.log(), y, reduction=reduction) if y.ndim == 1"
    " else getattr(-(y * yhat.log()).sum(dim=1), reduction)()",
    formula="−Σ {y} ⊙ log {yhat}",
    grad_formula="−{y} ⊘ {yhat}",
    why="The surprise at the targets. It takes probabilities, where PyTorch's takes their"
    " logarithms.",
    grad_why="The slope of −log ŷ is −1/ŷ: the less was given to a target, the steeper.",
    emit=_emit,
    grad_emit=_emit_grad,
    value=_value,
    grad_value=_grad_value,
    after="softmax",
    targets=parts.SHARES,
    place=3,
)
