"""The panes as widgets: each shows what its drawing function makes of the frame."""

from __future__ import annotations

from tui.draw import DRAWINGS
from tui.frame.frame import Frame
from tui.screen.pane import Pane
from tui.text.raster import Line


class FramePane(Pane[Frame]):
    """A pane that shows one of the drawings."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._drawing = DRAWINGS[name]

    def draw(self, frame: Frame, width: int, height: int) -> list[Line]:
        """The rows of the drawing."""
        return self._drawing(frame, width, height)
