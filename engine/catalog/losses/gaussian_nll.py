"""The negative log-likelihood of numbers that are spread normally around the outputs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from engine.catalog.losses import parts
from engine.catalog.losses.base import Head, Loss, Sample
from engine.catalog.row import digits
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.formula.expr import Expr
from engine.spec.check import Check
from engine.spec.options import Option, Options, flag, positive
from engine.spec.run import DataSpec

WHOLE = 2 * math.pi


def _emit(emit: Emit, head: Head, var: Sequence[float], factor: float) -> None:
    """½·Σ log(factor·v) + (ŷ − y)²/v"""
    parts.emit_difference(emit, head)
    scaled, terms = emit.scratch(head.y.shape), emit.scratch(head.y.shape)
    variance = np.array(var, emit.dtype)
    with np.errstate(all="ignore"):
        logs = np.log(np.array(var, np.float64) * factor).astype(emit.dtype)
    head.parts["scaled"] = scaled
    emit(np.divide, head.parts["difference"], variance, scaled)
    emit(np.multiply, scaled, head.parts["difference"], terms)
    emit(np.add, terms, logs, terms)
    emit(np.multiply, terms, emit.const(0.5), terms)
    parts.emit_sums(emit, head, terms)


def _emit_grad(emit: Emit, head: Head, scale: float) -> None:
    emit(np.multiply, head.parts["scaled"], emit.const(scale), head.grad)


def _value(sample: Sample, var: Sequence[float], factor: float) -> Expr:
    terms = []
    for d, v in zip(parts.differences(sample), var, strict=True):
        log = ex.fn("log", ex.times(factor, ex.num(v)))
        terms.append(ex.add(log, ex.div(ex.power(d, 2), ex.num(v))))
    return ex.mul(ex.num(0.5), ex.add(*terms))


def _grad_value(sample: Sample, j: int, var: Sequence[float]) -> Expr:
    return ex.div(parts.difference(sample, j), ex.num(var[j]))


_VARIANCE = positive(None, "").check


def _variances(value: Any) -> float | tuple[float, ...] | None:
    if not isinstance(value, list | tuple):
        found: float | None = _VARIANCE.accept(value)
        return found
    several = tuple(_VARIANCE.accept(each) for each in value)
    return several if several and None not in several else None


def _bind(row: Loss, options: Options, data: DataSpec, _last: str) -> Loss:
    """With the variances that are not below eps, and with log 2π where it is asked for."""
    given, least = options["var"], options["eps"]
    units = data.y.shape[1]
    var = tuple(max(v, least) for v in (given if isinstance(given, tuple) else (given,) * units))
    factor = WHOLE if options["full"] else 1.0
    same = all(v == var[0] for v in var)
    v = digits(var[0]) if same else digits(var) if len(var) <= parts.SHOWN_WEIGHTS else "v"
    over = f"{'/' if same else ' ⊘ '}{v}"
    times = f"{digits(WHOLE)}·" if options["full"] else ""
    why = row.why + (" The list of variances is v." if v == "v" else "")
    return replace(
        row,
        formula=f"½·Σ (log({times}{v}) + ({{yhat}} − {{y}})²{over})",
        grad_formula=f"({{yhat}} − {{y}}){over}",
        why=why + (" With full, 2π is in the logarithm." if options["full"] else ""),
        emit=partial(_emit, var=var, factor=factor),
        value=partial(_value, var=var, factor=factor),
        grad_value=partial(_grad_value, var=var),
    )


ROW = Loss(
    name="gaussian_nll",
    torch="nn.functional.gaussian_nll_loss(yhat, y,"
    " torch.as_tensor(options.get('var', 1.0), dtype=z.dtype).expand(z.shape), reduction=reduction,"
    " **{name: value for name, value in options.items() if name != 'var'})",
    formula="½·Σ (log v + ({yhat} − {y})²/v)",
    grad_formula="({yhat} − {y})/v",
    why="The surprise at the targets, normally spread around the outputs. The variance is given,"
    " not learned.",
    grad_why="How far off, and to which side, in variances: the surer, the steeper.",
    emit=_emit,
    grad_emit=_emit_grad,
    value=_value,
    grad_value=_grad_value,
    per_element=True,
    options={
        "var": Option(
            1.0,
            Check("a number above 0, or a list of them, one for each output", _variances),
            "The variance around each output.",
        ),
        "full": flag(False, "Whether the constant ½·log 2π is counted."),
        "eps": positive(1e-6, "The least variance that counts."),
    },
    bind=_bind,
    place=9,
)
