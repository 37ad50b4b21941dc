"""What is taken from inside Textual: all of its private names, here and nowhere else.

They are looked for once, when this is imported. Where one is missing, `MISSING` names it and
Textual paints the panes as it paints any widget: right, but with more bytes and later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget

try:
    from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate
except ImportError:
    ChopsUpdate = Compositor = CompositorUpdate = object  # type: ignore[assignment,misc]

__all__ = ["MISSING", "CompositorUpdate", "Layers", "Span", "mark_dirty", "update_by"]

Span = tuple[int, int, int]
"""Cells to send: their row, and the columns [x1, x2)."""

Layers = list[list[tuple[Widget, Region, Region]]]
"""For each row of the screen the widgets in it, the uppermost first, each with the region that is
shown of it and its whole region.
"""

UpdateBy = Callable[[Iterable[Span], Layers], "CompositorUpdate | None"]

WANTED = {
    Compositor: ("_dirty_regions", "_regions_to_spans", "layers_visible", "render_partial_update"),
    Screen: ("_compositor", "_dirty_widgets", "_set_dirty"),
}


def missing() -> tuple[str, ...]:
    """The private names that this Textual does not have."""
    there = {owner: dir(owner()) for owner in WANTED}
    return tuple(
        name for owner, names in WANTED.items() for name in names if name not in there[owner]
    )


class ShortCompositor(Compositor):
    """A compositor that first asks `update` for what to send for the changed cells, None where
    it cannot say; Textual's own way is to render every widget in the rectangle around them.
    """

    def __init__(self, update: UpdateBy) -> None:
        super().__init__()
        self._update = update

    def render_partial_update(self) -> ChopsUpdate | None:
        """The update of the changed cells, None where there are none."""
        whole = self.size.region
        regions = [whole.intersection(region) for region in self._dirty_regions]
        update = self._update(self._regions_to_spans(regions), self.layers_visible)
        if update is None:
            return super().render_partial_update()
        self._dirty_regions.clear()
        return update  # type: ignore[return-value]


def _update_by(screen: Screen[Any], update: UpdateBy) -> None:
    """Have the changed cells of a screen sent as `update` says."""
    screen._compositor = ShortCompositor(update)


def _mark_dirty(screen: Screen[Any], widget: Widget, regions: Iterable[Region]) -> None:
    """Have regions of a widget painted with those of the others: a refresh of each widget would
    take it two messages to say so.
    """
    widget._set_dirty(*regions)
    screen._dirty_widgets.add(widget)
    screen.check_idle()


def _leave(screen: Screen[Any], update: UpdateBy) -> None:
    """The long way: Textual's own compositor stays."""


def _refresh(screen: Screen[Any], widget: Widget, regions: Iterable[Region]) -> None:
    """The long way: a refresh of each widget."""
    widget.refresh(*regions)


MISSING = missing()
update_by, mark_dirty = (_leave, _refresh) if MISSING else (_update_by, _mark_dirty)
