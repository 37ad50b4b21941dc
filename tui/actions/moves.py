"""Moving about by steps, phases and iterations, and training ahead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.history.history import History
from engine.history.position import Position
from engine.session.moves import MoveError, by_iterations, by_passes, by_phases, by_steps
from engine.spec.run import MOST_ITERATIONS
from tui.actions.context import Context, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.travel import train_to, travel

Target = Callable[[History, Position, int], Position]


def _move(c: Context, target: Target, count: int, select: bool = True) -> Effects:
    if select:
        follow(c)
    there = target(c.history, c.session.position, count)
    if there == c.session.position:
        start = there == Position()
        c.say("This is the start." if start else "There is nothing further.")
        return ()
    return travel(c, there)


def follow(c: Context) -> None:
    """Select what the step computes."""
    c.session.selection = replace(c.session.selection, symbol="")


@command
def next_step(c: Context, count: Count) -> Effects:
    """On by steps."""
    return _move(c, by_steps, count.times)


@command
def previous_step(c: Context, count: Count) -> Effects:
    """Back by steps."""
    return _move(c, by_steps, -count.times)


@command
def next_phase(c: Context, count: Count) -> Effects:
    """On by phases."""
    return _move(c, by_phases, count.times)


@command
def previous_phase(c: Context, count: Count) -> Effects:
    """Back by phases."""
    return _move(c, by_phases, -count.times)


@command
def next_iteration(c: Context, count: Count) -> Effects:
    """On by iterations."""
    return _move(c, by_iterations, count.times, select=False)


@command
def previous_iteration(c: Context, count: Count) -> Effects:
    """Back by iterations."""
    return _move(c, by_iterations, -count.times, select=False)


@command
def next_pass(c: Context, count: Count) -> Effects:
    """On by passes over the data."""
    return _move(c, by_passes, count.times, select=False)


@command
def previous_pass(c: Context, count: Count) -> Effects:
    """Back by passes over the data."""
    return _move(c, by_passes, -count.times, select=False)


@command
def first(c: Context, count: Count) -> Effects:
    """To the start; with a count, to that iteration."""
    follow(c)
    return travel(c, Position(count.times, 1) if count.given else Position())


@command
def last(c: Context, count: Count) -> Effects:
    """To the last position reached; with a count, to that iteration."""
    follow(c)
    return travel(c, Position(count.times, 1) if count.given else c.session.reached)


@command
def train(c: Context, count: Count) -> None:
    """Ask how far to train ahead; stop where that is under way."""

    def enter(text: str) -> Effects:
        digits = text.replace(",", "").strip()
        whole = digits.isascii() and digits.isdigit()
        if not whole or not 1 <= int(digits) <= MOST_ITERATIONS:
            raise MoveError(f"{text}: a whole number from 1 to {MOST_ITERATIONS:,} is needed.")
        return train_to(c, int(digits))

    if not c.jobs.stop():
        c.dialog.ask("train on to iteration: ", enter, str(count.times) if count.given else "")
