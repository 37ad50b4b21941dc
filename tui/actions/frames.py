"""The frame of what is shown now: the panes or a page, the footer, the keys."""

from __future__ import annotations

from tui.actions import footer
from tui.actions.context import Context
from tui.frame.frame import Frame, Page


def shown(c: Context) -> Frame:
    """What to show now."""
    view = c.shown.view
    lines = view.page(c) if view.page else None
    return c.picture(
        scroll=c.shown.scroll,
        footer=footer.sentence(c),
        error=c.dialog.error,
        prompting=c.dialog.prompt is not None and not c.dialog.message,
        hint=footer.hint(c),
        keys=footer.keys(c),
        page=lines and Page(view.id, lines, c.shown.cursor if view.items else -1),
    )
