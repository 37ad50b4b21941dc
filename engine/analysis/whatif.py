"""What one update would do: with only some parameters updated, or at another learning rate."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.history.history import History
from engine.history.segment import estimated_seconds
from engine.program.parameters import THETA, trained
from engine.program.step import Phase
from engine.program.trainer import Trainer
from engine.spec.problem import Problem
from engine.spec.run import RunSpec

SMALLEST_RATE, LARGEST_RATE, RATES = 1e-3, 10.0, 161
LEAST_RATES, SWEEP_SECONDS = 17, 0.05
MOST_ALONE = 8


@dataclass(frozen=True)
class Partial:
    """The loss on the same mini-batch after updating only `parameters`."""

    parameters: tuple[str, ...]
    loss: float


@dataclass(frozen=True)
class Sweep:
    """The loss on the same mini-batch after one update at each learning rate, both (rates,).
    `overshoot` is the rate of the least loss, from where on the step goes too far; `worse` the
    first rate at which the loss is higher than before the update. None where the sweep has none.
    """

    rates: Array
    losses: Array
    overshoot: float | None
    worse: float | None


def chosen(text: str, parameters: Sequence[Symbol]) -> tuple[Symbol, ...]:
    """The parameters that a text such as "W1 b2" names, in any of their forms; a number means all
    of that layer. Raises Problem for what is none of them.
    """
    found: set[Symbol] = set()
    for word in text.replace(",", " ").split():
        named = {name for name in parameters if word in (*name.forms(), str(name.layer))}
        if not named:
            raise Problem(
                f"{word}: no such parameter is updated; there are {', '.join(parameters)},"
                " and a number means a layer."
            )
        found |= named
    return tuple(name for name in parameters if name in found)


def asked_of(spec: RunSpec) -> None:
    """Raises Problem for a run that has no loss to ask about."""
    if not spec.has_loss:
        raise Problem(
            "What if: the gradients of this run are given, so there is no loss to ask of."
        )


class WhatIf:
    """Questions about the update of iteration t of a branch, answered beside its history. Raises
    Problem for a run that has no loss.
    """

    def __init__(self, history: History, t: int) -> None:
        owner = history.owner(t)
        asked_of(owner.spec)
        self.t = t
        self._trainer = Trainer(owner.spec)
        self._before = history.trace(t).before
        self._after = history.trace(t).after
        self.parameters = tuple(trained(owner.spec))

    def _loss(self, state: Array) -> float:
        """The loss of iteration t's mini-batch under another state."""
        trainer = self._trainer
        trainer.state[...] = state
        program = trainer.begin(self.t)
        with np.errstate(all="ignore"):
            for step in program.steps:
                if step.phase in (Phase.FORWARD, Phase.LOSS):
                    for function, args in step.calls:
                        function(*args)
        return float(program.loss)

    @property
    def before(self) -> float:
        """The loss without any update."""
        return self._loss(self._before)

    def partial(self, parameters: Collection[str]) -> Partial:
        """The loss after updating only these parameters, from the same gradients."""
        state = self._before.copy()
        layout = self._trainer.layout
        for name in parameters:
            layout.view(state, name)[...] = layout.view(self._after, name)
        chosen = tuple(name for name in self.parameters if name in parameters)
        return Partial(chosen, self._loss(state))

    def by_layer(self) -> list[Partial]:
        """The loss after updating each layer alone, then each parameter alone where there are not
        too many, and then all of them.
        """
        layers = dict.fromkeys(name.layer for name in self.parameters)
        chosen = [[n for n in self.parameters if n.layer == layer] for layer in layers]
        if len(self.parameters) <= MOST_ALONE:
            chosen += [[n] for n in self.parameters if [n] not in chosen]
        if self.parameters == (THETA,):
            chosen = []
        return [*map(self.partial, chosen), self.partial(self.parameters)]

    def sweep(self, rates: Sequence[float] | None = None) -> Sweep:
        """The loss after this one update at learning rates from 0.001 to 10."""
        grid = self._rates() if rates is None else np.array(rates)
        losses = np.array([self._loss(self._updated(float(rate))) for rate in grid])
        before = self.before
        finite = np.where(np.isfinite(losses), losses, np.inf)
        least = int(finite.argmin())
        higher = np.flatnonzero(finite > before)
        inner = 0 < least < len(grid) - 1
        return Sweep(
            grid,
            losses,
            float(grid[least]) if inner else None,
            float(grid[higher[0]]) if higher.size else None,
        )

    def _rates(self) -> Array:
        """As many rates as can be tried in about the time that a reader waits for."""
        each = 2 * estimated_seconds(self._trainer.program(self.t))
        count = min(RATES, max(LEAST_RATES, int(SWEEP_SECONDS / each)))
        return np.geomspace(SMALLEST_RATE, LARGEST_RATE, count)

    def _updated(self, rate: float) -> Array:
        """The state after iteration t at another learning rate."""
        trainer = self._trainer
        trainer.state[...] = self._before
        trainer.step_at(self.t, rate)
        return trainer.state.copy()
