"""LambdaLR: a list of factors, as somebody's function gave them."""

from __future__ import annotations

from typing import Any

from engine.catalog.schedules import parts
from engine.catalog.schedules.base import Schedule
from engine.formula import expr as ex
from engine.spec.check import Check
from engine.spec.options import Option, Options, at_least_0

_FACTOR = at_least_0(None, "").check


def _accept(value: Any) -> tuple[float, ...] | None:
    if not isinstance(value, list | tuple) or not 0 < len(value) <= parts.MOST:
        return None
    found = tuple(_FACTOR.accept(each) for each in value)
    return None if None in found else found


def _factor(t: int, o: Options) -> float:
    factors: tuple[float, ...] = o["factors"]
    return factors[min(t, len(factors)) - 1]


def _lr(base: float, t: int, o: Options) -> float:
    return base * _factor(t, o)


ROW = Schedule(
    name="factors",
    label="LambdaLR",
    torch="torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: options['factors']"
    "[min(t + 1, len(options['factors'])) - 1])",
    formula="{base}·number {t} of the list, or its last",
    why="The learning rate times a factor that is given for each iteration; after the last the last"
    " one stays. Each group of parameters has its own rate to be multiplied.",
    options={
        "factors": Option(
            None,
            Check(f"a list of 1 to {parts.MOST:,} numbers of at least 0", _accept),
            "The factor of each iteration.",
        ),
    },
    lr=_lr,
    value=lambda base, t, o: ex.mul(ex.num(base), ex.num(_factor(t, o))),
    place=10.5,
)
