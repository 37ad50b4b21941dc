"""A screen that has the changed rows of panes shown, and nothing around them.

Textual sends a changed region from the left edge of its widget on, and renders every widget in
the rectangle around the changes. Where only panes have changed, their rows are known already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, TypeVar

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui.screen import inside
from tui.screen.inside import CompositorUpdate, Layers, Span
from tui.screen.pane import Pane

R = TypeVar("R")
ROLES = frozenset(
    {"dim", "title", "active", "write", "read", "pos", "neg", "accent", "select", "key", "error"}
    | {"own", "other"}
)
Run = tuple[int, int, "Pane[object]", int, int, int]
"""Cells to send: screen column and row, pane, its row, and the columns [x1, x2) of that row."""

Drawn = dict["Pane[Any]", "Region | None"]


class PaneUpdate(CompositorUpdate):
    """Runs of cells of panes, as an update that Textual can send."""

    def __init__(self, runs: list[Run]) -> None:
        self.runs = runs

    def texts(self, console: Console) -> Iterator[tuple[int, int, list[tuple[str, str]]]]:
        """Column, row, and the texts from there on with the SGR parameters of each."""
        system = COLOR_SYSTEMS.get(console.color_system or "", ColorSystem.TRUECOLOR)
        for x, y, pane, row, x1, x2 in self.runs:
            codes = pane.role_codes(system)
            yield x, y, [(text, codes[role]) for text, role in pane.cut(row, x1, x2)]

    def render_segments(self, console: Console) -> str:
        """The runs with cursor addresses; a colour is sent only where it changes."""
        out: list[str] = []
        current = ""
        for x, y, texts in self.texts(console):
            out.append(f"\x1b[{y + 1};{x + 1}H")
            for text, code in texts:
                if code != current:
                    out.append(f"\x1b[0;{code}m" if code else "\x1b[0m")
                    current = code
                out.append(text)
        if current:
            out.append("\x1b[0m")
        return "".join(out)


def texts_of(update: object, console: Console) -> Iterator[tuple[int, int, list[tuple[str, str]]]]:
    """Column, row, texts with SGR parameters of any update."""
    if isinstance(update, PaneUpdate):
        yield from update.texts(console)
        return
    system = COLOR_SYSTEMS.get(console.color_system or "", ColorSystem.TRUECOLOR)
    for x, y, strip in inside.strips_of(update):
        yield (
            x,
            y,
            [
                (text, Strip.render_ansi(style, system) if style else "")
                for text, style, control in strip
                if not control
            ],
        )


def pane_update(spans: Iterable[Span], layers: Layers) -> PaneUpdate | None:
    """The update of those cells; None where there are none, or another widget shows in one."""
    runs: list[Run] = []
    drawn: Drawn = {}
    for y, x, end in spans:
        while x < end:
            if (run := _run(layers[y], x, y, end, drawn)) is None:
                return None
            runs.append(run)
            x += run[5] - run[4]
    return PaneUpdate(runs) if runs else None


def _run(
    row: list[tuple[Widget, Region, Region]], x: int, y: int, end: int, drawn: Drawn
) -> Run | None:
    """The cells from column `x` up to `end` or to where the pane that shows there ends; `drawn` are
    panes of which it is known where their rows are.
    """
    for widget, shown, whole in row:
        if shown.x > x:
            end = min(end, shown.x)
        elif shown.right > x:
            if not isinstance(widget, Pane):
                return None
            if widget not in drawn:
                drawn[widget] = widget.drawn(whole)
            rows = drawn[widget]
            end = min(end, shown.right)
            if rows is None or not (rows.contains(x, y) and end <= rows.right):
                return None
            return x, y, widget, y - rows.y, x - rows.x, end - rows.x
    return None


class PaneScreen(Screen[R]):
    """A screen for panes: it has the styles of their roles, as component classes.

    Any other widget works on it as it does in Textual. The styles are here and not in each pane
    because Textual computes every one of them twice for every widget before the first paint;
    the rules (`.pane--write { … }`) are the app's, for each rule read costs a millisecond there.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"pane--{role}" for role in ROLES}

    def __init__(
        self,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(name, id, classes)
        inside.update_by(self, pane_update)

    def repaint(self, pane: Pane[Any], regions: Iterable[Region]) -> None:
        """Have regions of a pane painted."""
        inside.mark_dirty(self, pane, regions)

    def show_rows(self, rows: Iterable[tuple[Pane[Any], list[int]]]) -> None:
        """Show rows of panes, at once where nothing else is to be painted."""
        changed = [(pane, which) for pane, which in rows if which]
        if changed and not inside.show_rows(self, changed, pane_update):
            for pane, which in changed:
                pane.repaint(which)
