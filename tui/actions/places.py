"""Places, which are a branch and a position: marked with a letter, and visited before."""

from __future__ import annotations

from engine.session.moves import MoveError
from tui.actions.context import Context, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.travel import travel


@command
def mark(c: Context, _count: Count) -> None:
    """Mark this place with the next letter."""

    def enter(letter: str) -> None:
        if len(letter) != 1 or not letter.isalpha():
            raise MoveError("A mark is a letter.")
        c.session.mark(letter)
        c.say(f"Marked {letter}.")

    c.dialog.ask_letter("mark this place with a letter: ", enter)


@command
def to_mark(c: Context, _count: Count) -> None:
    """Go to the place marked with the next letter."""

    def enter(letter: str) -> Effects:
        branch, position = c.session.marked(letter)
        return travel(c, position, branch)

    known = " ".join(sorted(c.session.marks)) or "none yet"
    c.dialog.ask_letter(f"go to mark ({known}): ", enter)


@command
def back(c: Context, count: Count) -> Effects:
    """To the place before this one."""
    return _visit(c, count.times, "This is the first place of this session.")


@command
def forth(c: Context, count: Count) -> Effects:
    """To the place gone back from."""
    return _visit(c, -count.times, "This is the last place of this session.")


def _visit(c: Context, count: int, nothing: str) -> Effects:
    session = c.session
    place = session.visited(count)
    if place is None:
        c.say(nothing)
        return ()
    branch, position = place
    return travel(c, position, branch, lambda: session.go_back(count))
