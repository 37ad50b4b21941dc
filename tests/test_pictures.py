"""The pictures of the README are what the program draws now, and the film shows its screens."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.pictures import FOLDER, PICTURES, Shot, film, shots
from tests.tui.terminals import run
from tui.text.svg import marks

README = Path(__file__).parents[1] / "README.md"
MOST_BYTES = 100_000


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_what_is_drawn_now(name):
    drawn = (FOLDER / name).read_text("utf-8")
    assert drawn == PICTURES[name](), "renew it: python -m tests.pictures"
    assert len(drawn.encode()) < MOST_BYTES
    ET.fromstring(drawn)
    assert f"](tui/docs/{name})" in README.read_text("utf-8")


def test_the_screen_in_the_readme_is_what_is_printed():
    printed = run("--plain", "--goto", "1.6", "--size", "80x24").stdout
    assert f"```\n{printed}```\n" in README.read_text("utf-8")


def seen(drawn: str, share: float) -> set[str]:
    """The texts that stand in a film after this share of its time."""
    hidden = set()
    for number, steps in re.findall(r"@keyframes shot(\d+) { (.*) }", drawn):
        states = re.findall(r"([\d.e+-]+)% { visibility: (\w+); }", steps)
        if [state for at, state in states if float(at) <= 100 * share][-1] == "hidden":
            hidden.add(f"shot{number}")
    groups = re.findall(r'<g class="(shot\d+)">\n(.*?)</g>', drawn, re.DOTALL)
    return {line for name, inner in groups if name not in hidden for line in texts(inner)}


def texts(drawn: str) -> set[str]:
    return {line for line in drawn.split("\n") if line.startswith("<text")}


def test_each_screen_of_the_film_is_seen_in_its_time_and_no_other():
    found = list(shots())
    drawn = film(found, "a film")
    whole, start = sum(shot.seconds for shot in found), 0.0
    assert f" {whole:g}s step-end infinite" in drawn
    for shot in found:
        wanted = texts("\n".join(marks(shot.rows)))
        for at in (start + 0.01, start + shot.seconds - 0.01):
            assert seen(drawn, at / whole) == wanted
        start += shot.seconds


def test_where_nothing_moves_the_first_screen_stands():
    rows = [((((" one", ""),)),), ((((" two", ""),)),), ((((" one", ""),)),)]
    drawn = film([Shot(row, 1) for row in rows], "words")
    hidden = set(re.findall(r"\.(shot\d+) { visibility: hidden; }", drawn))
    (one,) = re.findall(r'<g class="(shot\d+)">\n<text[^>]*>one<', drawn)
    (two,) = re.findall(r'<g class="(shot\d+)">\n<text[^>]*>two<', drawn)
    assert hidden == {two}
    assert (
        f"@keyframes {one} {{ 0% {{ visibility: visible; }} 33.33% {{ visibility: hidden; }}"
        in drawn
    )
    assert "prefers-reduced-motion" in drawn
