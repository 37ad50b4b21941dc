"""StepLR: a drop every so often."""

from __future__ import annotations

from engine.catalog.schedules import parts
from engine.catalog.schedules.base import Schedule
from engine.spec.options import at_least_0, count

ROW = Schedule(
    name="step",
    label="StepLR",
    torch="torch.optim.lr_scheduler.StepLR(optimizer, **options)",
    formula="{base}·{gamma}^⌊({t} − 1)/{step_size}⌋",
    why="The learning rate is multiplied by gamma every so many iterations.",
    options={
        "step_size": count(None, "Iterations between two drops."),
        "gamma": at_least_0(0.1, "The factor of a drop."),
    },
    lr=lambda base, t, o: parts.decayed(base, o["gamma"], (t - 1) // o["step_size"]),
    value=lambda base, t, o: parts.decayed_value(base, o["gamma"], (t - 1) // o["step_size"]),
    place=1,
)
