"""Looking: panes, the selected element, samples, pages, digits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.analysis.compare import effort, first_parting, scanned
from engine.history.history import History
from engine.history.position import Position
from engine.history.work import Stop, never
from engine.program.parameters import trained
from tui.actions.state import PATIENCE, Reader
from tui.arrange import PANES

LEAST_DIGITS, MOST_DIGITS = 2, 12


Parting = tuple[int, Position | None]


class Looks(Reader):
    """The actions that change what is looked at."""

    def do_next_pane(self) -> None:
        """The next pane."""
        self.pane = PANES[(PANES.index(self.pane) + self.times) % len(PANES)]

    def do_previous_pane(self) -> None:
        """The previous pane."""
        self.pane = PANES[(PANES.index(self.pane) - self.times) % len(PANES)]

    def do_select_left(self) -> None:
        """The element before."""
        self._select(-self.times)

    def do_select_right(self) -> None:
        """The element after."""
        self._select(self.times)

    def do_select_down(self) -> None:
        """The next symbol."""
        self._select_symbol(self.times)

    def do_select_up(self) -> None:
        """The previous symbol."""
        self._select_symbol(-self.times)

    def _select(self, by: int) -> None:
        frame = self.picture()
        shape, index = frame.entries[frame.symbol].array.shape, frame.index
        if frame.symbol.batchwise:
            shape, index = shape[1:], index[1:]
        place = int(np.ravel_multi_index(index, shape)) if shape else 0
        size = max(1, int(np.prod(shape)))
        self.session.selection = replace(
            self.session.selection, symbol=frame.symbol, place=(place + by) % size
        )

    def _select_symbol(self, by: int) -> None:
        frame = self.picture()
        symbols = list(frame.entries)
        symbol = symbols[(symbols.index(frame.symbol) + by) % len(symbols)]
        self.session.selection = replace(self.session.selection, symbol=symbol, place=0)

    def do_next_sample(self) -> None:
        """The next sample of the mini-batch."""
        self._sample(self.times)

    def do_previous_sample(self) -> None:
        """The previous sample of the mini-batch."""
        self._sample(-self.times)

    def _sample(self, by: int) -> None:
        frame = self.picture()
        if frame.batch == 1:
            self.say("This mini-batch has one sample.")
            return
        sample = (frame.sample + by) % frame.batch
        self.session.selection = replace(self.session.selection, sample=sample)

    def do_explain(self) -> None:
        """A page on the selected element, and back."""
        self.open("explain")

    def do_help(self) -> None:
        """The help, and back."""
        self.open("help")

    def do_zoom(self) -> None:
        """The active pane alone, and back."""
        self.open("zoom")

    def do_compare(self) -> None:
        """The branch and its partner side by side, and back."""
        self.open("compare")

    def parting(self) -> Parting | None:
        """Up to which iteration this branch and the other have been searched for where they part,
        and the place; None while they have not been up to here.
        """
        a, b, t = self._compared()
        last = scanned(a, b, t)
        searched, place = self.partings.get((a, b), (-1, None))
        if place and place.iteration <= t:
            return last, place
        return (last, None) if place or searched >= last else None

    def _compared(self) -> tuple[History, History, int]:
        session = self.session
        return self.history, session.other.history, session.position.iteration

    def keep_compared(self) -> None:
        """On the page that compares, compute what it needs, beside it where that takes long."""
        a, b, t = self._compared()
        last = scanned(a, b, t)

        def part(stop: Stop) -> bool:
            place = first_parting(a, b, last, stop)
            if stop():
                return False
            self.partings[a, b] = (last, place)
            return True

        known = self.parting() is not None or (effort(a, b) <= PATIENCE and part(never))
        if not known or not self.near(b, t):
            self.compute(
                "comparing",
                lambda stop, tell: (known or part(stop)) and b.approach(t, stop, tell),
                lambda _done: None,
                max(0, t - b.replay(t)),
                t,
            )

    def do_what_if(self) -> None:
        """What this update would do in part or at another rate, and back."""
        self.open("what if")

    def choose(self) -> None:
        """Ask which parameters alone what-if updates."""
        from engine.analysis.whatif import (
            chosen,  # when first used: the first picture does not wait
        )

        owner = self.history.owner(self.session.position.iteration)

        def enter(text: str) -> None:
            self.chosen = chosen(text, trained(owner.spec))

        self.ask("update only (such as W1 b2; 2 is layer 2): ", enter)

    def do_more_digits(self) -> None:
        """More digits after the point."""
        self._digits(self.text.digits + self.times)

    def do_fewer_digits(self) -> None:
        """Fewer digits after the point."""
        self._digits(self.text.digits - self.times)

    def _digits(self, digits: int) -> None:
        digits = min(max(LEAST_DIGITS, digits), MOST_DIGITS)
        self.text = replace(self.text, digits=digits)
        self.say(f"{digits} digits after the point.")
