"""The view `explain`: where the selected element comes from and goes."""

from __future__ import annotations

from tui.actions.context import Context, View, command
from tui.actions.dialog import Count
from tui.draw import explain
from tui.frame.frame import Lines


def page(_c: Context) -> Lines:
    """The explanation of whatever the frame has selected."""
    return explain.page


VIEW = View(id="explain", page=page)


@command
def show(c: Context, _count: Count) -> None:
    """A page on the selected element, and back."""
    c.shown.open(VIEW)
