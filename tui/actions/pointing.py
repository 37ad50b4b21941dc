"""The mouse: what is clicked is selected, the wheel scrolls pages and steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from engine.history.position import Position
from engine.session.standing import selected
from tui.actions.context import Context
from tui.actions.effects import Effects
from tui.actions.frames import shown
from tui.actions.moves import follow
from tui.actions.travel import travel
from tui.arrange import PANES
from tui.draw.under import same, under
from tui.draw.whole import screen
from tui.text.raster import Line, letters

WHEEL_LINES = 3
"""So many lines of a page are a notch of the wheel."""
MOST_ITEMS = 40
"""So many items of a list around the one that is pointed at are looked for under the mouse."""


def scroll(c: Context, by: int) -> None:
    """Scroll the page that is open by some lines, or move the cursor of its list by one."""
    view = c.shown.view
    if view.items:
        c.shown.point_by(by, len(view.items(c)), view.further)
    else:
        c.shown.scroll_by(WHEEL_LINES * by)


def click(c: Context, x: int, y: int) -> Effects:
    """Select what is at column `x` and row `y`: an item of a list, a number and its pane, or the
    step of a row, which is gone to as far as it is known.
    """
    view = c.shown.view
    if view.items:
        _point(c, view.items(c), y)
        return ()
    if view.page:
        return ()
    frame = shown(c)
    found = under(frame, *c.shown.size, x, y)
    if found.pane in PANES:
        c.desk.pane = found.pane
    if found.element:
        symbol, index = found.element
        chosen = selected(symbol, index, frame.entries[symbol].array.shape)
        old = c.session.selection
        c.session.selection = chosen if symbol.batchwise else replace(chosen, sample=old.sample)
    elif found.step and not c.desk.practising:
        follow(c)
        return travel(c, Position(frame.position.iteration, found.step))
    return ()


def _point(c: Context, items: Sequence[Any], y: int) -> None:
    """Point at the item whose first line is in row `y`: it looks like that once it is pointed at.
    Items are tried from the one on that is as far off as the row.
    """
    here, lines = c.shown.cursor, _lines(c)
    if not 0 <= y < len(lines):
        return
    expected = here + y - next((i for i, line in enumerate(lines) if _is_pointed(line)), y)
    near = range(max(0, expected - MOST_ITEMS), min(len(items), expected + MOST_ITEMS))
    for cursor in sorted(near, key=lambda each: abs(each - expected)):
        c.shown.cursor = cursor
        there = next((line for line in _lines(c) if _is_pointed(line)), ())
        if there and same(letters(there), letters(lines[y])):
            return
    c.shown.cursor = here


def _lines(c: Context) -> list[Line]:
    """The rows of the screen that is shown now."""
    return screen(shown(c), *c.shown.size)


def _is_pointed(line: Line) -> bool:
    return any(role == "select" for _, role in line)
