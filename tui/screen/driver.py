"""The terminal: its modes, what comes from it and what goes to it, and how it was before."""

from __future__ import annotations

import asyncio
import os
import select
import shutil
import signal
import sys
import termios
import tty
from collections.abc import Sequence
from contextlib import suppress
from threading import RLock, Thread
from typing import Any, Protocol

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size
from textual.messages import TerminalSupportsSynchronizedOutput

from tui.screen.answers import ASK_SYNCHRONIZED, SYNCHRONIZED, Answers, knows_ground
from tui.screen.canvas import Canvas
from tui.screen.inbox import Input
from tui.screen.inside import keys_of
from tui.screen.output import Output
from tui.screen.pictures import ANSWER, Pictures
from tui.screen.tokens import Pasted, Token, Tokens, pointed

MOST_CELLS = 1000
"""Columns or rows that are drawn, of a terminal that says it has more."""
END_SECONDS = 0.3
"""How long a terminal has to take the modes back."""

ENTER = "\x1b[?1049h\x1b[?2004h\x1b[?7l"
"""The alternate screen, pastes in brackets, no line wrap. The cursor is seen: magnifiers follow."""
MOUSE, NO_MOUSE = "\x1b[?1000h\x1b[?1006h", "\x1b[?1006l\x1b[?1000l"
"""Presses of buttons and the wheel, with their cells in digits; nothing else of it."""
LEAVE = "\x1b[?2026l\x1b[m\x1b[H\x1b[2J\x1b[?2004l\x1b[?7h\x1b[?1049l\x1b[?25h"
"""All that back; and nothing is left of the picture where there was no alternate screen, as in GNU
screen and on the Linux console.
"""


class Owner(Protocol):
    """What an app must have to be driven. Its functions are called in any thread."""

    def driven_by(self, terminal: TerminalDriver) -> None:
        """The app has a terminal."""

    def draws_unicode(self) -> bool:
        """Whether more than ASCII is drawn."""

    def draw_ascii(self) -> None:
        """The terminal draws the rest in too many cells: draw ASCII from now on."""

    def caret(self) -> tuple[int, int] | None:
        """The column and row where the terminal's cursor is to stand; on the app's loop."""

    def on_ground(self, light: bool) -> None:
        """The terminal's ground is light, or dark."""

    def leaves(self, key: str, character: str | None) -> bool:
        """Whether a key ends the app at once, whatever waits."""

    def arrived(self, what: Sequence[Input]) -> None:
        """Keys and pastes have come."""

    def leave(self, status: int) -> None:
        """The app has to end."""

    def failed(self, error: BaseException) -> None:
        """The app has to end, for this reason."""


class TerminalDriver(Driver):
    """Drives a terminal for an app that is an `Owner`. Focus and sizes in band are not asked for,
    nor is the mouse but where it is wanted, and what comes of them all the same is dropped.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size or terminal_size())
        self._screen_app, self._has_mouse = app, mouse
        self._owner: Owner = app  # type: ignore[assignment]
        self._reader: Thread | None = None
        self._stop_reading = -1
        self._before: list[Any] | None = None
        self._entered = False
        self._answers = Answers(width=self._owner.draws_unicode(), ground=knows_ground(os.environ))
        self._changing = RLock()
        self._stdin = sys.__stdin__.fileno() if sys.__stdin__ else 0
        stream = sys.__stderr__
        self._output = Output(
            stream.fileno() if stream else 2,
            stream.encoding if stream else "utf-8",
            self._repaint,
            self._gone,
        )
        self._home = asyncio.get_running_loop()
        self.pictures = Pictures(
            self._home,
            Canvas(erases_to_ground()),
            self._output.write,
            self._output.waits,
            os.environ,
            self._owner.caret,
        )
        self.pictures.ascii = not self._owner.draws_unicode()
        self._owner.driven_by(self)
        self._home.add_signal_handler(signal.SIGWINCH, self._resized)
        self._home.add_signal_handler(signal.SIGTSTP, self._suspended)
        self._home.add_signal_handler(signal.SIGCONT, self._continued)

    # -- out -----------------------------------------------------------------------------------

    def write(self, data: str) -> None:
        """Send text and escapes."""
        self._output.write(data)

    def copy(self, text: str) -> str:
        """Hand a text to the terminal's clipboard; how, "" where it takes none."""
        from tui.screen.clipboard import hand  # the first picture does not wait for it

        how, sequences = hand(text, os.environ)
        if sequences:
            self.pictures.beside(sequences)
        return how

    # -- modes ---------------------------------------------------------------------------------

    def start_application_mode(self) -> None:
        """Take the terminal."""
        with self._changing, suppress(termios.error):
            self._entered = True
            self._output.begin()
            self.pictures.begin()
            self._output.write(ENTER + (MOUSE if self._has_mouse else ""))
            self._before = termios.tcgetattr(self._stdin)
            termios.tcsetattr(self._stdin, termios.TCSANOW, raw(self._before))
        self.write(self._answers.begin())
        if os.environ.get("TERM_PROGRAM") != "Apple_Terminal":  # which would print the end of it
            self.write(ASK_SYNCHRONIZED)
        stop, self._stop_reading = os.pipe()
        self._reader = Thread(target=self._read, args=(stop,), name="terminal-input", daemon=True)
        self._reader.start()

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self.disable_input()
        if self._entered:
            self._answers.hear_out(self._stdin, self.pictures)
        self.restore()

    def restore(self) -> None:
        """Set all modes back, once. May be called in any thread."""
        with self._changing:
            if not self._entered:
                return
            self._entered = False
            with suppress(termios.error):
                termios.tcflush(self._stdin, termios.TCIFLUSH)
                if self._before is not None:
                    termios.tcsetattr(self._stdin, termios.TCSANOW, self._before)
            self._output.end((NO_MOUSE if self._has_mouse else "") + LEAVE, END_SECONDS)

    def close(self) -> None:
        """Free what was taken, also where the way here was not the usual one."""
        self.restore()
        self._output.close()

    def _resized(self) -> None:
        self.pictures.begin()
        self.pictures.hold()
        size = Size(*terminal_size())
        self._screen_app.post_message(events.Resize(size, size))

    def _suspended(self) -> None:
        self.stop_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _continued(self) -> None:
        """Take the terminal again, also from who has had it without suspending the app."""
        self.stop_application_mode()
        self.start_application_mode()
        self._resized()
        self._repaint()

    def _widened(self) -> None:
        """What has been drawn is in disorder."""
        self.pictures.ascii = True
        self._owner.draw_ascii()
        self.pictures.begin()

    def _repaint(self) -> None:
        self.pictures.begin()
        self.pictures.draw()

    # -- in ------------------------------------------------------------------------------------

    def disable_input(self) -> None:
        """Read no more."""
        if self._reader is not None:
            os.close(self._stop_reading)
            self._reader.join(END_SECONDS)
            self._reader = None

    def _read(self, stop: int) -> None:
        """In a thread: read until the other end of `stop` is closed."""
        tokens = Tokens()
        try:
            while stop not in (ready := self._heard(stop, tokens.patience)):
                if not ready:
                    going_on = self._take(tokens.silence())
                elif data := os.read(self._stdin, 1 << 16):
                    going_on = self._take(tokens.feed(data))
                else:
                    going_on = self._gone()
                if not going_on:
                    break
        except OSError:
            self._gone()
        except Exception as error:
            self._owner.failed(error)
        finally:
            os.close(stop)

    def _heard(self, stop: int, seconds: float | None) -> list[int]:
        return select.select([self._stdin, stop], [], [], seconds)[0]

    def _gone(self) -> bool:
        self._owner.leave(128 + signal.SIGHUP)
        return False

    def _take(self, tokens: Sequence[Token]) -> bool:
        """Hand on what tokens mean; says whether the app goes on."""
        what: list[Input] = []
        for token in tokens:
            if isinstance(token, Pasted):
                what.append(token)
            elif self._has_mouse and (at := pointed(token)):
                what.append(at)
            elif token == ANSWER:
                self._answers.drawn()
                self._home.call_soon_threadsafe(self.pictures.answered)
            elif (beyond := self._answers.width(token)) is not None:
                if beyond > 0:
                    self._home.call_soon_threadsafe(self._widened)
            elif token.startswith("\x1b]"):
                if (light := self._answers.light(token)) is not None:
                    self._home.call_soon_threadsafe(self._owner.on_ground, light)
            elif token in SYNCHRONIZED:
                self.pictures.whole = True
                answer = TerminalSupportsSynchronizedOutput()
                self._home.call_soon_threadsafe(self._screen_app.post_message, answer)
            else:
                presses = keys_of(token)
                what.extend(presses)
                if any(self._owner.leaves(*press) for press in presses):
                    self._owner.arrived(what[: -len(presses)])
                    self._owner.leave(0)
                    return False
        if what:
            self._owner.arrived(what)
        return True


def erases_to_ground() -> bool:
    """Whether the terminal erases to the ground that is set, as far as terminfo knows it."""
    with suppress(ImportError):
        import curses  # not every Python has it

        with suppress(curses.error):
            curses.setupterm(fd=sys.__stderr__.fileno() if sys.__stderr__ else 2)
            return curses.tigetflag("bce") == 1
    return False


def terminal_size() -> tuple[int, int]:
    """Columns and rows, as far as they are drawn."""
    width, height = shutil.get_terminal_size()
    return min(width, MOST_CELLS), min(height, MOST_CELLS)


def raw(before: list[Any]) -> list[Any]:
    """A terminal's attributes with every key handed on as it is, at once and unseen, and what is
    sent too: a line feed stays in its column.
    """
    now = [*before]
    now[tty.OFLAG] &= ~termios.OPOST
    now[tty.LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
    now[tty.IFLAG] &= ~(
        termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR
    )
    now[tty.CC] = [*before[tty.CC]]
    now[tty.CC][termios.VMIN], now[tty.CC][termios.VTIME] = 1, 0
    return now
