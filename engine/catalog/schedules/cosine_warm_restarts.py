"""CosineAnnealingWarmRestarts: half a cosine, again and again."""

from __future__ import annotations

from engine.catalog.schedules import parts
from engine.catalog.schedules.base import Schedule
from engine.spec.options import Options, at_least_0, count


def _cycle(t: int, o: Options) -> tuple[int, int]:
    """How many iterations of its cycle are over before iteration t, and how long that is."""
    over, length = t - 1, o["T_0"]
    if o["T_mult"] == 1:
        return over % length, length
    while over >= length:
        over, length = over - length, length * o["T_mult"]
    return over, length


def _share(t: int, o: Options) -> float:
    over, length = _cycle(t, o)
    return parts.wave(over / length)


ROW = Schedule(
    name="cosine_warm_restarts",
    label="CosineAnnealingWarmRestarts",
    torch="torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, **options)",
    formula="{base}·c + {eta_min}·(1 − c) with c = ½·(1 + cos(π·i/T))",
    why="The learning rate goes towards eta_min along half a cosine in cycles, of which each begins"
    " at the top. i iterations of this cycle are over, of T; each cycle is T_mult times as long as"
    " the one before it.",
    options={
        "T_0": count(None, "Iterations of the first cycle."),
        "T_mult": count(1, "How many times as long each cycle is as the one before it."),
        "eta_min": at_least_0(0.0, "The learning rate that a cycle goes towards."),
    },
    lr=lambda base, t, o: parts.between(base, o["eta_min"], _share(t, o)),
    value=lambda base, t, o: parts.between_value(base, o["eta_min"], _share(t, o)),
    letters=lambda t, o: dict(zip(("i", "T"), _cycle(t, o), strict=True)),
    place=8,
)
