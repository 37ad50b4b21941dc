"""Mistakes in steps that a sheet leaves out: what they do to the next number that it has."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from engine.formula.calls import Array
from engine.formula.expr import Index
from engine.program.step import Step
from engine.sheets.figures import Cause, Figure
from engine.sheets.mistakes.own import Own, Samples
from engine.sheets.mistakes.row import Mistake, made_in
from engine.sheets.spread import worked

MOST_ELEMENTS = 64
"""Steps of more numbers than this are not worked out once more for every mistake."""


class _Variant:
    """A sheet's own figures with some of its unwritten steps worked out otherwise."""

    def __init__(self, own: Own) -> None:
        self._own = own
        self.other: dict[str, tuple[Array, Array, Array]] = {}

    def read(self, symbol: str) -> Array:
        return self.other[symbol][0] if symbol in self.other else self._own.read(symbol)

    def range_of(self, symbol: str, index: Index) -> tuple[float, float]:
        if symbol not in self.other:
            return self._own.range_of(symbol, index)
        _, low, high = self.other[symbol]
        return float(low[index]), float(high[index])


def through(
    own: Own,
    step: Step,
    samples: Samples,
    table: tuple[Mistake, ...],
    at: Mapping[Index, Figure],
    halves: Mapping[Index, float],
) -> Iterator[tuple[int, Cause]]:
    """The mistakes in unwritten steps that explain every figure of this one, each with its rank."""
    unwritten = _unwritten(own, step)
    for place, source in enumerate(unwritten):
        if any(math.prod(each.shape) > MOST_ELEMENTS for each in (source, step)):
            continue
        for mistake, values in made_in(table, source, samples):
            if not np.isfinite(values).all():
                continue
            with np.errstate(all="ignore"):
                found = _worked(own, source, values, (*unwritten[place + 1 :], step))
            if all(_fits(found, index, at[index], halves[index]) for index in at):
                said = f"in {source.symbol.written}, which is not on the sheet: {mistake.name}"
                yield mistake.rank, Cause(mistake.key, said, mistake.right)


def _unwritten(own: Own, step: Step) -> list[Step]:
    """The steps of this iteration that lead to this one and that the sheet says nothing of, in
    their order.
    """
    steps = {each.symbol: each for each in own.trace.steps[: step.number - 1]}
    found: dict[str, Step] = {}
    waiting = list(step.reads)
    while waiting:
        symbol = waiting.pop()
        source = steps.get(symbol)
        if source is None or symbol in found or symbol in own.written:
            continue
        if symbol.is_parameter:
            continue
        found[symbol] = source
        waiting += source.reads
    return sorted(found.values(), key=lambda each: each.number)


def _worked(
    own: Own, source: Step, values: Array, steps: tuple[Step, ...]
) -> tuple[Array, Array, Array]:
    """The last of the steps, where the first has other values."""
    variant = _Variant(own)
    variant.other[source.symbol] = (values[0], values.min(0), values.max(0))
    result = variant.other[source.symbol]
    for step in steps:
        if any(symbol in variant.other for symbol in step.reads) or step is steps[-1]:
            result = variant.other[step.symbol] = worked(step, variant.read, variant.range_of)
    return result


def _fits(found: tuple[Array, Array, Array], index: Index, figure: Figure, half: float) -> bool:
    _, low, high = found
    room = half * (1 + 1e-9) + 1e-12
    return bool(low[index] - room <= figure.value <= high[index] + room)
