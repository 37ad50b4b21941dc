"""Learning-rate schedules, a row each: η of iteration t as a pure function, as PyTorch's are."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.spec.options import Option, Options, at_least_0, count, defaults, share, up_to_1
from engine.spec.run import ScheduleSpec


@dataclass(frozen=True)
class Schedule:
    """A row of the table. `lr(base, t, o)` is the learning rate of iteration t, counted from 1,
    where `base` is the optimizer's and PyTorch's scheduler steps once an iteration. `formula`
    names {base}, {t} and the options.
    """

    name: str
    label: str
    formula: str
    why: str
    option_rows: Mapping[str, Option]
    lr: Callable[[float, int, Options], float]

    @cached_property
    def options(self) -> Options:
        """The options with their defaults; those without one must be given."""
        return defaults(self.option_rows)


def scheduled(spec: ScheduleSpec, base: float, t: int) -> float:
    """The learning rate of iteration t under a schedule."""
    row = SCHEDULES[spec.name]
    return row.lr(float(base), t, {**row.options, **spec.options})


def _decayed(base: float, gamma: float, times: int) -> float:
    """base·gamma^times, infinite where it is too large."""
    if not base:
        return 0.0
    try:
        return base * float(gamma) ** times
    except OverflowError:
        return math.inf


def _step(base: float, t: int, o: Options) -> float:
    return _decayed(base, o["gamma"], (t - 1) // o["step_size"])


def _exponential(base: float, t: int, o: Options) -> float:
    return _decayed(base, o["gamma"], t - 1)


def _cosine(base: float, t: int, o: Options) -> float:
    low: float = o["eta_min"]
    # Whole turns are taken out first, so that a long run keeps its digits.
    turn = (t - 1) % (2 * o["T_max"])
    return low + (base - low) * (1 + math.cos(math.pi * turn / o["T_max"])) / 2


def _linear(base: float, t: int, o: Options) -> float:
    first, last, total = o["start_factor"], o["end_factor"], o["total_iters"]
    return float(base * (first + (last - first) * min(total, t - 1) / total))


SCHEDULES: dict[str, Schedule] = {
    row.name: row
    for row in (
        Schedule(
            "step",
            "StepLR",
            "{base}·{gamma}^⌊({t} − 1)/{step_size}⌋",
            "The learning rate drops by a factor every so many iterations.",
            {
                "step_size": count(None, "Iterations between two drops."),
                "gamma": at_least_0(0.1, "The factor of a drop."),
            },
            _step,
        ),
        Schedule(
            "exponential",
            "ExponentialLR",
            "{base}·{gamma}^({t} − 1)",
            "The learning rate shrinks by the same factor in every iteration.",
            {"gamma": at_least_0(None, "The factor of every iteration.")},
            _exponential,
        ),
        Schedule(
            "cosine",
            "CosineAnnealingLR",
            "{eta_min} + ½·({base} − {eta_min})·(1 + cos(π·({t} − 1)/{T_max}))",
            "The learning rate falls along half a cosine, slowly at both ends, then rises again.",
            {
                "T_max": count(None, "Iterations from the top to the bottom."),
                "eta_min": at_least_0(0.0, "The learning rate at the bottom."),
            },
            _cosine,
        ),
        Schedule(
            "linear",
            "LinearLR",
            "{base}·({start_factor} + ({end_factor} − {start_factor})"
            "·min({t} − 1, {total_iters})/{total_iters})",
            "The learning rate warms up in equal steps, and then stays.",
            {
                "start_factor": share(1 / 3, "The share of η at the start."),
                "end_factor": up_to_1(1.0, "The share of η at the end and after."),
                "total_iters": count(5, "Iterations from start to end."),
            },
            _linear,
        ),
    )
}
