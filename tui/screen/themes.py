"""The colours: on dark ground and on light, by any number of colours and by sixteen of them.

Terminals of sixteen colours have palettes of their own, and often show bold text in the bright one
of its colour. There the ground and most of the text are the terminal's; all else is bright on dark
ground, and on light ground dark and not bold.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import BUILTIN_THEMES, Theme

from tui.colours import GROUNDS, LOOKS, PLAIN

NAMES = "gradstep-dark", "gradstep-light", "gradstep-sixteen-dark", "gradstep-sixteen-light"
SURFACES = {GROUNDS["dark"]: "#1c1c1c", GROUNDS["light"]: "#eeeeee", PLAIN: PLAIN}
"""By the ground, the surface of what stands over it."""


def _theme(number: int, ground: str, dark: bool) -> Theme:
    """A theme; what is not of panes is Textual's where the ground is the terminal's."""
    kept = BUILTIN_THEMES[f"ansi-{'dark' if dark else 'light'}"].variables
    looks = {role: of[number] for role, of in LOOKS.items()}
    inks = {role: look.rpartition(" ")[2] for role, look in looks.items()}
    return Theme(
        NAMES[number],
        primary=inks["active"] if ground != PLAIN else inks["read"],
        secondary=inks["other"],
        warning=inks["write"],
        error=inks["error"],
        success=inks["own"],
        accent=inks["active"],
        foreground=inks[""],
        background=ground,
        surface=SURFACES[ground],
        dark=dark,
        ansi=ground == PLAIN,
        variables=(kept if ground == PLAIN else {})
        | {
            f"{role or 'plain'}-{name}": value
            for role, look in looks.items()
            for name, value in (("ink", inks[role]), ("style", look.rpartition(" ")[0] or "none"))
        },
    )


DARK, LIGHT = _theme(0, GROUNDS["dark"], True), _theme(1, GROUNDS["light"], False)
SIXTEEN_DARK, SIXTEEN_LIGHT = _theme(2, PLAIN, True), _theme(3, PLAIN, False)
THEMES = DARK, LIGHT, SIXTEEN_DARK, SIXTEEN_LIGHT
OTHERS = {
    one.name: other.name
    for pair in ((DARK, LIGHT), (SIXTEEN_DARK, SIXTEEN_LIGHT))
    for one, other in (pair, pair[::-1])
}


def first(colours: str | None, environ: Mapping[str, str]) -> str:
    """The name of the theme to begin with, by the colours that Rich sees: of sixteen the one on
    the ground that the terminal says it has, if it says so.
    """
    if colours != "standard":
        return DARK.name
    ground = environ.get("COLORFGBG", "").rpartition(";")[2]
    return (SIXTEEN_LIGHT if ground in LIGHT_GROUNDS else SIXTEEN_DARK).name


LIGHT_GROUNDS = {"7", *map(str, range(9, 16))}
"""Colours that COLORFGBG may name as the ground, on which dark text is to be read."""


def other(name: str) -> str:
    """The name of the theme that a theme is changed for."""
    return OTHERS[name]
