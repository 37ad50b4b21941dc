"""While practice asks for a number, no pane of any size shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from engine.history.position import Position
from engine.session.moves import by_steps, end_of
from engine.session.rivals import with_named_optimizer
from engine.session.session import Session
from tui.actions.runs import run_named
from tui.arrange import PANES
from tui.command.picture import picture
from tui.draw import columns
from tui.frame.frame import Array, Frame, build
from tui.text.format import Text

SIZES = ((60, 20), (80, 24), (120, 40), (200, 60))
RUNS = (
    ("worked-example", "sgd"),
    ("worked-example", "adam"),
    ("exercise:2-2-2,#3", "sgd"),
    ("exercise:2-3-2,n1,#3", "adam"),
)
NUMBER = re.compile(r"(?<![\d.])(\d*\.\d+)(?:e([−+-]?\d+))?")
UNIT = re.compile("10⁻([¹²³⁴⁵⁶⁷⁸⁹])")
LEAST = 3
"""A number of which so many digits are told is told."""


def tokens(screen: str) -> Iterator[tuple[float, float]]:
    """The decimal numbers on a screen without their signs, each with half a unit of its last
    digit; also as they would be in each unit that is named.
    """
    units = [0, *("¹²³⁴⁵⁶⁷⁸⁹".index(each) + 1 for each in set(UNIT.findall(screen)))]
    for digits, exponent in NUMBER.findall(screen):
        power = int((exponent or "0").replace("−", "-"))
        if len(digits.replace(".", "").lstrip("0")) >= LEAST:
            for unit in units:
                last = power - unit - len(digits.partition(".")[2])
                yield float(Decimal(digits).scaleb(power - unit)), 0.5 * 10.0**last


def known(frame: Frame) -> Array:
    """All that is known at the position, and what arithmetic with it shows between."""
    found = [entry.array.ravel() for entry in frame.entries.values()]
    found += [e.previous.ravel() for e in frame.entries.values() if e.previous is not None]
    found += [row[2].ravel() for update in frame.updates for row in update.rows]
    found += [np.array(list(frame.trace.scalars.values())), frame.losses.low]
    every: Array = np.abs(np.concatenate(found))
    return every


def leaks(frame: Frame, asked: Array, screen: str) -> list[float]:
    """The numbers on a screen that are one asked for, and no other that is known."""
    there = known(frame)
    told = []
    for value, half in tokens(screen):
        near = half * (1 + 1e-9)
        hidden = np.abs(np.abs(asked) - value).min() <= near
        if hidden and not np.abs(there - value).min() <= near:
            told.append(value)
    return told


def asked_after(session: Session) -> Array:
    """The numbers of the step that comes next."""
    history = session.branch.history
    after = by_steps(history, session.position, 1)
    trace = history.trace(after.iteration)
    return trace.known(trace.steps[after.step - 1].symbol, after.step).ravel()


@pytest.mark.parametrize(("run", "optimizer"), RUNS)
def test_no_pane_shows_the_number_that_is_asked_for(run: str, optimizer: str) -> None:
    session = Session(with_named_optimizer(run_named(run), optimizer))
    end = end_of(session.branch.history, 2)
    while session.position < end:
        asked = asked_after(session)
        for digits in (3, 6):
            frame = build(session, Text(digits), closed=True)
            looks = [(frame, size) for size in SIZES]
            looks += [(replace(frame, pane=pane, layout="pane"), SIZES[1]) for pane in PANES]
            for look, size in looks:
                screen = picture(look, *size)
                at = f"{session.position} {digits} {size} {look.pane}"
                assert leaks(frame, asked, screen) == [], f"{at}\n{screen}"
        session.go(by_steps(session.branch.history, session.position, 1))


def test_a_number_that_is_shown_would_be_noticed() -> None:
    session = Session(run_named("worked-example"))
    session.go(Position(1, 1))
    before, asked = build(session, Text(), closed=True), asked_after(session)
    session.go(Position(1, 2))
    for size in SIZES:
        assert leaks(before, asked, picture(build(session, Text()), *size))


def test_a_closed_frame_has_nothing_of_the_other_run_and_no_further_columns() -> None:
    session = Session(run_named("worked-example"))
    session.go(Position(2, 8))
    open_, shut = build(session, Text()), build(session, Text(), closed=True)
    assert open_.other_losses is not None
    assert shut.other_losses is None
    assert "compare" in columns.order(open_)
    assert columns.order(shut) == ()
