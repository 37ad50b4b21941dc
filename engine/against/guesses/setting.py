"""What alternatives are computed with: the record's numbers, and the run under other options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from engine.against.scene import Scene
from engine.catalog.losses import LOSSES
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.symbols import Symbol
from engine.program.parameters import Group, group_of, groups
from engine.program.trace import Trace
from engine.program.trainer import Trainer
from engine.spec.problem import Problem
from engine.spec.run import Array, DataSpec, GroupSpec, OptimizerSpec, RunSpec

Read = Callable[[Symbol], Array | None]
"""Gives a symbol as an alternative has it; None for what it says nothing of."""
NEAR = 50
"""So many iterations to either side are looked through for another learning rate."""


class Setting:
    """A scene, with what the rows ask of it. `spec` is a run of this one iteration alone: its
    mini-batch is all its data, and its learning rates are those of the iteration.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.symbol, self.t = scene.symbol, scene.t

    # -- numbers -----------------------------------------------------------------------------------

    def now(self, symbol: str) -> Array | None:
        """What the record has of a symbol that is no parameter, or else what follows from it."""
        found, ours = self.scene.recorded(symbol), self.scene.value(symbol)
        return found if found is not None and (ours is None or found.shape == ours.shape) else ours

    def old(self, symbol: str) -> Array | None:
        """A parameter or slot before the update."""
        return self.scene.before(symbol)

    def last(self, symbol: str) -> Array | None:
        """What the record has of it in the iteration before."""
        return self.scene.recorded(symbol, self.t - 1)

    @property
    def ours(self) -> Array:
        """The run's own array of the symbol that differs."""
        found = self.scene.ours
        return np.zeros_like(self.scene.theirs) if found is None else found

    @property
    def parameter(self) -> Symbol:
        """The parameter that the symbol is of."""
        found = self.symbol.parameter
        assert found is not None, self.symbol
        return found

    @property
    def gradient(self) -> Array | None:
        """The gradient that the update of the parameter goes by."""
        clipped = self.now(self.parameter.under("clip"))
        return self.now(self.parameter.gradient) if clipped is None else clipped

    # -- the update --------------------------------------------------------------------------------

    @cached_property
    def group(self) -> Group:
        """The group of the parameter."""
        return group_of(self.scene.spec, self.parameter)

    def number(self, name: str) -> float:
        """A scalar of the parameter's update, or an option of its optimizer; 0 of what is none."""
        symbol = self.group.numbers.get(name, name)
        found = self.scene.trace.scalars.get(symbol)
        if found is None:
            found = self.options.get(name, 0.0)
        return float(found)

    @property
    def options(self) -> Mapping[str, Any]:
        """The options of the parameter's optimizer, its learning rate that of the run file."""
        return self.group.optimizer.options

    @property
    def couples(self) -> bool:
        """Whether the parameter's update adds weight decay to the gradient."""
        rules = OPTIMIZERS[self.group.optimizer.name].rules(self.options)
        return any(rule.prefix == "gwd" for rule in rules)

    def has(self, option: str) -> bool:
        """Whether the parameter's optimizer has such an option."""
        return option in OPTIMIZERS[self.group.optimizer.name].options

    def rule_reads(self, prefix: str) -> frozenset[str]:
        """What the rule of a prefix reads, by the names that rules have for it."""
        rules = OPTIMIZERS[self.group.optimizer.name].rules(self.options)
        return frozenset(name for rule in rules if rule.prefix == prefix for name in rule.reads)

    @cached_property
    def rates(self) -> dict[int, float]:
        """The learning rates of the iterations around this one by the run, the nearest first."""
        trainer = Trainer(self.scene.spec)
        symbol = (
            self.symbol if self.symbol.parameter is None else self.group.numbers.get("lr", "lr")
        )
        span = range(max(1, self.t - NEAR), self.t + NEAR)
        near = sorted((t for t in span if t != self.t), key=lambda t: (abs(t - self.t), -t))
        found = {}
        for t in near:
            scalars = trainer.scalars(t)
            if symbol in scalars:
                found[t] = scalars[symbol]
        return found

    # -- the mini-batch ----------------------------------------------------------------------------

    @property
    def samples(self) -> int:
        """Samples in the mini-batch."""
        return len(self.scene.trace.known("x", 0))

    @property
    def outputs(self) -> int:
        """Numbers that the network puts out."""
        return self.scene.spec.sizes[-1]

    @property
    def per_element(self) -> bool:
        """Whether a mean of this loss is over the outputs, too."""
        row, spec = LOSSES[self.scene.spec.loss.name], self.scene.spec.loss
        return row.per_element and spec.reduction != "batchmean"

    @property
    def mean(self) -> bool:
        """Whether the loss is a mean."""
        return self.scene.spec.loss.reduction != "sum"

    @property
    def divisor(self) -> float:
        """What the mean divides by, or would."""
        found = self.scene.value("N")
        if found is not None:
            return float(found)
        return float(self.samples * (self.outputs if self.per_element else 1))

    # -- the run under other options ---------------------------------------------------------------

    @cached_property
    def spec(self) -> RunSpec:
        """The run of this iteration alone."""
        scene, spec = self.scene, self.scene.spec
        x, y = self.now("x"), self.now("y")
        assert x is not None
        assert y is not None
        weights = scene.value("wn")
        data = DataSpec(
            x,
            y,
            len(x),
            labels=spec.data.labels,
            weights=None if weights is None else weights[:, 0],
        )
        numbers = scene.trace.scalars
        of = [group.numbers.get("lr", "lr") for group in groups(spec, spec.optimizer)[1:]]
        given = tuple(
            GroupSpec(each.params, {**each.options, "lr": numbers[lr]})
            for each, lr in zip(spec.groups, of, strict=False)
        )
        options = {**spec.optimizer.options, "lr": numbers["lr"]}
        return replace(
            spec,
            data=data,
            optimizer=replace(spec.optimizer, options=options),
            groups=given,
            compare=None,
            schedule=None,
            switches=(),
            beside=None,
        )

    def optimized(
        self, name: str | None = None, since: int | None = None, **options: Any
    ) -> RunSpec:
        """The run of this iteration by another optimizer, or with other options of it, in all its
        groups.
        """
        spec, own = self.spec, self.spec.optimizer
        made = OptimizerSpec(
            name or own.name,
            {**own.options, **options},
            own.since if since is None else since,
        )
        given = tuple(GroupSpec(g.params, {**g.options, **options}) for g in spec.groups)
        return replace(spec, optimizer=made, groups=given)

    def under(self, spec: RunSpec, fresh: bool = False) -> Trace | None:
        """The iteration under another spec, from the same parameters and, unless it is `fresh`, the
        same slots; None where there is no such run.
        """
        try:
            trainer = Trainer(spec)
        except Problem:
            return None
        for name in map(Symbol, trainer.layout):
            if name.parameter is None or ":" in name or (fresh and not name.is_parameter):
                continue
            found = self._start(name)
            place = trainer.layout.view(trainer.state, name)
            if found is not None and found.shape == place.shape:
                place[...] = found
        with np.errstate(all="ignore"):
            return trainer.trace(self.t, trainer.state.copy())

    def _start(self, name: Symbol) -> Array | None:
        """A parameter or a slot as the iteration found it, of what the run does not train too."""
        found = self.old(name)
        return self.scene.record.start(self.t, (name,)).get(name) if found is None else found


def read(trace: Trace) -> Read:
    """What an iteration has under each symbol, after all its steps; where it clips no gradient, the
    gradient itself for the clipped one.
    """

    def of(symbol: Symbol) -> Array | None:
        found = trace.value(symbol, len(trace.steps))
        if found is None and symbol.prefix == "clip" and symbol.parameter is not None:
            return trace.value(symbol.parameter.gradient, len(trace.steps))
        return found

    return of
