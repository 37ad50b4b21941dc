"""Where a schedule stands in a training that is entered."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from engine.catalog.schedules import SCHEDULES, Watching, scheduled, watching
from engine.program.parameters import Group
from engine.program.plateau import KEPT
from engine.runfile.entered import Entered
from engine.runfile.entry import Entry
from engine.runfile.statefile import COUNT, TorchGroup
from engine.spec.check import shown
from engine.spec.data import Batches
from engine.spec.run import MOST_ITERATIONS, RunSpec, ScheduleSpec

SAME = 1e-6
"""So near to each other, two learning rates are the same but for how they were computed."""


def positioned(
    spec: RunSpec, given: int | None, entry: Entry | None, found: Entered | None
) -> ScheduleSpec | None:
    """The schedule of a run, with how much it has counted before: what the run file has `given`,
    or what the file says that its optimizer's state is of. Sentences on what is wrong.
    """
    schedule = spec.schedule
    if entry is None or found is None:
        return replace(schedule, done=given or 0) if schedule else None
    if schedule is None:
        _no_schedule(entry)
        return None
    _agree(schedule, entry)
    if entry.table.problems.found:
        return schedule
    if schedule.kept:
        return schedule
    if row := watching(schedule):
        return replace(schedule, kept=_kept(spec, row, entry))
    done = _done(spec, schedule, entry, found) if given is None else given
    if done is None:
        what = "how many passes" if schedule.by == "pass" else "how many iterations"
        entry.table.problems.add(
            "schedule.done", f"is missing: {what} it had counted, {entry.file} does not say"
        )
        return schedule
    schedule = replace(schedule, done=done)
    for group, own in found.pairs:
        _same_rate(schedule, group, own, entry)
    return schedule


def _no_schedule(entry: Entry) -> None:
    """A sentence where PyTorch had a schedule and the run has none, and does not say its rate."""
    groups = entry.torch.groups if entry.torch else ()
    if any("initial_lr" in group.options for group in groups) and "lr" not in entry.given:
        rate = shown(groups[0].options.get("lr"))
        entry.table.wrong(
            "state",
            f"was scheduled in {entry.file}; write the [schedule], or lr = {rate} to stay there",
        )


def _agree(schedule: ScheduleSpec, entry: Entry) -> None:
    """Sentences where options of the schedule are not those of the file."""
    row = SCHEDULES[schedule.name]
    for name, value in row.complete(schedule.options).items():
        theirs = entry.schedule.get(name, value)
        if theirs != value:
            what = f"is {shown(value)}, and {shown(theirs)} in {entry.file}; write it as there"
            entry.table.problems.add(f"schedule.{name}", what)


def _done(spec: RunSpec, schedule: ScheduleSpec, entry: Entry, found: Entered) -> int | None:
    """How many iterations or passes it has counted; None where the file does not say."""
    count = entry.schedule.get(COUNT)
    if type(count) is int and 0 <= count <= MOST_ITERATIONS:
        return count
    groups = entry.torch.groups if entry.torch else ()
    if groups and not any("initial_lr" in group.options for group in groups):
        return 0
    if found.steps is None or schedule.by == "iteration":
        return found.steps
    batches = Batches(spec.data, spec.seed)
    passes = batches.pass_of(found.steps + 1)
    return passes if passes != batches.pass_of(found.steps) else None


def _same_rate(schedule: ScheduleSpec, group: TorchGroup, own: Group, entry: Entry) -> None:
    """A sentence where the next learning rate is not that of the file."""
    theirs, base = group.options.get("lr"), own.optimizer.options["lr"]
    if "initial_lr" not in group.options or "lr" in entry.changed:
        return
    if not isinstance(theirs, int | float):
        return
    rate = scheduled(schedule, base, schedule.done + 1)
    if not math.isclose(rate, theirs, rel_tol=SAME, abs_tol=SAME * SAME * base):
        entry.table.problems.add(
            "schedule",
            f"has counted {schedule.done:,}, so the next learning rate is {rate:g}, and it is"
            f" {theirs:g} in {entry.file}; write the schedule as there, or how much it has counted:"
            " done = …",
        )


def _kept(spec: RunSpec, row: Watching, entry: Entry) -> tuple[float, ...]:
    """What the file says that a schedule has kept of the losses; where it says nothing, that of one
    that has seen no loss. PyTorch's drops are in the learning rate that it begins from.
    """
    assert spec.schedule is not None
    kept = np.zeros(len(row.kept), spec.dtype)
    row.start(row.complete(spec.schedule.options), kept)
    most = float(np.finfo(spec.dtype).max)
    for i, name in enumerate(row.kept):
        array = entry.arrays.get(f"{KEPT}.{name}")
        ours = array.reshape(-1)[0] if array is not None and array.size else None
        theirs = entry.schedule.get(row.torch_kept.get(name, ""))
        value = theirs if ours is None else ours
        if value is not None and not math.isnan(value):
            kept[i] = min(max(float(value), -most), most)
    return tuple(kept.tolist())
