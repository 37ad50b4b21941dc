"""MultiStepLR: drops where a list says so."""

from __future__ import annotations

from bisect import bisect_left

from engine.catalog.schedules import parts
from engine.catalog.schedules.base import Schedule
from engine.spec.options import Options, at_least_0


def _passed(t: int, o: Options) -> int:
    """How many milestones are over: PyTorch's count the iterations before the drop."""
    return bisect_left(o["milestones"], t)


ROW = Schedule(
    name="multi_step",
    label="MultiStepLR",
    torch="torch.optim.lr_scheduler.MultiStepLR(optimizer, **options)",
    formula="{base}·{gamma}^k, k the milestones below {t}",
    why="The learning rate is multiplied by gamma after each of the milestones.",
    options={
        "milestones": parts.milestones("Iterations after which it drops."),
        "gamma": at_least_0(0.1, "The factor of a drop."),
    },
    lr=lambda base, t, o: parts.decayed(base, o["gamma"], _passed(t, o)),
    value=lambda base, t, o: parts.decayed_value(base, o["gamma"], _passed(t, o)),
    letters=lambda t, o: {"k": _passed(t, o)},
    place=2,
)
