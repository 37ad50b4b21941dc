"""What the colours are held to: contrast, and what tells roles apart for whom hue does not."""

from __future__ import annotations

import re
from itertools import product

import pytest
from rich.color import Color, ColorSystem

from tests.tui.keyboard import Keyboard
from tests.tui.terminals import Program
from tui.colours import LOOKS, PLAIN, SAME
from tui.draw import DRAWINGS
from tui.draw.wants import placed
from tui.screen import themes
from tui.screen.paint import ROLES
from tui.screen.themes import DARK, LIGHT, NAMES, SIXTEEN_DARK, SIXTEEN_LIGHT

LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3, of text and ground."""
LEAST_LIGHTNESS = 9.0
"""Of two colours apart, in L* of CIE 1976."""

PALETTES = {
    "xterm": "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 "
    "7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
    "linux": "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa "
    "555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
    "putty": "000000 bb0000 00bb00 bbbb00 0000bb bb00bb 00bbbb bbbbbb "
    "555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
}
"""The sixteen colours as these terminals have them."""

APART = {
    **{("write", role): "attribute" for role in ("", "dim", "read", "own", "other")},
    **{("error", role): "attribute" for role in ("", "dim", "read", "own", "other")},
    **{("active", role): "attribute" for role in ("", "dim", "read", "own", "other")},
    **{("title", role): "attribute" for role in ("", "dim")},
    **{("select", role): "attribute" for role in LOOKS if role != "select"},
    ("own", "other"): "lightness",
    ("write", "error"): "mark",
    ("read", ""): "mark",
    ("read", "own"): "mark",
    ("read", "other"): "mark",
}
"""Roles that stand beside each other and must be told apart, and by what, in every theme."""
MARKS = {"write": "▸◆", "read": "•", "error": "≠!×"}
"""What stands in the text of a pane where something in it has that role."""

MACHADO = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}
"""How linear RGB is seen (Machado, Oliveira and Fernandes 2009, severity 1)."""


def luminance(colour: str, seen: str = "all colours") -> float:
    """Relative luminance (WCAG 2.2) of a colour as it is seen."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    rgb = [sum(m * c for m, c in zip(row, linear, strict=True)) for row in MACHADO[seen]]
    return sum(
        w * min(max(c, 0.0), 1.0) for w, c in zip((0.2126, 0.7152, 0.0722), rgb, strict=True)
    )


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lightness(colour: str, seen: str) -> float:
    y = luminance(colour, seen)
    return 116 * y ** (1 / 3) - 16 if y > 216 / 24389 else y * 24389 / 27


def test_contrast_is_that_of_wcag():
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.005)
    assert lightness("ffffff", "all colours") == pytest.approx(100)
    assert lightness("777777", "deuteranopia") == pytest.approx(50.03, abs=0.1)


def ink(look: str) -> str:
    return look.rpartition(" ")[2]


def shown(look: str, theme: str) -> list[tuple[str, str]]:
    """The colours of text and ground as terminals show a look: by all colours and by 256, or in
    the palettes, bold as it is and in the bright colour.
    """
    if theme in (DARK.name, LIGHT.name):
        ground = (DARK if theme == DARK.name else LIGHT).background
        assert ground is not None
        pair = [Color.parse(ink(look)), Color.parse(ground)]
        fewer = [colour.downgrade(ColorSystem.EIGHT_BIT) for colour in pair]
        return [tuple(c.get_truecolor().hex[1:] for c in each) for each in (pair, fewer)]  # type: ignore[misc]
    dark = theme == SIXTEEN_DARK.name
    ground = "000000" if dark else "ffffff"
    if ink(look) == PLAIN:
        return [("e5e5e5" if dark else "000000", ground)]
    number = Color.parse(ink(look).removeprefix("ansi_")).number
    assert number is not None
    numbers = {number, number | 8 if "bold" in look else number}
    return [(each.split()[n], ground) for each in PALETTES.values() for n in numbers]


@pytest.mark.parametrize(("theme", "role"), product(NAMES, LOOKS))
def test_text_is_legible(theme, role):
    for text, ground in shown(LOOKS[role][NAMES.index(theme)], theme):
        assert contrast(text, ground) >= LEAST_CONTRAST


@pytest.mark.parametrize(("theme", "roles"), product(NAMES, APART), ids=str)
def test_no_pair_of_roles_relies_on_hue(theme, roles):
    one, other = (LOOKS[role][NAMES.index(theme)] for role in roles)
    by = APART[roles]
    if by == "attribute":
        assert set(one.split()[:-1]) != set(other.split()[:-1])
    else:
        assert ink(one) != ink(other)
    if by == "lightness":
        together = PLAIN not in (ink(one), ink(other))
        pairs = list((zip if together else product)(shown(one, theme), shown(other, theme)))
        for (a, _), (b, _) in pairs:
            for seen in MACHADO:
                assert abs(lightness(a, seen) - lightness(b, seen)) >= LEAST_LIGHTNESS


def test_what_tells_roles_apart_without_colours_too():
    """Without colours only attributes and marks are left."""
    for theme in range(len(NAMES)):
        assert {look[theme].split()[0] for look in (LOOKS["write"], LOOKS["active"])} == {"bold"}
        assert LOOKS["select"][theme].split()[0] == "reverse"


@pytest.mark.parametrize("toggled", [False, True], ids=["sgd", "adam"])
def test_marks_stand_where_they_tell_roles_apart(toggled):
    keys = Keyboard().press("o" if toggled else "")
    seen = set()
    for _ in range(len(keys.session.trace.steps)):
        keys.press("right")
        frame = keys.actions.frame()
        for name, (_, _, width, height) in placed(frame, 120, 40).items():
            spans = [span for line in DRAWINGS[name](frame, width, height) for span in line]
            text = "".join(text for text, _ in spans)
            for role, marks in MARKS.items():
                if any(own == role and text.strip() for text, own in spans):
                    seen.add(role)
                    assert set(marks) & set(text), (keys.place, name, role)
    assert seen == {"write", "read"}


def test_every_role_has_a_look():
    assert {SAME.get(role, role) for role in ROLES} == LOOKS.keys() - {""}


@pytest.mark.parametrize(
    ("colours", "environ", "expected"),
    [
        ("truecolor", {}, DARK),
        ("256", {"COLORFGBG": "0;15"}, DARK),
        ("standard", {}, SIXTEEN_DARK),
        ("standard", {"COLORFGBG": "15;0"}, SIXTEEN_DARK),
        ("standard", {"COLORFGBG": "0;default;15"}, SIXTEEN_LIGHT),
        ("standard", {"COLORFGBG": "0;7"}, SIXTEEN_LIGHT),
        ("standard", {"COLORFGBG": "7;8"}, SIXTEEN_DARK),
        (None, {}, DARK),
    ],
)
def test_the_first_theme_is_one_for_the_terminal(colours, environ, expected):
    assert themes.first(colours, environ) == expected.name


def test_another_ground_has_the_same_colours():
    for one, other in ((DARK, LIGHT), (SIXTEEN_DARK, SIXTEEN_LIGHT)):
        assert (themes.other(one.name), themes.other(other.name)) == (other.name, one.name)


@pytest.mark.terminal
def test_sixteen_colours_are_on_the_ground_of_the_terminal():
    with Program(TERM="xterm", COLORTERM=None) as program:
        program.until("quit").send("n" * 6).until("BACKWARD").until(lambda: b"93" in program.output)
        assert not re.search(rb"[\[;](4[0-8]|10[0-7]|38)[;m]", program.output)
        start = len(program.output)
        program.send("v").until(lambda: b"94" in program.output[start:]).send("q")
        assert b"93" not in program.output[start:].replace(b"\x1b[", b"")
        assert program.end() == 0
