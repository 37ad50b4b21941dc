"""The colours: one theme on dark ground, one on light."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    "gradstep-dark",
    primary="#5fafff",
    secondary="#87afff",
    warning="#ffaf5f",
    error="#ff8787",
    success="#87d787",
    accent="#5fd7d7",
    foreground="#e4e4e4",
    background="#121212",
    surface="#1c1c1c",
)
LIGHT = Theme(
    "gradstep-light",
    primary="#005f87",
    secondary="#4f3faf",
    warning="#8a3b00",
    error="#af0000",
    success="#005f00",
    accent="#005f87",
    foreground="#1c1c1c",
    background="#fafafa",
    surface="#eeeeee",
    dark=False,
)


def other(name: str) -> str:
    """The name of the theme that a theme is changed for."""
    return LIGHT.name if name == DARK.name else DARK.name
