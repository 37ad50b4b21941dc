"""A row of the table of mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.program.step import Step
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


def made_in(
    table: Iterable[Mistake], step: Step, samples: Samples
) -> Iterator[tuple[Mistake, Array]]:
    """The mistakes that can be made in a step, each with what comes of it, (variants, *shape)."""
    symbol = _as_rules_know_it(step)
    for mistake in table:
        if symbol.family not in mistake.kinds:
            continue
        with np.errstate(all="ignore"):
            try:
                values = mistake.wrong(samples, symbol)
            except KeyError:  # the run has none of what the wrong rule reads
                continue
        if values is not None and values.shape[1:] == step.shape:
            yield mistake, values


WHOLE = Symbol("L")
"""What rules call the loss that has a penalty beside it."""


def _as_rules_know_it(step: Step) -> Symbol:
    """The symbol of a step: the loss is that of the data, where it has a penalty beside it, too."""
    if step.symbol == "dataloss":
        return Symbol("loss")
    return WHOLE if step.symbol == "loss" and "dataloss" in step.reads else step.symbol


def turned(array: Array) -> Array:
    """Matrices with rows and columns exchanged."""
    return array.swapaxes(-1, -2)
