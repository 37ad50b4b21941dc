"""The scene of a frame, of which questions are asked."""

from __future__ import annotations

from engine.analysis.questions.base import Scene
from engine.history.history import History
from tui.frame.frame import Frame


def scene_of(history: History, frame: Frame) -> Scene:
    """What is asked of a frame's position in a history, with its selected element."""
    text = frame.text
    return Scene(
        history,
        frame.position.iteration,
        frame.step,
        frame.symbol,
        frame.index,
        frame.sample,
        text.number,
        text.element,
    )
