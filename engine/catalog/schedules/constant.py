"""ConstantLR: a share of the rate for some time, then all of it."""

from __future__ import annotations

from engine.catalog.schedules.base import Schedule
from engine.formula import expr as ex
from engine.formula.expr import Expr
from engine.spec.options import Options, count, share


def _lr(base: float, t: int, o: Options) -> float:
    return float(base * o["factor"]) if t <= o["total_iters"] else base


def _value(base: float, t: int, o: Options) -> Expr:
    whole = ex.num(base)
    return ex.mul(whole, ex.num(o["factor"])) if t <= o["total_iters"] else whole


ROW = Schedule(
    name="constant",
    label="ConstantLR",
    torch="torch.optim.lr_scheduler.ConstantLR(optimizer, **options)",
    formula="{base}·{factor} where {t} ≤ {total_iters}, else {base}",
    why="A share of the learning rate for some iterations, and then all of it.",
    options={
        "factor": share(1 / 3, "The share of η at first."),
        "total_iters": count(5, "Iterations with that share."),
    },
    lr=_lr,
    value=_value,
    place=4,
)
