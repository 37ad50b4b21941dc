"""Gradient clipping, a row each, as PyTorch's clip_grad_norm_ and clip_grad_value_."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from engine.catalog.row import Row
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.check import POSITIVE, Check
from engine.spec.options import Option, positive

TINY = 1e-6
"""What PyTorch adds to the norm before it divides by it."""


class EmitClipped(Protocol):
    """Emits the calls that write all gradients, clipped, to `clipped`; `norm` is the 0-d array of
    their norm.
    """

    def __call__(
        self, emit: Emit, grad: Array, clipped: Array, limit: Array, norm: Array, /
    ) -> None: ...


class ClippedValue(Protocol):
    """The arithmetic of one element."""

    def __call__(self, grad: Expr, limit: Expr, norm: Expr, /) -> Expr: ...


class ClipSaid(Protocol):
    """What is true of a number of a gradient under this limit and norm, as a sentence, or ""."""

    def __call__(self, grad: float, limit: float, norm: float, number: Number, /) -> str: ...


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Clip(Row):
    """A row of the table. Its first option is the limit, which formulas and scalars have by that
    name; `formula` names {grad} as well. `normed` says that the norm of all gradients is needed,
    and `said` what becomes of a gradient's number.

    `torch` clips the gradients of `parameters`, with the limit in `options` at hand.
    """

    normed: bool
    formula: str
    why: str
    emit: EmitClipped
    value: ClippedValue
    said: ClipSaid

    @property
    def limit(self) -> str:
        """The name of the limit, as PyTorch has it."""
        return next(iter(self.options))


def _or_infinite(value: Any) -> float | None:
    """A number above 0; inf may be a text, too."""
    if value == "inf" or (type(value) is float and value == math.inf):
        return math.inf
    found: float | None = POSITIVE.accept(value)
    return found


def _by_norm(emit: Emit, grad: Array, clipped: Array, limit: Array, norm: Array) -> None:
    share = emit.const(0)
    emit(np.add, norm, emit.const(TINY), share)
    emit(np.divide, limit, share, share)
    emit(np.minimum, share, emit.const(1), share)
    emit(np.multiply, grad, share, clipped)


def _by_norm_value(grad: Expr, limit: Expr, norm: Expr) -> Expr:
    share = ex.div(limit, ex.add(norm, ex.num(TINY)))
    return ex.mul(grad, ex.fn("min", ex.num(1), share))


def _by_norm_said(_grad: float, limit: float, norm: float, number: Number) -> str:
    if not math.isfinite(norm):
        return ""
    if norm + TINY <= limit:
        return "{gnorm} is within {max_norm}, so no gradient is clipped."
    over = "{gnorm}" if norm > limit else "{gnorm} + 1e−6"
    share = number(limit / (norm + TINY))
    return f"{over} is above {{max_norm}}, so every gradient is multiplied by {share}."


def _by_value(emit: Emit, grad: Array, clipped: Array, limit: Array, _norm: Array) -> None:
    emit(np.maximum, grad, emit.const(-float(limit)), clipped)
    emit(np.minimum, clipped, limit, clipped)


def _by_value_value(grad: Expr, limit: Expr, _norm: Expr) -> Expr:
    return ex.fn("min", limit, ex.fn("max", ex.neg(limit), grad))


def _by_value_said(grad: float, limit: float, _norm: float, number: Number) -> str:
    if math.isnan(grad):
        return ""
    if abs(grad) <= limit:
        return f"{number(grad)} is within ±{{clip_value}}, so it stays."
    if grad > 0:
        return f"{number(grad)} is above {{clip_value}}, so {{clip_value}} takes its place."
    return f"{number(grad)} is below −{{clip_value}}, so −{{clip_value}} takes its place."


CLIPS: dict[str, Clip] = {
    row.name: row
    for row in (
        Clip(
            name="norm",
            torch="nn.utils.clip_grad_norm_(parameters, **options)",
            options={
                "max_norm": Option(
                    None,
                    Check('a number above 0, or "inf" to show the norm alone', _or_infinite),
                    "The norm that all gradients together may have.",
                ),
                "norm_type": Option(
                    2.0,
                    Check('a number above 0, or "inf" for the largest size', _or_infinite),
                    "The p of the norm (Σ |g|^p)^(1/p).",
                ),
            },
            normed=True,
            formula="{grad}·min(1, {max_norm}/({gnorm} + 1e−6))",
            why="Above the limit all gradients shrink alike; the direction stays.",
            emit=_by_norm,
            value=_by_norm_value,
            said=_by_norm_said,
        ),
        Clip(
            name="value",
            torch="nn.utils.clip_grad_value_(parameters, **options)",
            options={
                "clip_value": positive(None, "How far from 0 each number of a gradient may be.")
            },
            normed=False,
            formula="min({clip_value}, max(−{clip_value}, {grad}))",
            why="Each number is kept within its limits by itself, so the direction may turn.",
            emit=_by_value,
            value=_by_value_value,
            said=_by_value_said,
        ),
    )
}
