"""What a row of the table of columns says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui.frame.frame import Frame
from tui.text.raster import Line

PICTURE, ELEMENT, RUNS, TIME = 4, 3, 2, 1
"""How much a column is worth: a picture that the run is made for, all that there is to know of the
selected element, the other run, the iteration before.
"""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A row: what a wide screen shows beside the step. `shows` says so in a few words; `draw`
    draws it; `worth(frame)` is higher for what is shown first and 0 where there is nothing to
    show. It follows from the run alone, never from the step: a column stays where it is.
    """

    id: str
    shows: str
    draw: Callable[[Frame, int, int], list[Line]]
    worth: Callable[[Frame], int]
