"""Gradient clipping, a row each, as PyTorch's clip_grad_norm_ and clip_grad_value_."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.options import Option, positive

TINY = 1e-6
"""What PyTorch adds to the norm before it divides by it."""


@dataclass(frozen=True)
class Clip:
    """A row of the table. `limit` is the name of its limit in formulas and scalars, as PyTorch
    has it, and `option` what is valid for it. `emit(emit, grad, clipped, limit, norm)` emits the
    calls for all gradients at once, `norm` being the 0-d array of their norm where `normed`.
    `formula` names {grad}, and `value(grad, limit, norm)` is one element.
    """

    kind: str
    limit: str
    option: Option
    normed: bool
    formula: str
    why: str
    emit: Callable[[Emit, Array, Array, Array, Array], None]
    value: Callable[[Expr, Expr, Expr], Expr]


def _by_norm(emit: Emit, grad: Array, clipped: Array, limit: Array, norm: Array) -> None:
    share = emit.const(0)
    emit(np.add, norm, emit.const(TINY), share)
    emit(np.divide, limit, share, share)
    emit(np.minimum, share, emit.const(1), share)
    emit(np.multiply, grad, share, clipped)


def _by_norm_value(grad: Expr, limit: Expr, norm: Expr) -> Expr:
    share = ex.div(limit, ex.add(norm, ex.num(TINY)))
    return ex.mul(grad, ex.fn("min", ex.num(1), share))


def _by_value(emit: Emit, grad: Array, clipped: Array, limit: Array, _norm: Array) -> None:
    emit(np.maximum, grad, emit.const(-float(limit)), clipped)
    emit(np.minimum, clipped, limit, clipped)


def _by_value_value(grad: Expr, limit: Expr, _norm: Expr) -> Expr:
    return ex.fn("min", limit, ex.fn("max", ex.neg(limit), grad))


CLIPS: dict[str, Clip] = {
    row.kind: row
    for row in (
        Clip(
            "norm",
            "max_norm",
            positive(None, "The norm that all gradients together may have."),
            True,
            "{grad}·min(1, {max_norm}/({gnorm} + 1e-6))",
            "Where the norm is above its limit, all gradients shrink alike; the direction stays.",
            _by_norm,
            _by_norm_value,
        ),
        Clip(
            "value",
            "clip_value",
            positive(None, "How far from 0 each number of a gradient may be."),
            False,
            "min({clip_value}, max(−{clip_value}, {grad}))",
            "Each number is kept within its limits by itself, so the direction may turn.",
            _by_value,
            _by_value_value,
        ),
    )
}
