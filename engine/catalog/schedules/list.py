"""A list of rates, as somebody wrote them down."""

from __future__ import annotations

from typing import Any

from engine.catalog.schedules import parts
from engine.catalog.schedules.base import Schedule
from engine.formula import expr as ex
from engine.spec.check import Check
from engine.spec.options import Option, Options, at_least_0

_RATE = at_least_0(None, "").check


def _accept(value: Any) -> tuple[float, ...] | None:
    if not isinstance(value, list | tuple) or not 0 < len(value) <= parts.MOST:
        return None
    found = tuple(_RATE.accept(each) for each in value)
    return None if None in found else found


def _lr(_base: float, t: int, o: Options) -> float:
    rates: tuple[float, ...] = o["rates"]
    return rates[min(t, len(rates)) - 1]


ROW = Schedule(
    name="list",
    label="list of rates",
    torch="torch.optim.lr_scheduler.LambdaLR(optimizer, [lambda t, lr=group.get('initial_lr',"
    " group['lr']): options['rates'][min(t + 1, len(options['rates'])) - 1] / lr"
    " for group in optimizer.param_groups])",
    formula="number {t} of the list, or its last",
    why="The learning rate of each iteration is given; after the last the last one stays. The"
    " optimizer's own rate is not used.",
    options={
        "rates": Option(
            None,
            Check(f"a list of 1 to {parts.MOST:,} numbers of at least 0", _accept),
            "The learning rate of each iteration.",
        ),
    },
    lr=_lr,
    value=lambda base, t, o: ex.num(_lr(base, t, o)),
    place=10,
)
