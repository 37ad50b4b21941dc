"""Search: a symbol, an element or words, from step to step, through all iterations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from engine.history.position import Position
from engine.program.trace import Trace
from engine.session.moves import MoveError
from engine.session.standing import Selection, selected
from engine.spec.problem import Problem
from engine.spec.run import MOST_ITERATIONS
from tui.actions.context import Context, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.stops import Stops
from tui.actions.travel import near, quick, travel
from tui.frame.frame import Frame
from tui.frame.hits import COMPUTED, Hit, Sought, looked_for, nothing, short

MOST_LOOKED = 50
"""So many iterations are looked through for the next hit."""


class Search:
    """What was looked for last."""

    text = ""


@command
def ask(c: Context, _count: Count) -> None:
    """Ask what to look for; nothing typed, what was looked for last."""
    last = c.desk.memory.of(Search)

    def enter(text: str) -> Effects:
        last.text = " ".join(text.split()) or last.text
        return _first(c, last.text) if last.text else ()

    again = f", Enter for {short(last.text)}" if last.text else ""
    hint = f"a symbol, an element, a word of a step{again}"
    c.dialog.ask("/", enter, hint=hint, meanwhile=partial(_so_far, c))


def _so_far(c: Context, text: str) -> str:
    """How often its iteration has what is typed so far; "" where that cannot be seen at once."""
    if not text.strip():
        return ""
    try:
        t, text = _named(c, " ".join(text.split()))
        if not near(c.history, t):
            return ""
        _, found = looked_for(c.picture(), c.history.trace(t), text)
    except Problem as problem:
        return str(problem)
    return f"{len(found)} in iteration {t:,}"


def _named(c: Context, text: str) -> tuple[int, str]:
    """The iteration that a text names, 2.W1, else this one; and what to look for there. Raises
    MoveError where there is no such iteration.
    """
    named = re.fullmatch(r"([0-9]{1,20})\.(?=[^0-9])(.+)", text)
    if named is None:
        return c.session.position.iteration, text
    t = int(named[1])
    if not 1 <= t <= MOST_ITERATIONS:
        raise MoveError(f"{t}: iterations run from 1 to {MOST_ITERATIONS:,}.")
    return t, named[2]


def _first(c: Context, text: str) -> Effects:
    """To where a symbol is computed, in this iteration or the one that is named, 2.W1; to words
    from here on, or else from the start of the iteration. Raises Problem where that has none.
    """
    here = c.session.position
    t, text = _named(c, text)

    def arrive() -> Effects:
        frame, trace = c.picture(), c.history.trace(t)
        what, found = looked_for(frame, trace, text)
        if not found:
            raise MoveError(nothing(frame, trace, what))
        computed = [hit for hit in found if hit.how == COMPUTED]
        later = [hit for hit in found if t != here.iteration or hit.step >= here.step]
        c.desk.memory.of(Stops).go_by(partial(_by, text))
        hit = (computed or later or found)[0]
        again = ", from its start again" if not computed and not later else ""
        return _go(c, trace, what, hit, found, again)

    if near(c.history, t):
        return arrive()
    return travel(c, Position(t, 1), arrive=arrive)


def _go(
    c: Context, trace: Trace, what: Sought, hit: Hit, found: Sequence[Hit], wrapped: str
) -> Effects:
    """Go to a hit, select what was looked for, and say which of how many it is."""
    there = Position(trace.t, hit.step)
    number, count = found.index(hit) + 1, len(found)
    said = f"{short(what.text)} {number} of {count} in iteration {trace.t}{wrapped}: {hit.how}."

    def arrive() -> None:
        c.session.go(there)
        c.session.selection = _selection(what, c.session.selection)
        c.say(said)

    return travel(c, there, arrive=arrive)


def _selection(what: Sought, old: Selection) -> Selection:
    """The element that was looked for, else the first of the symbol, or of what is computed."""
    if what.symbol is None:
        return replace(old, symbol="", element=0)
    if what.place is None:
        return replace(old, symbol=what.symbol, element=0)
    found = selected(what.symbol, what.place, what.shape)
    return found if what.symbol.batchwise else replace(found, sample=old.sample)


def _by(text: str, c: Context, by: int) -> Effects:
    """By so many hits, on into other iterations, as far as these are quickly looked through."""
    here, history = c.session.position, c.history
    way, left, t = (1 if by > 0 else -1), abs(by), here.iteration
    frame = c.picture()
    while True:
        what, found = _in(frame, c, t, text)
        ahead = found[::way]
        if t == here.iteration:
            ahead = [hit for hit in ahead if (hit.step - here.step) * way > 0]
        if len(ahead) >= left:
            turned = ", gone on to" if t != here.iteration else ""
            return _go(c, history.trace(t), what, ahead[left - 1], found, turned)
        left -= len(ahead)
        t += way
        if not 1 <= t <= MOST_ITERATIONS:
            where = "after" if by > 0 else "before"
            few = "is no hit" if left == abs(by) else "are fewer hits"
            c.say(f"There {few} of {short(text)} {where} this.")
            return ()
        if not _quickly(c, t):
            c.say(f"{short(text)}: nothing more as far as iteration {t - way:,}.")
            return ()


def _quickly(c: Context, t: int) -> bool:
    """Whether iteration t may be looked through while a reader waits."""
    looked = abs(t - c.session.position.iteration)
    patient = looked <= 1 or quick(looked * c.history.seconds)
    return looked <= MOST_LOOKED and patient and near(c.history, t)


def _in(frame: Frame, c: Context, t: int, text: str) -> tuple[Sought, list[Hit]]:
    trace = c.history.trace(t)
    try:
        return looked_for(frame, trace, text)
    except Problem:  # another iteration's array has another size
        return Sought(text), []
