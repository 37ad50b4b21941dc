"""Branches computed again from the start, iteration by iteration: no checkpoints, no history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from types import SimpleNamespace
from typing import Any

import numpy as np

from engine.catalog.optimizers import OPTIMIZERS
from engine.formula.calls import Array
from engine.formula.expr import Index
from engine.history.position import Position
from engine.program.parameters import groups, weights
from engine.program.state import OTHER
from engine.program.step import Step
from engine.program.trace import Trace
from engine.program.trainer import Trainer
from engine.session.causes import Cause
from engine.session.rivals import other_optimizer
from engine.session.standing import Selection
from engine.spec.run import OptimizerSpec, RunSpec
from tests.engine.lived import TEXT
from tests.frames import computed, digest
from tui.frame.frame import build

World = dict[str, Array]
"""Every parameter (W1), and every slot of every optimizer by a name for that one (A/m)."""

GHOST = "ghost"
NOTHING: Array = np.zeros(0)


@dataclass(frozen=True, eq=False)
class Stretch:
    """Iterations from `first` on under one spec, after `edits` of parameters. `own` and `compare`
    name the two optimizers; they keep their names whatever changes places.
    """

    first: int
    spec: RunSpec
    own: str = "A"
    compare: str = "B"
    edits: tuple[tuple[str, Index, float], ...] = ()
    planned: bool = False

    @cached_property
    def trainer(self) -> Loaded:
        return Loaded(self.spec, self.own, self.compare)


class Loaded:
    """A trainer whose state is taken from a world and read back by names."""

    def __init__(self, spec: RunSpec, own: str, compare: str) -> None:
        self.trainer = Trainer(spec)
        self._fresh = self.trainer.state.copy()
        self._views: dict[str, str] = {name: name for name in weights(spec)}
        for key, prefix, optimizer in ((own, "", spec.optimizer), (compare, OTHER, spec.compare)):
            for group in groups(spec, optimizer) if optimizer else ():
                row = OPTIMIZERS[group.optimizer.name]
                for slot in row.slots(group.optimizer.options):
                    for name in group.names:
                        self._views[f"{key}/{slot}.{name}"] = f"{prefix}{slot}.{name}"

    def load(self, world: World) -> Array:
        """The state; slots that have not been kept begin."""
        state, layout = self._fresh.copy(), self.trainer.layout
        for name, place in self._views.items():
            if name in world:
                layout.view(state, place)[...] = world[name]
        return state

    def read(self, state: Array) -> World:
        layout = self.trainer.layout
        return {name: layout.view(state, place).copy() for name, place in self._views.items()}


class Plain:
    """A branch. A `ghost` is an optimizer that no stretch compares with, and that yet has seen
    all gradients, because it takes over later.
    """

    def __init__(self, stretches: tuple[Stretch, ...], ghost: OptimizerSpec | None = None) -> None:
        self.stretches = stretches
        self.ghost = ghost
        self._worlds: list[World] = []
        self._digests: dict[Position, str] = {}
        self._computed: dict[int, str] = {}

    def stretch(self, t: int) -> Stretch:
        return next(s for s in reversed(self.stretches) if s.first <= t)

    def steps(self, t: int) -> tuple[Step, ...]:
        return self.stretch(t).trainer.trainer.program(t).steps

    def world(self, t: int) -> World:
        """The world before iteration t."""
        while len(self._worlds) < t:
            done = len(self._worlds)
            world = self._after(done) if done else self.stretches[0].trainer.read(self._start())
            for stretch in self.stretches:
                if stretch.first == done + 1:
                    world = self._entered(stretch, world)
            self._worlds.append(world)
        return self._worlds[t - 1]

    def _start(self) -> Array:
        return self.stretches[0].trainer.load({})

    def _keeping(self, stretch: Stretch) -> Loaded:
        if self.ghost is None or stretch.spec.compare:
            return stretch.trainer
        return Loaded(replace(stretch.spec, compare=self.ghost), stretch.own, GHOST)

    def _after(self, t: int) -> World:
        loaded = self._keeping(self.stretch(t))
        loaded.trainer.state[...] = loaded.load(self._worlds[t - 1])
        loaded.trainer.run(t, t, np.zeros(1))
        return loaded.read(loaded.trainer.state)

    def _entered(self, stretch: Stretch, world: World) -> World:
        loaded = self._keeping(stretch)
        world = loaded.read(loaded.load(world))
        for symbol, index, value in stretch.edits:
            world[symbol][index] = value
        return world

    def trace(self, t: int) -> Trace:
        loaded = self.stretch(t).trainer
        return loaded.trainer.trace(t, loaded.load(self.world(t)))

    def computed(self, t: int) -> str:
        """The hash of everything in iteration t."""
        if t not in self._computed:
            self._computed[t] = computed(self.trace(t))
        return self._computed[t]

    def digest(self, position: Position) -> str:
        """The hash of the frame at a position."""
        if position not in self._digests:
            history = SimpleNamespace(
                trace=self.trace,
                spec_of=lambda t: self.stretch(t).spec,
                losses=lambda _: (NOTHING, NOTHING),
                batches=lambda _: SimpleNamespace(several=False),  # of passes nothing is hashed
            )
            view: Any = SimpleNamespace(
                spec=self.stretches[0].spec,
                branch=SimpleNamespace(
                    history=history, label="this", name="this", spec=self.stretches[0].spec
                ),
                other=SimpleNamespace(
                    label="", spec=self.stretches[0].spec, history=SimpleNamespace(seconds=inf)
                ),
                position=position,
                trace=self.trace(position.iteration),
                selection=Selection(),
            )
            self._digests[position] = digest(build(view, TEXT))
        return self._digests[position]


def root(spec: RunSpec, other: bool) -> Plain:
    """The run, or the run under the other optimizer."""
    if other:
        swapped = spec.with_optimizer(other_optimizer(spec), spec.compare and spec.optimizer)
        return Plain((Stretch(1, replace(swapped, switches=())),))
    found = [Stretch(1, replace(spec, switches=()))]
    for i, switch in enumerate(spec.switches):
        optimizer = replace(switch.optimizer, since=switch.at - 1, state=None)
        after = found[-1].spec.with_optimizer(optimizer, found[-1].spec.optimizer)
        found.append(Stretch(switch.at, after, f"switch {i}", found[-1].own, (), True))
    return Plain(tuple(found))


def changed(parent: Plain, cause: Cause) -> Plain:
    """The branch that leaves another for that cause."""
    first = cause.origin + 1
    past = tuple(s for s in parent.stretches if s.first <= first)
    future = tuple(s for s in parent.stretches if s.first > first and s.planned)
    last, ghost = past[-1], parent.ghost
    new = replace(last, first=first, edits=(), planned=False)
    match cause.kind:
        case "parameter":
            new = replace(new, edits=((cause.symbol, cause.index, cause.value),))
        case "data":
            data = {"x": last.spec.data.x.copy(), "y": last.spec.data.y.copy()}
            data[cause.symbol][cause.index] = cause.value
            new_data = replace(last.spec.data, x=data["x"], y=data["y"])
            new = replace(new, spec=replace(last.spec, data=new_data))
        case "option":
            own = last.spec.optimizer
            options = {**OPTIMIZERS[own.name].defaults, **own.options, cause.symbol: cause.value}
            spec = replace(last.spec, optimizer=replace(own, options=options))
            new = replace(new, spec=spec)
        case "switch":
            optimizer, name = other_optimizer(last.spec), last.compare
            if cause.fresh:
                optimizer = replace(optimizer, since=cause.origin, state=None)
                name = f"switch {len(past)}"
            elif last.spec.compare is None:
                ghost, name = optimizer, GHOST
            spec = last.spec.with_optimizer(optimizer, last.spec.optimizer)
            new = replace(new, spec=spec, own=name, compare=last.own)
            future = ()
    stretches = [*past, new]
    for stretch in future:
        before = stretches[-1].spec
        spec = before.with_optimizer(stretch.spec.optimizer, before.optimizer)
        stretches.append(replace(stretch, spec=spec))
    return Plain(tuple(stretches), ghost)
