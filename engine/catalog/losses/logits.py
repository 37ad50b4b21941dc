"""Cross-entropy of outputs that are taken as logits: that of sums, with the outputs for these."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from engine.catalog.activations import softmax
from engine.catalog.losses.base import (
    EmitGradient,
    EmitLoss,
    GradientValue,
    Head,
    Loss,
    LossValue,
    Said,
    Sample,
)
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.formula.expr import Expr

SHARES = ("softmax", "sigmoid")
"""The activations whose outputs are between 0 and 1."""
GIVEN = " with s = {yhat} − max({yhat}), p = e^s / Σ e^s"


def _inner(head: Head) -> Head:
    """What is to a softmax of the outputs as `head` is to the network."""
    return Head(head.yhat, head.parts["p"], head.y, head.per_sample, head.grad, head.parts)


def _emit(loss: EmitLoss, emit: Emit, head: Head) -> None:
    head.parts["p"] = emit.scratch(head.yhat.shape)
    found = softmax.emit_parts(emit, head.yhat, head.parts["p"])
    head.parts["shifted"], head.parts["total"] = found
    loss(emit, _inner(head))


def _emit_grad(gradient: EmitGradient, emit: Emit, head: Head, scale: float) -> None:
    gradient(emit, _inner(head), scale)


def _shares(sample: Sample) -> Sample:
    """The sample with the softmax of its outputs for these."""
    yhat: Sequence[Expr] = sample.yhat
    return Sample(yhat, [softmax.value(yhat, j) for j in range(len(yhat))], sample.y)


def _value(loss: LossValue, sample: Sample) -> Expr:
    return loss(_shares(sample))


def _grad_value(gradient: GradientValue, sample: Sample, j: int) -> Expr:
    return gradient(_shares(sample), j)


def _said(says: Said, sample: Sample, number: Number) -> str:
    values = [ex.num(e.value) for e in _shares(sample).yhat]
    return says(Sample(sample.z, values, sample.y), number).replace("where ŷ is", "where p is")


def _warning(last: str, classes: int) -> str:
    """What it means that the outputs are shares already."""
    if last == "log_softmax":
        return " ŷ is a log_softmax, so p is e^ŷ: one softmax as it should be."
    if last not in SHARES or classes == 1:
        return ""
    most = math.e / (math.e + classes - 1)
    twice = "The softmax is taken twice here. " if last == "softmax" else ""
    return (
        f" {twice}As ŷ is between 0 and 1, no p can be above e/(e + {classes - 1}) = {most:.4f},"
        f" and no surprise −log p below {-math.log(most):.4f}."
    )


def of_outputs(bound: Loss, name: str, last: str, classes: int) -> Loss:
    """A cross-entropy of sums, with its options put in, as the loss `name` of the softmax of
    `classes` outputs that the activation `last` makes.
    """
    return replace(
        bound,
        name=name,
        formula=bound.formula.replace("{yhat}", "p") + GIVEN,
        grad_formula=bound.grad_formula.replace("{yhat}", "p") + GIVEN,
        why=f"{bound.why} p is the softmax of ŷ.{_warning(last, classes)}",
        grad_why="The shares that this loss makes of ŷ, less those that were wanted.",
        joined="",
        output_emit=None,
        emit=partial(_emit, bound.emit),
        grad_emit=partial(_emit_grad, bound.grad_emit),
        value=partial(_value, bound.value),
        grad_value=partial(_grad_value, bound.grad_value),
        says=partial(_said, bound.says),
    )
