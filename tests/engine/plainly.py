"""Branches computed again from the start, iteration by iteration: no checkpoints, nothing shared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np

from engine.branches import other_optimizer
from engine.emit import Array
from engine.optimizers import OPTIMIZERS
from engine.program import Trainer
from engine.session import Position, Selection
from engine.spec import OptimizerSpec, RunSpec
from engine.steps import Step
from engine.trace import Trace
from engine.tree import Cause
from tests.engine.lived import TEXT
from tui.frame import build

PARAMETERS = ("W1", "b1", "W2", "b2")
FRESH = Any


@dataclass(frozen=True, eq=False)
class Stretch:
    """Iterations from `first` on under one spec, after the parameters' `edits`. `own` and
    `compare` name the optimizers, each with slots of its own, through all that happens.
    """

    first: int
    spec: RunSpec
    own: str
    compare: str
    edits: tuple[tuple[str, tuple[int, ...], float], ...] = ()

    @cached_property
    def trainer(self) -> Trainer:
        """It computes the traces."""
        return Trainer(self.spec)

    def keeping(self, optimizer: OptimizerSpec | None) -> Trainer:
        """One that keeps the slots of an optimizer too, where the run compares with none."""
        if optimizer is None or self.spec.compare:
            return self.trainer
        if "_keeping" not in self.__dict__:
            self.__dict__["_keeping"] = Trainer(replace(self.spec, compare=optimizer))
        found: Trainer = self.__dict__["_keeping"]
        return found


@dataclass
class World:
    """The parameters, and the slots of every optimizer by its name among them."""

    parameters: dict[str, Array]
    slots: dict[str, dict[str, Array]] = field(default_factory=dict)

    def load(self, trainer: Trainer, own: str, compare: str) -> Array:
        """The state of a trainer; slots that nobody has kept are as it starts with."""
        state = Trainer(trainer.spec).state if not self.slots else trainer.starting.copy()  # type: ignore[attr-defined]
        return state


def root(spec: RunSpec, other: bool) -> tuple[Stretch, ...]:
    """The stretches of the run, or of the run under the other optimizer."""
    if other:
        swapped = spec.with_optimizer(other_optimizer(spec), spec.compare and spec.optimizer)
        return (Stretch(1, replace(swapped, switches=()), "A", "B"),)
    found = [Stretch(1, replace(spec, switches=()), "A", "B")]
    for i, switch in enumerate(spec.switches):
        before = found[-1]
        optimizer = replace(switch.optimizer, since=switch.at - 1)
        after = before.spec.with_optimizer(optimizer, before.spec.optimizer)
        found.append(Stretch(switch.at, after, f"switch {i}", before.own))
    return tuple(found)
