"""A record of another training beside the run: its differences as stops, one after the other."""

from __future__ import annotations

from dataclasses import dataclass

from engine.against.compare import Comparison, Deviation
from engine.against.finding import Finding, finding
from engine.against.left import Left, left
from engine.against.read import read_trace
from engine.history.budget import Budget
from engine.history.history import History
from engine.history.position import Position
from engine.history.stretch import Stretch
from engine.history.work import Progress
from engine.history.work import Stop as Stopped
from engine.spec.files import path_of
from tui.actions.context import Context, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.grading import selection
from tui.actions.refusing import refuse_in_practice
from tui.actions.stops import Stop, Stops, go_to
from tui.actions.travel import compute
from tui.frame.recorded import Compared

MOST_KEPT = 20_000
"""So many arrays that differ are marked and are stops."""


@dataclass(frozen=True, eq=False)
class Found:
    """A comparison that has been made: all that its report says."""

    comparison: Comparison
    finding: Finding | None
    left: Left


class Report:
    """What was found last; None where no record is open."""

    found: Found | None = None


@command
def ask(c: Context, _count: Count) -> None:
    """Ask for a record to compare with."""
    refuse_in_practice(c)
    c.dialog.ask("compare with the record in file: ", lambda name: _open(c, name.strip()))


def _open(c: Context, name: str) -> Effects:
    """Compare, beside the screen, and go to the first difference."""
    if not name:
        return ()
    path, branch, number = path_of(name), c.session.branch, c.session.current
    history = apart(c.history)
    record = read_trace(path, history.spec_of(1))
    comparison = Comparison(history, record)

    def run(stop: Stopped, tell: Progress) -> tuple[list[Deviation], Found] | None:
        kept: list[Deviation] = []
        found = None
        for deviation in comparison.deviations(stop, tell):
            if found is None and comparison.first is deviation:
                found = finding(comparison)
            if len(kept) < MOST_KEPT:
                kept.append(deviation)
        whole = comparison.tally.iterations == len(comparison.iterations)
        return (kept, Found(comparison, found, left(comparison))) if whole else None

    def done(result: tuple[list[Deviation], Found] | None) -> Effects:
        if result is None:
            c.say(f"Stopped; {path.name} is not open.")
            return ()
        kept, found = result
        c.desk.record, c.desk.paper = (branch, Compared(record, kept)), None
        c.desk.memory.of(Report).found = found
        stops = [_stop(each) for each in kept if each.differs.any()]
        c.desk.memory.of(Stops).put("difference", stops, number)
        return _told(c, found, stops)

    last = comparison.iterations[-1]
    return (compute(c, f"comparing with {path.name}", run, done, 0, last, number),)


def _told(c: Context, found: Found, stops: list[Stop]) -> Effects:
    """To the first difference, with what there is to say of all."""
    comparison = found.comparison
    tally, file = comparison.tally, comparison.record.file
    if not stops:
        c.say(f"{file} is like this run: {tally.numbers:,} numbers, none differs.")
        return ()
    effects = go_to(c, stops[0])
    key = c.keymap.shown("next_stop")
    c.say(f"{file}: {tally.differs:,} of {tally.numbers:,} numbers differ. Next: {key}")
    return effects


def _stop(deviation: Deviation) -> Stop:
    """Where an array differs, with the element that is furthest apart selected."""
    pair = deviation.pair
    at = Position(deviation.t, max(1, pair.number))
    if pair.step is None and not pair.ours.ndim:
        return Stop(at, selection(pair.symbol, (), ()))
    return Stop(at, selection(pair.symbol, deviation.worst, pair.ours.shape))


def apart(history: History) -> History:
    """The same iterations, for a thread of its own to look at."""
    budget = Budget(history.own.budget.size)
    parts = history.stretches
    return History(tuple(Stretch(each.spec, budget, each.origin, each.start) for each in parts))
