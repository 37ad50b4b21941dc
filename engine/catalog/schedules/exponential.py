"""ExponentialLR: the same factor again and again."""

from __future__ import annotations

from engine.catalog.schedules import parts
from engine.catalog.schedules.base import Schedule
from engine.spec.options import at_least_0

ROW = Schedule(
    name="exponential",
    label="ExponentialLR",
    torch="torch.optim.lr_scheduler.ExponentialLR(optimizer, **options)",
    formula="{base}·{gamma}^({t} − 1)",
    why="The learning rate is multiplied by the same factor in every iteration.",
    options={"gamma": at_least_0(None, "The factor of every iteration.")},
    lr=lambda base, t, o: parts.decayed(base, o["gamma"], t - 1),
    value=lambda base, t, o: parts.decayed_value(base, o["gamma"], t - 1),
    place=3,
)
