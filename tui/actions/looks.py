"""Looking: panes, the selected element, samples, digits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tui.actions.context import ZOOM, Context, command
from tui.actions.desk import LEAST_DIGITS, MOST_DIGITS
from tui.actions.dialog import Count
from tui.arrange import PANES


@command
def next_pane(c: Context, count: Count) -> None:
    """The next pane."""
    _turn(c, count.times)


@command
def previous_pane(c: Context, count: Count) -> None:
    """The previous pane."""
    _turn(c, -count.times)


def _turn(c: Context, by: int) -> None:
    c.desk.pane = PANES[(PANES.index(c.desk.pane) + by) % len(PANES)]


@command
def zoom(c: Context, _count: Count) -> None:
    """The active pane alone, and back."""
    c.shown.open(ZOOM)


@command
def select_left(c: Context, count: Count) -> None:
    """The element before."""
    _select(c, -count.times)


@command
def select_right(c: Context, count: Count) -> None:
    """The element after."""
    _select(c, count.times)


def _select(c: Context, by: int) -> None:
    frame = c.picture()
    shape, index = frame.entries[frame.symbol].array.shape, frame.index
    if frame.symbol.batchwise:
        shape, index = shape[1:], index[1:]
    number = int(np.ravel_multi_index(index, shape)) if shape else 0
    size = max(1, int(np.prod(shape)))
    c.session.selection = replace(
        c.session.selection, symbol=frame.symbol, element=(number + by) % size
    )


@command
def select_down(c: Context, count: Count) -> None:
    """The next symbol."""
    _select_symbol(c, count.times)


@command
def select_up(c: Context, count: Count) -> None:
    """The previous symbol."""
    _select_symbol(c, -count.times)


def _select_symbol(c: Context, by: int) -> None:
    frame = c.picture()
    symbols = list(frame.entries)
    symbol = symbols[(symbols.index(frame.symbol) + by) % len(symbols)]
    c.session.selection = replace(c.session.selection, symbol=symbol, element=0)


@command
def next_sample(c: Context, count: Count) -> None:
    """The next sample of the mini-batch."""
    _sample(c, count.times)


@command
def previous_sample(c: Context, count: Count) -> None:
    """The previous sample of the mini-batch."""
    _sample(c, -count.times)


def _sample(c: Context, by: int) -> None:
    frame = c.picture()
    if frame.batch == 1:
        c.say("This mini-batch has one sample.")
        return
    sample = (frame.sample + by) % frame.batch
    c.session.selection = replace(c.session.selection, sample=sample)


@command
def more_digits(c: Context, count: Count) -> None:
    """More digits after the point."""
    _digits(c, c.text.digits + count.times)


@command
def fewer_digits(c: Context, count: Count) -> None:
    """Fewer digits after the point."""
    _digits(c, c.text.digits - count.times)


def _digits(c: Context, digits: int) -> None:
    digits = min(max(LEAST_DIGITS, digits), MOST_DIGITS)
    c.desk.text = replace(c.text, digits=digits)
    c.say(f"{digits} digits after the point.")
