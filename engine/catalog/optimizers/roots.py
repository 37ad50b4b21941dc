"""The roots that optimizers divide by: of what, and where ε stands."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.catalog.optimizers.base import Operands, Rule, RuleSaid, Vectors, nothing
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.options import Option, flag

INSIDE = "eps_inside"


def eps_inside() -> Option:
    """Whether ε stands under the root, which PyTorch does not have; off by default."""
    return flag(False, "Puts ε under the root: √(v + ε), as d2l and Keras 1 do.")


@dataclass(frozen=True)
class Root:
    """What a gradient is divided by: √of + ε, or √(of + ε) where ε is `inside`."""

    of: str
    inside: bool = False

    @property
    def formula(self) -> str:
        """It as a formula, in parentheses where it needs them."""
        return f"√({{{self.of}}} + {{eps}})" if self.inside else f"(√{{{self.of}}} + {{eps}})"

    def ratio(self, emit: Emit, vec: Vectors, c: Vectors, over: str) -> Array:
        """Emit what divides `over` by it; returns the array that takes the result."""
        ratio = emit.temporary(vec["theta"].shape)
        if self.inside:
            emit(np.add, vec[self.of], c["eps"], ratio)
            emit(np.sqrt, ratio, ratio)
        else:
            emit(np.sqrt, vec[self.of], ratio)
            emit(np.add, ratio, c["eps"], ratio)
        emit(np.divide, vec[over], ratio, ratio)
        return ratio

    def value(self, e: Operands, top: Expr) -> Expr:
        """The quotient of one element."""
        if self.inside:
            return ex.div(top, ex.fn("sqrt", ex.add(e[self.of], e["eps"])))
        return ex.div(top, ex.add(ex.fn("sqrt", e[self.of]), e["eps"]))

    def outweighs(self, e: Operands) -> bool:
        """Whether ε is nothing beside the rest of it."""
        return outweighs(e, e[self.of].value if self.inside else math.sqrt(abs(e[self.of].value)))

    def size(self, e: Operands) -> float:
        """Its number for one element; NaN where there is none."""
        of, eps = e[self.of].value, e["eps"].value
        if self.inside:
            return math.sqrt(of + eps) if of + eps >= 0 else math.nan
        return (math.sqrt(of) if of >= 0 else math.nan) + eps


SURE = 1e4
"""So many times larger, ε is nothing beside a number."""


def outweighs(e: Operands, size: float) -> bool:
    """Whether ε is nothing beside what it is added to."""
    return size > SURE * e["eps"].value


def times_lr(e: Operands, number: Number, over: str, under: Root, origin: str = "theta") -> str:
    """How long the step from `origin` is, in learning rates."""
    below = under.size(e)
    return long(number, e[over].value / below, origin) if 0 < below < math.inf else ""


def long(number: Number, times: float, origin: str = "theta") -> str:
    """That a step from `origin` is so many learning rates; "" where it is no number."""
    if not math.isfinite(times):
        return ""
    return f"Here the step{from_decayed(origin)} is {number(abs(times))} times {{lr}} long."


def from_decayed(origin: str) -> str:
    """Where a step begins, behind its name; "" where it begins at the parameter."""
    return "" if origin == "theta" else f" from {{{origin}}}"


def descend_by_root(
    origin: str, over: str, under: Root, why: str, says: RuleSaid = nothing
) -> Rule:
    """θ ← origin − η·over/root."""

    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        change = under.ratio(emit, vec, c, over)
        emit(np.multiply, change, c["lr"], change)
        emit(np.subtract, vec[origin], change, vec["theta"])

    return Rule(
        prefix="theta",
        title="update",
        formula=f"{{{origin}}} − {{lr}}·{{{over}}}/{under.formula}",
        why=why,
        emit=emit_rule,
        value=lambda e: ex.sub(e[origin], under.value(e, ex.mul(e["lr"], e[over]))),
        says=says,
    )
