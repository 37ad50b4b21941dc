"""A lesson: places with a text each, gone through in an order; and where in it a reader is."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from engine.catalog.symbols import DATA, Symbol
from engine.program.trace import Trace
from engine.session.standing import Place, Selection


class Stop(NamedTuple):
    """A place, the element that is selected there, and what is said there; `own` where the reader
    has written it.
    """

    place: Place
    selection: Selection
    text: str
    own: bool = False


def counted(selection: Selection, trace: Trace, step: int) -> Selection:
    """A selection as it counts at a step: the symbol "" where it is what the step computes or is
    not known yet, numbers within their arrays, and no sample of what has none.
    """
    own = trace.steps[step - 1].symbol if step else Symbol((*trace.data, *trace.parameters)[0])
    name = Symbol(selection.symbol)
    there = name in DATA or name.is_parameter or (trace.writer(name) or step + 1) <= step
    if name == own or not there or trace.value(name, step) is None:
        name = Symbol("")
    shown = name or own
    shape = trace.known(shown, step).shape
    size = prod(shape[1:] if shown.batchwise else shape)
    sample = selection.sample % shape[0] if shown.batchwise else 0
    return Selection(name, selection.element % size, sample)


@dataclass(frozen=True)
class Lesson:
    """The `stops`, in the order in which they are gone through, and the one gone to last, counted
    from 0, -1 for none.
    """

    stops: tuple[Stop, ...] = ()
    last: int = -1

    def on(self, branches: Container[int]) -> Lesson:
        """Those of the stops that are on these branches."""
        kept = [i for i, stop in enumerate(self.stops) if stop.place.branch in branches]
        last = sum(i <= self.last for i in kept) - 1
        return Lesson(tuple(self.stops[i] for i in kept), last)

    def at(self, place: Place, selection: Selection) -> int:
        """The stop that is shown at a place where an element is selected, -1 for none: the one gone
        to last, or one that is the reader's own. Where there are several, that of the element, else
        the one gone to last, else the first.
        """
        here = [
            i
            for i, stop in enumerate(self.stops)
            if stop.place == place and (stop.own or i == self.last)
        ]
        of_element = [i for i in here if self.stops[i].selection == selection]
        for among in (of_element, here):
            if among:
                return self.last if self.last in among else among[0]
        return -1

    def beside(self, at: int, by: int) -> int:
        """The stop so many on from the one stood `at`, or back where negative; from elsewhere,
        where that is -1, the first one back is the one gone to last. May be past the ends.
        """
        if at >= 0:
            return at + by
        return self.last + by + (by < 0)

    def written(self, at: int, stop: Stop) -> Lesson:
        """With what is said at a stop, and its element, changed; without it where nothing is said.
        A new stop, where `at` is -1, comes after the one gone to last, or last where none was.
        """
        stops = list(self.stops)
        if at >= 0 and not stop.text:
            del stops[at]
            return Lesson(tuple(stops), self.last - (at <= self.last))
        if at >= 0:
            stops[at] = stop
            return Lesson(tuple(stops), at)
        if not stop.text:
            return self
        at = self.last + 1 if self.last >= 0 else len(stops)
        return Lesson((*stops[:at], stop, *stops[at:]), at)
