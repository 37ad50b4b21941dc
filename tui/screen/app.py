"""The app: it owns the terminal, the themes, the palette, and the signals that end it."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from textual import constants, events
from textual.app import App, ScreenStackError, SystemCommand
from textual.screen import Screen

from tui.actions.actions import Actions
from tui.actions.desk import Desk
from tui.keys import Keymap
from tui.screen import themes
from tui.screen.driver import TerminalDriver
from tui.screen.inbox import Inbox, Input
from tui.screen.inside import KNOWS_KEYS, CompositorUpdate, OwnApp, is_of
from tui.screen.keystrokes import Arrived
from tui.screen.leaving import Leaving, concerns_us
from tui.screen.main import MainScreen
from tui.screen.palette import Choices, Palette
from tui.screen.themes import THEMES


class GradstepApp(OwnApp[None], inherit_bindings=False):
    """gradstep in a terminal. `failure` is what has ended it, where it could not go on."""

    CSS_PATH = "app.tcss"
    TITLE = "gradstep"
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, desk: Desk, keymap: Keymap | None = None) -> None:
        super().__init__(
            driver_class=None if constants.DRIVER or not KNOWS_KEYS else TerminalDriver
        )
        self.failure: BaseException | None = None
        self.actions = Actions(desk, keymap or Keymap())
        self.leaving = Leaving(lambda: self.main.autosave.saved, self._restore)
        self._inbox = Inbox(self._announce)
        self.main = MainScreen(
            self.actions, self._inbox, self.leave, self.as_one, self.copy, self.choose_theme
        )
        self._terminal: TerminalDriver | None = None
        self._home: asyncio.AbstractEventLoop | None = None
        self._settled = False
        self._choices = Choices(self.main.do, self.main.open, self.main.ask, self._plain)
        for theme in THEMES:
            self.register_theme(theme)
        name = themes.first(self.console.color_system, os.environ)
        if name == themes.DARK.name:  # from the start, or all rules would be read a second time
            self.set_reactive(App.theme, name)
            self.stylesheet.set_variables(self.get_css_variables())
        else:
            self.theme = name
        self._follows_ground = True
        self.actions.context.shown.dark = self.current_theme.dark

    def get_default_screen(self) -> Screen[None]:
        """The one screen."""
        return self.main

    def on_mount(self) -> None:
        """Collect garbage again after the first picture; or leave, if that has been asked for."""
        self._settled = True
        self.main.screen_layout_refresh_signal.subscribe(self, lambda _: self.placed())
        self.main.call_after_refresh(_collect_again)
        self._go()

    def on_unmount(self) -> None:
        """Let no job keep the program from ending."""
        self.actions.context.jobs.stop()

    # -- from the terminal, in any thread ------------------------------------------------------

    def driven_by(self, terminal: TerminalDriver) -> None:
        """The app has a terminal."""
        self._terminal, self._home = terminal, asyncio.get_running_loop()

    def draws_unicode(self) -> bool:
        """Whether more than ASCII is drawn."""
        return not self.actions.context.text.ascii

    def draw_ascii(self) -> None:
        """Draw ASCII from now on, as the terminal draws the rest in too many cells."""
        self.actions.context.desk.text = replace(self.actions.context.text, ascii=True)
        self.main.show()

    def caret(self) -> tuple[int, int] | None:
        """Where the terminal's cursor is to stand; None where nothing is shown any more."""
        with suppress(ScreenStackError):
            screen = self.screen
            return screen.caret() if isinstance(screen, (MainScreen, Palette)) else None
        return None

    def on_ground(self, light: bool) -> None:
        """Take the theme for the terminal's ground, unless one has been chosen."""
        if self._follows_ground and self.current_theme.dark is light:
            self._turn_theme()
            self.main.show()

    def choose_theme(self) -> None:
        """Take the other theme, whatever the ground."""
        self._follows_ground = False
        self._turn_theme()

    def _turn_theme(self) -> None:
        self.theme = themes.other(self.theme)
        self.actions.context.shown.dark = self.current_theme.dark

    def leaves(self, key: str, character: str | None) -> bool:
        """Whether a key ends the app at once, whatever waits."""
        return self.actions.context.keymap.leaves(key, character)

    def arrived(self, what: Sequence[Input]) -> None:
        """Keys and pastes have come."""
        self._inbox.put(what)

    def _announce(self) -> None:
        if self._home:
            self._home.call_soon_threadsafe(self.main.post_message, Arrived())

    def leave(self, status: int = 0) -> None:
        """Leave, soon, whatever waits or is under way. What was typed before is still taken;
        nothing is drawn, begun or asked any more.
        """
        if not self.leaving.begin(status):
            return
        self._inbox.close()
        self.actions.context.jobs.stop()
        if self._terminal and self._home:
            self.leaving.insist()
            self._home.call_soon_threadsafe(self._finish)
        else:
            self._go()

    def failed(self, error: BaseException) -> None:
        """It cannot go on. What a widget meets while it is taken down is no failure."""
        if self.leaving and not concerns_us(error):
            return
        self.failure = self.failure or error
        self._inbox.clear()
        self.leave(1)

    def _restore(self) -> None:
        if self._terminal:
            self._terminal.restore()

    def takes(self, update: CompositorUpdate) -> bool:
        """A terminal of our own is sent what has changed on it. A screen that draws itself as large
        as the terminal was is told how large it is: of two sizes that come while it is mounted,
        Textual may tell it the first one last.
        """
        if self._terminal is None:
            return False
        if is_of(update, self.size):
            self._terminal.pictures.take(update, self.size, self.console)
        else:
            self.screen.post_message(events.Resize(self.size, self.size))
        return True

    def copy(self, text: str) -> str:
        """Hand a text to the terminal; how, "" where it takes none."""
        return self._terminal.copy(text) if self._terminal else ""

    def as_one(self) -> bool:
        """What is painted until the panes have been placed is one picture, if there is a terminal
        of our own; whether there is.
        """
        if self._terminal is not None:
            self._terminal.pictures.hold()
        return self._terminal is not None

    def placed(self) -> None:
        """Panes have been placed: new ones are some time after those that were there before."""
        if self._terminal is not None and self.main.stands:
            self._terminal.pictures.release()

    # -- the way through -----------------------------------------------------------------------

    def run_to_the_end(self, mouse: bool = False) -> int:
        """Run in the terminal, with its mouse where that is wanted; the exit status."""
        try:
            self.run(mouse=mouse)
        except Exception as error:
            self.failed(error)
        finally:
            self.leaving.over()
        return 1 if self.failure else self.leaving.status or 0

    def _finish(self) -> None:
        try:
            self.main.finish()
        except Exception as error:
            self.failed(error)
        self._go()

    def _go(self) -> None:
        """Leave now, if that was asked for; an app that is not mounted yet cannot."""
        if self.leaving and self._settled:
            self.exit(return_code=self.leaving.status or 0)

    def action_leave(self) -> None:
        """Leave, as the palette's Ctrl+C does."""
        self.leave()

    def action_command_palette(self) -> None:
        """Open the command palette; close it where it is open, for no way out may need Esc."""
        if isinstance(self.screen, Palette):
            self.screen.dismiss()
        else:
            self.push_screen(self._choices.palette())

    def _plain(self, said: str) -> str:
        return self.actions.context.text.plain(said)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the palette offers."""
        return self._choices.commands()


def _collect_again() -> None:
    """After the first picture, collect garbage again, but not what was there from the start, and
    not between every two keys.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()
