"""OneCycleLR: up to the top and far down, whatever the optimizer's own rate is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.catalog.schedules import parts
from engine.catalog.schedules.base import Schedule
from engine.formula.expr import Expr
from engine.spec.check import Check, choice
from engine.spec.options import Option, Options, count, flag, positive, up_to_1


def _ways(o: Options) -> tuple[tuple[float, float, float], ...]:
    """The parts of the cycle: before which count each ends, and the rates it goes between."""
    top, total, rise = o["max_lr"], o["total_steps"], o["pct_start"] * o["total_steps"]
    start = top / o["div_factor"]
    end = start / o["final_div_factor"]
    if o["three_phase"]:
        return (rise - 1, start, top), (2 * rise - 2, top, start), (total - 1, start, end)
    return (rise - 1, start, top), (total - 1, top, end)


def _way(t: int, o: Options) -> tuple[float, float, float]:
    """The rates that the part of iteration t goes between, and the share of it that is over."""
    over, begin, ways = min(t, o["total_steps"]) - 1, 0.0, _ways(o)
    for end, first, last in ways:
        if over <= end or end is ways[-1][0]:
            return first, last, (over - begin) / (end - begin)
        begin = end
    raise AssertionError("no part holds")


def _share(over: float, o: Options) -> float:
    """How much of the rate at the beginning of the part is still in it."""
    return parts.wave(over) if o["anneal_strategy"] == "cos" else 1 - over


def _lr(_base: float, t: int, o: Options) -> float:
    first, last, over = _way(t, o)
    return parts.between(first, last, _share(over, o))


def _value(_base: float, t: int, o: Options) -> Expr:
    first, last, over = _way(t, o)
    return parts.between_value(first, last, _share(over, o))


def _letters(t: int, o: Options) -> Mapping[str, float]:
    first, last, over = _way(t, o)
    return {"first": first, "last": last, "s": over}


def _conflict(o: Options) -> str:
    if o["pct_start"] * o["total_steps"] == 1:
        return (
            "has a first part of no length, where PyTorch divides by 0: pct_start·total_steps"
            " must not be 1."
        )
    return ""


def _only_false(value: Any) -> bool | None:
    return False if value is False else None


ROW = Schedule(
    name="one_cycle",
    label="OneCycleLR",
    torch="torch.optim.lr_scheduler.OneCycleLR(optimizer, **options)",
    formula="first·c + last·(1 − c) with c = ½·(1 + cos(π·s)), or c = 1 − s where linear",
    why="The learning rate goes from max_lr/div_factor to max_lr, and from there to that start over"
    " final_div_factor, in one part or, with three_phase, by way of the start; s is the share of"
    " this part that is over. The optimizer's own rate is not used. PyTorch stops after"
    " total_steps; here the last rate stays.",
    options={
        "max_lr": positive(None, "The learning rate at the top."),
        "total_steps": count(None, "Iterations of the cycle."),
        "pct_start": up_to_1(0.3, "The share of them until the top."),
        "anneal_strategy": Option(
            "cos", choice(("cos", "linear")), "Along half a cosine, or in equal steps."
        ),
        "cycle_momentum": Option(
            None,
            Check("false, as momentum is not cycled here (PyTorch's default is true)", _only_false),
            "Momentum stays as it is.",
        ),
        "div_factor": positive(25.0, "How many times the start fits into max_lr."),
        "final_div_factor": positive(1e4, "How many times the end fits into the start."),
        "three_phase": flag(False, "Back to the start before the end."),
    },
    conflict=_conflict,
    lr=_lr,
    value=_value,
    letters=_letters,
    place=9,
)
