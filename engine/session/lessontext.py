"""The stops of a lesson as run files write them, found in a session, and written so again."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.analysis.conditiontext import parse_element
from engine.analysis.recorder import symbol_shapes
from engine.catalog.symbols import Symbol
from engine.history.history import History
from engine.history.position import Position
from engine.session.lesson import Stop
from engine.session.moves import MoveError, end_of, named
from engine.session.standing import Place, Selection
from engine.session.tree import OTHER, OWN, Branch
from engine.spec.check import one_of, printable
from engine.spec.problem import Problem
from engine.spec.run import SpecError, StopSpec


def stops_of(branches: Mapping[int, Branch]) -> tuple[Stop, ...]:
    """The stops of the lesson that the run has. Raises SpecError with a sentence for every place,
    element and optimizer that is none.
    """
    found: list[Stop] = []
    wrong: list[str] = []
    for i, spec in enumerate(branches[OWN].spec.lesson):
        try:
            found.append(_found(branches, spec))
        except Problem as error:
            wrong.append(f"lesson[{i}].{error}")
    if wrong:
        raise SpecError(*wrong)
    return tuple(found)


def _found(branches: Mapping[int, Branch], spec: StopSpec) -> Stop:
    branch = _branch(branches, spec.optimizer)
    history = branch.history
    try:
        position = named(history, Position(), end_of(history, branch.spec.iterations), spec.at)
    except MoveError as error:
        raise MoveError(f"at {error}") from None
    try:
        selection = selected(history, position, spec.select)
    except Problem as error:
        raise MoveError(f"select {error}") from None
    return Stop(Place(branch.number, position), selection, spec.text)


def _branch(branches: Mapping[int, Branch], optimizer: str) -> Branch:
    """The run itself, or the one of the two that has the optimizer, the one beside first."""
    names = {branches[number].spec.optimizer.name: number for number in (OWN, OTHER)}
    if optimizer and optimizer not in names:
        raise MoveError(f'optimizer is "{printable(optimizer)}", and {one_of(optimizer, names)}.')
    return branches[names[optimizer] if optimizer else OWN]


def selected(history: History, position: Position, name: str) -> Selection:
    """The element of that name, "delta2[1]" or "W[2]₁₁", of a whole array its first, as selected
    at a position; "" is what the step computes. Raises a Problem where there is none yet.
    """
    if not name:
        return Selection()
    t, steps = position.iteration, history.steps_of(position.iteration)
    shapes = symbol_shapes(history.spec_of(t), steps)
    shapes = {key: shape for key, shape in shapes.items() if key not in ("theta", "grad")}
    found = parse_element(name, shapes)
    symbol, shape = Symbol(found.symbol), shapes[found.symbol]
    writer = next((step.number for step in steps if step.symbol == symbol), 0)
    if writer > position.step and not symbol.is_parameter:
        place = f"{t}.{position.step}"
        raise MoveError(f"{printable(name)}: not known yet at {place}; step {t}.{writer} gives it.")
    index = found.index or (0,) * len(shape)
    own = "" if writer and writer == position.step else symbol
    if not symbol.batchwise:
        return Selection(own, int(np.ravel_multi_index(index, shape)) if shape else 0)
    element = int(np.ravel_multi_index(index[1:], shape[1:])) if shape[1:] else 0
    return Selection(own, element, index[0])
