"""Copying: the selected number, its formula with the numbers put in, or its row."""

from __future__ import annotations

from typing import NamedTuple

from engine.session.moves import MoveError
from tui.actions.context import Context, command
from tui.actions.dialog import Count
from tui.actions.effects import Copy, Effects
from tui.actions.views.copied import VIEW
from tui.draw import copied

MOST = 50_000
"""So many characters are copied at most: terminals drop what is longer."""


class Kind(NamedTuple):
    """What is copied, as the sentences name it: of its own, and after the name of the element."""

    own: str
    named: str


KINDS = (
    Kind("the number", "{name}, all digits"),
    Kind("its formula", "the formula of {name}"),
    Kind("its row", "the row of {name}"),
    Kind("all alone", ""),
)
"""One after the other, each time the key is pressed again; the last is a page to select from."""


class Copied:
    """Which of them it was, and what was said of it."""

    kind = -1
    said = ""


@command
def copy(c: Context, count: Count) -> Effects:
    """Copy the number; pressed again, the others; with a count, that one of them."""
    last = c.shown.memory.of(Copied)
    again = last.kind + 1 if last.said and c.dialog.before == last.said else 0
    kind = (count.times - 1 if count.given else again) % len(KINDS)
    if kind == len(KINDS) - 1:
        last.said = ""
        _alone(c)
        return ()
    frame = c.picture()
    text = (copied.number, copied.formula, copied.row)[kind](frame)
    if len(text) > MOST:
        raise MoveError(f"That is {len(text):,} characters, more than terminals take: --json.")
    name = c.text.element(frame.symbol, frame.index, frame.entries[frame.symbol].array.shape)
    what = KINDS[kind].named.format(name=name)

    def done(how: str) -> None:
        if not how:
            _alone(c)
            c.say(f"This terminal takes no copies: here they are, {c.keymap.shown('quit')} closes.")
            return
        key, following = c.keymap.shown("copy"), KINDS[kind + 1].own
        last.kind, last.said = kind, f"{how.format(what=what)} {key} again: {following}."
        c.say(last.said)

    return (Copy(text, done),)


def _alone(c: Context) -> None:
    if c.shown.view is not VIEW:
        c.shown.open(VIEW)
