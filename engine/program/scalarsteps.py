"""The scalars of an update that have a rule: numbers that all its elements read, as steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from engine.catalog.optimizers import OPTIMIZERS, ScalarRule
from engine.catalog.sentences import Sight
from engine.catalog.symbols import Symbol
from engine.formula.calls import Array, Call, Emit
from engine.formula.layout import Layout
from engine.program.parameters import Group
from engine.program.step import Phase, Step
from engine.program.updates import Scalars, naming


def declare_scalars(layout: Layout, of: Iterable[Group]) -> None:
    """Give the scalars of all groups places; what several have alike has one."""
    for group in of:
        for rule in _rules(group):
            if (symbol := _symbol(group, rule)) not in layout:
                layout.add(symbol, ())


def scalar_steps(
    emit: Emit, own: Sequence[Scalars], view: Callable[[str], Array], number: int
) -> list[Step]:
    """Emit the scalars of all groups to their places, and return their steps, numbered from
    `number`; what several groups have alike is one step.
    """
    steps: list[Step] = []
    for scalars in own:
        for rule in _rules(scalars.group):
            symbol = _symbol(scalars.group, rule)
            if symbol not in {step.symbol for step in steps}:
                first = len(emit.calls)
                emit(np.positive, scalars.arrays[rule.name], view(symbol))
                calls = tuple(emit.calls[first:])
                steps.append(_step(number + len(steps), rule, symbol, scalars.group, calls))
    return steps


def _step(
    number: int, rule: ScalarRule, symbol: Symbol, group: Group, calls: tuple[Call, ...]
) -> Step:
    named, operands = naming(group.numbers)
    known = {each.name: _symbol(group, each) for each in _rules(group)}

    def said(sight: Sight) -> str:
        return named(rule.says(operands(sight.read, ()), sight.number))

    return Step(
        number=number,
        phase=Phase.UPDATE,
        symbol=symbol,
        shape=(),
        title=rule.title,
        reads=tuple(known[name] for name in rule.reads if name in known),
        formula=named(f"{{{rule.name}}} = {rule.formula}"),
        why=named(rule.why),
        calls=calls,
        expand=lambda read, index: rule.value(operands(read, index)),
        says=(said,),
    )


def _rules(group: Group) -> tuple[ScalarRule, ...]:
    return OPTIMIZERS[group.optimizer.name].scalar_rules if group.names else ()


def _symbol(group: Group, rule: ScalarRule) -> Symbol:
    """The symbol of what a rule of a group gives."""
    return group.numbers.get(rule.name) or Symbol(rule.name)
