"""The view `practised`: what went wrong in practice, and what to look at again."""

from __future__ import annotations

from functools import partial

from engine.session.moves import MoveError
from tui.actions.context import Context, View, command
from tui.actions.dialog import Count
from tui.draw.practised import lines
from tui.frame.frame import Lines


def page(c: Context) -> Lines:
    """The summary."""
    practice = c.desk.practice
    assert practice is not None
    drawn = partial(lines, c.text, practice)
    return lambda _frame, width: drawn(width)


VIEW = View(id="practised", page=page, follows=False)


@command
def show(c: Context, _count: Count) -> None:
    """The summary, and back."""
    if c.desk.practice is None:
        raise MoveError("There has been no practice; the palette, Ctrl+P, begins one.")
    c.shown.open(VIEW)
