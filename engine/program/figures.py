"""The figures of an update: numbers that all its elements read, each a step of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from engine.catalog.optimizers import OPTIMIZERS, Figure
from engine.catalog.sentences import Sight
from engine.catalog.symbols import Symbol
from engine.formula.calls import Array, Call, Emit
from engine.formula.layout import Layout
from engine.program.parameters import Group
from engine.program.step import Phase, Step
from engine.program.updates import Scalars, naming

_NAMES = re.compile(r"\{(\w+)\}")


def declare_figures(layout: Layout, of: Iterable[Group]) -> None:
    """Give the figures of all groups places; what several have alike has one."""
    for group in of:
        for figure in _figures(group):
            if (symbol := _figured(group, figure)) not in layout:
                layout.add(symbol, ())


def figure_steps(
    emit: Emit, own: Sequence[Scalars], view: Callable[[str], Array], number: int
) -> list[Step]:
    """Emit the figures of all groups to their places, and return their steps, numbered from
    `number`; what several groups have alike is one step.
    """
    steps: list[Step] = []
    for scalars in own:
        for figure in _figures(scalars.group):
            symbol = _figured(scalars.group, figure)
            if symbol not in {step.symbol for step in steps}:
                first = len(emit.calls)
                emit(np.positive, scalars.arrays[figure.name], view(symbol))
                calls = tuple(emit.calls[first:])
                steps.append(_figure(number + len(steps), figure, symbol, scalars.group, calls))
    return steps


def _figure(
    number: int, figure: Figure, symbol: Symbol, group: Group, calls: tuple[Call, ...]
) -> Step:
    named, operands = naming(group.numbers)
    known = {each.name: _figured(group, each) for each in _figures(group)}
    reads = (known[name] for name in _NAMES.findall(figure.formula) if name in known)

    def said(sight: Sight) -> str:
        return named(figure.says(operands(sight.read, ()), sight.number))

    return Step(
        number=number,
        phase=Phase.UPDATE,
        symbol=symbol,
        shape=(),
        title=figure.title,
        reads=tuple(dict.fromkeys(reads)),
        formula=named(f"{{{figure.name}}} = {figure.formula}"),
        why=named(figure.why),
        calls=calls,
        expand=lambda read, index: figure.value(operands(read, index)),
        says=(said,),
    )


def _figures(group: Group) -> tuple[Figure, ...]:
    return OPTIMIZERS[group.optimizer.name].figures if group.names else ()


def _figured(group: Group, figure: Figure) -> Symbol:
    """The symbol of a figure in a group."""
    return group.numbers.get(figure.name) or Symbol(figure.name)
