"""What is taken from inside Textual: all of its private names, here and nowhere else.

They are looked for once, when this is imported. Where one is missing, `MISSING` names it and
Textual paints the panes as it paints any widget: right, but with more bytes and later. Without its
parser (`KNOWS_KEYS`) it reads the terminal by itself. What ends the app by mistake is handed to
`failed`, where Textual lets it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Generic, TypeVar

from textual import events
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

try:
    from textual._xterm_parser import XTermParser
except ImportError:
    XTermParser = None  # type: ignore[assignment,misc]

try:
    from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate, LayoutUpdate
except ImportError:
    ChopsUpdate = Compositor = CompositorUpdate = LayoutUpdate = object  # type: ignore[assignment,misc]

__all__ = [
    "KNOWS_KEYS",
    "MISSING",
    "CompositorUpdate",
    "Layers",
    "OwnApp",
    "Press",
    "Span",
    "is_of",
    "keys_of",
    "mark_dirty",
    "show_rows",
    "strips_of",
    "update_by",
]

R = TypeVar("R")

Press = tuple[str, "str | None"]
"""A key by Textual's name, and the character that it writes, if it writes one."""

Span = tuple[int, int, int]
"""Cells to send: their row, and the columns [x1, x2)."""

Layers = list[list[tuple[Widget, Region, Region]]]
"""For each row of the screen the widgets in it, the uppermost first, each with the region that is
shown of it and its whole region.
"""

UpdateBy = Callable[[Iterable[Span], Layers], "CompositorUpdate | None"]

WANTED = {
    Compositor: (
        "_dirty_regions",
        "_regions_to_spans",
        "layers_visible",
        "render_partial_update",
        "visible_widgets",
    ),
    Screen: (
        "_compositor",
        "_dirty_widgets",
        "_layout_required",
        "_repaint_required",
        "_scroll_required",
        "_set_dirty",
    ),
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


def _show_rows(
    screen: Screen[Any], rows: Iterable[tuple[Widget, Iterable[int]]], update: UpdateBy
) -> bool:
    """Show rows of widgets at once, as `update` says; whether that could be done. Where anything
    else is to be painted, or placed before, Textual does it all together, a timer later.
    """
    compositor = screen._compositor
    waits = screen._layout_required or screen._repaint_required or screen._scroll_required
    if waits or screen._dirty_widgets or compositor._dirty_regions or not screen.is_current:
        return False
    spans: list[Span] = []
    for widget, changed in rows:
        if widget not in compositor.visible_widgets:
            return False
        region, clip = compositor.visible_widgets[widget]
        if clip.intersection(region) != region or any(widget.styles.gutter):
            return False
        spans += [(region.y + y, region.x, region.right) for y in changed]
    found = update(spans, compositor.layers_visible)
    if found is not None:
        screen.app._display(screen, found)  # type: ignore[arg-type]
    return found is not None


def _leave(screen: Screen[Any], update: UpdateBy) -> None:
    """The long way: Textual's own compositor stays."""


def _refresh(screen: Screen[Any], widget: Widget, regions: Iterable[Region]) -> None:
    """The long way: a refresh of each widget."""
    widget.refresh(*regions)


def _show_none(
    screen: Screen[Any], rows: Iterable[tuple[Widget, Iterable[int]]], update: UpdateBy
) -> bool:
    """The long way: nothing is shown at once."""
    return False


MISSING = missing()
update_by, mark_dirty, show_rows = (
    (_leave, _refresh, _show_none) if MISSING else (_update_by, _mark_dirty, _show_rows)
)


@lru_cache(maxsize=1024)
def keys_of(token: str) -> tuple[Press, ...]:
    """The keys that a character or a whole escape sequence stands for; of a sequence that is no
    key, or that the parser fails on, none.
    """
    if token == "\x1b":  # the parser waits for more
        return (("escape", token),)
    if token.startswith("\x1b]"):  # an answer, of which the parser makes keys
        return ()
    try:
        found = list(XTermParser().feed(token))
    except Exception:  # whatever a terminal sends
        return ()
    presses = tuple((key.key, key.character) for key in found if isinstance(key, events.Key))
    if not presses and len(token) == 2:  # after Alt and a character it waits too
        presses = tuple((f"alt+{key}", character) for key, character in keys_of(token[1]))
    return tuple(press for press in presses if press[0] != "<ignore>")


KNOWS_KEYS = keys_of("\x1b[C") == (("right", None),)


def is_of(update: object, size: tuple[int, int]) -> bool:
    """Whether an update can be of a screen of that size: one that has not heard of it yet may draw
    all of the size before.
    """
    return not isinstance(update, LayoutUpdate) or update.region.size == size


def strips_of(update: object) -> Iterator[tuple[int, int, Strip]]:
    """What Textual's own updates send: columns, rows and strips, of which those that come later
    may stand over earlier ones.
    """
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in strips:
                yield x, y, strip
                x += strip.cell_length
    elif isinstance(update, ChopsUpdate):
        for y in {y for y, _, _ in update.spans}:
            for x, chop in update.chops[y].items():
                if chop is not None:
                    yield x, y, chop


class OwnApp(App[R], Generic[R]):
    """An app that may show pictures in its own way, and says what has gone wrong in it, instead of
    printing it with all variables.
    """

    def takes(self, update: CompositorUpdate) -> bool:
        """Whether a picture, or a part of it, is shown by the app; else Textual shows it."""
        raise NotImplementedError

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        ours = isinstance(renderable, CompositorUpdate) and not self._batch_count
        if ours and self.takes(renderable):
            self.post_display_hook()
        else:
            super()._display(screen, renderable)

    def failed(self, error: BaseException) -> None:
        """It cannot go on. May be called in any thread."""
        raise NotImplementedError

    def _fatal_error(self) -> None:
        self.failed(sys.exception() or RuntimeError("unknown"))
