"""Learning-rate schedules, a row each: every module here that has a ROW is one, of that name."""

from __future__ import annotations

import math
from typing import NamedTuple

from engine.catalog.row import RowTable
from engine.catalog.schedules.base import Schedule, Sequence, Watching
from engine.catalog.sentences import Number
from engine.formula.expr import Expr
from engine.spec.data import Batches
from engine.spec.options import Options
from engine.spec.run import RunSpec, ScheduleSpec

SCHEDULES: RowTable[Schedule | Sequence | Watching] = RowTable(
    __name__, Schedule, Sequence, Watching
)


class Stage(NamedTuple):
    """The schedule that holds in an iteration: its row, all its options, and the iteration `t` as
    it counts. `after` iterations came before it where it is one of several, `number` from 1.
    """

    row: Schedule
    options: Options
    t: int
    number: int = 0
    after: int = 0


def stage(spec: ScheduleSpec, t: int) -> Stage:
    """The schedule that holds in iteration t, the one of the spec or one of its parts."""
    row = SCHEDULES[spec.name]
    options = row.complete(spec.options)
    assert not isinstance(row, Watching)
    if isinstance(row, Schedule):
        return Stage(row, options, t)
    index, after = row.holds(t, options)
    part = dict(row.parts(options)[index])
    held = SCHEDULES[part.pop("name")]
    assert isinstance(held, Schedule)
    return Stage(held, held.complete(part), t - after, index + 1, after)


def watching(spec: ScheduleSpec | None) -> Watching | None:
    """The row of a schedule that goes by the losses; None for one that does not."""
    row = SCHEDULES[spec.name] if spec else None
    return row if isinstance(row, Watching) else None


def scheduled(spec: ScheduleSpec, base: float, t: int) -> float:
    """The learning rate of iteration t under a schedule."""
    now = stage(spec, t)
    return now.row.lr(float(base), now.t, now.options)


def rate_value(spec: ScheduleSpec, base: float, t: int) -> Expr:
    """The arithmetic of the learning rate of iteration t."""
    now = stage(spec, t)
    return now.row.value(float(base), now.t, now.options)


def said(
    spec: ScheduleSpec,
    base: float,
    t: int,
    number: Number,
    then: int | None = None,
    whose: str = "the optimizer's",
) -> str:
    """What is true of the learning rate of iteration t, in sentences; `then` is what the next
    iteration counts as, t + 1 where it is not said, and `whose` the rate is that it begins from.
    """
    then = t + 1 if then is None else then
    rate, after = (scheduled(spec, base, each) for each in (t, then))
    if not math.isfinite(rate):
        return ""
    share = rate / base if base else math.inf
    here = f"Here η is {number(share)} times {whose}." if share < math.inf else ""
    if rate == 0:
        here = "Here η is 0: a step of no length."
    elif rate == base:
        here = f"Here η is {whose} own."
    turn = "greater" if after > rate else "smaller" if after < rate else "the same"
    return f"{here} The next update's is {turn}.".strip()


def counted(spec: ScheduleSpec, t: int, since: int, batches: Batches) -> int:
    """What a schedule counts iteration t as: the iterations after `since`, this one with them,
    or the passes over the batches, the one that `since` is followed in with them; and what it had
    counted before the run, where the optimizer is as old.
    """
    begun, done = (since, 0) if since > 0 else (0, spec.done)
    if spec.by == "iteration":
        return batches.update_of(t, begun) + done
    return batches.pass_of(t) - batches.pass_of(begun + 1) + 1 + done


def count(spec: RunSpec, t: int) -> int:
    """What the schedule of a run counts iteration t as."""
    assert spec.schedule is not None
    batches = Batches(spec.data, spec.seed)
    return counted(spec.schedule, t, spec.optimizer.since, batches)


__all__ = [
    "SCHEDULES",
    "Schedule",
    "Sequence",
    "Stage",
    "Watching",
    "count",
    "counted",
    "rate_value",
    "said",
    "scheduled",
    "stage",
    "watching",
]
