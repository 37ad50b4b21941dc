"""The rows of a parameter's update, known or not, and which parameter is the current one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.catalog.optimizers import FORMS
from engine.program.clip import PREFIX as CLIP
from tui.frame.frame import Array, Frame
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
    param, known = update.param, {label: array for label, _, array in update.rows}
    own, other = frame.rows[-2:]
    found = [Row("g", param.gradient, known.get("g"))]
    if frame.spec.clip:
        found.append(Row(CLIP, param.under(CLIP), known.get(CLIP)))
    for step in frame.steps:
        if step.param == param and step.symbol != param:
            label = FORMS.get(step.symbol.prefix, step.symbol.prefix)
            found.append(Row(label, step.symbol, known.get(label)))
    done = frame.trace.number(param) <= frame.position.step
    found.append(Row(own, param, frame.trace.change(param) if done else None, True))
    if frame.spec.compare is not None:
        compared = frame.trace.compared("theta", param) if done else None
        found.append(Row(other, "", compared, True))
    return found


def order(frame: Frame) -> int:
    """The place of the parameter that the step updates or is about; else of the first."""
    params = [update.param for update in frame.updates]
    return params.index(frame.updated) if frame.updated in params else 0


def number(frame: Frame, update: Update) -> int:
    """The place of the selected element among a parameter's; -1 where it is of another."""
    if frame.symbol.parameter != update.param:
        return -1
    return int(np.ravel_multi_index(frame.index, update.array.shape))
