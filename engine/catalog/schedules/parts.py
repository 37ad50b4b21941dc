"""The arithmetic and the checks that several schedules share."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from engine.formula import expr as ex
from engine.formula.expr import Expr
from engine.spec.check import Check, whole
from engine.spec.options import Option
from engine.spec.run import MOST_ITERATIONS

MOST = 1000
"""A list in a schedule may be so long."""
_COUNT = whole(1, MOST_ITERATIONS)


def decayed(base: float, gamma: float, times: int) -> float:
    """base·gamma^times, infinite where it is too large."""
    if not base:
        return 0.0
    try:
        return base * float(gamma) ** times
    except OverflowError:
        return math.inf


def decayed_value(base: float, gamma: float, times: int) -> Expr:
    """The arithmetic of the same."""
    return ex.mul(ex.num(base), ex.power(ex.num(gamma), times))


def between(first: float, last: float, share: float) -> float:
    """first·share + last·(1 − share)"""
    return first * share + last * (1 - share)


def between_value(first: float, last: float, share: float) -> Expr:
    """The arithmetic of the same, the share as one number."""
    s = ex.num(share, "share")
    rest = ex.mul(ex.num(last), ex.sub(ex.num(1), s))
    return ex.add(ex.mul(ex.num(first), s), rest)


def wave(done: float) -> float:
    """Half a cosine, from 1 where `done` is 0 to 0 where it is 1, and back."""
    return (1 + math.cos(math.pi * done)) / 2


def done(t: int, total: int) -> float:
    """The share of `total` iterations that is over before iteration t, 1 after them."""
    return min(total, t - 1) / total


def milestones(does: str) -> Option:
    """A list of iterations, each later than the one before it."""

    def accept(value: Any) -> tuple[int, ...] | None:
        if not isinstance(value, list | tuple) or not 0 < len(value) <= MOST:
            return None
        found = tuple(_COUNT.accept(each) for each in value)
        if None in found or any(b <= a for a, b in pairwise(found)):
            return None
        return found

    return Option(
        None, Check(f"a list of 1 to {MOST:,} rising whole numbers above 0", accept), does
    )
