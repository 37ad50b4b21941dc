"""A worksheet: what is given, and the figures to work out, of a run's first iterations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.history.history import History
from engine.program.step import Phase
from engine.program.trace import Trace
from engine.sheets.wanted import check_wanted, is_wanted
from engine.spec.problem import Problem
from engine.spec.run import RunSpec

SCALARS = ("lr", "beta1", "beta2", "eps", "momentum", "alpha", "weight_decay")
"""The numbers of an optimizer that a sheet tells, where they are not 0."""
OF_LAYERS = ("ridge", "lasso")
"""The λ of penalties, of which layers may have their own."""
MOST_FIGURES = 2_000
"""So many figures a worksheet asks for at the most."""


@dataclass(frozen=True, eq=False)
class Item:
    """A step to work out: its formula as a template, and the true result."""

    iteration: int
    phase: Phase
    symbol: Symbol
    title: str
    formula: str
    value: Array


@dataclass(frozen=True, eq=False)
class Worksheet:
    """A page to fill in. `name` is what finds its run again: a built-in run's or an exercise's."""

    name: str
    spec: RunSpec
    given: tuple[tuple[Symbol, Array], ...]
    scalars: tuple[tuple[str, float], ...]
    items: tuple[Item, ...]


def worksheet(
    history: History, name: str, iterations: int, wanted: Sequence[str] = ()
) -> Worksheet:
    """The worksheet of a run; `wanted` are phases or symbols, without them all steps.

    Raises Problem, a sentence, for what the run does not have, and for a sheet that is too large.
    """
    first = history.trace(1)
    check_wanted(history.owner(1).steps, wanted)
    items = [item for t in range(1, iterations + 1) for item in _items(history.trace(t), wanted)]
    if sum(item.value.size for item in items) > MOST_FIGURES:
        raise Problem(
            f"This run has more than {MOST_FIGURES:,} figures to work out; name some with --steps."
        )
    keys = (*SCALARS, *(key for key in first.scalars if Symbol(key).family in OF_LAYERS))
    return Worksheet(
        name,
        history.spec_of(1),
        (*_given(history, iterations), *((s, first.known(s, 0)) for s in first.parameters)),
        tuple((key, first.scalars[key]) for key in keys if first.scalars.get(key)),
        tuple(items),
    )


def _given(history: History, iterations: int) -> Iterator[tuple[Symbol, Array]]:
    """The data; or the gradients that are given, a row for each iteration."""
    first, spec = history.trace(1), history.spec_of(1)
    yield from ((Symbol(name), first.known(name, 0)) for name in first.data)
    if not spec.has_loss:
        rows = [history.trace(t).known("g", 0) for t in range(1, iterations + 1)]
        yield Symbol("g"), np.stack(rows)


def _items(trace: Trace, wanted: Sequence[str]) -> Iterator[Item]:
    """The steps of an iteration that are wanted."""
    for step in trace.steps:
        if is_wanted(step, wanted):
            value = trace.known(step.symbol, step.number)
            yield Item(trace.t, step.phase, step.symbol, step.title, step.formula, value)
