"""The panes as widgets: each shows what its drawing function makes of the frame."""

from __future__ import annotations

from collections.abc import Callable

from tui.draw import bars, document, loss, network, optimizer, step, values
from tui.frame import Frame
from tui.panes.base import Pane
from tui.raster import Line

Draw = Callable[[Frame, int, int], list[Line]]

DRAWINGS: dict[str, Draw] = {
    "header": bars.header,
    "network": network.draw,
    "step": step.draw,
    "values": values.draw,
    "optimizer": optimizer.draw,
    "loss": loss.draw,
    "timeline": bars.timeline_bar,
    "footer": bars.footer,
    "document": document.draw,
    "notice": document.notice,
}


class FramePane(Pane[Frame]):
    """A pane that shows one of the drawings."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._drawing = DRAWINGS[name]

    def draw(self, frame: Frame, width: int, height: int) -> list[Line]:
        """The rows of the drawing."""
        return self._drawing(frame, width, height)
