"""A run spec compiled to its steps. The steps that are shown are the steps that compute."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol

import numpy as np

from engine.catalog.optimizers import Rules, slot_rules
from engine.catalog.symbols import Symbol
from engine.formula.calls import Array, Call, Emit
from engine.formula.layout import Layout
from engine.program.clip import PREFIX as CLIP
from engine.program.clip import clip_steps, declare_clip
from engine.program.network import NetworkSteps
from engine.program.parameters import SUM, VECTOR, fed, groups, trained
from engine.program.plateau import KEPT, ended, watch
from engine.program.scalarsteps import declare_scalars, scalar_steps
from engine.program.state import OTHER
from engine.program.step import Step
from engine.program.updates import (
    FREE,
    FREE_OF_SEVERAL,
    GroupCalls,
    Scalars,
    as_they_came,
    declare_derived,
    emit_rules,
    update_steps,
)
from engine.spec.data import Kind
from engine.spec.run import RunSpec


class Steps(Protocol):
    """What makes the gradients: `declare` gives its results places, `build` emits its calls and
    appends its `steps`.
    """

    steps: list[Step]

    def declare(self, layout: Layout) -> None:
        """Give every result its place."""

    def build(self, emit: Emit, view: Callable[[str], Array]) -> None:
        """Emit the calls and append the steps."""


def _source(spec: RunSpec, samples: int) -> Steps:
    """What makes the gradients of a run."""
    if spec.instead is None:
        return NetworkSteps(spec, samples)
    from engine.program.alone import steps_of  # most runs have a network

    return steps_of(spec.instead)


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
        own: Sequence[Scalars],
        other: Sequence[Scalars],
        kind: Kind = Kind.ALONE,
    ) -> None:
        self.spec = spec
        self.updates = kind.updates
        self.state_layout = layout
        self.x = np.zeros((samples, spec.sizes[0]), spec.dtype)
        self.y = np.zeros((samples, spec.sizes[-1]), spec.dtype)
        self.wn = np.ones((samples, 1), spec.dtype)
        network = _source(spec, samples)
        shapes = {name: layout.shape(name) for name in trained(spec)}
        self.layout = Layout()
        network.declare(self.layout)
        if self.updates:
            declare_clip(self.layout, spec, shapes)
            declare_scalars(self.layout, groups(spec, spec.optimizer))
            declare_derived(self.layout, groups(spec, spec.optimizer), shapes)
        self.work = np.zeros(self.layout.size, spec.dtype)

        emit = Emit(spec.dtype)
        view = partial(self._view, state=state)
        network.build(emit, view)
        steps, ordered = network.steps, as_they_came(shapes)
        if kind is not Kind.ALONE:
            from engine.program.accumulate import sum_steps  # most runs do not

            steps = [*steps, *sum_steps(emit, spec, view, ordered, kind, len(steps) + 1)]
        if self.updates:
            places = {name: layout.place(name)[0] for name in shapes}
            steps = [*steps, *clip_steps(emit, spec, view, places, len(steps) + 1)]
            steps = [*steps, *scalar_steps(emit, own, view, len(steps) + 1)]
            calls = self._emit_updates(emit, state, own, other)
            grads, free = self._gradients(ordered), FREE if kind is Kind.ALONE else FREE_OF_SEVERAL
            steps = [*steps, *update_steps(own, ordered, calls, len(steps) + 1, grads, free)]
        self.calls = emit.calls
        self.steps: tuple[Step, ...] = tuple(steps)
        self.writer: Mapping[str, int] = {step.symbol: step.number for step in self.steps}
        lossy = "loss" in self.layout
        self.loss = self.layout.view(self.work, "loss") if lossy else np.zeros((), spec.dtype)
        self.ends = ended()
        if spec.schedule and KEPT in layout:
            kept, of_pass = layout.view(state, KEPT), layout.view(state, f"{KEPT}.pass")
            emit(watch(spec.schedule, kept, of_pass, self.ends), self.loss)

    def _gradients(self, names: Iterable[Symbol]) -> dict[Symbol, Symbol]:
        """What the update of each parameter reads as its gradient."""
        clipped = {name: name.under(CLIP) for name in names}
        return {
            name: clip if clip in self.layout else fed(self.spec, name)
            for name, clip in clipped.items()
        }

    def _view(self, symbol: str, state: Array) -> Array:
        if symbol in ("x", "y"):
            return self.x if symbol == "x" else self.y
        if symbol == "wn":
            return self.wn
        if symbol in self.layout:
            return self.layout.view(self.work, symbol)
        return self.state_layout.view(state, symbol)

    def _emit_updates(
        self, emit: Emit, state: Array, own: Sequence[Scalars], other: Sequence[Scalars]
    ) -> GroupCalls:
        """The own rules; before the parameters change, the compared optimizer's slots too."""
        summed = SUM if SUM in self.state_layout else "grad"
        grad = CLIP if CLIP in self.layout else summed

        def vectors(scalars: Scalars, rules: Rules, prefix: str) -> dict[str, Array]:
            key = scalars.group.key
            theta = self._view(f"{VECTOR}{key}", state)
            found = {"theta": theta, "grad": self._of_group(grad, key, state)}
            for rule in rules:
                if rule.prefix != "theta" and not rule.whole:
                    named = f"{prefix if rule.slot else ''}{rule.prefix}{key}"
                    kept = rule.slot or not prefix
                    found[rule.prefix] = (
                        self._view(named, state) if kept else emit.scratch(theta.shape)
                    )
            return found

        mine = [
            (each, vectors(each, each.rules, ""), self._single(each, state))
            for each in own
            if each.group.names
        ]
        calls: dict[str, dict[str, tuple[Call, ...]]] = {}
        for each, arrays, single in mine:
            before = [rule for rule in each.rules if rule.prefix != "theta"]
            calls[each.group.key] = emit_rules(emit, before, arrays, each, single)
        for each in other:
            if each.group.names:
                slots = slot_rules(each.rules)
                emit_rules(emit, slots, vectors(each, slots, OTHER), each)
        for each, arrays, single in mine:
            after = [rule for rule in each.rules if rule.prefix == "theta"]
            calls[each.group.key] |= emit_rules(emit, after, arrays, each, single)
        return calls

    def _single(self, scalars: Scalars, state: Array) -> list[dict[str, Array]]:
        """The arrays of each parameter of a group, where its rules are of matrices."""
        if not any(rule.whole for rule in scalars.rules):
            return []
        prefixes = [rule.prefix for rule in scalars.rules if rule.prefix != "theta"]
        found = []
        for name, gradient in self._gradients(scalars.group.names).items():
            symbols = {"theta": name, "grad": gradient, **{p: name.under(p) for p in prefixes}}
            found.append({key: self._view(each, state) for key, each in symbols.items()})
        return found

    def _of_group(self, name: str, key: str, state: Array) -> Array:
        """The part of a vector over all trained parameters that is a group's."""
        place, _ = self.state_layout.place(f"{VECTOR}{key}")
        return self._view(name, state)[place]
