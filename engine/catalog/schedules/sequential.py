"""SequentialLR: one schedule after another, such as a warm-up and then a cosine."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from functools import cache
from typing import Any

from engine.catalog.row import Row, RowTable, list_of_rows
from engine.catalog.schedules import parts
from engine.catalog.schedules.base import Schedule, Sequence
from engine.spec.options import Options

ALONE = ("one_cycle",)
"""Schedules that in PyTorch change the rates that the others begin from."""


@cache
def _can_be_part() -> Mapping[str, Row]:
    """The schedules of the modules beside this one that may follow each other."""
    rows = RowTable(__name__.rpartition(".")[0], Schedule)
    return {name: row for name, row in rows.items() if name not in ALONE}


def _holds(t: int, o: Options) -> tuple[int, int]:
    milestones: tuple[int, ...] = o["milestones"]
    index = bisect_left(milestones, t)
    return index, milestones[index - 1] if index else 0


def _conflict(o: Options) -> str:
    schedulers, milestones = len(o["schedulers"]), len(o["milestones"])
    if schedulers == milestones + 1:
        return ""
    return (
        f"has {schedulers} schedulers and {milestones} milestones, and must have one milestone"
        " less than schedulers."
    )


def _schedulers(o: Options) -> tuple[Mapping[str, Any], ...]:
    return tuple(o["schedulers"])


ROW = Sequence(
    name="sequential",
    label="SequentialLR",
    torch="torch.optim.lr_scheduler.SequentialLR(optimizer, schedulers, options['milestones'])",
    why="One schedule after another: each begins after a milestone, and counts from 1 again.",
    options={
        "milestones": parts.milestones("Iterations after which the next schedule holds."),
        "schedulers": list_of_rows(
            "schedules", _can_be_part, parts.MOST + 1, "The schedules in their order."
        ),
    },
    conflict=_conflict,
    parts=_schedulers,
    holds=_holds,
    place=12,
)
