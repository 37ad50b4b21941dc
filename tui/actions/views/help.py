"""The view `help`: all keys, and how to read the screen."""

from __future__ import annotations

from functools import partial

from tui.actions.context import Context, View, command
from tui.actions.dialog import Count
from tui.draw.help import help_page
from tui.frame.frame import Lines
from tui.keys import KEYS


def page(c: Context) -> Lines:
    """The keys as they are after the user's changes."""
    keys = {row.id: c.keymap.all_shown(row.id) for row in KEYS}
    return partial(help_page, keys)


VIEW = View(id="help", page=page, follows=False)


@command
def show(c: Context, _count: Count) -> None:
    """The help, and back."""
    c.shown.open(VIEW)
