"""Sentences that are true of certain numbers only, and the numbers that they are said of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.formula.calls import Array
from engine.formula.expr import Index

Number = Callable[[float], str]
"""A number as it is shown."""


@dataclass(frozen=True, eq=False)
class Sight:
    """A step's numbers: element `index` of its `result`, and what it found under a symbol or a
    scalar. `name` names an element, `number` writes a number.
    """

    index: Index
    result: Array
    read: Callable[[str], Array]
    name: Callable[[str, Index], str]
    number: Number

    def value(self, symbol: str, index: Index = ()) -> float:
        """One number that the step found."""
        return float(self.read(symbol)[index])


Say = Callable[[Sight], str]
"""What is true of the numbers, as a sentence; "" where nothing is to be said."""
