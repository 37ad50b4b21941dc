"""Cross-entropy of classes, joined with the softmax."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from engine.catalog.activations import softmax
from engine.catalog.losses import parts
from engine.catalog.losses.base import Head, Loss, Sample
from engine.catalog.losses.logits import of_outputs
from engine.catalog.row import digits
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.check import Check
from engine.spec.options import Option, Options, up_to_1
from engine.spec.run import DataSpec

SMALLEST_LOG = 1e-12
"""Below this ŷ, log ŷ has lost digits, and the loss is shown by log-sum-exp instead."""
ROUNDING = 1e-15
"""So close to 1, a sum of targets is 1."""

# -- calls ---------------------------------------------------------------------------------------


def _emit_output(emit: Emit, head: Head) -> None:
    """The softmax of z, its parts kept."""
    head.parts["shifted"], head.parts["total"] = softmax.emit_parts(emit, head.z, head.yhat)


def _emit(emit: Emit, head: Head) -> None:
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


def _emit_mixed(
    emit: Emit, head: Head, weight: Sequence[float], label_smoothing: float, ignored: bool
) -> None:
    """−Σ t·log ŷ = (Σ t)·log Σ e^(z−max) − Σ t·(z−max) with
    t = weight ⊙ ((1 − smoothing)·y + smoothing/units); no weights are weights of 1. What is
    spread of a row of zeros, where such are `ignored`, is 0.
    """
    shifted, total = head.parts["shifted"], head.parts["total"]
    samples, units = shifted.shape
    w = np.array(weight or [1.0] * units, emit.dtype)
    target = head.parts["target"] = emit.scratch(shifted.shape)
    mass = head.parts["mass"] = emit.scratch((samples, 1))
    chosen, column = emit.scratch(shifted.shape), emit.scratch((samples, 1))
    emit(np.multiply, head.y, (1 - label_smoothing) * w, target)
    if label_smoothing:
        spread = label_smoothing / units * w
        if ignored:
            emit(np.dot, head.y, emit.ones(units, 1), mass)
            shares = emit.scratch(shifted.shape)
            emit(np.multiply, mass, spread, shares)
            spread = shares
        emit(np.add, target, spread, target)
    emit(np.dot, target, emit.ones(units, 1), mass)
    emit(np.multiply, target, shifted, chosen)
    emit(np.dot, chosen, emit.ones(units, 1), column)
    emit(np.log, total[:, 0], head.per_sample)
    emit(np.multiply, head.per_sample, mass[:, 0], head.per_sample)
    emit(np.subtract, head.per_sample, column[:, 0], head.per_sample)


def _emit_mixed_grad(emit: Emit, head: Head, scale: float) -> None:
    """ŷ·Σ t − t"""
    emit(np.multiply, head.yhat, head.parts["mass"], head.grad)
    emit(np.subtract, head.grad, head.parts["target"], head.grad)
    parts.emit_scaled(emit, head.grad, scale)


def _emit_count(emit: Emit, head: Head, count: Array, weight: Sequence[float]) -> None:
    """The sum of the weights of the targets' classes."""
    of_targets = emit.scratch(head.y.shape)
    emit(np.multiply, head.y, np.array(weight, emit.dtype), of_targets)
    emit(np.add.reduce, of_targets, None, None, count)


# -- arithmetic ----------------------------------------------------------------------------------


def _targets(sample: Sample, weight: Sequence[float], label_smoothing: float) -> list[Expr]:
    """The targets that the logarithms are weighed with."""
    found = list(sample.y)
    if label_smoothing and any(y.value for y in found):
        share = ex.div(ex.num(label_smoothing), ex.num(len(found)))
        rest = ex.sub(ex.num(1), ex.num(label_smoothing))
        found = [ex.add(ex.mul(rest, y), share) if y.value else share for y in found]
    if weight:
        found = [ex.mul(ex.num(w), t) for w, t in zip(weight, found, strict=True)]
    return found


def _value(sample: Sample, weight: Sequence[float] = (), label_smoothing: float = 0.0) -> Expr:
    """−Σ t·log ŷ, or (Σ t)·log Σ e^(z−max) − Σ t·(z−max)"""
    z, yhat, targets = sample.z, sample.yhat, _targets(sample, weight, label_smoothing)
    kept = [j for j, t in enumerate(targets) if t.value]
    if not kept:
        return ex.num(0)
    if all(yhat[j].value > SMALLEST_LOG for j in kept):
        return ex.neg(ex.add(*(ex.mul(targets[j], ex.fn("log", yhat[j])) for j in kept)))
    top = max(z, key=lambda e: e.value)
    spread = ex.fn("log", ex.add(*(ex.fn("exp", ex.sub(e, top)) for e in z)))
    mass = ex.add(*(targets[j] for j in kept))
    if abs(mass.value - 1) > ROUNDING:
        spread = ex.mul(mass, spread)
    return ex.sub(spread, ex.add(*(ex.mul(targets[j], ex.sub(z[j], top)) for j in kept)))


def _mixed_grad_value(
    sample: Sample, j: int, weight: Sequence[float], label_smoothing: float
) -> Expr:
    """ŷ·Σ t − t"""
    targets = _targets(sample, weight, label_smoothing)
    mass = ex.add(*[t for t in targets if t.value] or [ex.num(0)])
    share = sample.yhat[j]
    if abs(mass.value - 1) > ROUNDING:
        share = ex.mul(share, mass)
    return ex.sub(share, targets[j])


def _count_value(sample: Sample, weight: Sequence[float]) -> Expr:
    """The weight of the sample's class."""
    pairs = zip(weight, sample.y, strict=True)
    return ex.add(*[ex.mul(ex.num(w), y) for w, y in pairs if y.value] or [ex.num(0)])


def _said(
    sample: Sample, number: Number, weight: Sequence[float] = (), label_smoothing: float = 0.0
) -> str:
    """When the loss is least, and how large it is there."""
    y = [e.value for e in sample.y]
    if not any(y):
        return "This sample is ignored."
    if sorted(y) == [0] * (len(y) - 1) + [1] and not label_smoothing:
        share = number(sample.yhat[y.index(1)].value)
        return f"It would be 0 if the true class were given 1; it is given {share}."
    if weight:
        return ""
    targets = [t.value for t in _targets(sample, (), label_smoothing)]
    what = "the smoothed targets" if label_smoothing else "the targets"
    return f"It is least where ŷ is {what}: {number(parts.entropy(targets))}, their entropy."


# -- options -------------------------------------------------------------------------------------


BY_WEIGHTS = (
    "A weighted mean, as of labels in PyTorch: N is the sum of the weights of the samples' classes."
)
BY_SAMPLES = (
    "The weights are not in N: PyTorch divides by the samples where targets are rows of shares,"
    " and by the weights where they are labels."
)


def _are_labels(data: DataSpec) -> bool:
    """Whether the targets are class numbers: not one output's, which names no class."""
    if data.labels is None:
        return bool(np.all((data.y == 0) | (data.y == 1)) and np.all(data.y.sum(axis=1) == 1))
    return data.labels and data.y.shape[1] > 1


def _wanted(weight: Sequence[float], smoothing: float, classes: int, ignored: bool) -> str:
    """The targets t as a formula."""
    share, each = digits(smoothing), " ⊙ Σ {y}" if ignored else ""
    t = f"((1 − {share})·{{y}} + {share}/{classes}{each})" if smoothing else "{y}"
    if not weight:
        return t
    return f"{digits(weight) if len(weight) <= parts.SHOWN_WEIGHTS else 'w'} ⊙ {t}"


def _why_mixed(weight: Sequence[float], smoothing: float) -> str:
    why = ""
    if weight:
        name = "" if len(weight) <= parts.SHOWN_WEIGHTS else "w "
        why += f" The class weights {name}are how much a miss of each class counts."
    if smoothing:
        why += " A share of each target is spread over all classes."
    return why


def of_sums(row: Loss, options: Options, data: DataSpec) -> Loss:
    """The row with the values of its options put in. Plain where the targets add up to 1 in each
    row; else, or with weights or smoothing, by the targets
    t = weight ⊙ ((1 − smoothing)·y + smoothing/classes), as in PyTorch. A weighted mean divides by
    the weights of the targets where these are labels, and else by the samples.
    """
    y = data.y
    weight, smoothing = tuple(options["weight"]), options["label_smoothing"]
    close = np.finfo(y.dtype).eps * y.shape[1]
    if not weight and not smoothing and np.all(np.abs(y.sum(axis=1) - 1) <= close):
        return row
    ignored = parts.any_ignored(data)
    t = _wanted(weight, smoothing, y.shape[1], ignored)
    whole = smoothing and not (weight or ignored)
    grad_formula = f"{{yhat}} − {t}" if whole else f"{{yhat}}·Σ {t} − {t}"
    over = "; Σ is over the classes of each sample" if "Σ" in grad_formula else ""
    return replace(
        _counted(row, weight, data),
        formula=f"−Σ {t} ⊙ log {{yhat}}",
        grad_formula=grad_formula,
        why=row.why + _why_mixed(weight, smoothing) + (f" {parts.IGNORED}" if ignored else ""),
        grad_why="{delta} = ∂L/∂{z}: the shares that were given, less those that were wanted"
        + f"{over}.",
        says=partial(_said, weight=weight, label_smoothing=smoothing),
        emit=partial(_emit_mixed, weight=weight, label_smoothing=smoothing, ignored=ignored),
        grad_emit=_emit_mixed_grad,
        value=partial(_value, weight=weight, label_smoothing=smoothing),
        grad_value=partial(_mixed_grad_value, weight=weight, label_smoothing=smoothing),
    )


def _counted(row: Loss, weight: Sequence[float], data: DataSpec) -> Loss:
    """The row with what a mean divides by: the weights of the targets where these are labels, the
    samples that are not ignored, or all samples.
    """
    ignored = parts.any_ignored(data)
    if not ignored and not (weight and _are_labels(data)):
        return replace(row, count_why=BY_SAMPLES if weight else "")
    weights = weight or (1.0,) * data.y.shape[1]
    return replace(
        row,
        count_emit=partial(_emit_count, weight=weights),
        count_value=partial(_count_value, weight=weights),
        count_why=BY_WEIGHTS if weight else parts.BY_KEPT,
    )


def _bind(row: Loss, options: Options, data: DataSpec, last: str) -> Loss:
    """Of the outputs behind another activation than a softmax."""
    bound = of_sums(row, options, data)
    return bound if last == row.joined else of_outputs(bound, row.name, last, data.y.shape[1])


ROW = Loss(
    name="cross_entropy",
    torch="nn.functional.cross_entropy(z, y, reduction=reduction, **options)",
    formula="−Σ {y} ⊙ log {yhat}",
    grad_formula="{yhat} − {y}",
    why="The surprise at the targets: the less was given to them, the greater.",
    grad_why="{delta} = ∂L/∂{z}, softmax and loss as one: positive if ŷ is too big.",
    emit=_emit,
    grad_emit=parts.emit_joined_grad,
    value=_value,
    grad_value=parts.difference,
    joined="softmax",
    strict=False,
    targets=parts.SHARES,
    output_emit=_emit_output,
    says=_said,
    options={
        "weight": Option(
            (),
            Check("a list of numbers of at least 0, one for each class", parts.weights),
            "How much a miss of each class counts.",
        ),
        "label_smoothing": up_to_1(
            0.0, "The share of each target that is spread over all classes."
        ),
        "ignore_index": parts.IGNORE,
    },
    bind=_bind,
    place=1,
)
