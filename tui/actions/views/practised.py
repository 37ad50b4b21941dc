"""The view `practised`: what went wrong in practice, and what to look at again."""

from __future__ import annotations

from functools import partial

from tui.actions.context import Context, View, command
from tui.actions.dialog import Count
from tui.draw.practised import lines
from tui.frame.frame import Lines


def page(c: Context) -> Lines:
    """The summary."""
    drawn = partial(lines, c.text, c.desk.practice)
    return lambda _frame, width: drawn(width)


VIEW = View(id="practice", page=page, follows=False)


@command
def show(c: Context, _count: Count) -> None:
    """The summary, and back."""
    c.shown.open(VIEW)
