"""Keys in, frames out: the one writer of the session and of what is shown of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.history.position import Position
from engine.spec.refused import sentence
from tui.actions.commands import ROWS, named
from tui.actions.context import Context, PageKey
from tui.actions.desk import Desk
from tui.actions.dialog import Count
from tui.actions.effects import Effects, Job, Wish
from tui.actions.frames import shown
from tui.actions.travel import travel
from tui.frame.frame import Frame
from tui.keys import Keymap

PAGING = {"pagedown": 10, "pageup": -10}


class Actions:
    """Takes keys, one at a time and in order, and gives the frame to show. What only the app can
    do is returned.
    """

    def __init__(self, desk: Desk, keymap: Keymap) -> None:
        self.context = Context(desk, keymap)

    def press(self, key: str, character: str | None) -> Effects | None:
        """Take a key. None where it means nothing."""
        c = self.context
        if c.keymap.leaves(key, character):
            return (Wish.QUIT,)
        if (prompt := c.dialog.prompt) is not None:
            effects = c.dialog.answer(prompt, key, character)
            return effects if c.dialog.prompt is not None else self._and_prepared(effects)
        if c.dialog.counts(character):
            return ()
        if own := self._own(character if character and character.isprintable() else key):
            c.say("")
            return self.attempt(own.do, c)
        if name := c.keymap.action(key, character):
            return self.run(name)
        if key in PAGING and c.shown.view.page and not c.shown.view.items:
            c.shown.scroll_by(PAGING[key])
            return ()
        if c.dialog.digits and key in ("escape", "backspace"):
            c.dialog.digits = ""
            return ()
        return None

    def paste(self, text: str) -> Effects | None:
        """Take a paste, which is typed where one is asked for a text. None where it is not."""
        return () if self.context.dialog.paste(text) else None

    def point(self, x: int, y: int, wheel: int) -> Effects | None:
        """Take what a mouse has done: a turn of its wheel is a step, or a line of a page. None
        where it means nothing, as while something is asked.
        """
        from tui.actions import pointing  # most sessions have no mouse

        c = self.context
        if c.dialog.prompt is not None:
            return None
        if wheel and not c.shown.view.page:
            c.dialog.digits = ""
            return self.run("next_step" if wheel > 0 else "previous_step")
        c.say("")
        c.dialog.digits, c.playing.on = "", False
        if wheel:
            pointing.scroll(c, wheel)
            return ()
        return self._and_prepared(self.attempt(pointing.click, c, x, y))

    def _own(self, key: str) -> PageKey | None:
        """What the view that is shown has for itself on a key; nothing on an empty list."""
        c, view = self.context, self.context.shown.view
        if view.items:
            items = view.items(c)
            if not items:
                return None
            c.shown.pointed(items)
        return next((row for row in view.keys if row.key == key), None)

    def run(self, name: str) -> Effects:
        """Do the command of that id, as often as the count says where that makes sense."""
        c, row, view = self.context, ROWS[name], self.context.shown.view
        c.say("")
        count = c.dialog.count()
        if not row.while_playing:
            c.playing.on = False
        if row.lines and view.page:
            by = row.lines * count.times
            if view.items:
                c.shown.point_by(by, len(view.items(c)), view.further)
            else:
                c.shown.scroll_by(by)
            return ()
        if row.group in ("Move", "Run") and not view.follows:
            return ()  # nothing moves behind such a page
        if c.desk.practising:
            from tui.actions.practice import in_place  # most sessions have none

            return self.attempt(in_place(row), c, count)
        return self._and_prepared(self.attempt(named(row), c, count))

    def attempt(self, do: Callable[..., Effects | None], *args: object) -> Effects:
        """Do it, or say why it cannot be done."""
        return self.context.dialog.attempt(do, *args) or ()

    def _and_prepared(self, effects: Effects) -> Effects:
        """Have the view that is shown prepare its page too, unless a job is under way."""
        c = self.context
        prepare = c.shown.view.prepare
        if prepare is None or c.jobs.current:
            return effects
        return (*effects, *(prepare(c) or ()))

    # -- time ----------------------------------------------------------------------------------

    def go_to(self, position: Position) -> Effects:
        """Go to a position of the branch that the reader stands on."""
        return self.attempt(travel, self.context, position)

    def tick(self) -> Effects:
        """One step of playing."""
        c = self.context
        c.say("")
        return self._and_prepared(self.attempt(named(ROWS["next_step"]), c, Count()))

    def finish(self, job: Job, result: Any) -> Effects:
        """A job has ended with that result, which may have moved the reader; one that has been
        replaced no longer matters.
        """
        if not self.context.jobs.ended(job):
            return ()
        try:
            effects = self.attempt(job.done, result)
        except Exception as error:  # the session goes on whatever a job has come to
            self._failed(job, error)
            effects = ()
        return effects if job.stopped else self._and_prepared(effects)

    def fail(self, job: Job, error: Exception) -> Effects:
        """A job has failed."""
        if self.context.jobs.ended(job):
            self._failed(job, error)
        return ()

    def _failed(self, job: Job, error: Exception) -> None:
        self.context.say(f"{job.what} failed: {sentence(error)}", error=True)

    # -- the picture ---------------------------------------------------------------------------

    def frame(self) -> Frame:
        """What to show now."""
        return shown(self.context)
