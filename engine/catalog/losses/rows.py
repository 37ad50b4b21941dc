"""Losses, a row each: what they compute, their gradient, formulas and element arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from engine.catalog.activations.rows import digits, filled
from engine.catalog.losses import calls, values
from engine.formula import expr as ex
from engine.formula.calls import Array
from engine.formula.expr import Expr
from engine.spec.check import Check
from engine.spec.options import Option, Options, at_least_0, defaults, positive, up_to_1
from engine.spec.run import LossSpec

SHOWN_WEIGHTS = 6
"""A formula shows up to so many weights."""


@dataclass(frozen=True)
class Loss:
    """A row of the table.

    `forward(emit, head)` fills `per_sample`. `backward(emit, head, scale)` fills `grad` with
    scale times the gradient of the summed loss: by z of the last layer where `joined` names that
    layer's activation, whose output `output(emit, head)` then computes; by ŷ otherwise. `after`
    names the only activation that a loss can follow without being joined with it.
    `sample_value(row)` and `grad_value(row, j)` are the same for one sample and one element;
    formulas name their arguments {yhat} and {y}. Options are keyword arguments of these four.
    A mean divides by the number of samples, or, where `per_element`, by the number of elements
    (both as PyTorch defines them); or by what `count(emit, head, N)` writes to N (), with
    `count_value(row)` one sample's share of it.
    `adapted(row, options, y)` is the row to use with these options and targets.
    """

    name: str
    formula: str
    grad_formula: str
    why: str
    grad_why: str
    joined: str
    per_element: bool
    forward: Callable[..., None]
    backward: Callable[..., None]
    sample_value: Callable[..., Expr]
    grad_value: Callable[..., Expr]
    output: Callable[..., None] | None = None
    count: Callable[..., None] | None = None
    count_value: Callable[..., Expr] | None = None
    after: str = ""
    options: Mapping[str, Option] = field(default_factory=dict)
    adapted: Callable[[Loss, Options, Array], Loss] | None = None

    @property
    def activation(self) -> str:
        """The activation that the last layer must have; "" for any."""
        return self.joined or self.after


def loss(spec: LossSpec, y: Array) -> Loss:
    """The row of a loss for targets y (samples, units), with the values of its options put in."""
    row = LOSSES[spec.name]
    given = defaults(row.options) | dict(spec.options)
    return row.adapted(row, given, y) if row.adapted else _bound(row, given)


def _bound(row: Loss, given: Options) -> Loss:
    return replace(
        row,
        formula=filled(row.formula, given),
        grad_formula=filled(row.grad_formula, given),
        forward=partial(row.forward, **given),
        backward=partial(row.backward, **given),
        sample_value=partial(row.sample_value, **given),
        grad_value=partial(row.grad_value, **given),
    )


def misfits(spec: LossSpec, activation: str, units: int) -> dict[str, str]:
    """What of a loss does not fit a last layer of `units` units with `activation`: the key and
    what is wrong with it, as the end of a sentence; {} where all fits.
    """
    found = {}
    row = LOSSES[spec.name]
    if row.activation not in ("", activation):
        takes = "sums" if row.joined else "probabilities"
        found["name"] = (
            f"is {spec.name}, which takes the last layer's {takes} and needs its activation to be"
            f" {row.activation}, not {activation}"
        )
    for key, value in spec.options.items():
        if isinstance(value, list | tuple) and len(value) not in (0, units):
            found[key] = f"has {len(value)} numbers, and must have one for each of {units} outputs"
    return found


def are_classes(y: Array) -> bool:
    """Whether each row of targets names one class: a 1, the rest 0."""
    return bool(np.all((y == 0) | (y == 1)) and np.all(y.sum(axis=1) == 1))


def _adapted_cross_entropy(row: Loss, given: Options, y: Array) -> Loss:
    """Plain where the targets add up to 1 in each row; else, or with weights or smoothing, by
    the targets t = weight ⊙ ((1 − smoothing)·y + smoothing/classes), as in PyTorch. A weighted
    mean divides by the weights of the targets where these are classes.
    """
    weight, smoothing = tuple(given["weight"]), given["label_smoothing"]
    close = np.finfo(y.dtype).eps * y.shape[1]
    if not weight and not smoothing and np.all(np.abs(y.sum(axis=1) - 1) <= close):
        return _bound(row, {})
    t = "{y}"
    if smoothing:
        t = f"({digits(1 - smoothing)}·{{y}} + {digits(smoothing)}/{y.shape[1]})"
    if weight:
        t = f"{digits(weight) if len(weight) <= SHOWN_WEIGHTS else 'w'} ⊙ {t}"
    whole = not weight and not smoothing
    why = row.why
    if weight:
        why += f" The class weights {'w ' if len(weight) > SHOWN_WEIGHTS else ''}make some dearer."
    if smoothing:
        why += " A share of each target is spread over all classes."
    counted = bool(weight) and are_classes(y)
    given = {"weight": weight, "label_smoothing": smoothing}
    return replace(
        row,
        formula=f"−Σ {t} ⊙ log {{yhat}}",
        grad_formula=f"{{yhat}}·Σ {t} − {t}" if weight or whole else f"{{yhat}} − {t}",
        why=why,
        grad_why="The shares that were given, less the shares that were wanted.",
        forward=partial(calls.mixed_entropy, **given),
        backward=calls.mixed_entropy_grad,
        sample_value=partial(values.cross_entropy, **given),
        grad_value=partial(values.mixed_entropy_grad, **given),
        count=partial(calls.weights_of_targets, weight=weight) if counted else None,
        count_value=partial(values.weight_of_target, weight=weight) if counted else None,
    )


def _adapted_binary(row: Loss, given: Options, y: Array) -> Loss:
    weight = given["pos_weight"]
    if isinstance(weight, int | float):
        weight = (weight,) * y.shape[1]
    if not weight or all(w == 1 for w in weight):
        return replace(row, formula=row.formula.replace("{pos_weight}·", ""))
    same = all(w == weight[0] for w in weight)
    p = digits(weight[0]) if same else digits(weight) if len(weight) <= SHOWN_WEIGHTS else "p"
    by = "·" if same else " ⊙ "
    given = {"pos_weight": tuple(weight)}
    return replace(
        row,
        formula=row.formula.replace("{pos_weight}·", f"{p}{by}"),
        grad_formula=f"(1 + ({p} − 1){by}{{y}}) ⊙ {{yhat}} − {p}{by}{{y}}",
        why=f"{row.why} pos_weight makes a miss of a 1 dearer.",
        forward=partial(calls.binary_entropy, **given),
        backward=partial(calls.binary_entropy_grad, **given),
        sample_value=partial(values.binary_entropy, **given),
        grad_value=partial(values.binary_entropy_grad, **given),
    )


WEIGHT = at_least_0(None, "").check


def _weights(value: Any) -> tuple[float, ...] | None:
    """A list of weights as a tuple; None where it is none."""
    if not isinstance(value, list | tuple):
        return None
    found = tuple(WEIGHT.accept(each) for each in value)
    return None if None in found else found


def _weight_or_weights(value: Any) -> float | tuple[float, ...] | None:
    accepted: float | None = WEIGHT.accept(value)
    return _weights(value) if accepted is None else accepted


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
            calls.cross_entropy,
            calls.joined_grad,
            values.cross_entropy,
            values.difference,
            calls.cross_entropy_output,
            options={
                "weight": Option(
                    (),
                    Check("a list of numbers of at least 0, one for each class", _weights),
                    "How much a miss of each class counts.",
                ),
                "label_smoothing": up_to_1(
                    0.0, "The share of each target that is spread over all classes."
                ),
            },
            adapted=_adapted_cross_entropy,
        ),
        Loss(
            "binary_cross_entropy",
            "−Σ ({pos_weight}·{y} ⊙ log {yhat} + (1 − {y}) ⊙ log(1 − {yhat}))",
            "{yhat} − {y}",
            "The surprise at each yes or no: 0 when it was given probability 1.",
            "Sigmoid and cross-entropy together have this plain derivative: too much is positive.",
            "sigmoid",
            True,
            calls.binary_entropy,
            calls.joined_grad,
            values.binary_entropy,
            values.difference,
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
            adapted=_adapted_binary,
        ),
        Loss(
            "nll",
            "−Σ {y} ⊙ log {yhat}",
            "−{y} ⊘ {yhat}",
            "Cross-entropy of probabilities: the surprise at the true class.",
            "The slope of −log ŷ is −1/ŷ: the less was given to the true class, the steeper.",
            "",
            False,
            calls.of_probabilities,
            calls.of_probabilities_grad,
            values.of_probabilities,
            values.of_probabilities_grad,
            after="softmax",
        ),
        Loss(
            "mse",
            "Σ ({yhat} − {y})²",
            "2·({yhat} − {y})",
            "The squares of the misses: far misses count most.",
            "The slope of a square is twice its root: how far off, and to which side.",
            "",
            True,
            calls.squared,
            calls.squared_grad,
            lambda row: ex.add(*(ex.power(d, 2) for d in values.differences(row))),
            lambda row, j: ex.mul(ex.num(2), values.difference(row, j)),
        ),
        Loss(
            "half_squared_error",
            "½·Σ ({yhat} − {y})²",
            "{yhat} − {y}",
            "Half the squares of the misses, as textbooks have it: the ½ makes the slope plain.",
            "The slope of half a square is its root: how far off, and to which side.",
            "",
            False,
            calls.half_squared,
            calls.half_squared_grad,
            lambda row: ex.mul(
                ex.num(0.5), ex.add(*(ex.power(d, 2) for d in values.differences(row)))
            ),
            values.difference,
        ),
        Loss(
            "l1",
            "Σ |{yhat} − {y}|",
            "sign({yhat} − {y})",
            "The sizes of the misses: far misses count no more than their distance.",
            "The slope says only to which side the prediction is off; 0 where it is exact.",
            "",
            True,
            calls.absolute,
            calls.absolute_grad,
            lambda row: ex.add(*(ex.fn("abs", d) for d in values.differences(row))),
            lambda row, j: ex.fn("sign", values.difference(row, j)),
        ),
        Loss(
            "huber",
            "Σ h({yhat} − {y}) with h(d) = ½·d² where |d| < {delta},"
            " else {delta}·(|d| − {delta}/2)",
            "{yhat} − {y}, at most {delta} to either side",
            "Squares for near misses, distances for far ones, so that outliers do not rule.",
            "How far off, and to which side; far misses pull no harder than delta.",
            "",
            True,
            calls.huber,
            calls.huber_grad,
            values.huber,
            values.huber_grad,
            options={"delta": positive(1.0, "Misses from here on count as distances.")},
        ),
    )
}
