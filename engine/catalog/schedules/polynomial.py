"""PolynomialLR: to 0 along a power."""

from __future__ import annotations

from engine.catalog.schedules import parts
from engine.catalog.schedules.base import Schedule
from engine.formula import expr as ex
from engine.formula.expr import Expr
from engine.spec.options import Options, at_least_0, count


def _left(t: int, o: Options) -> float:
    return 1 - parts.done(t, o["total_iters"])


def _lr(base: float, t: int, o: Options) -> float:
    return float(base * _left(t, o) ** o["power"])


def _value(base: float, t: int, o: Options) -> Expr:
    left = ex.sub(ex.num(1), ex.num(parts.done(t, o["total_iters"]), "share"))
    return ex.mul(ex.num(base), ex.power(left, o["power"]))


ROW = Schedule(
    name="polynomial",
    label="PolynomialLR",
    torch="torch.optim.lr_scheduler.PolynomialLR(optimizer, **options)",
    formula="{base}·(1 − s)^{power} with s = min({t} − 1, {total_iters})/{total_iters}",
    why="What is left of the time, to a power, is what is left of η.",
    options={
        "total_iters": count(5, "Iterations until it is 0."),
        "power": at_least_0(1.0, "1 for equal steps, above 1 for smaller and smaller ones."),
    },
    lr=_lr,
    value=_value,
    place=6,
)
