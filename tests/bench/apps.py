"""Minimal Textual apps to compare with: `python -m tests.bench.apps NAME`.

`line` has one full-screen widget with `render_line`; a key changes one row of it and repaints
exactly the changed cells. `whole` repaints the whole widget. Both import numpy, as gradstep does.
"""

from __future__ import annotations

import sys
from typing import ClassVar

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

STYLE = Style(color="#e0e0e0", bgcolor="#121212")
CELLS = 36


class Page(Widget):
    """A screen of text with one figure that changes."""

    def __init__(self, whole: bool) -> None:
        super().__init__()
        self.whole = whole
        self.values = np.arange(4.0)

    def step(self) -> None:
        """Change the figure and repaint."""
        self.values += 1.0
        if self.whole:
            self.refresh()
        else:
            self.refresh(Region(0, 2, CELLS, 1))

    def render_line(self, y: int) -> Strip:
        """Row `y`: the changing figure in row 2, fixed text elsewhere."""
        width = self.size.width
        if y == 2 or self.whole:
            text = " ".join(f"{value:8.4f}" for value in self.values)[:CELLS].ljust(CELLS)
        else:
            text = f"row {y}"
        return Strip([Segment(text.ljust(width)[:width], STYLE)], width)


class Minimal(App[None]):
    """One widget, one key."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [("n", "step", "Next"), ("q", "quit", "Quit")]

    def __init__(self, whole: bool) -> None:
        super().__init__()
        self.page = Page(whole)

    def compose(self) -> ComposeResult:
        """The one widget."""
        yield self.page

    def action_step(self) -> None:
        """Answer a key."""
        self.page.step()


if __name__ == "__main__":
    Minimal(sys.argv[1:] == ["whole"]).run()
