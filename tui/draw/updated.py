"""The rows of a parameter's update, known or not, and which parameter is the current one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.catalog.optimizers import FORMS, OPTIMIZERS
from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from engine.program.clip import PREFIX as CLIP
from engine.program.clip import clipping_of
from engine.program.parameters import SUM, fed, group_of
from tui.draw.parts import window
from tui.frame.frame import Array, Frame
from tui.frame.kept import Steps, kept, kept_of_steps
from tui.frame.updates import Update


class Row(NamedTuple):
    """A label, the symbol that it is of, "" for what the compared optimizer would do, and the
    array, None while it is not known; whether it is a change.
    """

    label: str
    symbol: str
    array: Array | None
    change: bool = False


def rows(frame: Frame, update: Update) -> list[Row]:
    """All rows of a parameter: the gradient, what is computed from it, the change that is made and
    the one that the compared optimizer would make of the same gradients.
    """
    return _of(frame, update.param)


def when(frame: Frame, symbol: str, step: str = "step") -> str:
    """The step that gives what an update computes; the iteration, where this one updates nothing.
    The word for `step` can be another.
    """
    number = frame.trace.writer(symbol)
    if number is not None:
        return f"{step} {number:2}" if step else f"{number}"
    return f"{'update in' if ' ' in step else ''} it. {frame.trace.update_in}".strip()


def height(frame: Frame, update: Update) -> int:
    """How many rows that are."""
    clipped = clipping_of(frame.spec, update.param) is not None
    beside = clipped + (frame.spec.compare is not None) + (frame.spec.data.accumulate > 1)
    return 2 + beside + len(_computed_of(frame, update.param))


@kept
def highest(frame: Frame) -> int:
    """The most rows that a parameter has; the same in every step of a run, 0 without parameters."""
    return max((height(frame, update) for update in frame.updates), default=0)


@kept_of_steps
def _computed(steps: Steps) -> dict[Symbol, list[tuple[str, Symbol]]]:
    """What an update computes for each parameter beside its change: labels and symbols."""
    found: dict[Symbol, list[tuple[str, Symbol]]] = {}
    for step in steps:
        if step.param:
            symbols = found.setdefault(step.param, [])
            if step.symbol != step.param and not step.apart:
                prefix = step.symbol.prefix
                symbols.append((FORMS.get(prefix, prefix), step.symbol))
    return found


def _computed_of(frame: Frame, param: Symbol) -> list[tuple[str, Symbol]]:
    """The same for one parameter, also where the iteration updates nothing."""
    if frame.trace.updates:
        return _computed(frame.steps)[param]
    optimizer = group_of(frame.spec, param).optimizer
    rules = OPTIMIZERS[optimizer.name].rules(optimizer.options)
    prefixes = [rule.prefix for rule in rules if rule.prefix != "theta"]
    return [(FORMS.get(prefix, prefix), param.under(prefix)) for prefix in prefixes]


@kept
def _of(frame: Frame, param: Symbol) -> list[Row]:
    update = next(each for each in frame.updates if each.param == param)
    known = {label: array for label, _, array in update.rows}
    own, other = frame.rows[-2:]
    found = [Row("g", param.gradient, known.get("g"))]
    if (summed := fed(frame.spec, param)) != param.gradient:
        found.append(Row(FORMS[SUM], summed, known.get(FORMS[SUM])))
    if clipping_of(frame.spec, param):
        found.append(Row(CLIP, param.under(CLIP), known.get(CLIP)))
    found += [Row(each, symbol, known.get(each)) for each, symbol in _computed_of(frame, param)]
    done = (frame.trace.writer(param) or frame.position.step + 1) <= frame.position.step
    found.append(Row(own, param, frame.trace.change(param) if done else None, True))
    if frame.spec.compare is not None:
        compared = frame.trace.compared("theta", param) if done else None
        found.append(Row(other, "", compared, True))
    return found


def order(frame: Frame) -> int:
    """The place of the parameter that the step updates or is about; else of the first."""
    updated = frame.updated
    return next((i for i, each in enumerate(frame.updates) if each.param == updated), 0)


def with_room(frame: Frame, shown: list[Row], room: int) -> list[Row]:
    """The rows for which there is room: those that the step reads or writes and the changes stay
    longest.
    """
    touched = {*frame.reads, frame.writes}
    free = [row for row in shown if row.symbol not in touched and not row.change]
    gone = [row.label for row in (*free, *shown)]
    dropped = {*list(dict.fromkeys(gone))[: max(0, len(shown) - room)]}
    return [row for row in shown if row.label not in dropped]


@kept_of_steps
def _apart(steps: Steps) -> frozenset[Symbol]:
    return frozenset(step.symbol for step in steps if step.apart)


def selects(frame: Frame, param: Symbol) -> bool:
    """Whether the selected element is one of a parameter, or what is computed for one of it."""
    return frame.symbol.parameter == param and frame.symbol not in _apart(frame.steps)


def number(frame: Frame, update: Update) -> int:
    """The place of the selected element among a parameter's; -1 where it is of another."""
    if not selects(frame, update.param):
        return -1
    return int(np.ravel_multi_index(frame.index, update.array.shape)) if frame.index else 0


def some(frame: Frame, update: Update, count: int) -> tuple[list[Index], int]:
    """The indices of so many elements of a parameter, the selected one among them, and the place of
    the first; of one number there is one, ().
    """
    places, shape = window(update.array.size, count, number(frame, update)), update.array.shape
    found = [tuple(int(i) for i in np.unravel_index(place, shape)) for place in places]
    return found, places.start


def differing(frame: Frame, row: Row, indices: list[Index]) -> frozenset[int]:
    """Which of some elements of a row a record has otherwise, by their places."""
    if frame.record is None or not row.symbol or row.array is None:
        return frozenset()
    return frozenset(i for i, index in enumerate(indices) if frame.differs(row.symbol, index))
