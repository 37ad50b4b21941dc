"""Steps: the formulas of an iteration, each with what it computes, reads and means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from engine.catalog.sentences import Say
from engine.catalog.symbols import Symbol
from engine.formula.calls import Array, Call
from engine.formula.expr import Expr, Index
from engine.formula.layout import Shape


class Phase(StrEnum):
    """The parts of an iteration, in their order."""

    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    CLIP = "clip"
    UPDATE = "update"


Read = Callable[[str], Array]
"""Gives the array of a symbol as a step finds it, or a scalar as a 0-d array."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Step:
    """One formula of an iteration, `number` counted from 1.

    `formula` is a template: {z1} stands for the symbol z1 or for its numbers. `calls` are the
    very calls that compute the step; in the update phase one call serves all parameters, and
    their steps share it. `expand(read, index)` is the arithmetic of one element. `param` names
    the parameter that an update step belongs to. `why` is true whatever the numbers are; each of
    `says` gives a sentence on the numbers themselves, or "". `apart` says that an update step
    does not compute a number for each element of its parameter.
    """

    number: int
    phase: Phase
    symbol: Symbol
    shape: Shape
    title: str
    reads: tuple[Symbol, ...]
    formula: str
    why: str
    calls: tuple[Call, ...]
    expand: Callable[[Read, Index], Expr]
    param: Symbol | None = None
    says: tuple[Say, ...] = ()
    apart: bool = False
