"""The scene of a position, of which questions are asked."""

from __future__ import annotations

from engine.analysis.questions.base import Scene
from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from engine.history.history import History
from engine.history.position import Position
from tui.text.format import Text


def scene(
    history: History, position: Position, symbol: Symbol, index: Index, sample: int, text: Text
) -> Scene:
    """What is asked of a position with a selected element."""
    trace = history.trace(position.iteration)
    step = trace.steps[position.step - 1] if position.step else None
    return Scene(
        history, position.iteration, step, symbol, index, sample, text.number, text.element
    )
