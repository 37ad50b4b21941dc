"""What a row of the table of columns says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from tui.frame.frame import Frame
from tui.text.raster import Line

RECORD, PICTURE, ELEMENT, RUNS, TIME, STEP = 6, 5, 4, 3, 2, 1
"""How much a column is worth: a record that is open, a picture that the run is made for, all that
there is to know of the selected element, the other run, the iteration before, the step of the
update.
"""


class Column(NamedTuple):
    """A row: what a wide screen shows beside the step. `shows` says so in a few words;
    `lines(frame, width, height)` draws it, with so many digits after the point as there is room
    for; `worth(frame)` is higher for what is shown first and 0 where there is nothing to show. It
    follows from the run alone, never from the step: a column stays where it is.
    """

    id: str
    shows: str
    lines: Callable[[Frame, int, int], list[Line]]
    worth: Callable[[Frame], int]
    digits: int = 8

    def draw(self, frame: Frame, width: int, height: int) -> list[Line]:
        """The column, not higher than there is room for."""
        if frame.text.digits > self.digits:
            frame = replace(frame, text=replace(frame.text, digits=self.digits))
        return self.lines(frame, width, height)[: max(0, height)]
