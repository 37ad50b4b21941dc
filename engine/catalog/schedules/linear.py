"""LinearLR: from one share of the rate to another in equal steps."""

from __future__ import annotations

from engine.catalog.schedules import parts
from engine.catalog.schedules.base import Schedule
from engine.formula import expr as ex
from engine.formula.expr import Expr
from engine.spec.options import Options, count, share, up_to_1


def _lr(base: float, t: int, o: Options) -> float:
    done = parts.done(t, o["total_iters"])
    return float(base * (o["start_factor"] * (1 - done) + o["end_factor"] * done))


def _value(base: float, t: int, o: Options) -> Expr:
    done = ex.num(parts.done(t, o["total_iters"]), "share")
    first = ex.mul(ex.num(o["start_factor"]), ex.sub(ex.num(1), done))
    return ex.mul(ex.num(base), ex.add(first, ex.mul(ex.num(o["end_factor"]), done)))


ROW = Schedule(
    name="linear",
    label="LinearLR",
    torch="torch.optim.lr_scheduler.LinearLR(optimizer, **options)",
    formula="{base}·({start_factor}·(1 − s) + {end_factor}·s)"
    " with s = min({t} − 1, {total_iters})/{total_iters}",
    why="The learning rate goes from one share of η to another in equal steps, and then stays.",
    options={
        "start_factor": share(1 / 3, "The share of η at the start."),
        "end_factor": up_to_1(1.0, "The share of η at the end and after."),
        "total_iters": count(5, "Iterations from start to end."),
    },
    lr=_lr,
    value=_value,
    place=5,
)
