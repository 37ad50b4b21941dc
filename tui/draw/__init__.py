"""What each pane shows: pure functions of (frame, width, height) that give lines of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from tui.draw import bars, network, optimizer, page, step, values
from tui.frame.frame import Frame
from tui.text.raster import Line

Draw = Callable[[Frame, int, int], list[Line]]


class Drawings(Mapping[str, Draw]):
    """By the name of the pane; those that only large screens show are imported when one does."""

    def __init__(self) -> None:
        self._everywhere: dict[str, Draw] = {
            "header": bars.header,
            "network": network.draw,
            "step": step.draw,
            "values": values.draw,
            "optimizer": optimizer.draw,
            "timeline": bars.timeline_bar,
            "footer": bars.footer,
            "page": page.draw,
            "notice": page.notice,
        }

    @cached_property
    def _large(self) -> dict[str, Draw]:
        from tui.draw import loss, steps  # small screens show none
        from tui.draw.columns import COLUMNS

        return {"steps": steps.draw, "loss": loss.draw, **{row.id: row.draw for row in COLUMNS}}

    def __getitem__(self, name: str) -> Draw:
        found = self._everywhere.get(name)
        return found or self._large[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*self._everywhere, *self._large))

    def __len__(self) -> int:
        return len(self._everywhere) + len(self._large)


DRAWINGS = Drawings()
