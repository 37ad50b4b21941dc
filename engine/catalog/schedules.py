"""Learning-rate schedules, a row each: η of iteration t as a pure function, as PyTorch's are.

What goes from one number to another is written as first·(1 − s) + last·s, which is exactly the
first where s is 0 and exactly the last where it is 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from engine.catalog.row import Row
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.expr import Expr
from engine.spec.options import Options, at_least_0, count, share, up_to_1
from engine.spec.run import ScheduleSpec


class Rate(Protocol):
    """The learning rate of iteration t, counted from 1, where `base` is the optimizer's."""

    def __call__(self, base: float, t: int, o: Options, /) -> float: ...


class RateValue(Protocol):
    """The arithmetic of the same, with a count or a share that `t` alone gives as one number."""

    def __call__(self, base: float, t: int, o: Options, /) -> Expr: ...


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Schedule(Row):
    """A row of the table. `lr(base, t, o)` is the learning rate of iteration t where PyTorch's
    scheduler steps once an iteration. `formula` names {base}, {t} and the options.

    `torch` makes the scheduler of `optimizer`, with those `options` at hand that are given.
    """

    label: str
    formula: str
    why: str
    lr: Rate
    value: RateValue


def scheduled(spec: ScheduleSpec, base: float, t: int) -> float:
    """The learning rate of iteration t under a schedule."""
    row = SCHEDULES[spec.name]
    return row.lr(float(base), t, row.complete(spec.options))


def rate_value(spec: ScheduleSpec, base: float, t: int) -> Expr:
    """The arithmetic of the learning rate of iteration t."""
    row = SCHEDULES[spec.name]
    return row.value(float(base), t, row.complete(spec.options))


def said(spec: ScheduleSpec, base: float, t: int, number: Number) -> str:
    """What is true of the learning rate of iteration t, in sentences."""
    rate, after = (scheduled(spec, base, each) for each in (t, t + 1))
    if not math.isfinite(rate):
        return ""
    share = rate / base if base else math.inf
    here = f"Here η is {number(share)} times the optimizer's." if share < math.inf else ""
    if rate == 0:
        here = "Here η is 0: a step of no length."
    elif rate == base:
        here = "Here η is the optimizer's own."
    turn = "greater" if after > rate else "smaller" if after < rate else "the same"
    return f"{here} The next update's is {turn}.".strip()


def _decayed(base: float, gamma: float, times: int) -> float:
    """base·gamma^times, infinite where it is too large."""
    if not base:
        return 0.0
    try:
        return base * float(gamma) ** times
    except OverflowError:
        return math.inf


def _cosine(base: float, t: int, o: Options) -> float:
    low: float = o["eta_min"]
    share = _wave(t, o)
    return base * share + low * (1 - share)


def _wave(t: int, o: Options) -> float:
    # Whole turns are taken out first, so that a long run keeps its digits.
    turn = (t - 1) % (2 * o["T_max"])
    return (1 + math.cos(math.pi * turn / o["T_max"])) / 2


def _cosine_value(base: float, t: int, o: Options) -> Expr:
    share = ex.num(_wave(t, o), "share")
    rest = ex.mul(ex.num(o["eta_min"]), ex.sub(ex.num(1), share))
    return ex.add(ex.mul(ex.num(base), share), rest)


def _linear(base: float, t: int, o: Options) -> float:
    done = _done(t, o)
    return float(base * (o["start_factor"] * (1 - done) + o["end_factor"] * done))


def _done(t: int, o: Options) -> float:
    return float(min(o["total_iters"], t - 1) / o["total_iters"])


def _linear_value(base: float, t: int, o: Options) -> Expr:
    done = ex.num(_done(t, o), "share")
    first = ex.mul(ex.num(o["start_factor"]), ex.sub(ex.num(1), done))
    return ex.mul(ex.num(base), ex.add(first, ex.mul(ex.num(o["end_factor"]), done)))


def _decayed_value(base: float, gamma: float, times: int) -> Expr:
    return ex.mul(ex.num(base), ex.power(ex.num(gamma), times))


SCHEDULES: dict[str, Schedule] = {
    row.name: row
    for row in (
        Schedule(
            name="step",
            label="StepLR",
            torch="torch.optim.lr_scheduler.StepLR(optimizer, **options)",
            formula="{base}·{gamma}^⌊({t} − 1)/{step_size}⌋",
            why="The learning rate is multiplied by gamma every so many iterations.",
            options={
                "step_size": count(None, "Iterations between two drops."),
                "gamma": at_least_0(0.1, "The factor of a drop."),
            },
            lr=lambda base, t, o: _decayed(base, o["gamma"], (t - 1) // o["step_size"]),
            value=lambda base, t, o: _decayed_value(base, o["gamma"], (t - 1) // o["step_size"]),
        ),
        Schedule(
            name="exponential",
            label="ExponentialLR",
            torch="torch.optim.lr_scheduler.ExponentialLR(optimizer, **options)",
            formula="{base}·{gamma}^({t} − 1)",
            why="The learning rate is multiplied by the same factor in every iteration.",
            options={"gamma": at_least_0(None, "The factor of every iteration.")},
            lr=lambda base, t, o: _decayed(base, o["gamma"], t - 1),
            value=lambda base, t, o: _decayed_value(base, o["gamma"], t - 1),
        ),
        Schedule(
            name="cosine",
            label="CosineAnnealingLR",
            torch="torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, **options)",
            formula="{base}·c + {eta_min}·(1 − c) with c = ½·(1 + cos(π·({t} − 1)/{T_max}))",
            why="The learning rate goes to eta_min along half a cosine, slowly at both ends, and"
            " back.",
            options={
                "T_max": count(None, "Iterations from the top to the bottom."),
                "eta_min": at_least_0(0.0, "The learning rate at the bottom."),
            },
            lr=_cosine,
            value=_cosine_value,
        ),
        Schedule(
            name="linear",
            label="LinearLR",
            torch="torch.optim.lr_scheduler.LinearLR(optimizer, **options)",
            formula="{base}·({start_factor}·(1 − s) + {end_factor}·s)"
            " with s = min({t} − 1, {total_iters})/{total_iters}",
            why="The learning rate goes from one share of η to another in equal steps, and then"
            " stays.",
            options={
                "start_factor": share(1 / 3, "The share of η at the start."),
                "end_factor": up_to_1(1.0, "The share of η at the end and after."),
                "total_iters": count(5, "Iterations from start to end."),
            },
            lr=_linear,
            value=_linear_value,
        ),
    )
}
