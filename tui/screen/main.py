"""The main screen: keys in, frames out, and which panes are where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual import events
from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from tui.actions.actions import Actions
from tui.actions.effects import Effects, Job, Leave, Wish
from tui.arrange import Box, arrange
from tui.draw import DRAWINGS
from tui.screen import themes
from tui.screen.autosave import Autosave
from tui.screen.clock import Clock
from tui.screen.frame_pane import FramePane
from tui.screen.jobs import Jobs
from tui.screen.paint import PaneScreen


def boxes_of(actions: Actions, size: Size) -> dict[str, Box]:
    """Where the panes go."""
    c = actions.context
    return arrange(size.width, size.height, c.shown.view.layout, c.desk.pane)


class PaneLayout(Layout):
    """Places the panes where `arrange` says; those it leaves out are not shown."""

    name = "panes"

    def __init__(self, actions: Actions) -> None:
        self._actions = actions

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """A placement for each pane that has a box."""
        boxes = boxes_of(self._actions, size)
        return [
            WidgetPlacement(Region(*boxes[child.id]), NULL_OFFSET, Spacing(), child)
            for child in children
            if child.id in boxes
        ]


class MainScreen(PaneScreen[None]):
    """All panes, and the keys. `first` is done once the screen is there."""

    first: Effects = ()

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.actions = actions
        self.autosave = Autosave(self, actions.context, self.show)
        self._jobs = Jobs(self, self._meanwhile, self._ended)
        self._clock = Clock(self, self._tick)
        self._panes = {name: FramePane(name) for name in DRAWINGS}
        self._boxes: dict[str, Box] = {}
        self._arrangement = PaneLayout(actions)

    @property
    def layout(self) -> Layout:
        """Where the panes go."""
        return self._arrangement

    def compose(self) -> Iterable[Widget]:
        """The panes that are shown first; others are mounted when they are."""
        frame, self._boxes = self.actions.frame(), boxes_of(self.actions, self.app.size)
        for name in self._boxes:
            self._panes[name].show(frame)
            yield self._panes[name]

    def on_mount(self) -> None:
        """See to what was asked for before there was a screen, such as a place far off."""
        self.perform(self.first)

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits now."""
        self.show()

    # -- keys and all else that happens --------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Take a key."""
        self._jobs.answer_first()
        effects = self.actions.press(event.key, event.character)
        if effects is not None:
            event.stop()
            event.prevent_default()
            self.perform(effects)
            self._jobs.answer_first()
            self.autosave.touch()

    def do(self, name: str) -> None:
        """Do an action by its id, as the command palette does."""
        self._acted(self.actions.run(name))

    def open(self, run: str) -> None:
        """Open a run by name, as the command palette does."""
        from tui.actions.files import open_run  # the first picture does not wait for it

        self._acted(self.actions.attempt(open_run, self.actions.context, run))

    def _tick(self) -> None:
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
        for effect in effects:
            match effect:
                case Wish.QUIT:
                    self.app.exit()
                    return
                case Wish.PALETTE:
                    self.app.action_command_palette()
                case Wish.THEME:
                    self.app.theme = themes.other(self.app.theme)
                case Leave():
                    self.autosave.leave(effect.desk)
                case Job():
                    self._jobs.start(effect)
        self._clock.set(self.actions.context.playing.rate)
        self.show()

    # -- panes ---------------------------------------------------------------------------------

    def show(self) -> None:
        """Draw the frame in every pane that has a place."""
        boxes = boxes_of(self.actions, self.app.size)
        if boxes != self._boxes:
            self._boxes = boxes
            self.mount(*(self._panes[name] for name in boxes if not self._panes[name].is_attached))
            for name in boxes:  # a child's request has the panes placed anew
                self._panes[name].refresh(layout=True)
        frame = self.actions.frame()
        for name in boxes:
            self._panes[name].show(frame)
