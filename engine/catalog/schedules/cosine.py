"""CosineAnnealingLR: half a cosine, and back."""

from __future__ import annotations

from engine.catalog.schedules import parts
from engine.catalog.schedules.base import Schedule
from engine.spec.options import Options, at_least_0, count


def _share(t: int, o: Options) -> float:
    # Whole turns are taken out first, so that a long run keeps its digits.
    return parts.wave((t - 1) % (2 * o["T_max"]) / o["T_max"])


ROW = Schedule(
    name="cosine",
    label="CosineAnnealingLR",
    torch="torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, **options)",
    formula="{base}·c + {eta_min}·(1 − c) with c = ½·(1 + cos(π·({t} − 1)/{T_max}))",
    why="The learning rate goes to eta_min along half a cosine, slowly at both ends, and back.",
    options={
        "T_max": count(None, "Iterations from the top to the bottom."),
        "eta_min": at_least_0(0.0, "The learning rate at the bottom."),
    },
    lr=lambda base, t, o: parts.between(base, o["eta_min"], _share(t, o)),
    value=lambda base, t, o: parts.between_value(base, o["eta_min"], _share(t, o)),
    place=7,
)
