"""The view `copied`: the selected number, its formula and its row, to be selected by hand."""

from __future__ import annotations

from tui.actions.context import Context, View, command
from tui.actions.dialog import Count
from tui.draw import copied
from tui.frame.frame import Lines


def page(_c: Context) -> Lines:
    """What can be copied, with nothing beside it."""
    return copied.page


VIEW = View(id="copied", page=page)


@command
def show(c: Context, _count: Count) -> None:
    """The page, and back."""
    c.shown.open(VIEW)
