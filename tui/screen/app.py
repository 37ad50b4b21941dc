"""The app: it owns the terminal, the themes, the palette, and the signals that end it."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Iterable
from typing import Any, ClassVar

from textual.app import App, SystemCommand
from textual.command import CommandPalette
from textual.screen import Screen

from tui.actions.actions import Actions
from tui.actions.desk import Desk
from tui.keys import Keymap
from tui.screen.main import MainScreen
from tui.screen.palette import Choices
from tui.screen.themes import DARK, LIGHT

ENDINGS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
"""Signals that end the app and leave the terminal as it was."""


class GradstepApp(App[None]):
    """gradstep in a terminal."""

    CSS_PATH = "app.tcss"
    TITLE = "gradstep"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[Any]] = []

    def __init__(self, desk: Desk, keymap: Keymap | None = None) -> None:
        super().__init__()
        self.actions = Actions(desk, keymap or Keymap())
        self.main = MainScreen(self.actions)
        self._choices = Choices(self.main.do, self.main.open)
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
        self.main.call_after_refresh(_collect_again)

    def on_unmount(self) -> None:
        """Let no job keep the program from ending."""
        self.actions.context.jobs.stop()

    def _ended_by(self, number: int) -> None:
        self.exit(return_code=128 + number)

    def action_command_palette(self) -> None:
        """Open the command palette."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(self._choices.palette())

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
