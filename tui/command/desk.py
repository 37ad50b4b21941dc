"""The desk that the options ask for, and where one begins on it: for the screen and for lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.runfile.read import DEFAULT
from tui.actions import lesson
from tui.actions.actions import Actions
from tui.actions.desk import Desk
from tui.actions.effects import Effects
from tui.command import opening
from tui.command.options import text_style
from tui.command.output import say

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from engine.history.position import Position
    from engine.saving.lock import Lock
    from engine.session.session import Session


class Laid(NamedTuple):
    """A desk; where to go first, None where it stands right; how many iterations are asked for,
    0 for as many as the run says; and what to say of a session that was saved.
    """

    desk: Desk
    target: Position | None
    iterations: int
    message: str

    def begin(self, actions: Actions, options: argparse.Namespace) -> Effects:
        """Go where it is asked for, and say what there is to say."""
        c = actions.context
        if self.message:
            replay(c.session)
            c.say(self.message)
        if self.iterations:
            c.session.reach(self.iterations)
        if options.practice:
            from tui.command import practice

            practice.begin(c, options, self.target)
            return ()
        if not self.target:
            return ()
        effects = actions.go_to(self.target)
        if not self.message and (told := lesson.told(c)):
            c.say(told)
        return effects


def laid(options: argparse.Namespace, stream: object) -> Laid:
    """The desk, written as the stream shows it."""
    text = text_style(options, stream)
    if options.resume is None:
        desk, message = Desk(opening.new_session(options), text, source=options.run or DEFAULT), ""
    else:
        opened = opening.saved(options, text, _held)
        desk, message = opened.desk, opened.message
        desk.text = desk.text if options.digits is None else text
    target, count = _place(options, desk.session), opening.iterations(options, 0)
    return Laid(desk, target, count, message)


def _place(options: argparse.Namespace, session: Session) -> Position | None:
    """Where to go first: to the place that is asked for, else where a new run wants to be opened.
    Practice begins at the start.
    """
    target = opening.target(options, session)
    new = options.resume is None and not options.practice
    if target is None and new and session.opening > session.position:
        return session.opening
    return target


def _held(path: Path) -> Lock | None:
    """A saved session, held by this program, or None for a copy of it."""
    from tui.command.taking import held  # the first picture does not wait for it

    return held(path)


def replay(session: Session) -> None:
    """Compute what is needed to show where a session stands, and say so where that takes long."""
    history, t = session.branch.history, session.position.iteration
    count = history.wait(t)
    if count * history.seconds > 1:
        say(f"Replaying {count:,} iterations …")
    history.approach(t)
