"""The lessons of the built-in runs: every number that a text names stands on the screen where it is
read, whatever it works out comes out, and the stops follow each other.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise

import pytest

from engine.history.position import Position
from engine.runfile.read import DEFAULT, builtin_names, load
from engine.session.lesson import Stop
from engine.session.session import Session
from tui.actions.actions import Actions
from tui.actions.desk import Desk
from tui.command.picture import picture
from tui.frame.frame import Frame
from tui.keys import Keymap
from tui.text.format import Text

NAMES = builtin_names()
LONGEST = 230
"""Characters of a text: as many as can be read beside a step at 80×24."""

NUMBER = re.compile(r"[−+]?(?:\d+(?:\.\d+)?|\.\d+)(?:e−?\d+)?")
REFERENCE = re.compile(
    r"\[\d+\]|\b(?:layers?|units?|class(?:es)?|samples?|[Ii]terations?|rows?|columns?|inputs?|"
    r"digits?) \d+(?:(?:,| and| or| to) \d+)*\b(?!\.\d)"
)
SUM = re.compile(r"[−(]*\d[\d.·+−()/^e ]*= −?\d+(?:\.\d+)?(?:e−?\d+)?")


@cache
def session_of(name: str) -> Session:
    return Session(load(name))


def texts_of(name: str) -> list[str]:
    return [stop.text for stop in session_of(name).spec.lesson]


STOPS = [(name, i) for name in NAMES for i in range(len(texts_of(name)))]


def frame_at(session: Session, stop: Stop, width: int = 80, height: int = 24) -> Frame:
    session.go_to_stop(stop)
    actions = Actions(Desk(session, Text()), Keymap())
    actions.context.shown.size = width, height
    return actions.frame()


def screen(session: Session, stop: Stop, width: int = 80, height: int = 24) -> str:
    """The screen at a stop: with its text, but none of the text's numbers."""
    frame = frame_at(session, stop, width, height)
    assert frame.note is not None
    assert frame.note.text == stop.text
    blotted = frame.note._replace(text=re.sub(r"\d", "#", stop.text))
    return picture(replace(frame, note=blotted), width, height)


def numbers(text: str) -> list[str]:
    """The numbers of a text, in its order, a minus that stands by itself being none of theirs."""
    return NUMBER.findall(re.sub(r"(?<=\d),(?=\d{3})", "", text))


def value(number: str) -> float:
    return float(number.replace("−", "-"))


def worked_out(terms: str) -> Fraction:
    """What the left side of a line comes to, exactly."""
    python = re.sub(r"\d+(?:\.\d+)?(?:e−?\d+)?", lambda m: f"F('{m[0].replace('−', '-')}')", terms)
    python = python.replace("·", "*").replace("−", "-").replace("^", "**")
    return Fraction(eval(python, {"F": lambda text: Fraction(text)}))


def unit(number: str) -> Fraction:
    """One of the last digit of a number."""
    digits, _, power = number.replace("−", "-").partition("e")
    return Fraction(10) ** (int(power or 0) - len(digits.partition(".")[2]))


@pytest.mark.parametrize("name", NAMES)
def test_every_run_is_a_lesson_of_a_length_that_can_be_gone_through(name):
    least, most = (20, 29) if name == DEFAULT else (5, 10)
    assert least <= len(texts_of(name)) <= most


@pytest.mark.parametrize("name", NAMES)
def test_its_stops_are_places_of_the_run_in_the_order_of_what_happens(name):
    found = session_of(name).lesson.stops
    assert len(found) == len(texts_of(name))
    for branch in (0, 1):
        places = [stop.place.position for stop in found if stop.place.branch == branch]
        assert all(a <= b for a, b in pairwise(places))
    assert len({(stop.place, stop.selection) for stop in found}) == len(found)


@pytest.mark.parametrize(("name", "i"), STOPS)
def test_a_text_can_be_read_beside_its_step(name, i):
    text = texts_of(name)[i]
    assert 40 <= len(text) <= LONGEST
    assert 1 <= len(re.findall(r"[.?!](?=\)?(?: |$))", text)) <= 4


def missing(name: str, i: int, width: int, height: int) -> list[str]:
    """The numbers of a text that its screen of that size does not show."""
    session = session_of(name)
    stop = session.lesson.stops[i]
    shown = {value(number) for number in numbers(screen(session, stop, width, height))}
    return [n for n in numbers(REFERENCE.sub("", stop.text)) if value(n) not in shown]


@pytest.mark.parametrize(("name", "i"), STOPS)
def test_every_number_of_a_text_stands_on_its_screen(name, i):
    assert missing(name, i, 80, 24) == []


@pytest.mark.parametrize("i", range(len(texts_of(DEFAULT))))
@pytest.mark.parametrize("size", [(60, 20), (120, 40), (200, 50)])
def test_those_of_the_worked_example_do_on_every_screen(i, size):
    assert missing(DEFAULT, i, *size) == []


@pytest.mark.parametrize(("name", "i"), STOPS)
def test_the_selected_number_has_its_sign_in_the_text(name, i):
    stop = session_of(name).lesson.stops[i]
    frame = frame_at(session_of(name), stop)
    selected = float(frame.entries[frame.symbol].array[frame.index])
    named = [
        value(number)
        for number in numbers(stop.text)
        if "." in number and abs(abs(value(number)) - abs(selected)) <= unit(number) / 2
    ]
    assert not named or any(number * selected >= 0 for number in named)


@pytest.mark.parametrize(("name", "i"), STOPS)
def test_what_a_text_works_out_comes_out(name, i):
    for line in SUM.findall(texts_of(name)[i]):
        left, right = line.split("=")
        if re.search(r"[·+/^]| − ", left):
            assert abs(worked_out(left) - Fraction(right.strip().replace("−", "-"))) <= (
                unit(right.strip()) / 2
            )


def test_a_wrong_sign_a_number_of_elsewhere_and_a_wrong_sum_are_noticed():
    session = session_of(DEFAULT)
    stop = next(stop for stop in session.lesson.stops if stop.place.position == Position(1, 7))
    shown = {value(number) for number in numbers(screen(session, stop))}
    assert value("−0.4505") in shown
    assert value("0.0885") not in shown
    assert worked_out("−0.5628·0.8005 ") != worked_out("0.5628·0.8005 ")
    assert SUM.findall("so 0.5 − 0.1·(−0.2601) = 0.5260. A")[0].endswith("0.5260")
