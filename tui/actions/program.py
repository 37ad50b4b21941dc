"""The program itself: its colours, its palette, its end."""

from __future__ import annotations

from tui.actions.context import MAIN, Context, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects, Wish


@command
def theme(_c: Context, _count: Count) -> Effects:
    """Dark or light."""
    return (Wish.THEME,)


@command
def palette(_c: Context, _count: Count) -> Effects:
    """The command palette."""
    return (Wish.PALETTE,)


@command
def quit_one(c: Context, _count: Count) -> Effects:
    """Close what is open, else quit."""
    if c.shown.view is MAIN:
        return (Wish.QUIT,)
    c.shown.view = MAIN
    return ()


@command
def quit_now(_c: Context, _count: Count) -> Effects:
    """Quit."""
    return (Wish.QUIT,)
