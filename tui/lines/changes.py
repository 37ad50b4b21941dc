"""What is printed after a command: what it has changed."""

from __future__ import annotations

from typing import NamedTuple

from engine.history.position import Position
from tui.actions.context import MAIN, ZOOM, Context, View
from tui.actions.desk import Desk
from tui.frame.frame import Frame
from tui.lines.helped import lines as help_lines
from tui.lines.printed import PageLines, column, opening, pane, selected, sentence, step
from tui.lines.words import word
from tui.text.format import Text


class Shown(NamedTuple):
    """What there was to see after a line."""

    frame: Frame | None = None
    desk: Desk | None = None
    branch: int = 0
    position: Position = Position()
    element: object = None
    text: Text | None = None
    pane: str = ""
    column: str = ""
    view: View = MAIN
    cursor: int = 0
    page: PageLines | None = None

    @classmethod
    def now(cls, c: Context, width: int, frame: Frame) -> Shown:
        """What there is now."""
        view = c.shown.view
        own = view.page is not None and view.id != "help"
        return cls(
            frame,
            c.desk,
            c.session.current,
            c.session.position,
            (frame.symbol, frame.index),
            c.text,
            c.desk.pane,
            c.desk.column,
            view,
            c.shown.cursor,
            PageLines(c, frame, width) if own else None,
        )

    @property
    def place(self) -> object:
        """Where the reader stands, on which desk, and how numbers are written there."""
        return self.desk, self.branch, self.position, self.text


def changes(c: Context, before: Shown, now: Shown, width: int) -> list[str]:
    """The lines of all that is another: the place, or else the element; what is open."""
    frame = now.frame
    assert frame is not None
    lines: list[str] = []
    if now.desk is not before.desk:
        lines += opening(c, frame, width)
    elif now.branch != before.branch:
        lines.append(c.text.plain(f"branch {frame.branch} · {frame.optimizer}"))
    if now.place != before.place:
        lines += step(frame, width)
    elif now.element != before.element:
        lines += selected(frame, width)
    if now.view is ZOOM or now.pane != before.pane:
        lines += pane(now.pane, frame, width)
    if now.column != before.column and now.column:
        lines += column(now.column, frame, width)
    return [*lines, *_page(c, before, now, width)]


def _page(c: Context, before: Shown, now: Shown, width: int) -> list[str]:
    """The page that is open, as far as it is another."""
    if now.view.id == "help":
        return help_lines(c, width)
    if now.page is None:
        return []
    if before.page is None or before.view is not now.view:
        return [*now.page.numbered(), *keys(c, now, width)]
    lines = now.page.since(before.page)
    if not lines and now.page.items and now.cursor != before.cursor:
        return now.page.item(now.cursor)
    return lines


def keys(c: Context, now: Shown, width: int) -> list[str]:
    """What a page can be asked for."""
    own = [row.label for row in now.view.keys]
    if now.page and now.page.items:
        own[0] = f"a number: {own[0]}"
    said = f"({', '.join(own)}; {word('quit')} closes)"
    return sentence(c.text.plain(said), width) if own else []
