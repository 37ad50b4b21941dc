"""A row of the table of mistakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.sheets.figures import Cause
from engine.sheets.mistakes.own import Samples

Wrong = Callable[[Samples, Symbol], Array | None]
"""What somebody gets who makes the mistake, (variants, *shape); None where it cannot be made."""


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A mistake in working out symbols of some kinds: the wrong rule, evaluated on the sheet's own
    figures; what it is called and what is right. `rank` sorts those that fit alike: what happens
    often comes first.
    """

    key: str
    name: str
    right: str
    kinds: tuple[str, ...]
    wrong: Wrong
    rank: int = 1

    @property
    def cause(self) -> Cause:
        """As it is named to the reader."""
        return Cause(self.key, self.name, self.right)


def turned(array: Array) -> Array:
    """Matrices with rows and columns exchanged."""
    return array.swapaxes(-1, -2)


def kind_of(symbol: Symbol) -> str:
    """The kind that rows name: an optimizer's vector by its prefix, else what the symbol is."""
    return symbol.prefix or symbol.kind.key
