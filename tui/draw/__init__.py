"""What each pane shows: pure functions of (frame, width, height) that give lines of text."""

from __future__ import annotations

from collections.abc import Callable

from tui.draw import bars, loss, network, optimizer, page, step, steps, values
from tui.draw.columns import COLUMNS
from tui.frame.frame import Frame
from tui.text.raster import Line

Draw = Callable[[Frame, int, int], list[Line]]

DRAWINGS: dict[str, Draw] = {
    "header": bars.header,
    "network": network.draw,
    "step": step.draw,
    "values": values.draw,
    "optimizer": optimizer.draw,
    "steps": steps.draw,
    "loss": loss.draw,
    "timeline": bars.timeline_bar,
    "footer": bars.footer,
    **{row.id: row.draw for row in COLUMNS},
    "page": page.draw,
    "notice": page.notice,
}
"""By the name of the pane."""
