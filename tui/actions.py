"""What each key does: the one writer of the session and of the app's own state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engine.history import History
from engine.session import MoveError, Position, Session
from engine.targets import by_iterations, by_phases, by_steps
from tui.arrange import PANES
from tui.format import Text
from tui.frame import Frame, build
from tui.keys import FOOTER, KEYS, Keymap

MOST_COUNT = 9_999_999
SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
MOST_DIGITS = 12
PATIENCE = 0.05
"""Seconds of training that a key may take at once; more than that runs beside the screen."""


@dataclass(frozen=True)
class Journey:
    """Training under way to a position that is far ahead."""

    target: Position
    start: int


class Actions:
    """Takes keys, one at a time and in order, and gives the frame to show.

    What only the app can do it finds here after each key: `quitting`, `playing`, `journey`,
    `wants_palette`, `wants_theme`.
    """

    def __init__(self, session: Session, keymap: Keymap, text: Text) -> None:
        self.session = session
        self.keymap = keymap
        self.text = text
        self.pane = "step"
        self.view = "main"
        self.scroll = 0
        self.count = ""
        self.prompt: str | None = None
        self.message = ""
        self.error = False
        self.playing = False
        self.speed = SPEEDS.index(2.0)
        self.journey: Journey | None = None
        self.quitting = self.wants_palette = self.wants_theme = False

    # -- keys ----------------------------------------------------------------------------------

    def press(self, key: str, character: str | None) -> bool:
        """Take a key. Says whether it meant anything."""
        if self.prompt is not None:
            self._type(key, character)
            return True
        if character and character in "0123456789" and (self.count or character != "0"):
            self.count = (self.count + character)[: len(str(MOST_COUNT))]
            return True
        name = self.keymap.action(key, character)
        if not name and self.count and key in ("escape", "backspace"):
            self.count = ""
            return True
        if not name:
            return False
        self.run(name)
        return True

    def run(self, name: str) -> None:
        """Do the action of that id, as often as the count says where that makes sense."""
        self.message, self.error = "", False
        count = int(self.count or 1)
        counted, self.count = bool(self.count), ""
        if name not in ("play", "faster", "slower") and self.playing:
            self.playing = False
        if self.view in ("help", "explain") and name.startswith("select_"):
            self.scroll = max(
                0, self.scroll + {"select_down": count, "select_up": -count}.get(name, 0)
            )
            return
        getattr(self, f"do_{name}")(count, counted)

    def _type(self, key: str, character: str | None) -> None:
        """A key in the prompt."""
        typed = self.prompt or ""
        self.message, self.error = "", False
        if key == "enter":
            if not typed.strip():
                self.prompt = None
                return
            try:
                self.travel(self.session.target(typed))
                self.prompt = None
            except MoveError as problem:
                self.message, self.error = str(problem), True
        elif key in ("escape", "ctrl+c") or (key in ("backspace", "ctrl+h") and not typed):
            self.prompt = None
        elif key in ("backspace", "ctrl+h"):
            self.prompt = typed[:-1]
        elif key == "ctrl+u":
            self.prompt = ""
        elif character and character.isprintable():
            self.prompt = (typed + character)[:40]

    # -- moves ---------------------------------------------------------------------------------

    def travel(self, target: Position) -> None:
        """Go to a position; where that takes long, train beside the screen first."""
        history = self.session.branch.history
        missing = target.iteration - history.frontier
        if missing * history.seconds <= PATIENCE:
            self.session.go(target)
            return
        self.journey = Journey(target, history.frontier)

    def arrive(self, reached: bool) -> None:
        """The training of the journey has ended, at its target or before."""
        journey, self.journey = self.journey, None
        if journey is None:
            return
        history = self.session.branch.history
        if reached:
            self.session.go(journey.target)
        else:
            self.message = f"Stopped; iterations up to {history.frontier:,} are there."

    def _move(self, target: Callable[[History, Position, int], Position], count: int) -> None:
        there = target(self.session.branch.history, self.session.position, count)
        if there == self.session.position:
            start = there == Position()
            self.message = "This is the start." if start else "There is nothing further."
            return
        self.travel(there)

    def _follow(self) -> None:
        self.session.selection = replace(self.session.selection, symbol="")

    def do_next_step(self, count: int, counted: bool) -> None:
        """On by steps."""
        self._follow()
        self._move(by_steps, count)

    def do_previous_step(self, count: int, counted: bool) -> None:
        """Back by steps."""
        self._follow()
        self._move(by_steps, -count)

    def do_next_phase(self, count: int, counted: bool) -> None:
        """On by phases."""
        self._follow()
        self._move(by_phases, count)

    def do_previous_phase(self, count: int, counted: bool) -> None:
        """Back by phases."""
        self._follow()
        self._move(by_phases, -count)

    def do_next_iteration(self, count: int, counted: bool) -> None:
        """On by iterations."""
        self._move(by_iterations, count)

    def do_previous_iteration(self, count: int, counted: bool) -> None:
        """Back by iterations."""
        self._move(by_iterations, -count)

    def do_first(self, count: int, counted: bool) -> None:
        """To the start; with a count, to that iteration."""
        self._follow()
        self.travel(Position(count, 1) if counted else Position())

    def do_last(self, count: int, counted: bool) -> None:
        """To the last position reached; with a count, to that iteration."""
        self._follow()
        self.travel(Position(count, 1) if counted else self.session.reached)

    def do_goto(self, count: int, counted: bool) -> None:
        """Ask where to."""
        self.prompt = str(count) if counted else ""

    def do_toggle(self, count: int, counted: bool) -> None:
        """The other optimizer's run."""
        history = self.session.other.history
        t = self.session.position.iteration
        if (t - history.frontier) * history.seconds > PATIENCE:
            history.extend(t)
        self.session.toggle()

    # -- play ----------------------------------------------------------------------------------

    def do_play(self, count: int, counted: bool) -> None:
        """Start or stop playing."""
        self.playing = not self.playing

    def do_faster(self, count: int, counted: bool) -> None:
        """Play faster."""
        self._set_speed(self.speed + count)

    def do_slower(self, count: int, counted: bool) -> None:
        """Play slower."""
        self._set_speed(self.speed - count)

    def _set_speed(self, speed: int) -> None:
        self.speed = min(max(0, speed), len(SPEEDS) - 1)
        self.message = f"Playing at {SPEEDS[self.speed]:g} steps a second."

    def tick(self) -> None:
        """One step of playing."""
        self.message = ""
        self._follow()
        self._move(by_steps, 1)

    # -- looking -------------------------------------------------------------------------------

    def do_next_pane(self, count: int, counted: bool) -> None:
        """The next pane."""
        self.pane = PANES[(PANES.index(self.pane) + count) % len(PANES)]

    def do_previous_pane(self, count: int, counted: bool) -> None:
        """The previous pane."""
        self.pane = PANES[(PANES.index(self.pane) - count) % len(PANES)]

    def do_select_left(self, count: int, counted: bool) -> None:
        """The element before."""
        self._select(-count)

    def do_select_right(self, count: int, counted: bool) -> None:
        """The element after."""
        self._select(count)

    def do_select_down(self, count: int, counted: bool) -> None:
        """The next symbol."""
        self._select_symbol(count)

    def do_select_up(self, count: int, counted: bool) -> None:
        """The previous symbol."""
        self._select_symbol(-count)

    def _select(self, by: int) -> None:
        frame = self.frame()
        shape = frame.entries[frame.symbol].array.shape
        if frame.batchwise(frame.symbol):
            shape = shape[1:]
            index = frame.index[1:]
        else:
            index = frame.index
        place = int(np.ravel_multi_index(index, shape)) if shape else 0
        size = int(np.prod(shape)) if shape else 1
        self.session.selection = replace(
            self.session.selection, symbol=frame.symbol, place=(place + by) % max(1, size)
        )

    def _select_symbol(self, by: int) -> None:
        frame = self.frame()
        symbols = list(frame.entries)
        place = symbols.index(frame.symbol) + by
        symbol = symbols[place % len(symbols)]
        self.session.selection = replace(self.session.selection, symbol=symbol, place=0)

    def do_next_sample(self, count: int, counted: bool) -> None:
        """The next sample of the mini-batch."""
        self._sample(count)

    def do_previous_sample(self, count: int, counted: bool) -> None:
        """The previous sample of the mini-batch."""
        self._sample(-count)

    def _sample(self, by: int) -> None:
        frame = self.frame()
        if frame.batch == 1:
            self.message = "This mini-batch has one sample."
            return
        sample = (frame.sample + by) % frame.batch
        self.session.selection = replace(self.session.selection, sample=sample)

    def do_explain(self, count: int, counted: bool) -> None:
        """A page on the selected element, and back."""
        self._open("explain")

    def do_help(self, count: int, counted: bool) -> None:
        """The help, and back."""
        self._open("help")

    def do_zoom(self, count: int, counted: bool) -> None:
        """The active pane alone, and back."""
        self._open("zoom")

    def _open(self, view: str) -> None:
        self.view = "main" if self.view == view else view
        self.scroll = 0

    def do_more_digits(self, count: int, counted: bool) -> None:
        """More digits after the point."""
        self._digits(self.text.digits + count)

    def do_fewer_digits(self, count: int, counted: bool) -> None:
        """Fewer digits after the point."""
        self._digits(self.text.digits - count)

    def _digits(self, digits: int) -> None:
        digits = min(max(2, digits), MOST_DIGITS)
        self.text = replace(self.text, digits=digits)
        self.message = f"{digits} digits after the point."

    # -- the program ---------------------------------------------------------------------------

    def do_theme(self, count: int, counted: bool) -> None:
        """Dark or light."""
        self.wants_theme = True

    def do_palette(self, count: int, counted: bool) -> None:
        """The command palette."""
        self.wants_palette = True

    def do_quit(self, count: int, counted: bool) -> None:
        """Close what is open, else quit."""
        if self.view != "main":
            self.view = "main"
        else:
            self.quitting = True

    def do_quit_now(self, count: int, counted: bool) -> None:
        """Quit."""
        self.quitting = True

    # -- the picture ---------------------------------------------------------------------------

    def frame(self) -> Frame:
        """What to show now."""
        return build(
            self.session,
            self.text,
            pane=self.pane,
            view=self.view,
            scroll=self.scroll,
            footer=self._footer(),
            error=self.error,
            keys=self._keys(),
            all_keys={row.id: self.keymap.all_shown(row.id) for row in KEYS}
            if self.view == "help"
            else {},
        )

    def _footer(self) -> str:
        if self.prompt is not None:
            return f":{self.prompt}█" + (f"  {self.message}" if self.message else "")
        if self.count:
            return f"{self.count}…  then a move, such as → or t"
        if self.journey:
            done = self.session.branch.history.frontier
            part = (done - self.journey.start) / max(
                1, self.journey.target.iteration - self.journey.start
            )
            stop = self.keymap.shown("play")
            return f"training: iteration {done:,}, {part:.0%} · {stop} stops"
        if self.message:
            return self.message
        if self.playing:
            return f"playing, {SPEEDS[self.speed]:g} steps a second · Space stops · + - speed"
        return ""

    def _keys(self) -> tuple[tuple[str, str], ...]:
        labels = {row.id: row.label for row in KEYS}
        if self.view != "main":
            close = (self.keymap.shown("quit"), "close")
            return (close, ("↑↓", "scroll")) if self.view in ("help", "explain") else (close,)
        branch = self.session.branch
        labels["toggle"] = f"{branch.label}⇄{self.session.other.label}"
        return tuple((self.keymap.shown(name), labels[name]) for name in FOOTER)
