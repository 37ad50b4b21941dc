"""The main screen: keys in, frames out, and which panes are where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual import events
from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from tui.actions import SPEEDS, Actions, Job
from tui.arrange import Box, arrange
from tui.draw import DRAWINGS
from tui.screen import themes
from tui.screen.autosave import Autosave
from tui.screen.clock import Clock
from tui.screen.frame_pane import FramePane
from tui.screen.jobs import Jobs
from tui.screen.paint import PaneScreen

ALL_PANES = 7


class PaneLayout(Layout):
    """Places the panes where `arrange` says; those it leaves out are not shown."""

    name = "panes"

    def __init__(self, actions: Actions) -> None:
        self._actions = actions

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """A placement for each pane that has a box."""
        boxes = arrange(size.width, size.height, self._actions.view, self._actions.pane)
        return [
            WidgetPlacement(Region(*boxes[child.id]), NULL_OFFSET, Spacing(), child)
            for child in children
            if child.id in boxes
        ]


class MainScreen(PaneScreen[None]):
    """All panes, and the keys."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.actions = actions
        self.autosave = Autosave(self, actions, self.show)
        self._jobs = Jobs(self, self._meanwhile, self._ended)
        self._clock = Clock(self, self._tick)
        self._panes = {name: FramePane(name) for name in DRAWINGS}
        self._placed: tuple[str, ...] = ()
        self._arrangement = PaneLayout(actions)
        actions.leave = self.autosave.leave

    @property
    def layout(self) -> Layout:
        """Where the panes go."""
        return self._arrangement

    def compose(self) -> Iterable[Widget]:
        """The panes that are shown first; others are mounted when they are."""
        frame, boxes = self.actions.frame(), self._boxes()
        self._placed = self._placing(boxes)
        for name in boxes:
            self._panes[name].show(frame)
            yield self._panes[name]

    def _boxes(self) -> dict[str, Box]:
        width, height = self.app.size
        return arrange(width, height, self.actions.view, self.actions.pane)

    def on_mount(self) -> None:
        """See to what was asked for before there was a screen, such as a place far off."""
        self.after_action()

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits now."""
        self.show()

    # -- keys ----------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Take a key."""
        self._jobs.answer_first()
        if self.actions.press(event.key, event.character):
            event.stop()
            event.prevent_default()
            self.after_action()
            self._jobs.answer_first()
            self.autosave.touch()

    def do(self, name: str) -> None:
        """Do an action by its id, as the command palette does."""
        self.actions.run(name)
        self._acted()

    def open(self, run: str) -> None:
        """Open a run by name, as the command palette does."""
        self.actions.attempt(self.actions.open_run, run)
        self._acted()

    def _tick(self) -> None:
        self.actions.tick()
        self._acted()

    def _meanwhile(self) -> None:
        self.show()
        self.autosave.meanwhile()

    def _ended(self, job: Job, result: Any, error: Exception | None) -> None:
        if error is None:
            self.actions.finish(job, result)
        else:
            self.actions.fail(job, error)
        self._acted()

    def _acted(self) -> None:
        self.after_action()
        self.autosave.touch()

    def after_action(self) -> None:
        """Show the outcome, and see to what only the app can do."""
        actions = self.actions
        if actions.quitting:
            self.app.exit()
            return
        if actions.wants_palette:
            actions.wants_palette = False
            self.app.action_command_palette()
        if actions.wants_theme:
            actions.wants_theme = False
            self.app.theme = themes.other(self.app.theme)
        self._jobs.start(actions.job)
        self._clock.set(SPEEDS[actions.speed] if actions.playing else 0.0)
        self.show()

    # -- panes ---------------------------------------------------------------------------------

    def show(self) -> None:
        """Draw the frame in every pane that has a place."""
        boxes = self._boxes()
        if (placed := self._placing(boxes)) != self._placed:
            self._placed = placed
            self.mount(*(self._panes[name] for name in boxes if not self._panes[name].is_attached))
            for name in boxes:  # a child's request has the panes placed anew
                self._panes[name].refresh(layout=True)
        frame = self.actions.frame()
        for name in boxes:
            self._panes[name].show(frame)

    def _placing(self, boxes: dict[str, Box]) -> tuple[str, ...]:
        """What decides where the panes go, at one size."""
        return (*boxes, self.actions.pane if len(boxes) < ALL_PANES else "")
