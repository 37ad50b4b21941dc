"""Looking: panes, the selected element, samples, digits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.catalog.symbols import Symbol
from tui.actions.context import ZOOM, Context, command
from tui.actions.desk import LEAST_DIGITS, MOST_DIGITS
from tui.actions.dialog import Count
from tui.arrange import BLANK, FURTHER, PAIR_WIDTH, PANES
from tui.draw import columns
from tui.draw.values import nearest, stacked
from tui.draw.wants import placed
from tui.frame.frame import Frame

LISTED = 4
"""So many means of passes are said."""


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
def next_column(c: Context, count: Count) -> None:
    """Have another one of the columns come first beside the step; the others follow it."""
    least = PAIR_WIDTH + BLANK + FURTHER
    if c.shown.size[0] < least:
        c.say(f"A column beside the step takes a screen of {least} cells.")
        return
    names = columns.order(c.picture())
    c.desk.column = names[count.times % len(names)]
    shows = next(row.shows for row in columns.COLUMNS if row.id == c.desk.column)
    c.say(f"{c.desk.column}: {shows}.")


@command
def by_pass(c: Context, _count: Count) -> None:
    """Have the loss pane show the mean of each pass over the data, or each iteration again."""
    if not c.desk.by_pass and not c.history.batches(c.session.position.iteration).several:
        c.say("Each pass over the data is one mini-batch here: the losses are the means.")
        return
    c.desk.by_pass = not c.desk.by_pass
    means = c.picture().means
    if not c.desk.by_pass:
        c.say("Losses are shown by iteration.")
    elif means is None:
        c.desk.by_pass = False
        c.say("The means of so many passes would take too long here.")
    else:
        listed = ", ".join(map(c.text.number, means.low.tolist()[-LISTED:])) or "none has ended yet"
        c.say(f"Losses are shown by pass; the mean of the last ones: {listed}.")


@command
def select_left(c: Context, count: Count) -> None:
    """The element before."""
    _select(c, -count.times)


@command
def select_right(c: Context, count: Count) -> None:
    """The element after."""
    _select(c, count.times)


def _select(c: Context, by: int) -> None:
    """An element of those in the row of the selected one: of its symbol and of what stands beside
    it.
    """
    frame = c.picture()
    row = next(row for row in _rows(c, frame) if frame.symbol in row)
    places = [(symbol, i) for symbol in row for i in range(_size(frame, symbol))]
    symbol, element = places[(places.index(_selected(frame)) + by) % len(places)]
    c.session.selection = replace(c.session.selection, symbol=symbol, element=element)


def _selected(frame: Frame) -> tuple[Symbol, int]:
    shape, index = frame.entries[frame.symbol].array.shape, frame.index
    if frame.symbol.batchwise:
        shape, index = shape[1:], index[1:]
    return frame.symbol, int(np.ravel_multi_index(index, shape)) if shape else 0


def _size(frame: Frame, symbol: Symbol) -> int:
    """How many elements a symbol has, of one sample where it has them for each."""
    shape = frame.entries[symbol].array.shape
    return max(1, int(np.prod(shape[1:] if symbol.batchwise else shape)))


def _rows(c: Context, frame: Frame) -> list[list[Symbol]]:
    """The known symbols as the values pane has them below and beside each other, then those that
    it leaves to the optimizer's.
    """
    boxes = placed(frame, *c.shown.size)
    others = [[Symbol(symbol)] for symbol in frame.entries]
    if "values" not in boxes:
        return others
    rows = stacked(frame, boxes["values"][2])
    seen = {symbol for row in rows for symbol in row}
    return [*rows, *(row for row in others if row[0] not in seen)]


@command
def select_down(c: Context, count: Count) -> None:
    """The symbol below."""
    _select_symbol(c, count.times)


@command
def select_up(c: Context, count: Count) -> None:
    """The symbol above."""
    _select_symbol(c, -count.times)


def _select_symbol(c: Context, by: int) -> None:
    frame = c.picture()
    rows = _rows(c, frame)
    at = next(i for i, row in enumerate(rows) if frame.symbol in row)
    symbol = nearest(frame, frame.symbol, rows[(at + by) % len(rows)])
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
