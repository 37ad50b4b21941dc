"""A run spec compiled to its steps. The steps that are shown are the steps that compute."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from engine.catalog.optimizers import Rules, slot_rules
from engine.formula.calls import Array, Call, Emit
from engine.formula.layout import Layout
from engine.program.clip import PREFIX as CLIP
from engine.program.clip import clip_steps, declare_clip
from engine.program.network import NetworkSteps
from engine.program.parameters import trained
from engine.program.state import OTHER
from engine.program.step import Step
from engine.program.updates import (
    Scalars,
    as_they_came,
    declare_derived,
    emit_rules,
    update_steps,
)
from engine.spec.run import RunSpec


class Program:
    """The calls and steps of one iteration on a mini-batch of `samples`, over a state vector
    that it changes in place.
    """

    def __init__(
        self,
        spec: RunSpec,
        samples: int,
        layout: Layout,
        state: Array,
        own: Scalars,
        other: Scalars | None,
    ) -> None:
        self.spec = spec
        self.state_layout = layout
        self.x = np.zeros((samples, spec.sizes[0]), spec.dtype)
        self.y = np.zeros((samples, spec.sizes[-1]), spec.dtype)
        network = NetworkSteps(spec, samples)
        shapes = {name: layout.shape(name) for name in trained(spec)}
        self.layout = Layout()
        network.declare(self.layout)
        if spec.clip:
            declare_clip(self.layout, spec.clip, shapes)
        declare_derived(self.layout, spec.optimizer, shapes)
        self.work = np.zeros(self.layout.size, spec.dtype)

        emit = Emit(spec.dtype)
        view = partial(self._view, state=state)
        network.build(emit, view)
        steps, ordered = network.steps, as_they_came(shapes)
        if spec.clip:
            steps = [*steps, *clip_steps(emit, spec.clip, view, ordered, len(steps) + 1)]
        calls = self._emit_updates(emit, state, own, other)
        self.calls = emit.calls
        self.steps: tuple[Step, ...] = (
            *steps,
            *update_steps(own.rules, ordered, calls, len(steps) + 1, bool(spec.clip)),
        )
        self.writer: Mapping[str, int] = {step.symbol: step.number for step in self.steps}
        self.loss = self.layout.view(self.work, "loss")

    def _view(self, symbol: str, state: Array) -> Array:
        if symbol in ("x", "y"):
            return self.x if symbol == "x" else self.y
        if symbol in self.layout:
            return self.layout.view(self.work, symbol)
        return self.state_layout.view(state, symbol)

    def _emit_updates(
        self, emit: Emit, state: Array, own: Scalars, other: Scalars | None
    ) -> dict[str, tuple[Call, ...]]:
        """The own rules; before the parameters change, the compared optimizer's slots too."""
        grad = CLIP if self.spec.clip else "grad"

        def vectors(rules: Rules, prefix: str) -> dict[str, Array]:
            found = {"theta": self._view("theta", state), "grad": self._view(grad, state)}
            size = found["theta"].shape
            for rule in rules:
                if rule.prefix != "theta":
                    named = f"{prefix}{rule.prefix}" if rule.slot else rule.prefix
                    kept = rule.slot or not prefix
                    found[rule.prefix] = self._view(named, state) if kept else emit.scratch(size)
            return found

        mine = vectors(own.rules, "")
        before = [rule for rule in own.rules if rule.prefix != "theta"]
        calls = emit_rules(emit, before, mine, own)
        if other:
            slots = slot_rules(other.rules)
            emit_rules(emit, slots, vectors(slots, OTHER), other)
        after = [rule for rule in own.rules if rule.prefix == "theta"]
        return calls | emit_rules(emit, after, mine, own)
