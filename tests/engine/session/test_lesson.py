"""A lesson: which stop a place is, which one comes next, and notes written into it."""

from dataclasses import replace

import pytest

from engine.history.position import Position
from engine.runfile.lesson import MOST_TEXT
from engine.runfile.read import load
from engine.session.lesson import Lesson, Stop
from engine.session.moves import MoveError
from engine.session.session import Session
from engine.session.standing import Place, Selection
from engine.session.tree import OTHER, OWN
from engine.spec.run import StopSpec


def stop(step: int, element: int = 0, branch: int = OWN) -> Stop:
    place = Place(branch, Position(1, step))
    return Stop(place, Selection("", element), f"{step}, {element}", own=True)


PLAIN = replace(load("worked-example"), lesson=())
FOUR = (stop(6), stop(7), stop(7, 2), stop(2, 0, OTHER))


@pytest.mark.parametrize(
    ("last", "place", "element", "at"),
    [
        (-1, FOUR[0].place, 0, 0),
        (-1, FOUR[0].place, 1, 0),
        (-1, FOUR[1].place, 0, 1),
        (-1, FOUR[2].place, 2, 2),
        (2, FOUR[2].place, 1, 2),
        (1, FOUR[2].place, 2, 2),
        (0, FOUR[2].place, 1, 1),
        (3, Place(OWN, Position(1, 2)), 0, -1),
        (3, Place(OTHER, Position(1, 2)), 0, 3),
    ],
)
def test_of_several_stops_at_a_place_the_element_tells(last, place, element, at):
    assert Lesson(FOUR, last).at(place, Selection("", element)) == at


def test_of_a_run_s_own_stops_the_one_gone_to_last_is_shown():
    lesson = Lesson(tuple(each._replace(own=False) for each in FOUR), 1)
    shown = [lesson.at(each.place, each.selection) for each in FOUR]
    assert shown == [-1, 1, 1, -1]
    session = Session(replace(PLAIN, lesson=(StopSpec("1.2", "a"), StopSpec("1.3", "b"))))
    session.go(Position(1, 2))
    assert (session.stop, session.notes.count, session.notes.made) == (-1, 2, None)
    session.note("mine")
    assert [each.text for each in session.lesson.stops] == ["a", "b", "mine"]
    session.go_to_stop(session.lesson.stops[0])
    session.note("A")
    assert [each.text for each in session.lesson.stops] == ["A", "b", "mine"]


def test_from_a_stop_the_next_and_from_elsewhere_back_to_the_one_that_was_left():
    lesson = Lesson(FOUR, 1)
    assert [lesson.beside(2, by) for by in (1, -1, 2)] == [3, 1, 4]
    assert [lesson.beside(-1, by) for by in (1, 2, -1, -2)] == [2, 3, 1, 0]
    assert Lesson(FOUR).beside(-1, 1) == 0
    assert Lesson(FOUR).beside(-1, -1) < 0


def test_stops_on_branches_that_are_gone_do_not_count():
    assert Lesson(FOUR, 3).on([OWN]) == Lesson(FOUR[:3], 2)
    assert Lesson(FOUR, 2).on([OTHER]) == Lesson(FOUR[3:], -1)


def test_a_new_note_comes_after_the_stop_gone_to_last():
    new = stop(9)
    assert Lesson(FOUR, 1).written(-1, new) == Lesson((*FOUR[:2], new, *FOUR[2:]), 2)
    assert Lesson(FOUR).written(-1, new) == Lesson((*FOUR, new), 4)
    changed = stop(7)._replace(text="other")
    assert Lesson(FOUR, 3).written(1, changed).stops[:3] == (FOUR[0], changed, FOUR[2])
    assert Lesson(FOUR, 1).written(1, stop(7)._replace(text="")) == Lesson((FOUR[0], *FOUR[2:]), 0)
    assert Lesson(FOUR, 1).written(3, stop(7)._replace(text="")) == Lesson(FOUR[:3], 1)
    assert Lesson(FOUR, 1).written(-1, stop(9)._replace(text="")) == Lesson(FOUR, 1)


def test_notes_are_of_places_and_elements():
    session = Session(PLAIN)
    assert (session.stop, session.notes.count) == (-1, 0)
    session.note("  the\n start ")
    session.go(Position(1, 7))
    session.note("one")
    session.selection = Selection("dW2", 3)
    session.note("another")
    assert [each.text for each in session.lesson.stops] == ["the start", "one", "another"]
    assert session.stop == 2
    session.selection = Selection("", 4)  # the same as the first of four
    assert session.stop == 1
    session.note("once more")
    session.selection = Selection("delta2", 1, 7)
    assert session.stop == 1
    session.note("")
    assert [each.text for each in session.lesson.stops] == ["the start", "once more", "another"]
    session.go_to_stop(session.lesson.stops[2])
    assert (session.selection, session.lesson.last) == (Selection("", 3), 2)
    with pytest.raises(MoveError, match="601"):
        session.note("a" * (MOST_TEXT + 1))


def test_what_is_not_known_yet_is_not_what_is_noted():
    session = Session(PLAIN)
    for step, symbol, element, counts in (
        (1, "dW1", 3, Selection("", 1)),
        (1, "W1", 3, Selection("W1", 3)),
        (1, "y", 1, Selection("y", 1)),
        (1, "W9", 0, Selection("", 0)),
        (12, "dW1", 3, Selection("", 3)),
        (13, "dW1", 3, Selection("dW1", 3)),
        (0, "x", 1, Selection("", 1)),
    ):
        session.go(Position(1, step))
        session.selection = Selection(symbol, element)
        assert session.selected == counts
