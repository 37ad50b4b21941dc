"""The arithmetic of losses for one sample, and of their gradients for one element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.formula import expr as ex
from engine.formula.expr import Expr


@dataclass(frozen=True)
class Row:
    """One sample's numbers."""

    z: Sequence[Expr]
    yhat: Sequence[Expr]
    y: Sequence[Expr]


SMALLEST_LOG = 1e-12
"""Below this ŷ, log ŷ has lost digits, and the loss is shown by log-sum-exp instead."""
SURE = 1e-3
"""Closer than this to 0 or 1, a yes or no is shown by its sum z, which keeps the digits."""
ROUNDING = 1e-15
"""So close to 1, a sum of targets is 1."""


def difference(row: Row, j: int) -> Expr:
    """The difference ŷ − y at one output."""
    return ex.sub(row.yhat[j], row.y[j])


def differences(row: Row) -> list[Expr]:
    """The difference at each output."""
    return [difference(row, j) for j in range(len(row.y))]


def _targets(row: Row, weight: Sequence[float], label_smoothing: float) -> list[Expr]:
    """The targets that a cross-entropy weighs the logarithms with."""
    found = list(row.y)
    if label_smoothing:
        share = ex.div(ex.num(label_smoothing), ex.num(len(found)))
        rest = ex.num(1 - label_smoothing)
        found = [ex.add(ex.mul(rest, y), share) if y.value else share for y in found]
    if weight:
        found = [ex.mul(ex.num(w), t) for w, t in zip(weight, found, strict=True)]
    return found


def cross_entropy(row: Row, weight: Sequence[float] = (), label_smoothing: float = 0.0) -> Expr:
    """−Σ t·log ŷ, or (Σ t)·log Σ e^(z−max) − Σ t·(z−max)"""
    targets = _targets(row, weight, label_smoothing)
    kept = [j for j, t in enumerate(targets) if t.value]
    if all(row.yhat[j].value > SMALLEST_LOG for j in kept):
        return ex.neg(ex.add(*(ex.mul(targets[j], ex.fn("log", row.yhat[j])) for j in kept)))
    top = max(row.z, key=lambda z: z.value)
    spread = ex.fn("log", ex.add(*(ex.fn("exp", ex.sub(z, top)) for z in row.z)))
    mass = ex.add(*(targets[j] for j in kept))
    if abs(mass.value - 1) > ROUNDING:
        spread = ex.mul(mass, spread)
    return ex.sub(spread, ex.add(*(ex.mul(targets[j], ex.sub(row.z[j], top)) for j in kept)))


def mixed_entropy_grad(row: Row, j: int, weight: Sequence[float], label_smoothing: float) -> Expr:
    """ŷ·Σ t − t"""
    targets = _targets(row, weight, label_smoothing)
    mass = ex.add(*(t for t in targets if t.value))
    share = row.yhat[j] if abs(mass.value - 1) <= ROUNDING else ex.mul(row.yhat[j], mass)
    return ex.sub(share, targets[j])


def weight_of_target(row: Row, weight: Sequence[float]) -> Expr:
    """The weight of the sample's class."""
    return ex.add(*(ex.mul(ex.num(w), y) for w, y in zip(weight, row.y, strict=True) if y.value))


def binary_entropy(row: Row, pos_weight: Sequence[float] = (1.0,)) -> Expr:
    """−Σ p·y·log ŷ + (1 − y)·log(1 − ŷ), or the same by z for what is nearly sure"""
    weights = list(pos_weight) if len(pos_weight) > 1 else [pos_weight[0]] * len(row.y)
    return ex.add(
        *(
            _binary_by_share(yhat, y, p)
            if SURE < yhat.value < 1 - SURE
            else _binary_by_sum(z, y, p)
            for z, yhat, y, p in zip(row.z, row.yhat, row.y, weights, strict=True)
        )
    )


def _binary_by_share(yhat: Expr, y: Expr, p: float) -> Expr:
    terms = []
    if y.value:
        terms.append(ex.mul(_times(p, y), ex.fn("log", yhat)))
    if y.value != 1:
        one = ex.num(1)
        terms.append(ex.mul(ex.sub(one, y), ex.fn("log", ex.sub(one, yhat))))
    return ex.neg(ex.add(*terms))


def _binary_by_sum(z: Expr, y: Expr, p: float) -> Expr:
    one, zero = ex.num(1), ex.num(0)
    size = ex.fn("exp", ex.neg(ex.fn("abs", z)))
    missed = ex.add(ex.fn("max", zero, ex.neg(z)), ex.fn("log1p", size))
    return ex.add(ex.mul(ex.sub(one, y), z), _times_expr(_positive(y, p), missed))


def _positive(y: Expr, p: float) -> Expr:
    """1 + (p − 1)·y"""
    one = ex.num(1)
    return one if p == 1 else ex.add(one, ex.mul(ex.sub(ex.num(p), one), y))


def _times(factor: float, e: Expr) -> Expr:
    return e if factor == 1 else ex.mul(ex.num(factor), e)


def _times_expr(factor: Expr, e: Expr) -> Expr:
    return e if factor.value == 1 else ex.mul(factor, e)


def binary_entropy_grad(row: Row, j: int, pos_weight: Sequence[float]) -> Expr:
    """(1 + (p − 1)·y)·ŷ − p·y"""
    p, y = pos_weight[j], row.y[j]
    return ex.sub(_times_expr(_positive(y, p), row.yhat[j]), _times(p, y))


def of_probabilities(row: Row) -> Expr:
    """−Σ y·log ŷ"""
    terms = [ex.mul(y, ex.fn("log", p)) for y, p in zip(row.y, row.yhat, strict=True) if y.value]
    return ex.neg(ex.add(*terms or [ex.num(0)]))


def of_probabilities_grad(row: Row, j: int) -> Expr:
    """−y/ŷ"""
    return ex.neg(ex.div(row.y[j], row.yhat[j])) if row.y[j].value else ex.num(0)


def huber(row: Row, delta: float) -> Expr:
    """Σ ½·d² where |d| < delta, else delta·(|d| − ½·delta)"""
    return ex.add(
        *(
            ex.mul(ex.num(0.5), ex.power(d, 2))
            if abs(d.value) < delta
            else _times(delta, ex.sub(ex.fn("abs", d), ex.num(delta / 2)))
            for d in differences(row)
        )
    )


def huber_grad(row: Row, j: int, delta: float) -> Expr:
    """ŷ − y, cut at ±delta"""
    d = difference(row, j)
    if abs(d.value) < delta:
        return d
    return ex.num(delta if d.value > 0 else -delta)
