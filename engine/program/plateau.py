"""What a schedule that goes by the losses keeps of them in the state, and the call that does it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.catalog.schedules import watching
from engine.formula.calls import Array
from engine.formula.layout import Layout
from engine.spec.run import ScheduleSpec

KEPT = "plateau"
"""What all of it together is called in the state."""
PASS = ("sum", "seen")
"""What is kept of a pass that is not over: the sum of its losses, and how many they are."""


def declare_watch(layout: Layout, spec: ScheduleSpec | None) -> None:
    """Give what the schedule keeps a place in the state; nothing where it keeps nothing."""
    row = watching(spec)
    if row is None:
        return
    first = layout.size
    for name in row.kept:
        layout.add(f"{KEPT}.{name}", ())
    layout.group(KEPT, first)
    first = layout.size
    for name in PASS:
        layout.add(f"{KEPT}.{name}", ())
    layout.group(f"{KEPT}.pass", first)


def start_watch(layout: Layout, spec: ScheduleSpec | None, state: Array) -> None:
    """Make it what the schedule has kept before; that of one which has seen no loss where it has
    kept nothing.
    """
    row = watching(spec)
    if row is not None and spec is not None:
        kept = layout.view(state, KEPT)
        row.start(row.complete(spec.options), kept)
        if spec.kept:
            kept[...] = spec.kept


def watch(spec: ScheduleSpec, kept: Array, of_pass: Array, ends: Array) -> Callable[[Array], None]:
    """The call that takes the loss of an iteration into what is kept: at once, or, where the
    schedule counts passes, as part of the mean over those of the pass, where `ends` () says that
    this was the last of them.
    """
    row = watching(spec)
    assert row is not None
    options, take = row.complete(spec.options), row.watch

    def each(loss: Array) -> None:
        take(options, kept, float(loss))

    def all_of_pass(loss: Array) -> None:
        of_pass[0] += loss
        of_pass[1] += 1
        if ends:
            take(options, kept, float(of_pass[0]) / float(of_pass[1]))
            of_pass[...] = 0

    return each if spec.by == "iteration" else all_of_pass


def ended() -> Array:
    """Whether an iteration is the last of its pass, as a number that a call holds."""
    return np.ones(())
