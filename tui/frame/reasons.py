"""What a step means, in sentences that are true of its numbers."""

from __future__ import annotations

import re

import numpy as np

from engine.catalog.sentences import Sight
from engine.formula.expr import Index
from engine.program.step import Step
from tui.frame.frame import Array, Frame

_SENTENCE = re.compile(r"(?<=\.) (?=\S)")
"""Where one sentence ends and the next begins."""


def first(frame: Frame, step: Step) -> Index:
    """The first element that a step writes, of the selected sample where it has several."""
    if not (step.shape and step.symbol.batchwise):
        return (0,) * len(step.shape)
    return (frame.sample, *(0,) * (len(step.shape) - 1))


def why(frame: Frame, step: Step, index: Index) -> tuple[str, ...]:
    """A sentence each: what is true of the numbers of one element, then what is always true."""
    trace, text = frame.trace, frame.text

    def read(symbol: str) -> Array:
        if symbol in trace.scalars:
            return np.array(trace.scalars[symbol])
        return trace.known(symbol, step.number - 1)

    def name(symbol: str, index: Index) -> str:
        shapes = (s.shape for s in frame.steps if s.symbol == symbol)
        shape = next(shapes, None) or trace.known(symbol, 0).shape
        return text.element(symbol, index, shape)

    result = trace.known(step.symbol, step.number)
    sight = Sight(index, result, read, name, text.number)
    said = (*(say(sight) for say in step.says), *_SENTENCE.split(step.why))
    return tuple(map(text.formula, filter(None, said)))
