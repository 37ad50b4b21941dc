"""The stops of a lesson as run files write them, found in a session, and written so again."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np

from engine.analysis.conditiontext import parse_element
from engine.analysis.recorder import ALL, symbol_shapes
from engine.analysis.variables import as_elements
from engine.catalog.symbols import Symbol, indexed
from engine.history.history import History
from engine.history.position import Position
from engine.program.parameters import first_of, weights
from engine.session.lesson import Lesson, Stop
from engine.session.moves import MoveError, current_step, end_of, named
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
    spec = history.spec_of(t)
    shapes, lumped = symbol_shapes(spec, steps), {ALL, "grad"} - {*weights(spec)}
    shapes = {key: shape for key, shape in shapes.items() if key not in lumped}
    found = parse_element(as_elements(name, spec), shapes)
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


# -- and back --------------------------------------------------------------------------------------


def written(branches: Mapping[int, Branch], lesson: Lesson) -> tuple[StopSpec, ...]:
    """The stops of a lesson as a run file has them. Raises MoveError for one on a branch that a run
    file cannot hold.
    """
    return tuple(_written(branches, i, stop) for i, stop in enumerate(lesson.stops, 1))


def _written(branches: Mapping[int, Branch], number: int, stop: Stop) -> StopSpec:
    branch, position = branches[stop.place.branch], stop.place.position
    if branch.number not in (OWN, OTHER):
        raise MoveError(
            f"Stop {number} is on the branch {branch.name} ({branch.words}), and a run file has"
            " only the run and the one it is compared with: note it there, or remove it."
        )
    history, t = branch.history, position.iteration
    step = current_step(history, position)
    at = f"{t}.{step.symbol}" if step else f"{t}.{position.step}"
    if step and named(history, position, position, at) != position:
        at = f"{t}.{position.step}"
    optimizer = branch.spec.optimizer.name if branch.number == OTHER else ""
    return StopSpec(at, stop.text, _element(history, position, stop.selection), optimizer)


def _element(history: History, position: Position, selection: Selection) -> str:
    """The name of a selected element, "" for the first of what the step computes."""
    step = current_step(history, position)
    usual = step.symbol if step else first_of(history.spec_of(position.iteration))
    symbol = Symbol(selection.symbol or usual)
    own = symbol == usual
    sample = selection.sample if symbol.batchwise else 0
    if own and (selection.element, sample) == (0, 0):
        return ""
    t = position.iteration
    shape = symbol_shapes(history.spec_of(t), history.steps_of(t))[symbol]
    if not shape:
        return symbol
    inner = shape[1:] if symbol.batchwise else shape
    index = [int(i) for i in np.unravel_index(selection.element % prod(inner), inner)]
    if symbol.batchwise and shape[0] > 1:
        index = [sample, *index]
    return indexed(symbol, tuple(index))
