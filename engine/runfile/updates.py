"""What a run file says of the update: optimizers, those that take over, and the schedule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.schedules import SCHEDULES, Watching
from engine.runfile.optiontable import ENTERING, take_named
from engine.spec.check import FLOAT_MOST, Check, Table, choice, fits, whole
from engine.spec.run import (
    MOST_ITERATIONS,
    OptimizerSpec,
    RunSpec,
    ScheduleSpec,
    SwitchSpec,
)

if TYPE_CHECKING:
    from engine.runfile.entry import Entry

MOST_SWITCHES = 100
STEPS = ("iteration", "pass")
KEPT = Check(
    "a list of numbers",
    lambda v: tuple(v) if isinstance(v, list) and all(fits(e, FLOAT_MOST) for e in v) else None,
)


class Updates:
    """Reads the tables. The paths of files begin in `folder`; a run that is `stored` names none.
    `order` is that of the parameters in the model's own file, () where it is not known.
    """

    def __init__(self, top: Table, folder: Path, stored: bool, order: tuple[str, ...]) -> None:
        self.top, self.folder, self.stored, self.order = top, folder, stored, order
        self.problems = top.problems
        self.entries: dict[str, Entry] = {}
        self.found: list[tuple[str, OptimizerSpec]] = []
        self.done: int | None = None
        schedule = top.values.get("schedule")
        named = schedule.get("name") if isinstance(schedule, Mapping) else None
        self.scheduled = bool(schedule) and not isinstance(SCHEDULES.get(str(named)), Watching)

    def optimizer(self, key: str, required: bool = False) -> OptimizerSpec | None:
        """The optimizer of a table; what it begins with is read, and placed by `entered`."""
        table = self.top.table(key, required)
        if table is None:
            return None
        entry, begins = None, [table.has(key) for key in ENTERING]
        if any(begins) and not self.stored:
            from engine.runfile.entry import take_entry  # most runs begin at the beginning

            entry = take_entry(table, self.folder, self.scheduled, self.order)
        if entry:
            self.entries[key] = entry
            table = entry.table
        found = take_named(table, OPTIMIZERS)
        return self._noted(key, OptimizerSpec(*found)) if found else None

    def _noted(self, place: str, optimizer: OptimizerSpec) -> OptimizerSpec:
        self.found.append((place, optimizer))
        return optimizer

    def entered(self, spec: RunSpec) -> RunSpec:
        """The run, with the states that its optimizers begin with."""
        own, compare = self.entries.get("optimizer"), self.entries.get("compare")
        if not self.entries:
            if spec.schedule and not self.stored:
                spec = replace(spec, schedule=replace(spec.schedule, done=self.done or 0))
            self.problems.stop()
            return spec
        from engine.runfile.entered import entered  # most runs begin at the beginning
        from engine.runfile.position import positioned

        found = entered(spec, spec.optimizer, own) if own else None
        if found:
            spec = replace(spec, optimizer=found.optimizer)
        if compare and spec.compare:
            spec = replace(spec, compare=entered(spec, spec.compare, compare).optimizer)
        if not self.stored:
            spec = replace(spec, schedule=positioned(spec, self.done, own, found))
        self.problems.stop()
        return spec

    def schedule(self) -> ScheduleSpec | None:
        """The schedule, None where there is none."""
        table = self.top.table("schedule", required=False)
        if table is None:
            return None
        by = table.take("by", choice(STEPS), "iteration")
        self.done = table.take("done", whole(0, MOST_ITERATIONS), 0) if table.has("done") else None
        kept = table.take("kept", KEPT, ()) if table.has("kept") else ()
        found = take_named(table, SCHEDULES)
        if self.done and not self.scheduled:
            table.wrong("done", "is for schedules that count, and this one goes by the losses")
        return ScheduleSpec(*found, by, self.done or 0, kept or ()) if found and by else None

    def switches(self) -> tuple[SwitchSpec, ...]:
        """The optimizers that take over, in their order."""
        found: list[SwitchSpec] = []
        for table in self.top.tables("switch", MOST_SWITCHES) or []:
            at = table.take("at", whole(2, MOST_ITERATIONS))
            named = take_named(table, OPTIMIZERS)
            if at is None or named is None:
                continue
            if found and at <= found[-1].at:
                table.wrong("at", f"is {at}, and must be above that of the switch before it")
            found.append(SwitchSpec(at, self._noted(table.place, OptimizerSpec(*named))))
        return tuple(found)
