"""One position, one screen: what is shown follows from the place and the size of the screen."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.history.curve import BUCKETS
from engine.history.position import Position
from engine.saving.read import restored
from engine.saving.write import LIMIT_BYTES, written
from engine.session.session import Session
from tests.engine.lived import run
from tests.examples import examples
from tests.tui.keyboard import Keyboard

SIZES = ((80, 24), (120, 40), (200, 60))
FAR = 5 * BUCKETS
POSITIONS = [Position(*at) for at in ((60, 9), (8000, 3), (9000, 7), (9001, 6), (17_000, 1))]
MOVES = ["right", "left", "f", "F", "t", "T", "g", "G", "o", "h", "j", "k", "l", "tab", "3", "1"]


def screens(keys: Keyboard) -> list[str]:
    keys.context.say("")
    return [keys.screen(*size) for size in SIZES]


def fresh(at: Position) -> list[str]:
    """The screens of a session that has never been further."""
    return screens(at_keyboard(Keyboard().session, at))


def at_keyboard(session: Session, at: Position) -> Keyboard:
    keys = Keyboard()
    keys.context.desk.session = session
    session.go(at)
    return keys


def far() -> Session:
    session = Keyboard().session
    session.go(Position(FAR, 1))
    return session


def test_whoever_has_been_far_sees_what_was_there_before():
    session = far()
    for at in POSITIONS:
        assert screens(at_keyboard(session, at)) == fresh(at)


@pytest.mark.parametrize("t", [2, 30_000, FAR])
def test_that_the_other_run_has_been_looked_at_changes_nothing(t):
    at = Position(t, 1)
    keys = at_keyboard(Keyboard().session, at)
    before = screens(keys)
    beside = keys.actions.frame().other_losses
    assert beside is None if t == FAR else beside and beside.iterations[-1] >= t // 4 * 4 - 4
    keys.session.toggle()
    keys.session.go(at, 0)
    keys.session.other.history.extend(t)
    assert screens(keys) == before


@pytest.mark.parametrize("limit", [LIMIT_BYTES, 100_000])
def test_a_session_saved_far_out_shows_it_too(limit):
    document, arrays = written(far(), limit)
    assert ("line0.finer" in arrays) == (limit == LIMIT_BYTES)
    assert "line0.low" in arrays
    session = restored(json.loads(json.dumps(document)), arrays).session
    for at in POSITIONS:
        assert screens(at_keyboard(session, at)) == fresh(at)


@settings(max_examples=examples(30))
@given(st.lists(st.sampled_from(MOVES), max_size=40))
def test_back_is_the_identity(moves):
    keys = Keyboard().press("2 0 g")
    seen: dict[tuple, list[str]] = {}
    for key in moves:
        for pressed in (key, "backspace", "u", "U"):
            keys.press(pressed)
            session, frame = keys.session, keys.actions.frame()
            dialog = keys.context.dialog
            at = (session.place, session.other.number, frame.symbol, frame.index, frame.pane)
            here = screens(keys)
            assert seen.setdefault((*at, dialog.digits), here) == here


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
def test_what_a_run_file_says_beside_its_rows_has_screens(size):
    """Groups, ties, one bias for a layer, given mini-batches: every step of an iteration."""
    session = Session(run("settings"))
    for step in session.branch.history.steps_of(2):
        keys = at_keyboard(session, Position(2, step.number))
        lines = keys.press("x").screen(*size), keys.press("q enter").screen(*size)
        assert all(line.strip() for line in lines)
        keys.press("q")
