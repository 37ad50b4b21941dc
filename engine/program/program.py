"""A run spec compiled to its steps. The steps that are shown are the steps that compute."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from engine.catalog.optimizers import Rules, slot_rules
from engine.formula.calls import Array, Call, Emit
from engine.formula.layout import Layout
from engine.program.clip import PREFIX as CLIP
from engine.program.clip import clip_scalars, clip_steps, declare_clip
from engine.program.network import NetworkSteps, trained, weights
from engine.program.step import Step
from engine.program.trace import Trace
from engine.program.updates import (
    Scalars,
    as_they_came,
    declare_derived,
    declare_slots,
    emit_rules,
    start_slots,
    update_steps,
)
from engine.spec.data import Batches
from engine.spec.run import RunSpec

OTHER = "other:"
"""Prefix of what the compared optimizer keeps and computes from the same gradients."""


def state_layout(spec: RunSpec) -> Layout:
    """Where everything that an iteration hands to the next one stands: the trained parameters
    (together "theta"), the frozen ones, the slots of the optimizer and of the compared one.
    """
    layout = Layout()
    names = trained(spec)
    for name in names:
        _declare(layout, spec, name)
    layout.group("theta", 0)
    for name in weights(spec):
        if name not in names:
            _declare(layout, spec, name)
    declare_slots(layout, spec.optimizer, names, "")
    if spec.compare:
        declare_slots(layout, spec.compare, names, OTHER)
    return layout


def _declare(layout: Layout, spec: RunSpec, name: str) -> None:
    layer = spec.layers[int(name[1:]) - 1]
    layout.add(name, layer.W.shape if name[0] == "W" else (layer.units,))


def starting_state(spec: RunSpec) -> Array:
    """The state before iteration 1: the given parameters, and slots that have seen nothing."""
    layout = state_layout(spec)
    state = np.zeros(layout.size, spec.dtype)
    for number, layer in enumerate(spec.layers, 1):
        layout.view(state, f"W{number}")[...] = layer.W
        if layer.b is not None:
            layout.view(state, f"b{number}")[...] = layer.b
    start_slots(layout, spec.optimizer, state, "")
    if spec.compare:
        start_slots(layout, spec.compare, state, OTHER)
    return state


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
        steps, ordered, grad = network.steps, as_they_came(shapes), "d"
        if spec.clip:
            steps = [*steps, *clip_steps(emit, spec.clip, view, ordered, len(steps) + 1)]
            grad = f"{CLIP}."
        calls = self._emit_updates(emit, state, own, other)
        self.calls = emit.calls
        self.steps: tuple[Step, ...] = (
            *steps,
            *update_steps(own.rules, ordered, calls, len(steps) + 1, grad),
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


class Trainer:
    """A run under way: the state, and the programs that take it from iteration to iteration.

    Not for two threads at once; each takes a Trainer of its own.
    """

    def __init__(self, spec: RunSpec) -> None:
        self.spec = spec
        self.layout = state_layout(spec)
        self.state = starting_state(spec)
        self.batches = Batches(spec.data, spec.seed)
        emit = Emit(spec.dtype)
        self._own = Scalars(spec.optimizer, emit, spec.schedule)
        self._other = Scalars(spec.compare, emit, spec.schedule) if spec.compare else None
        self._x = np.ascontiguousarray(spec.data.x, spec.dtype)
        self._y = np.ascontiguousarray(spec.data.y, spec.dtype)
        self._programs = {
            size: Program(spec, size, self.layout, self.state, self._own, self._other)
            for size in self.batches.sizes()
        }
        self._first = self._programs[self.batches.size]
        self._scalars = [self._own] if self._own.varying else []
        if self._other and self._other.slots_vary:
            self._scalars.append(self._other)
        if self.batches.whole:
            self._first.x[...], self._first.y[...] = self._x, self._y

    def program(self, t: int) -> Program:
        """The program of iteration t."""
        if len(self._programs) == 1:
            return self._first
        return self._programs[len(self.batches.rows(t))]

    def scalars(self, t: int) -> dict[str, float]:
        """The numbers that the clipping and the update of iteration t read, by name."""
        return {**clip_scalars(self.spec.clip), **self._own.at(t)}

    def begin(self, t: int) -> Program:
        """Load the mini-batch and the scalars of iteration t."""
        for scalars in self._scalars:
            scalars.set(t)
        if self.batches.whole:
            return self._first
        rows = self.batches.rows(t)
        program = self._programs[len(rows)]
        np.take(self._x, rows, 0, program.x)
        np.take(self._y, rows, 0, program.y)
        return program

    def run(self, first: int, last: int, losses: Array, states: Array | None = None) -> None:
        """Train on iterations first to last from the state before them. `losses` (iterations,)
        takes their losses and `states` (iterations, state) the states after them.
        """
        fixed = self.batches.whole and not self._scalars
        program = self._first
        calls, loss, state = program.calls, program.loss, self.state
        with np.errstate(all="ignore"):
            for i in range(last - first + 1):
                if not fixed:
                    program = self.begin(first + i)
                    calls, loss = program.calls, program.loss
                for function, args in calls:
                    function(*args)
                losses[i] = loss
                if states is not None:
                    states[i] = state

    def step_at(self, t: int, rate: float) -> None:
        """Run iteration t at another learning rate."""
        program = self.begin(t)
        usual = self._own.at(t)["lr"]
        self._own.arrays["lr"][()] = rate
        with np.errstate(all="ignore"):
            for function, args in program.calls:
                function(*args)
        self._own.arrays["lr"][()] = usual

    def trace(self, t: int, before: Array) -> Trace:
        """Run iteration t from the state before it, and keep everything."""
        self.state[...] = before
        program = self.program(t)
        self.run(t, t, np.zeros(1))
        return Trace(t, program, before, self.state, self.scalars(t), self._other)
