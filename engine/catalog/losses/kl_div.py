"""The Kullback-Leibler divergence of the targets from what is given to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from engine.catalog.losses import nll, parts
from engine.catalog.losses.base import Head, Loss, Sample
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.formula.expr import Expr
from engine.spec.options import Options
from engine.spec.run import DataSpec


def _less_entropy(emit_loss: Callable[[Emit, Head], None], emit: Emit, head: Head) -> None:
    """Emit a loss, and Σ y·log y added to it, where 0·log 0 is 0."""
    emit_loss(emit, head)
    safe, terms = emit.scratch(head.y.shape), emit.scratch(head.y.shape)
    emit(np.equal, head.y, emit.const(0), safe)
    emit(np.add, safe, head.y, safe)
    emit(np.log, safe, terms)
    emit(np.multiply, terms, head.y, terms)
    sums = emit.scratch(head.per_sample.shape)
    emit(np.dot, terms, emit.ones(terms.shape[1]), sums)
    emit(np.add, head.per_sample, sums, head.per_sample)


def _emit(emit: Emit, head: Head) -> None:
    _less_entropy(nll.emit_loss, emit, head)


def _emit_of_logs(emit: Emit, head: Head) -> None:
    _less_entropy(nll.emit_log_loss, emit, head)


def _summed(sample: Sample, log: Callable[[Expr], Expr]) -> Expr:
    pairs = zip(sample.y, sample.yhat, strict=True)
    terms = [ex.mul(y, ex.sub(ex.fn("log", y), log(p))) for y, p in pairs if y.value]
    return ex.add(*terms or [ex.num(0)])


def _value(sample: Sample) -> Expr:
    return _summed(sample, lambda p: ex.fn("log", p))


def _value_of_logs(sample: Sample) -> Expr:
    return _summed(sample, lambda p: p)


def _said(_sample: Sample, _number: Number) -> str:
    return "It would be 0 if the targets were given their shares."


def _bind(row: Loss, _options: Options, data: DataSpec, last: str) -> Loss:
    """Of log-probabilities, as PyTorch's, behind the activation that makes them."""
    zero = ", where 0·log 0 is 0" if np.any(data.y == 0) else ""
    if last != nll.LOGS:
        return replace(row, formula=row.formula + zero)
    return replace(
        row,
        formula=f"Σ {{y}} ⊙ (log {{y}} − {{yhat}}){zero}",
        grad_formula="−{y}",
        grad_why="The loss feels the log-probability of a target, and no other.",
        emit=_emit_of_logs,
        grad_emit=nll.emit_log_grad,
        value=_value_of_logs,
        grad_value=nll.log_grad_value,
    )


ROW = Loss(
    name="kl_div",
    torch="nn.functional.kl_div(logs, y if y.ndim == 2 else"
    " nn.functional.one_hot(y, z.shape[1]).to(z.dtype), reduction=reduction)",
    formula="Σ {y} ⊙ (log {y} − log {yhat})",
    grad_formula="−{y} ⊘ {yhat}",
    why="How much more surprise there is at the targets than they have by themselves. By mean it is"
    " divided by all outputs, as PyTorch does; by batchmean by the samples.",
    grad_why="The slope of −log ŷ is −1/ŷ: the less was given to a target, the steeper.",
    emit=_emit,
    grad_emit=nll.emit_grad,
    value=_value,
    grad_value=nll.grad_value,
    follows=lambda _o: (nll.LOGS, "softmax"),
    targets=parts.SHARES,
    per_element=True,
    reductions=("mean", "batchmean", "sum"),
    says=_said,
    bind=_bind,
    place=3.5,
)
