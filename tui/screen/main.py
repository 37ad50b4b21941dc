"""The main screen: keys in, frames out, and which panes are where."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

from textual import events
from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from tui.actions.actions import Actions
from tui.actions.effects import Copy, Effects, Job, Leave, Wish
from tui.arrange import Box
from tui.draw.caret import Drawn, caret
from tui.draw.wants import placed
from tui.frame.frame import Frame
from tui.screen.autosave import Autosave
from tui.screen.clock import Clock
from tui.screen.frame_pane import FramePane
from tui.screen.inbox import Inbox, Input, Paste
from tui.screen.jobs import Jobs
from tui.screen.keystrokes import Keystrokes
from tui.screen.paint import PaneScreen
from tui.screen.tokens import Pasted, Pointed

FINISH_SECONDS = 0.25
"""How long what was typed before the app leaves has to be taken."""


class PaneLayout(Layout):
    """Places the panes of the frame that is shown; those that it leaves out are not shown."""

    name = "panes"

    def __init__(self, shown: Callable[[], Frame]) -> None:
        self._shown = shown

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """A placement for each pane that has a box."""
        boxes = placed(self._shown(), *size)
        return [
            WidgetPlacement(Region(*boxes[child.id]), NULL_OFFSET, Spacing(), child)
            for child in children
            if child.id in boxes
        ]


class MainScreen(PaneScreen[None]):
    """All panes, and the keys. `first` is done once the screen is there; `as_one()` has what is
    painted until its panes have been placed shown as one picture, `copy(text)` hands a text to the
    terminal and says how.
    """

    first: Effects = ()

    def __init__(
        self,
        actions: Actions,
        inbox: Inbox,
        leave: Callable[[], None],
        as_one: Callable[[], bool],
        copy: Callable[[str], str],
        turn_theme: Callable[[], None],
    ) -> None:
        super().__init__()
        self._as_one, self._copy, self._turn_theme = as_one, copy, turn_theme
        self.actions = actions
        self._inbox, self._leave_app = inbox, leave
        self._keystrokes = Keystrokes(self, inbox, self._answer)
        self.autosave = Autosave(self, actions.context, self.show)
        self._jobs = Jobs(self, self._meanwhile, self._ended)
        self._clock = Clock(self, self._tick)
        self._panes: dict[str, FramePane] = {}
        self._boxes: dict[str, Box] = {}
        self._frame: Frame | None = None
        self._shown_at: Size | None = None
        self._arrangement = PaneLayout(lambda: self._frame or actions.frame())

    @property
    def layout(self) -> Layout:
        """Where the panes go."""
        return self._arrangement

    def compose(self) -> Iterable[Widget]:
        """The panes that are shown first; others are mounted when they are."""
        self.actions.context.shown.size = self.app.size.width, self.app.size.height
        frame = self._frame = self.actions.frame()
        self._boxes = placed(frame, *self.app.size)
        for name in self._boxes:
            pane = self._pane(name)
            pane.show(frame)
            yield pane

    def on_mount(self) -> None:
        """See to what was asked for before there was a screen, such as a place far off."""
        self.autosave.listen()
        self.perform(self.first)

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits now. A terminal that is back at the size it had before the app has seen
        another one may have lost what was on it; a terminal of our own is sent all again by itself.
        """
        own = self._as_one()
        if event.size == self._shown_at:
            if not own and self._stays():
                self.refresh()
            return
        self._shown_at = event.size
        self.actions.context.shown.size = event.size.width, event.size.height
        self.show()

    # -- keys ----------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Take a key that Textual hands on."""
        if self._answer([(event.key, event.character)]):
            event.stop()
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste, or characters that came when something was open and has closed."""
        self._answer(event.presses if isinstance(event, Paste) else [Pasted(event.text)])

    def on_arrived(self) -> None:
        """Take the keys that wait."""
        self._keystrokes.arrived()

    def _answer(self, waiting: Iterable[Input]) -> bool:
        """Take keys and pastes, then show what has come of them; whether one meant anything."""
        self._jobs.answer_first()
        meant = False
        for what in waiting:
            if (effects := self._take(what)) is not None:
                meant = True
                self._perform(effects)
        if meant:
            self.show()
            self._jobs.answer_first()
            self.autosave.touch()
        return meant

    def _take(self, what: Input) -> Effects | None:
        if isinstance(what, Pasted):
            return self.actions.paste(what.text)
        if isinstance(what, Pointed):
            return self.actions.point(what.x, what.y, what.wheel)
        return self.actions.press(*what)

    def finish(self) -> None:
        """The app is leaving: take what was typed before, unseen, and what is quickly done."""
        until = monotonic() + FINISH_SECONDS
        while self.is_active and monotonic() < until and (what := self._inbox.next()) is not None:
            for effect in self._take(what) or ():
                if isinstance(effect, Leave):
                    self.autosave.leave(effect.desk)
            self.autosave.unsaved = True

    # -- all else that happens -----------------------------------------------------------------

    def do(self, name: str) -> None:
        """Do an action by its id, as the command palette does."""
        if self._stays():
            self._acted(self.actions.run(name))

    def open(self, run: str) -> None:
        """Open a run by name, as the command palette does."""
        from tui.actions.files import open_run  # the first picture does not wait for it

        if self._stays():
            self._acted(self.actions.attempt(open_run, self.actions.context, run))

    def ask(self, question: str) -> None:
        """Answer a question, as the command palette does."""
        from tui.actions.views.why import ask_by_id  # the first picture does not wait for it

        if self._stays():
            self._acted(self.actions.attempt(ask_by_id, self.actions.context, question))

    def _tick(self) -> None:
        if self._stays():
            self._acted(self.actions.tick())

    def _meanwhile(self) -> None:
        self.show()
        self.autosave.meanwhile()

    def _ended(self, job: Job, result: Any, error: Exception | None) -> None:
        actions = self.actions
        self._acted(actions.fail(job, error) if error else actions.finish(job, result))

    def _acted(self, effects: Effects) -> None:
        self.perform(effects)
        self.autosave.touch()

    def perform(self, effects: Effects) -> None:
        """Do what only the app can do, then show the outcome."""
        self._perform(effects)
        self.show()

    def _perform(self, effects: Effects) -> None:
        for effect in effects:
            if isinstance(effect, Leave):
                self.autosave.leave(effect.desk)
            elif self._stays():
                self._grant(effect)
        if self._stays():
            self._clock.set(self.actions.context.playing.rate)

    def _grant(self, effect: Wish | Copy | Job) -> None:
        match effect:
            case Copy():
                effect.done(self._copy(effect.text))
            case Wish.QUIT:
                self._inbox.clear()
                self._leave_app()
            case Wish.PALETTE:
                self.app.action_command_palette()
            case Wish.THEME:
                self._turn_theme()
            case Wish.SUSPEND:
                os.killpg(os.getpgrp(), signal.SIGTSTP)
            case Job():
                self._jobs.start(effect)

    def _stays(self) -> bool:
        """Whether the app is not leaving: then nothing is drawn, begun or asked any more."""
        return self.is_attached and not self._inbox.closed

    # -- panes ---------------------------------------------------------------------------------

    def show(self) -> None:
        """Draw the frame in every pane that has a place."""
        if not self._stays():
            return
        frame = self._frame = self.actions.frame()
        boxes = placed(frame, *self.app.size)
        if boxes != self._boxes:
            self._boxes = boxes
            self._as_one()
            self.mount(*(pane for pane in map(self._pane, boxes) if not pane.is_attached))
            for name in boxes:  # a child's request has the panes placed anew
                self._pane(name).refresh(layout=True)
                self._pane(name).show(frame)
        else:
            self.show_rows([(pane, pane.changed(frame)) for pane in map(self._pane, boxes)])

    def caret(self) -> tuple[int, int] | None:
        """Where the terminal's cursor is to stand."""
        if self._frame is None:
            return None
        panes = {name: self._pane(name).rows for name in self._boxes}
        return caret(self._frame, {name: Drawn(self._boxes[name], panes[name]) for name in panes})

    @property
    def stands(self) -> bool:
        """Whether every pane that has a place in a terminal of this size is in it."""
        sizes = ((self._pane(name).size, box[2:]) for name, box in self._boxes.items())
        return self._shown_at == self.app.size and all(size == box for size, box in sizes)

    def _pane(self, name: str) -> FramePane:
        """The pane of that name, made when it is first shown."""
        if name not in self._panes:
            self._panes[name] = FramePane(name)
        return self._panes[name]
