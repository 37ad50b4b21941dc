"""The app: keys in, frames out. It owns the terminal, the clock of playing and the threads."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.screen import Screen
from textual.theme import Theme
from textual.timer import Timer
from textual.widget import Widget

from engine.session.session import Session
from engine.spec.problem import Problem
from tui.actions import SPEEDS, Actions, Job
from tui.arrange import Box, arrange
from tui.draw import DRAWINGS
from tui.keys import KEYS, Keymap
from tui.screen.frame_pane import FramePane
from tui.screen.paint import PaneScreen
from tui.text.format import Text

if TYPE_CHECKING:
    from tui.actions.saving import Keeper

DARK = Theme(
    "gradstep-dark",
    primary="#5fafff",
    secondary="#87afff",
    warning="#ffaf5f",
    error="#ff8787",
    success="#87d787",
    accent="#5fd7d7",
    foreground="#e4e4e4",
    background="#121212",
    surface="#1c1c1c",
)
LIGHT = Theme(
    "gradstep-light",
    primary="#005f87",
    secondary="#4f3faf",
    warning="#8a3b00",
    error="#af0000",
    success="#005f00",
    accent="#005f87",
    foreground="#1c1c1c",
    background="#fafafa",
    surface="#eeeeee",
    dark=False,
)
PROGRESS_SECONDS = 0.2
SAVE_SECONDS = 0.3
JOB_SAVE_SECONDS = 30.0
"""How often a session is saved while a job trains it."""
ALL_PANES = 7
ANSWER_SECONDS = 0.012
"""How long jobs pause for a key: that much after its frame has been worked out."""
ENDINGS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
"""Signals that end the app and leave the terminal as it was."""


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
        self._panes = {name: FramePane(name) for name in DRAWINGS}
        self._placed: tuple[str, ...] = ()
        self._timer: Timer | None = None
        self._rate = 0.0
        self._job: Job | None = None
        self._arrangement = PaneLayout(actions)
        self.unsaved = False
        self._save_failed = False
        self._pause: Timer | None = None
        self._last_key = 0.0
        self._writing = False
        self._kept: tuple[Session | None, Keeper | None] = (None, None)
        self._answering = 0.0
        actions.leave = self._leave

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
        """After the first picture, collect garbage again, but not what was there from the start."""
        self.call_after_refresh(_collect_again)
        self.after_action()  # a place far off to start at is a job

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits now."""
        self.show()

    def on_key(self, event: events.Key) -> None:
        """Take a key."""
        self._answer_first()
        if self.actions.press(event.key, event.character):
            event.stop()
            event.prevent_default()
            self.after_action()
            self._answer_first()
            self._keep()

    def do(self, name: str) -> None:
        """Do an action by its id, as the command palette does."""
        self.actions.run(name)
        self.after_action()
        self._keep()

    def open(self, run: str) -> None:
        """Open a run by name, as the command palette does."""
        self.actions.attempt(self.actions.open_run, run)
        self.after_action()
        self._keep()

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
            dark = self.app.theme == DARK.name
            self.app.theme = (LIGHT if dark else DARK).name
        if actions.job and actions.job is not self._job:
            self._job = actions.job
            self.run_worker(self._work(actions.job))
        self._set_clock()
        self.show()

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

    # -- saving --------------------------------------------------------------------------------

    def _keep(self) -> None:
        """Save the session once the keys have paused."""
        self._last_key = monotonic()
        self.unsaved = True
        if self._pause is None:
            self._pause = self.set_timer(SAVE_SECONDS, self._save)

    def _save(self) -> None:
        self._pause = None
        busy = monotonic() - self._last_key < SAVE_SECONDS / 2 and not self.actions.playing
        if busy or self._writing:
            self._pause = self.set_timer(SAVE_SECONDS, self._save)
        elif self.unsaved:
            self.run_worker(self._write())

    async def _write(self) -> None:
        """Write the session as it is now, in a thread; say once if it cannot be written."""
        self._writing, self.unsaved = True, False
        try:
            await asyncio.to_thread(self.snapshot())
        except (Problem, OSError) as problem:
            self.unsaved = True
            if not self._save_failed:
                self.actions.say(f"Not saved: {problem}", error=True)
                self.show()
            self._save_failed = True
        else:
            self._save_failed = False
        finally:
            self._writing = False

    def save_now(self) -> None:
        """Save what has not been saved yet. Raises a Problem or an OSError where that cannot be."""
        if self.unsaved:
            self.snapshot()()
            self.unsaved = False

    def _leave(self) -> None:
        """Save the session before another takes its place; that it cannot be has been said."""
        with suppress(Problem, OSError):
            self.save_now()

    def snapshot(self) -> Callable[[], None]:
        """Take the session as it is now; calling the result writes it. Raises a Problem or an
        OSError where there is no place to save it.
        """
        from tui.actions.saving import (  # the first picture does not wait for it
            Keeper,
            snapshot,
            tidy,
        )

        actions = self.actions
        session, keeper = self._kept
        if (
            session is not actions.session
            or keeper is None
            or (actions.saved_as and keeper.name != actions.saved_as)
        ):
            keeper = Keeper(actions.session.spec.name, actions.saved_as)
            self._kept = (actions.session, keeper)
            self._save_failed = False
            tidy()
        taken = snapshot(actions.session, actions.text, actions.pane, actions.notes)
        return partial(keeper.save, taken, keeper.next())

    # -- time ----------------------------------------------------------------------------------

    def _set_clock(self) -> None:
        rate = SPEEDS[self.actions.speed] if self.actions.playing else 0.0
        if rate == self._rate:
            return
        self._rate = rate
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if rate:
            self._timer = self.set_interval(1 / rate, self._tick)

    def _tick(self) -> None:
        self.actions.tick()
        self.after_action()
        self._keep()

    def _answer_first(self) -> None:
        """Have jobs pause while a key is answered."""
        self._answering = monotonic() + ANSWER_SECONDS

    def _asked(self, job: Job) -> bool:
        """In a job's thread: pause while a key is answered, then say whether to stop."""
        while (left := self._answering - monotonic()) > 0 and not job.stopped:
            sleep(left)
        return job.stopped

    async def _work(self, job: Job) -> None:
        """Do a job in a thread and show how far it is; then what came of it."""
        work = asyncio.create_task(asyncio.to_thread(job.run, lambda: self._asked(job)))
        saved = monotonic()
        while not work.done():
            self.show()
            await asyncio.wait([work], timeout=PROGRESS_SECONDS)
            if monotonic() - saved > JOB_SAVE_SECONDS:
                saved = monotonic()
                self._keep()
        error = work.exception()
        if error is None:
            self.actions.finish(job, work.result())
        elif isinstance(error, Exception):
            self.actions.fail(job, error)
        else:
            raise error
        if self._job is job:  # what it has trained can go, where another run is open now
            self._job = None
        self.after_action()
        self._keep()


class Palette(CommandPalette):
    """The command palette; no way out of it needs Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,ctrl+p", "escape", "Close", show=False, priority=True)
    ]

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close. Where two Enters come at once, Textual would close twice and do a thing twice."""
        if self.is_current:
            return super().dismiss(result)
        assert isinstance(self.app, GradstepApp)
        self.app.skipped += 1
        return AwaitComplete()


def _collect_again() -> None:
    """Collect garbage, but not between every two keys."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


class GradstepApp(App[None]):
    """gradstep in a terminal."""

    CSS_PATH = "app.tcss"
    TITLE = "gradstep"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[Any]] = []

    def __init__(
        self, session: Session, keymap: Keymap | None = None, text: Text | None = None
    ) -> None:
        super().__init__()
        self.actions = Actions(session, keymap or Keymap(), text or Text())
        self.main = MainScreen(self.actions)
        self.skipped = 0  # commands to come that have been done already
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = DARK.name

    def get_default_screen(self) -> Screen[None]:
        """The one screen."""
        return self.main

    def on_mount(self) -> None:
        """Leave the terminal as it was on every way out that can be caught."""
        loop = asyncio.get_running_loop()
        for number in ENDINGS:
            loop.add_signal_handler(number, self._ended_by, number)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)

    def on_unmount(self) -> None:
        """Let no job keep the program from ending."""
        if self.actions.job:
            self.actions.job.stopped = True

    def _ended_by(self, number: int) -> None:
        self.exit(return_code=128 + number)

    def action_command_palette(self) -> None:
        """Open the command palette."""
        if not isinstance(self.screen, CommandPalette):
            self.skipped = 0
            self.push_screen(Palette(id="--command-palette"))

    def _once(self, command: Callable[[str], None], argument: str) -> None:
        """Do what was chosen, if it has not been done."""
        if self.skipped:
            self.skipped -= 1
        else:
            command(argument)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The actions, by name, for the command palette."""
        for row in KEYS:
            if row.id != "palette":
                name = row.id.replace("_", " ")
                yield SystemCommand(name, row.tooltip, partial(self._once, self.main.do, row.id))
        from engine.runfile.read import builtin_names, load  # for the palette alone

        for name in builtin_names():
            yield SystemCommand(
                f"open {name}", load(name).teaches, partial(self._once, self.main.open, name)
            )
