"""What each role looks like, by theme: dark, light, and both in a terminal of sixteen."""

from __future__ import annotations

PLAIN = "ansi_default"
"""The terminal's own colour, of text or of ground."""
LOOKS = {
    "": ("#e4e4e4", "#1c1c1c", PLAIN, PLAIN),
    "dim": ("#a5a5a5", "#5f5f5f", PLAIN, PLAIN),
    "title": ("bold #e4e4e4", "bold #1c1c1c", f"bold {PLAIN}", f"bold {PLAIN}"),
    "active": ("bold #5fd7d7", "bold #005f87", "bold ansi_bright_cyan", f"bold {PLAIN}"),
    "write": ("bold #ffaf5f", "bold #8a3b00", "bold ansi_bright_yellow", "bold ansi_bright_blue"),
    "read": ("#5fd7d7", "#005f87", "ansi_cyan", "ansi_magenta"),
    "own": ("#87d787", "#005f00", "ansi_bright_green", PLAIN),
    "other": ("#5f87ff", "#5f5faf", "ansi_bright_magenta", "ansi_blue"),
    "error": ("bold #ff8787", "bold #af0000", "bold ansi_bright_red", "underline ansi_red"),
    "select": ("reverse #e4e4e4", "reverse #1c1c1c", f"reverse {PLAIN}", f"reverse {PLAIN}"),
}
"""By role, in each theme: attributes and the colour of the text. Roles that look like another one
are in `SAME`.
"""
SAME = {"accent": "title", "key": "active", "pos": "own", "neg": "other"}
GROUNDS = {"dark": "#121212", "light": "#fafafa"}
"""The ground of the first two themes."""


def look(role: str, dark: bool) -> tuple[str, str]:
    """The attributes and the ink of a role on one of those grounds."""
    attributes, _, ink = LOOKS[SAME.get(role, role)][0 if dark else 1].rpartition(" ")
    return attributes, ink
