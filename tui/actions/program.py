"""The program itself: its colours, its palette, its pauses and its end."""

from __future__ import annotations

import os

from engine.spec.problem import Problem
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


@command
def suspend(_c: Context, _count: Count) -> Effects:
    """Leave the terminal to the shell until it gives it back; refused where there is none."""
    if not has_shell():
        raise Problem(
            "Ctrl+Z goes back to a shell, and there is none here to come back from: q ends."
        )
    return (Wish.SUSPEND,)


def has_shell() -> bool:
    """Whether the parent does job control for this program: it is of the same session, but not of
    the same process group.
    """
    try:
        parent = os.getppid()
        return os.getsid(parent) == os.getsid(0) and os.getpgid(parent) != os.getpgrp()
    except OSError:  # it is gone
        return False
